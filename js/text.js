/** White space and invisible characters at either end. */
const EDGES = /^[\s\p{Cc}\p{Cf}\u2800\u3164]+|[\s\p{Cc}\p{Cf}\u2800\u3164]+$/gu;

/** The text without what cannot be seen around it. */
export const trim = text => text.replace(EDGES, "");
