// The text of a file, in whichever encoding a program wrote it.

/** `{ text, note }`: the note is the code of what somebody should know of it, where there is something. */
export const decode = bytes => {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: text("utf-16le", bytes) };
  if (first === 0xfe && second === 0xff) return { text: text("utf-16be", bytes) };
  // Without a mark: of two bytes of a Latin letter in UTF-16, one is zero. No text has zeros otherwise.
  if (second === 0 && first) return { text: text("utf-16le", bytes) };
  if (first === 0 && second) return { text: text("utf-16be", bytes) };
  if (bytes.includes(0)) return { text: "", note: "binary" };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { text: text("windows-1252", bytes), note: "encoding" };
  }
};

const text = (encoding, bytes) => new TextDecoder(encoding).decode(bytes);
