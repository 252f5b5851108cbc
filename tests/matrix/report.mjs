// The results of the matrix: lines in a terminal, and docs/where-it-runs.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./app.mjs";

const MARKS = { passed: "✔", failed: "✖", "cannot run": "–" };

/** Prints a row when it is done. */
export const line = ({ group, tool, version, how, outcome, reason, seconds, figure = "" }) => {
  const name = `${group} · ${[tool, version, how].filter(Boolean).join(" ")}`;
  const text = `${MARKS[outcome]} ${name.padEnd(72)} ${`${seconds.toFixed(1)} s`.padStart(7)}  ${figure}`.trimEnd();
  return reason ? `${text}\n${reason.replaceAll(/^/gm, "    ")}` : text;
};

/** The groups of tools and platforms. The other groups check the package itself. */
export const PLACES = [
  "Bundlers",
  "Next.js",
  "Browsers, no bundler",
  "Servers",
  "Cloudflare Workers",
  "Test runners",
  "Types",
];
const [BEGIN, END] = ["<!-- npm run test:matrix writes from here -->", "<!-- to here -->"];

/** The page about supported tools and platforms. */
export const PAGE = "docs/where-it-runs.md";

/** Writes the tested tools between the marks in that page. */
export const writePage = (results, figures) => {
  const rows = PLACES.map(group => `| ${group} | ${cell(results.filter(result => result.group === group))} |`);
  const missing = results
    .filter(({ outcome }) => outcome === "cannot run")
    .map(({ tool, reason }) => `\nNot tested: ${tool}. ${reason.split("\n")[0]}`);
  const page = [
    "| where | tested |",
    "|---|---|",
    ...rows,
    ...new Set(missing),
    "",
    "| measured on the same machine | |",
    "|---|---|",
    ...figures.map(({ what, figure }) => `| ${what} | ${figure} |`),
  ].join("\n");
  const path = join(root, PAGE);
  const [before, rest] = readFileSync(path, "utf8").split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (after === undefined) throw new Error(`${PAGE} has lost its marks: ${BEGIN} … ${END}`);
  writeFileSync(path, `${before}${BEGIN}\n${page}\n${END}${after}`);
};

/** Tools with their versions and how each was tried. Tools with the same ways share an entry. */
const cell = results => {
  const tools = new Map();
  for (const { tool, version, how, outcome } of results) {
    if (outcome !== "passed") continue;
    const name = `${tool} ${version}`;
    tools.set(name, [...(tools.get(name) ?? []), how].filter(Boolean));
  }
  const ways = [...tools.values()].map(hows => hows.join(", "));
  const [first] = ways;
  if (first && ways.length > 1 && ways.every(way => way === first))
    return `${[...tools.keys()].join(", ")}; each: ${first}`;
  return [...tools].map(([name, hows]) => (hows.length ? `${name} (${hows.join(", ")})` : name)).join(", ");
};
