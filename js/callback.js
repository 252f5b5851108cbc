// Signed callback URLs, each for one task: a token at the end authenticates everything before it. Uses only WebCrypto, not the
// WebAssembly.
import { misuse } from "./error.js";
import { known } from "./options.js";

/** Part of each signed message, so that other uses of the same secret cannot produce a valid callback URL. */
const CONTEXT = "sd2-client callback 1\n";
const DAY = 86_400_000;
/** In bytes. The URL must fit into a request line. */
const MAX_REF = 2_048;
/** A shorter secret could be guessed. */
const MIN_SECRET = 16;

// Groups: the signed text, the expiry in Unix ms, the reference, the code.
const SIGNED = /^(https?:.*sd2_token=(\d+)\.([\w-]*)\.)([\w-]{43})$/;

/** Matches a whole URL, even with a typo in its scheme. */
const HAS_ORIGIN = /^[^/?#.][^?#]*(:|\/\/)/;

export const signCallbackUrl = async (url, secret, options) => {
  const key = await importKey(secret);
  const { ref, expiresAt = Date.now() + DAY } = known(options, ["ref", "expiresAt"]);
  const target = parse(url);
  if (!/^https?:$/.test(target?.protocol) || target.username || target.password) {
    throw misuse(
      "url must be an absolute http(s) URL without a user name and password, because its receiver does not see them.",
    );
  }
  const bytes = typeof ref === "string" && new TextEncoder().encode(ref);
  if (!bytes || bytes.length > MAX_REF || decode(bytes) !== ref) {
    throw misuse(
      `ref must be a string of at most ${MAX_REF} bytes that identifies your task, such as crypto.randomUUID().`,
    );
  }
  // A timestamp in seconds would be a date in 1970, so it fails here.
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= Date.now()) {
    throw misuse("expiresAt must be a future time in whole Unix milliseconds, such as Date.now() + 3_600_000.");
  }
  // The hash is never sent to a server.
  target.hash = "";
  const plain = normalize(target.href);
  const text = `${plain}${plain.includes("?") ? "&" : "?"}sd2_token=${expiresAt}.${toBase64(bytes)}.`;
  const code = await crypto.subtle.sign("HMAC", key, message(text));
  return text + toBase64(new Uint8Array(code));
};

export const verifyCallbackUrl = async (url, secret) => {
  const key = await importKey(secret);
  // `url` may be a Request or a URL object.
  const text = url?.url ?? url?.href ?? url;
  const target = parse(text);
  if (!target && !(typeof text === "string" && HAS_ORIGIN.test(text))) {
    throw misuse(
      "url must be the whole URL that was called from outside, with https:// and the host, not only its path.",
    );
  }
  const [, signed, expiresAt, ref, code] = SIGNED.exec(target?.href) ?? [];
  if (!signed) return null;
  const bytes = fromBase64(code);
  // `verify` takes constant time. It ignores two bits of the last character, so these are compared separately.
  const isOurs = await crypto.subtle.verify("HMAC", key, bytes, message(signed));
  if (!isOurs || toBase64(bytes) !== code || Date.now() >= expiresAt) return null;
  return { ref: decode(fromBase64(ref)), expiresAt: Number(expiresAt) };
};

const parse = url => {
  try {
    return new URL(url.href ?? url);
  } catch {
    // Not a URL.
  }
};

/** Normalizes a URL so that proxies have no reason to change it: RFC 3986, sections 2.1 and 2.3. */
const normalize = href => {
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
    throw misuse(`secret must be a string of at least ${MIN_SECRET} characters, the same for signing and verifying.`);
  }
  if (!globalThis.crypto?.subtle)
    throw misuse("WebCrypto is missing here. Sign and verify on a server or in a Worker.");
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
