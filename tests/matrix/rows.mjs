// Every place where the package must work.
import { bundlers } from "./rows/bundlers.mjs";
import { pages } from "./rows/pages.mjs";
import { servers } from "./rows/servers.mjs";

export const rows = [...bundlers, ...pages, ...servers];

/** What a row is called where rows are chosen. */
export const nameOf = ({ group, app, tool, how }) => [group, app, tool, how].filter(Boolean).join(" ").toLowerCase();
