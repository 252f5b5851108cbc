/** White space and invisible characters at either end. */
const EDGES = /^[\s\p{Cc}\p{Cf}\u2800\u3164]+|[\s\p{Cc}\p{Cf}\u2800\u3164]+$/gu;

/** The text without what cannot be seen around it. Most have nothing, and a regular expression of Unicode is slow to make. */
export const trim = text => (/^[!-~]+$/.test(text) ? text : text.replace(EDGES, ""));
