// The expected result of each fault. README.md in this folder is generated from this table and a run.

/**
 * The result of a call that is safe to repeat, with one retry, if the fault applies once and if it lasts: first of a single read
 * (`queryTask`, `confirmCallback`, `getCredits`), then of a wait.
 *
 * - `passes`: the caller does not notice.
 * - `retried`: a read is retried, and a wait survives.
 * - `unreadable`: a read rejects, a wait continues.
 * - `final`: both reject, because a retry would change nothing.
 * - `denied`: a read rejects; a wait continues, because a new task may not be known everywhere yet, or because HTML does not come
 *   from the service itself.
 * - `later`: the service asks to wait longer than allowed.
 */
const TAKEN = {
  passes: () => ["ok 1", "ok 1", "ok", "ok"],
  retried: code => ["ok 2", `${code} 2`, "ok", "wait_timeout"],
  unreadable: () => ["unexpected_response 1", "unexpected_response 1", "ok", "wait_timeout"],
  final: code => [`${code} 1`, `${code} 1`, code, code],
  denied: code => [`${code} 1`, `${code} 1`, "ok", "wait_timeout"],
  later: code => [`${code} 1`, `${code} 1`, "wait_timeout", "wait_timeout"],
};

const UNKNOWN = "outcome_unknown";

/**
 * A fault. `taken` and `code` are for calls that are safe to repeat. `create` is the result of createTask, `generate` that of
 * generate if it differs, `streamed` that of a streamed create. `tasks` is how many tasks the service makes for one create.
 * Chromium may repeat requests by itself after a fault like a reset (`isReset`). A fault that a page remembers (`isAlone`) gets its
 * own page.
 */
const row = (name, fault, taken, code, create, tasks, more) => {
  const [once, lasting, waitOnce, waitLasting] = TAKEN[taken](code);
  return { name, fault, create: `${create} 1/${tasks}`, once, lasting, waitOnce, waitLasting, ...more };
};

const status = (status, more) => ({ kind: "status", status, ...more });
/** An HTML page of an intermediary. */
const page = status => ({ kind: "not_json", status, before: true });
const body = message => ({ kind: "body", message });
/** With a short timeout of each attempt. */
const soon = { attemptMs: 3_000 };

export const FAULTS = [
  row("none", undefined, "passes", "", "ok", 1),
  row("100 ms of latency", { kind: "latency", ms: 100 }, "passes", "", "ok", 1),
  row("reset before the work", { kind: "reset_before" }, "retried", "network", UNKNOWN, 0, { isReset: true }),
  row("reset after the work", { kind: "reset_after" }, "retried", "network", UNKNOWN, 1, { isReset: true }),
  row("the work is done, but there is no response", { kind: "hang" }, "retried", "timeout", UNKNOWN, 1, soon),
  row("the response stops half-way", { kind: "hang_body" }, "retried", "timeout", UNKNOWN, 1, soon),
  row("the connection breaks half-way through the response", { kind: "truncated" }, "retried", "network", UNKNOWN, 1),
  row("400", status(400), "final", "invalid_request", "invalid_request", 0),
  row("401", status(401), "final", "unauthorized", "unauthorized", 0),
  row("402", status(402), "final", "insufficient_credits", "insufficient_credits", 0),
  row("403", status(403), "final", "forbidden", "forbidden", 0),
  row("404", status(404), "denied", "not_found", "not_found", 0),
  // Refused unprocessed.
  ...[405, 406, 411, 413, 414, 415, 422, 431, 451].map(number =>
    row(
      String(number),
      status(number),
      "unreadable",
      "",
      "unexpected_response",
      0,
      number === 411 && { isAlone: true, streamed: "ok 2/1" },
    ),
  ),
  row("408", status(408), "retried", "unexpected_response", UNKNOWN, 0, { isReset: true }),
  row("408 after the work", status(408, { after: true }), "retried", "unexpected_response", UNKNOWN, 1, {
    isReset: true,
  }),
  row("409 after the work", status(409, { after: true }), "unreadable", "", UNKNOWN, 1),
  row("418", status(418), "unreadable", "", UNKNOWN, 0),
  row("425", status(425), "retried", "unexpected_response", UNKNOWN, 0),
  row("429", status(429), "retried", "concurrency_limit", "concurrency_limit", 0, { generate: "ok 2/1" }),
  row("429, `Retry-After: 1`", status(429, { retryAfter: 1 }), "retried", "concurrency_limit", "concurrency_limit", 0, {
    generate: "ok 2/1",
  }),
  row(
    "429, `Retry-After: 3600`",
    status(429, { retryAfter: 3600 }),
    "later",
    "concurrency_limit",
    "concurrency_limit",
    0,
    {
      generate: "wait_timeout 1/0",
    },
  ),
  row(
    "429, `Retry-After: soon`",
    status(429, { retryAfter: "soon" }),
    "retried",
    "concurrency_limit",
    "concurrency_limit",
    0,
    {
      generate: "ok 2/1",
    },
  ),
  row("499 after the work", status(499, { after: true }), "unreadable", "", UNKNOWN, 1),
  row("500", status(500), "retried", "server_error", UNKNOWN, 0),
  row("500 after the work", status(500, { after: true }), "retried", "server_error", UNKNOWN, 1),
  row("502", status(502), "retried", "server_error", UNKNOWN, 0),
  row("503, `Retry-After: 1`", status(503, { retryAfter: 1 }), "retried", "server_error", UNKNOWN, 0),
  row("503, `Retry-After: 3600`", status(503, { retryAfter: 3600 }), "later", "server_error", UNKNOWN, 0),
  row("504 after the work", status(504, { after: true }), "retried", "server_error", UNKNOWN, 1),
  row("a redirect (307)", { kind: "redirect" }, "unreadable", "", UNKNOWN, 0),
  row("302 after the work", { kind: "redirect", status: 302, after: true }, "unreadable", "", UNKNOWN, 1),
  row("303 after the work", { kind: "redirect", status: 303, after: true }, "unreadable", "", UNKNOWN, 1),
  row("401 with an HTML page", page(401), "denied", "unauthorized", "unauthorized", 0),
  row("402 with an HTML page", page(402), "denied", "insufficient_credits", "insufficient_credits", 0),
  row("403 with an HTML page", page(403), "denied", "forbidden", "forbidden", 0),
  row("404 with an HTML page", page(404), "denied", "not_found", "not_found", 0),
  row("403 with nothing", { kind: "empty", status: 403, before: true }, "denied", "forbidden", "forbidden", 0),
  row(
    "404 with plain text",
    { ...page(404), message: "no route", contentType: "text/plain" },
    "denied",
    "not_found",
    "not_found",
    0,
  ),
  row("500 with an HTML page", page(500), "retried", "server_error", UNKNOWN, 0),
  row(
    "502 with an HTML page, after the work",
    { kind: "not_json", status: 502 },
    "retried",
    "server_error",
    UNKNOWN,
    1,
  ),
  row(
    "503 with an HTML page, `Retry-After: 1`",
    { ...page(503), retryAfter: 1 },
    "retried",
    "server_error",
    UNKNOWN,
    0,
  ),
  row("200 with an HTML page", { kind: "not_json" }, "unreadable", "", UNKNOWN, 1),
  row("200 with nothing", { kind: "empty" }, "unreadable", "", UNKNOWN, 1),
  row("200 with `{}`", { kind: "no_task_id" }, "unreadable", "", UNKNOWN, 1),
  row("200 with `null`", body("null"), "unreadable", "", UNKNOWN, 1),
  row(
    "200 with another shape",
    body('{"taskId":7,"status":["COMPLETED"],"credits":"1"}'),
    "unreadable",
    "",
    UNKNOWN,
    1,
  ),
  row("200 with 5 MB", { kind: "huge", bytes: 5_000_000 }, "unreadable", "", UNKNOWN, 1),
];

/** Nothing listens. Only Node reports that; elsewhere it looks like any other network failure. */
export const REFUSED = {
  name: "no connection",
  create: platform => (platform === "Node" ? "network 0/0" : `${UNKNOWN} 0/0`),
  lasting: "network 0",
  waitLasting: "wait_timeout",
};
