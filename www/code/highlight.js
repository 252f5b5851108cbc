// Highlights strings, comments, numbers and keywords in code.

import { html } from "../element.js";

const WORDS = {
  javascript: "await const from import new",
  curl: "break case curl do done esac exit in jq sleep true while",
  python: "as break def if import is None return True while with",
  rust: "as break const fn for let loop main match mut return thread use",
};
const COMMENT = { javascript: "\\/\\/.*", curl: "#.*", python: "#.*", rust: "\\/\\/.*" };
const TEXT = {
  javascript: '"(?:[^"\\\\\\n]|\\\\.)*"',
  curl: "'[^']*'|\"[^\"]*\"",
  python: '"(?:[^"\\\\\\n]|\\\\.)*"',
  rust: 'r(#*)"[^]*?"\\1|"(?:[^"\\\\\\n]|\\\\.)*"',
};

/** The code as text and coloured parts. */
export const highlight = (code, language) => {
  const words = WORDS[language].replaceAll(" ", "|");
  const text = TEXT[language].replace("(#*)", "(?<hashes>#*)").replace("\\1", "\\k<hashes>");
  const parts = new RegExp(
    `(?<text>${text})|(?<comment>${COMMENT[language]})|\\b(?<word>${words})\\b|\\b(?<number>\\d[\\d_.]*)\\b`,
    "g",
  );
  const nodes = [];
  let at = 0;
  for (const { 0: found, index, groups } of code.matchAll(parts)) {
    if (index > at) nodes.push(code.slice(at, index));
    const kind = ["text", "comment", "word", "number"].find(name => groups[name] !== undefined);
    nodes.push(html("span", { class: `code-${kind}` }, found));
    at = index + found.length;
  }
  return [...nodes, code.slice(at)];
};
