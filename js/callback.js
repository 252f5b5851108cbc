// Callback URLs that tell which of one's own tasks they belong to: a token at the end of the URL vouches for all that
// stands before it. Only WebCrypto is needed, not the WebAssembly.
import { misuse } from "./error.js";
import { known } from "./options.js";

/** What else is signed with the same secret can never pass for a callback. */
const CONTEXT = "sd2-client callback 1\n";
const DAY = 86_400_000;
/** A URL must fit into a request line, beside what else is in it. */
const MAX_REF = 2_048;
/** A shorter secret can be found by trying. */
const MIN_SECRET = 16;

// The URL, when it ends (in Unix ms), the reference, and the code for all of that, which ends with a dot.
const SIGNED = /^(https?:.*sd2_token=(\d+)\.([\w-]*)\.)([\w-]{43})$/;

/** What looks like a whole URL, also if there is a slip in its scheme. */
const HAS_ORIGIN = /^[^/?#.][^?#]*(:|\/\/)/;

export const signCallbackUrl = async (url, secret, options) => {
  const key = await importKey(secret);
  const { ref, expiresAt = Date.now() + DAY } = known(options, ["ref", "expiresAt"]);
  const target = parse(url);
  if (!/^https?:$/.test(target?.protocol) || target.username || target.password) {
    throw misuse("url must be an absolute http(s) URL, without a user and password: its receiver does not see them.");
  }
  const bytes = typeof ref === "string" && new TextEncoder().encode(ref);
  if (!bytes || bytes.length > MAX_REF || decode(bytes) !== ref) {
    throw misuse(`ref must be a string of at most ${MAX_REF} bytes that tells your task, such as crypto.randomUUID().`);
  }
  // A timestamp in seconds would be a date in 1970, so it fails here.
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= Date.now()) {
    throw misuse("expiresAt must be a future time in whole Unix milliseconds, such as Date.now() + 3_600_000.");
  }
  // No server is sent it.
  target.hash = "";
  const plain = stable(target.href);
  const text = `${plain}${plain.includes("?") ? "&" : "?"}sd2_token=${expiresAt}.${toBase64(bytes)}.`;
  const code = await crypto.subtle.sign("HMAC", key, message(text));
  return text + toBase64(new Uint8Array(code));
};

export const verifyCallbackUrl = async (url, secret) => {
  const key = await importKey(secret);
  // A Request has its address in `url`.
  const address = url?.url ?? url?.href ?? url;
  const target = parse(address);
  if (!target && !(typeof address === "string" && HAS_ORIGIN.test(address))) {
    throw misuse(
      "url must be the whole URL as it was called from outside, with https:// and the host, not only its path.",
    );
  }
  const [, text, expiresAt, ref, code] = SIGNED.exec(target?.href) ?? [];
  if (!text) return null;
  const bytes = fromBase64(code);
  // `verify` takes the same time for each wrong code. The last character has two bits that it does not see.
  const isOurs = await crypto.subtle.verify("HMAC", key, bytes, message(text));
  if (!isOurs || toBase64(bytes) !== code || Date.now() >= expiresAt) return null;
  return { ref: decode(fromBase64(ref)), expiresAt: Number(expiresAt) };
};

const parse = url => {
  try {
    return new URL(url.href ?? url);
  } catch {
    // It is none.
  }
};

/** The same URL in a form that proxies have no reason to change: RFC 3986, sections 2.1 and 2.3. */
const stable = href => {
  const [origin] = /^https?:\/\/[^/]*/.exec(href);
  const rest = href
    .slice(origin.length)
    .replace(/[[\]\\^`{|}]/g, encodeURIComponent)
    .replace(/%[\da-f]{2}/gi, code => {
      const character = String.fromCharCode(parseInt(code.slice(1), 16));
      return /[\w.~-]/.test(character) ? character : code.toUpperCase();
    });
  return origin + rest;
};

const importKey = async secret => {
  if (typeof secret !== "string" || [...secret.trim()].length < MIN_SECRET) {
    throw misuse(`secret must be a string of at least ${MIN_SECRET} characters: the same to sign and to verify.`);
  }
  if (!globalThis.crypto?.subtle) throw misuse("WebCrypto is missing: sign and verify on a server or in a Worker.");
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
};

const message = text => new TextEncoder().encode(CONTEXT + text);

const decode = bytes => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

const toBase64 = bytes =>
  btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, character => ({ "+": "-", "/": "_" })[character] ?? "");

const fromBase64 = text =>
  Uint8Array.from(atob(text.replace(/[-_]/g, character => (character === "-" ? "+" : "/"))), character =>
    character.charCodeAt(0),
  );
