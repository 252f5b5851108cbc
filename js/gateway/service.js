// Sends requests to the service. They contain no header of a visitor.
import { Attempt } from "../attempt.js";
import { exchange } from "../exchange.js";
import { isTooDeep } from "./depth.js";
import { redactor } from "../redact.js";
import { trim } from "../text.js";
import { within } from "../within.js";

export const CREATE_TASK = 0;
export const QUERY_TASK = 1;
export const CREDITS = 2;

/** In characters. A message quotes far less of a response. */
const QUOTE = 4_000;
/** The service's responses are far less deep, and gateway/ reads more levels. */
const DEPTH = 50;
/** The signature in a callback URL, which an error of the service may quote. */
const TOKEN = /sd2_token=[\w.-]+/g;

/** Sends one request with the account's key and the timeout `limit`. Resolves to what gateway/ reads, and never rejects. */
export const ask = async ({ baseUrl, fetch }, apiKey, endpoint, { taskId = "", body, limit }) => {
  const key = trim(apiKey);
  const headers = { Authorization: `Bearer ${key}` };
  const attempt = new Attempt();
  let timedOut;
  const secret = redactor(key);
  const client = {
    baseUrl,
    fetch,
    headers,
    bodyHeaders: { ...headers, "Content-Type": "application/json" },
    secret: { ...secret, text: given => secret.text(given).replace(TOKEN, "sd2_token=\u2026") },
  };
  const answer = await within(exchange(client, endpoint, taskId, body, attempt), limit, () => {
    timedOut = true;
    attempt.abort();
    // A custom `fetch` may ignore its signal.
    return new Promise(done => setTimeout(done, 0, {}));
  });
  const { status, retryAfter, thrown, text } = answer;
  const value = isTooDeep(answer.value, DEPTH) ? undefined : answer.value;
  // A response that arrived together with the timeout counts.
  if (timedOut && (status === undefined || thrown)) return { timedOut };
  return { status, value, retryAfter, date: retryAfter && Date.parse(retryAfter), thrown, text: text?.slice(0, QUOTE) };
};
