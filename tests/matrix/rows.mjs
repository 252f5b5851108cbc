// All tools and platforms with which the package must work.
import { ai } from "./rows/ai.mjs";
import { bundlers } from "./rows/bundlers.mjs";
import { crate } from "./rows/crate.mjs";
import { gateways } from "./rows/gateway.mjs";
import { inlining } from "./rows/inlining.mjs";
import { next } from "./rows/next.mjs";
import { packages } from "./rows/package.mjs";
import { pages } from "./rows/pages.mjs";
import { servers } from "./rows/servers.mjs";
import { testRunners } from "./rows/test-runners.mjs";
import { types } from "./rows/types.mjs";
import { workers } from "./rows/workers.mjs";

export const rows = [
  ...bundlers,
  ...next,
  ...pages,
  ...servers,
  ...gateways,
  ...workers,
  ...testRunners,
  ...types,
  ...ai,
  ...packages,
  ...inlining,
  ...crate,
];

/** The name by which a row is chosen. */
export const nameOf = ({ group, app, tool, how }) => [group, app, tool, how].filter(Boolean).join(" ").toLowerCase();
