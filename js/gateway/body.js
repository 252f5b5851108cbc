// Reads the body of a request up to a limit.

/** In bytes. No request of the service is that large. */
export const MAX_BODY = 65_536;

/** The connection broke, so nobody receives a response. */
export class BrokenBody extends Error {}

/** The body as text, or undefined if it is larger than `MAX_BODY`. */
export const readBody = async request => {
  const bytes = await readBytes(request, MAX_BODY);
  return bytes && new TextDecoder().decode(bytes);
};

/** The body as bytes, or undefined if there are more than `most`. */
export const readBytes = async (request, most) => {
  if (Number(request.headers.get("content-length")) > most) return undefined;
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const read = () =>
    reader.read().catch(cause => {
      throw new BrokenBody("The body broke off.", { cause });
    });
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await read();
    if (done) break;
    size += value.byteLength;
    if (size > most) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
};

/** Identifies a body. */
export const hashOf = text => digestOf(new TextEncoder().encode(text));

/** SHA-256 in 44 characters. */
export const digestOf = async bytes => {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
};
