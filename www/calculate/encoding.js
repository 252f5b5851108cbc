// Decodes the text of a file in any likely encoding.

/** `{ text, note }`, where `note` is the code of a warning about the encoding, if any. */
export const decode = bytes => {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: text("utf-16le", bytes) };
  if (first === 0xfe && second === 0xff) return { text: text("utf-16be", bytes) };
  // UTF-16 without a byte order mark: one of the two bytes of a Latin letter is zero. Other encodings have no zero bytes.
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
