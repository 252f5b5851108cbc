// The types of sd2-client/emulator.
import type { Fetch } from "./index.js";

/** How an emulator behaves. */
export interface EmulatorOptions {
  /** Emulated milliseconds that pass in a real one: tasks and the retries of callbacks. Default: 1. */
  speed?: number | undefined;
  /** Emulated seconds that a 5 s video of sd2 takes; longer and upscaled ones take longer, sd2-fast less. Default: 20. */
  seconds?: number | undefined;
  /**
   * API keys and their credits, in the order in which the ledger numbers them. Default: `sandbox-key` with 5000, `sandbox-poor` with
   * 100, `sandbox-other` with 5000.
   */
  keys?: Readonly<Record<string, number>> | undefined;
  /** Called with each callback (`callBackUrl`). Without it, callbacks are noted in the ledger as not sent. */
  fetch?:
    | ((url: string, init: CallbackInit) => { readonly status: number } | PromiseLike<{ readonly status: number }>)
    | undefined;
}

/** A callback as it is sent. */
export interface CallbackInit {
  method: "POST";
  headers: { "Content-Type": "application/json" };
  /** The task, as `queryTask` tells it: JSON. */
  body: string;
  /** Aborted after ten seconds. */
  signal: unknown;
}

/** Something that goes wrong on demand. Which calls it meets, and what they see. */
export interface Fault {
  /** The endpoint. */
  on: "createTask" | "queryTask" | "credits" | "any";
  /**
   * - `latency`: nothing but `ms` real milliseconds (default 1000); adds to a fault that follows
   * - `reset_before`, `reset_after`: the connection is reset, before or after the work
   * - `status`: `status` (default 500) with `message`, before the work
   * - `truncated`, `hang_body`: half of the answer, and then the connection ends, or nothing
   * - `hang`: no answer, until the client leaves
   * - `not_json`: 200 with an HTML page, or with `message` as it is
   * - `body`: 200 with `message` as the JSON text, whatever it is
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
  /** How many calls it meets; 0 for all. Default: 1. */
  times?: number | undefined;
  /** How many calls pass first. Default: 0. */
  skip?: number | undefined;
  /** The chance to meet a call. Default: 1. */
  probability?: number | undefined;
  /** Only calls with this API key. */
  key?: string | undefined;
  /** The work is not done, whatever the kind. */
  before?: boolean | undefined;
  /** The work is done, whatever the kind. */
  after?: boolean | undefined;
  /** The status of any kind that answers. */
  status?: number | undefined;
  /** `Retry-After` of any kind that answers. */
  retryAfter?: number | string | undefined;
  /** `Content-Type` of any kind that answers. */
  contentType?: string | undefined;
  /** The message of `status`, the body of `body` and `not_json`. */
  message?: string | undefined;
  /** Real milliseconds of `latency`. */
  ms?: number | undefined;
  /** Where a `redirect` leads. */
  location?: string | undefined;
  /** The size of `huge`. */
  bytes?: number | undefined;
}

/** What happened since the start or the last reset: the judge of "paid twice" and "lost". It holds no API keys. */
export interface Ledger {
  /** The emulated clock. */
  now: number;
  /** POSTs to createTask that arrived. */
  createRequests: number;
  /** Tasks that they made. */
  tasksMade: number;
  /** The price of those tasks. */
  creditsReserved: number;
  /** Requests and the names of their headers, by endpoint. */
  endpoints: Record<string, { count: number; headers: string[] }>;
  /** Each request; `status` is null if no answer was sent. */
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
  /** Every task: the answer of queryTask, and what the service knows beside it. */
  tasks: ({
    taskId: string;
    status: string;
    account: number;
    price: number;
    prompt: string;
    realStatus: string;
  } & Record<string, unknown>)[];
  /** Callbacks, with each attempt at them. */
  callbacks: {
    taskId: string;
    url: string;
    delivered: boolean;
    attempts: { at: number; status: number | null; error: string | null }[];
  }[];
}

/** What an emulator is told to say of a task. */
export interface TaskChange {
  /** Removes older patches first. */
  clear?: boolean | undefined;
  /** Ends the task at once. */
  finish?: "COMPLETED" | "FAILED" | undefined;
  /** The error of a task that is finished as FAILED. */
  error?: string | undefined;
  /** Short for a patch of the status. */
  status?: string | undefined;
  /** Put over the task's answers field by field. */
  patch?: Readonly<Record<string, unknown>> | undefined;
}

/** The platform's `fetch`; where the compiler knows none, the one that the client takes. */
export type PlatformFetch = typeof globalThis extends { fetch: infer F } ? F : Fetch;

/** The service in memory. Its output addresses have no files behind them. */
export interface Emulator {
  /**
   * Answers like the service, whatever the host: `new Sd2Client({ apiKey: "sandbox-key", fetch: emulator.fetch })`. It takes what the platform's
   * `fetch` takes, so that a server can pass its requests on.
   */
  fetch: PlatformFetch;
  /** Adds faults, and gives those that wait. */
  fault(...faults: Fault[]): Fault[];
  /** The faults that wait. */
  faults(): Fault[];
  /** Removes all faults. */
  clearFaults(): void;
  /** What happened so far. */
  ledger(): Ledger;
  /** Ends a task, or changes what is said of it; gives the task as queryTask tells it. */
  task(taskId: string, change: TaskChange): Record<string, unknown>;
  /** Adds a key or sets its balance; gives the number of its account. */
  setCredits(key: string, credits: number): number;
  /** Moves the emulated clock forward at once. Resolves when the callbacks that are due by then have been tried. */
  advance(ms: number): Promise<void>;
  /** Back to the start: accounts, tasks, faults, ledger. The clock goes on. */
  reset(): void;
}

/**
 * Makes a service in memory, for the tests of an app: the emulator that the package itself is tested with. It is written from the
 * service's documentation. Throws `invalid_argument` if an option is wrong.
 */
export function createEmulator(options?: EmulatorOptions): Emulator;
