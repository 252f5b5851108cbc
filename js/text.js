/** White space and invisible characters at either end. */
const EDGES = /^[\s\p{C}\p{DI}\u2800]+|[\s\p{C}\p{DI}\u2800]+$/gu;

const isVisible = character => character > " " && character <= "~";

/** Removes white space and invisible characters at both ends. The expression is slow to compile and seldom needed. */
export const trim = text => (isVisible(text[0]) && isVisible(text.at(-1)) ? text : text.replace(EDGES, ""));
