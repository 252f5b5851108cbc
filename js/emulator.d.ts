// The types of sd2-client/emulator.
import type { Fetch } from "./index.js";

/** Options of {@link createEmulator}. */
export interface EmulatorOptions {
  /** How many times faster than real time the emulated clock runs. It drives tasks and the retries of callbacks. Default: 1. */
  speed?: number | undefined;
  /** Emulated seconds for a 5 s video of sd2. Longer and upscaled videos take longer, sd2-fast is quicker. Default: 20. */
  seconds?: number | undefined;
  /**
   * API keys and their credits. The ledger numbers the accounts in this order. Default: `sandbox-key` with 5000, `sandbox-poor` with
   * 100, `sandbox-other` with 5000.
   */
  keys?: Readonly<Record<string, number>> | undefined;
  /** Sends callbacks to a `callBackUrl`. Without it, the ledger records them as not sent. */
  fetch?:
    | ((url: string, init: CallbackInit) => { readonly status: number } | PromiseLike<{ readonly status: number }>)
    | undefined;
}

/** The request of a callback. */
export interface CallbackInit {
  method: "POST";
  headers: { "Content-Type": "application/json" };
  /** The task as JSON, as in the response of `queryTask`. */
  body: string;
  /** An `AbortSignal` that aborts after ten seconds. */
  signal: unknown;
}

/** A fault for a test: the requests to which it applies, and its effect. */
export interface Fault {
  on: "createTask" | "queryTask" | "credits" | "any";
  /**
   * Unless stated otherwise, the service does its work before the fault.
   * - `latency`: a delay of `ms` real milliseconds (default 1000), added to the fault that follows
   * - `reset_before`, `reset_after`: the connection is reset before or after the work
   * - `status`: `status` (default 500) with `message`, before the work
   * - `truncated`, `hang_body`: half of the response, after which the connection ends, or hangs
   * - `hang`: no response until the client aborts
   * - `not_json`: 200 with an HTML page, or with `message` as the body
   * - `body`: 200 with `message` as the JSON text, valid or not
   * - `empty`: 200 with no body · `no_task_id`: 200 with `{}` · `huge`: 200 with `bytes` bytes of JSON
   * - `redirect`: 307 to `location`, before the work
   */
  kind:
    | "latency"
    | "reset_before"
    | "reset_after"
    | "status"
    | "truncated"
    | "hang"
    | "hang_body"
    | "not_json"
    | "body"
    | "empty"
    | "no_task_id"
    | "huge"
    | "redirect";
  /** How many requests it applies to; 0 for all. Default: 1. */
  times?: number | undefined;
  /** How many requests pass first. Default: 0. */
  skip?: number | undefined;
  /** The chance that it applies to a request. Default: 1. */
  probability?: number | undefined;
  /** Restricts it to requests with this API key. */
  key?: string | undefined;
  /** Strikes before the work, whatever the kind. */
  before?: boolean | undefined;
  /** Strikes after the work, whatever the kind. */
  after?: boolean | undefined;
  /** The status, for every kind that sends a response. */
  status?: number | undefined;
  /** The `Retry-After` header, for every kind that sends a response. */
  retryAfter?: number | string | undefined;
  /** The `Content-Type` header, for every kind that sends a response. */
  contentType?: string | undefined;
  /** The message, for `status`. The whole body, for `body` and `not_json`. */
  message?: string | undefined;
  /** Real milliseconds, for `latency`. */
  ms?: number | undefined;
  /** The target, for `redirect`. */
  location?: string | undefined;
  /** The size of the body, for `huge`. */
  bytes?: number | undefined;
}

/**
 * The record of what happened since the start or the last reset, for example to check that no video was paid for twice. It contains
 * no API keys.
 */
export interface Ledger {
  /** The emulated time in milliseconds. */
  now: number;
  /** The number of POSTs to createTask that arrived. */
  createRequests: number;
  /** The number of tasks that they created. */
  tasksMade: number;
  /** The sum of the prices of these tasks. */
  creditsReserved: number;
  /** The number of requests and the names of their headers, by endpoint. */
  endpoints: Record<string, { count: number; headers: string[] }>;
  /** Each request. `status` is null if no response was sent. */
  requests: {
    endpoint: string;
    method: string;
    at: number;
    account: number | null;
    headers: string[];
    faults: Fault["kind"][];
    status: number | null;
    taskId: string | null;
    price: number | null;
  }[];
  /** The accounts, in the order of `keys`. */
  accounts: { credits: number; availableCredits: number; running: number }[];
  /** Every task: the response of queryTask and some more fields. */
  tasks: ({
    taskId: string;
    status: string;
    account: number;
    price: number;
    prompt: string;
    realStatus: string;
  } & Record<string, unknown>)[];
  /** Every callback with all delivery attempts. */
  callbacks: {
    taskId: string;
    url: string;
    delivered: boolean;
    attempts: { at: number; status: number | null; error: string | null }[];
  }[];
}

/** A change of a task. */
export interface TaskChange {
  /** Removes older patches first. `finish` does that, too. */
  clear?: boolean | undefined;
  /** Ends the task at once. */
  finish?: "COMPLETED" | "FAILED" | undefined;
  /** The error, if `finish` is FAILED. */
  error?: string | undefined;
  /** Shorthand for a patch of the status. */
  status?: string | undefined;
  /** Replaces fields in the responses about the task. The real task does not change. */
  patch?: Readonly<Record<string, unknown>> | undefined;
}

/** The type of the platform's `fetch`, or of the client's option if the compiler does not know `fetch`. */
export type PlatformFetch = typeof globalThis extends { fetch: infer F } ? F : Fetch;

/** The service in memory. There are no files at its output URLs. */
export interface Emulator {
  /**
   * Responds like the service, for any host: `new Sd2Client({ apiKey: "sandbox-key", fetch: emulator.fetch })`. It takes the same
   * arguments as the platform's `fetch`, so that a server can pass its requests on.
   */
  fetch: PlatformFetch;
  /** Adds faults. Returns all that are waiting. */
  fault(...faults: Fault[]): Fault[];
  /** The waiting faults. */
  faults(): Fault[];
  /** Removes all faults. */
  clearFaults(): void;
  ledger(): Ledger;
  /** Ends a task or changes the responses about it. Returns the task as queryTask does. */
  task(taskId: string, change: TaskChange): Record<string, unknown>;
  /** Adds a key or sets its balance. Returns the number of the account. */
  setCredits(key: string, credits: number): number;
  /** Moves the emulated clock forward at once. Resolves after an attempt to deliver each callback that is due by then. */
  advance(ms: number): Promise<void>;
  /** Resets accounts, tasks, faults and the ledger. The clock runs on. */
  reset(): void;
}

/**
 * Creates a service in memory, for the tests of an app. The package itself is tested with it. It is written from the service's
 * documentation. Throws `invalid_argument` if an option is wrong.
 */
export function createEmulator(options?: EmulatorOptions): Emulator;
