// The default entry: the WebAssembly is in the script, because that works wherever bytes may be compiled,
// with no bundler configuration. xtask/src/inline.rs writes the text and says why it looks as it does.
import { decoder, stretches, text } from "sd2-client-inlined";

/** The characters that the alphabet leaves out. */
const LEFT_OUT = "$'<\\`";

/** The module's bytes. */
export const source = () => {
  // A loop over the text takes longer in JavaScript, which is cold at the start, than all else together.
  const { a: memory, b: decode } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(decoder))).exports;
  const bytes = new Uint8Array(memory.buffer);
  // By stretch and value; what is stored below is the value alone.
  const order = Uint16Array.from(stretches, (stretch, value) => 256 * stretch + value).sort();
  let code;
  for (let i = 0; i < 256; i++, code++) {
    if (i % 86 === 0) code = 35;
    while (LEFT_OUT.includes(String.fromCharCode(code))) code++;
    bytes[128 * Math.floor(i / 86) + code] = order[i];
  }
  const { written } = new TextEncoder().encodeInto(text, bytes.subarray(384));
  return bytes.subarray(384, decode(384, 384 + written));
};
