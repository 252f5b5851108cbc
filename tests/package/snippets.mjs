// The snippets of the README.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.mjs";

/** Where the snippets think the service is. */
export const SERVICE = "https://seegen.ai";

/** Those of the README itself. */
export const readme = () => {
  const path = join(root, "README.md");
  return existsSync(path) ? snippets(readFileSync(path, "utf8")) : [];
};

/** The fenced blocks in JavaScript: `{ heading, line, where, source }`. */
export const snippets = text => {
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
      open = { fence: fence[1], info: fence[2], heading, line: index + 2, lines: [] };
    } else {
      heading = /^#+\s+(.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  return found
    .map(({ info, heading, line, lines }) => ({ words: info.split(/\s+/), heading, line, source: lines.join("\n") }))
    .filter(({ words }) => ["js", "javascript", "mjs"].includes(words[0]) && !words.includes("no-run"))
    .map(({ words, ...rest }) => ({
      where: words.find(word => ["browser", "worker"].includes(word)) ?? "node",
      ...rest,
    }));
};
