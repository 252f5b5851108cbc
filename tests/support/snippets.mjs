// The snippets of README.md and docs/: fenced blocks of JavaScript and TypeScript. A word after the language says where they run:
// `browser`, `worker`, `react` (the component of a page), `route` (request handlers), `gateway` (request handlers of a gateway), `ai`
// (with the `ai` package). Without a word, a snippet runs in Node. A `no-run` snippet is only compiled. A `sketch` is part of a program
// that the reader has.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.mjs";

/** The address of the service in the snippets. */
export const SERVICE = "https://seegen.ai";

const LANGUAGES = { js: "js", javascript: "js", mjs: "js", ts: "ts", tsx: "tsx" };
const PLACES = ["browser", "worker", "react", "route", "gateway", "gateway-worker", "ai", "no-run", "sketch"];

/** The pages of documentation for users, from the project's root. */
export const pages = () => [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter(name => name.endsWith(".md"))
    .map(name => `docs/${name}`),
];

export const textOf = page => readFileSync(join(root, page), "utf8");

/** All snippets, or those of one page: `{ page, id, isFirst, heading, line, language, where, source }`. */
export const snippets = (page = undefined) =>
  (page ? [page] : pages()).flatMap(page =>
    snippetsIn(textOf(page)).map((snippet, index) => ({
      ...snippet,
      page,
      isFirst: index === 0,
      id: `${page.replace(/^docs\/|\.md$/g, "")}-${snippet.line}`.toLowerCase(),
    })),
  );

/** The snippets of a text: `{ heading, line, language, where, source }`. */
export const snippetsIn = text => {
  const found = [];
  let heading = "";
  let open;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^(`{3,})\s*(.*?)\s*$/.exec(line);
    if (open) {
      if (fence?.[1] === open.fence && !fence[2]) {
        found.push(open);
        open = undefined;
      } else {
        open.lines.push(line);
      }
    } else if (fence) {
      open = { fence: fence[1], words: fence[2].split(/\s+/), heading, line: index + 2, lines: [] };
    } else {
      heading = /^#+\s+(.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  return found
    .filter(({ words }) => words[0] in LANGUAGES)
    .map(({ words: [language, place = "node"], heading, line, lines }) => {
      if (place !== "node" && !PLACES.includes(place)) throw new Error(`Line ${line}: there is no place ${place}.`);
      return { heading, line, language: LANGUAGES[language], where: place, source: lines.join("\n") };
    });
};
