// The WebAssembly is a text in the script, which works wherever bytes may be compiled, without configuration of a bundler.
// xtask/src/inline.rs writes the text and explains its form. The default entry, whose text is the longest, has inline-fast.js instead.
import { stretches, text } from "sd2-client-inlined";

/** The module's bytes. */
export const source = () => {
  // Sorted by stretch and value. Storing an item as a byte keeps only the value.
  const order = Uint16Array.from(stretches, (stretch, value) => 256 * stretch + value).sort();
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let first = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 34) {
      first = 86 * (code - 31);
    } else {
      // The characters that the alphabet leaves out: $ ' < \ and the backtick.
      bytes[length++] = order[first + code - 35 - (code > 36) - (code > 39) - (code > 60) - (code > 92) - (code > 96)];
      first = 0;
    }
  }
  return bytes.subarray(0, length);
};
