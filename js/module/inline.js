// The WebAssembly is a text in the script, which works wherever bytes may be compiled, without configuration of a bundler.
// xtask/src/inline.rs appends the variable with the text to the bundle, and explains its form. The default entry, whose text is the
// longest, has inline-fast.js instead.

/** The module's bytes. */
export const source = () => {
  const [text, shift] = sd2_client_inlined;
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let first = -shift;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 34) {
      first = 86 * (code - 31) - shift;
    } else {
      // The characters that the alphabet leaves out: $ ' < \ and the backtick. Storing as a byte wraps around.
      bytes[length++] = first + code - 35 - (code > 36) - (code > 39) - (code > 60) - (code > 92) - (code > 96);
      first = -shift;
    }
  }
  return bytes.subarray(0, length);
};
