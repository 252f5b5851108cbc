// The service behind the gateway: nothing of a visitor is in what is sent to it.
import { exchange } from "../exchange.js";
import { redactor } from "../redact.js";
import { trim } from "../text.js";

export const CREATE_TASK = 0;
export const QUERY_TASK = 1;
export const CREDITS = 2;

/** Far more of an answer than a message quotes. */
const QUOTE = 4_000;

/** Sends one request with the account's key, for so long at most; resolves to what gateway/ reads, and never rejects. */
export const ask = async ({ baseUrl, fetch }, apiKey, endpoint, { taskId = "", body, limit }) => {
  const key = trim(apiKey);
  const headers = { Authorization: `Bearer ${key}` };
  const controller = new AbortController();
  let timedOut;
  const timer = setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, limit);
  const client = {
    baseUrl,
    fetch,
    headers,
    bodyHeaders: { ...headers, "Content-Type": "application/json" },
    secret: redactor(key),
  };
  const { status, value, retryAfter, thrown, text } = await exchange(client, endpoint, taskId, body, controller.signal);
  clearTimeout(timer);
  // An answer that is there counts, even if it came in the last moment.
  if (timedOut && (status === undefined || thrown)) return { timedOut };
  return { status, value, retryAfter, date: retryAfter && Date.parse(retryAfter), thrown, text: text?.slice(0, QUOTE) };
};
