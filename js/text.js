/** White space and invisible characters at either end. */
const EDGES = /^[\s\p{Cc}\p{Cf}\u2800\u3164]+|[\s\p{Cc}\p{Cf}\u2800\u3164]+$/gu;

const isVisible = character => character > " " && character <= "~";

/** Removes white space and invisible characters at both ends. The expression is slow to compile and seldom needed. */
export const trim = text => (isVisible(text[0]) && isVisible(text.at(-1)) ? text : text.replace(EDGES, ""));
