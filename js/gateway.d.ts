// The types of sd2-client/gateway.
import type { Fetch, Task, TaskRequest } from "./index.js";

export { Sd2Error } from "./index.js";

/** A value or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/** The platform's `Request` and `Response`. If the compiler does not know these types, the parts that the gateway uses. */
export type PlatformRequest = typeof globalThis extends { Request: { prototype: infer R } } ? R : GatewayRequest;
export type PlatformResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : unknown;
export interface GatewayRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: { get(name: string): string | null; has(name: string): boolean };
}

/** Who sends a request, which account pays, and how much it may cost. */
export interface Grant {
  /** Your user's id: 1 to 200 characters. Users see and cancel only their own tasks. */
  user: string;
  /**
   * The name of the account that pays, which must not be its key. Idempotency keys, budgets and tasks belong to a user of an account, so a
   * user must always get the same account. Default: `"main"`.
   */
  account?: string | undefined;
  /** How many credits the user may spend in an hour, a day or a month (in UTC), or in all. Default: no limit. */
  budget?: Budget | null | undefined;
  /** The user's own limits. */
  limits?: Partial<Limits> | undefined;
  /**
   * Whether to accept a request. `false`, or a message for the user, refuses it with 403. A repeat of an accepted request, with the same
   * `Idempotency-Key`, is not asked about again. Default: `true`.
   */
  allow?: ((about: { request: TaskRequest; credits: number }) => Awaitable<boolean | string>) | undefined;
  /** Whether a request may use files of the account (`asset://`). Default: `false`. */
  assets?: boolean | undefined;
}

export interface Budget {
  credits: number;
  per: "hour" | "day" | "month" | "ever";
}

export interface Limits {
  /** The most tasks in the queue. Default: 10. */
  queued: number;
  /** The most tasks in the account's slots. Default: 3, which is all of them. */
  running: number;
  /** The most accepted requests in any minute. Default: 10. */
  createsPerMinute: number;
  /** The most files at a time, including unfinished uploads. Each file stays for a week. Default: 50. */
  files: number;
  /** The most bytes of all these files. Default: 1 000 000 000. */
  fileBytes: number;
}

/** A job that has ended. */
export interface Job {
  /** The task's `taskId` in the page. */
  id: string;
  account: string;
  user: string;
  /** The request as it was sent, without `callBackUrl`. */
  request: TaskRequest;
  /** The credits that were held for it. */
  price: number;
  /** The credits that it cost in the end. */
  credits: number;
  /** The task as `queryTask` returns it: COMPLETED with its videos, or FAILED. */
  task: Task & { code?: string };
  /** Unix milliseconds. */
  acceptedAt: number;
  /** Unix milliseconds. */
  endedAt: number;
}

export interface GatewayOptions {
  /** The key of the account, or a function that returns it for an account's name. No row, error, log or response contains it. */
  apiKey: string | ((account: string) => Awaitable<string>);
  /**
   * Says who sends a request. Called for each request, with the further arguments of `fetch`. After `null` or any other falsy value the
   * response is a 401, after an exception a 500. It must not read the body, except through `request.clone()`.
   */
  authorize: (request: PlatformRequest, ...context: never[]) => Awaitable<Grant | null | undefined | false | "">;
  /** Where the jobs are kept. Default: `memoryLedger()`, which forgets them when the process ends. */
  ledger?: Ledger | undefined;
  /** The path of the gateway. Default: `"/api/sd2"`. Any other path is a 404. */
  basePath?: string | undefined;
  /**
   * The origins of other sites whose pages may use the gateway, such as `https://app.example`. The gateway must get their `OPTIONS`
   * requests, too. Default: none.
   */
  origins?: readonly string[] | undefined;
  /**
   * Lets the service call the gateway when a task ends. `origin` is the gateway's own origin, as the service reaches it. `secret` has at
   * least 16 characters and is the same in each process. Default: the gateway polls.
   */
  callbacks?: { origin: string; secret: string } | undefined;
  /**
   * Called at least once for each job that has ended, with or without a video. If it throws, it is called again after a minute. It must be
   * the same in every process: a process without it reports no job that it ends.
   */
  onEnd?: ((job: Job) => Awaitable<void>) | undefined;
  /** Gets what `authorize`, `allow`, `onEnd`, the ledger or the store threw. Default: `console.error`. */
  onError?: ((error: unknown) => void) | undefined;
  /** The service's URL: https, or http on this machine. Default: `https://seegen.ai/api/v1`. */
  baseUrl?: string | undefined;
  /** Sends requests to the service. Default: `globalThis.fetch`. */
  fetch?: Fetch | undefined;
  /**
   * Change or set this when you restore a backup of the ledger. Jobs that are queued in the backup may have been sent since, so they are
   * not sent again. It must be the same in every process.
   */
  generation?: string | number | undefined;
  /**
   * The platform's function that keeps a process alive until a promise is settled. Without `start`, each request does what is due before
   * the response; with this function, after it.
   */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Lets users upload files, which get URLs for the service. Default: no uploads. */
  uploads?: Uploads | undefined;
}

/** Keeps the bytes of uploaded files by name, for example in S3. */
export interface UploadStore {
  /**
   * Keeps bytes under a name, and replaces any earlier ones. A name has up to 60 characters, each one of `A-Z a-z 0-9 _ - .`. There are at
   * most 1 048 576 bytes.
   */
  put(name: string, bytes: Uint8Array): Awaitable<unknown>;
  /** The bytes under a name, or an object with `arrayBuffer()` such as a `Response`; null or undefined if there are none. */
  get(name: string): Awaitable<StoredBytes | null | undefined>;
  /** Deletes the bytes under a name, if any. */
  delete(name: string): Awaitable<unknown>;
}

export type StoredBytes = Uint8Array | ArrayBuffer | { arrayBuffer(): Promise<ArrayBuffer> };

export interface UploadRules {
  /**
   * The gateway's own origin, as the service reaches it. The URLs of files begin with it. Default: `callbacks.origin`, or else the origin of
   * the page that uploads, if the gateway has the same one, or else that of the request's URL.
   */
  origin?: string | undefined;
  /** The largest file, in bytes. Default: 200 000 000. */
  maxBytes?: number | undefined;
}

export interface Uploads extends UploadRules {
  /** Keeps the bytes. */
  store: UploadStore;
}

/**
 * Keeps the bytes of uploaded files in a folder, for development or one server with a disk: `uploads: { store: folderUploads("uploads") }`.
 * Creates the folder when it is needed. Needs Node 20.16 or later, Deno or Bun; elsewhere it throws `invalid_argument`.
 */
export function folderUploads(path: string): UploadStore;

export interface Gateway {
  /** Responds to a request below `basePath`. `authorize` gets the further arguments. */
  fetch: (request: PlatformRequest, ...context: unknown[]) => Promise<PlatformResponse>;
  /** Sends queued jobs and polls running ones that are due. Resolves when this is done. For a cron job. */
  tick(): Promise<void>;
  /** Works on the queue until `stop`, in a long-running process. */
  start(): void;
  /**
   * Starts no further work, and resolves when the outcome of work in progress is written, at most after half a minute. Call it before the
   * process ends. Until `start` is called again, a request is answered, but sends nothing.
   */
  stop(): Promise<void>;
}

/** Creates a gateway. Throws `invalid_argument` if an option is wrong, or `authorize` is missing. */
export function createGateway(options: GatewayOptions): Gateway;

/** Makes a gateway a request listener of Node's servers, Express and similar. It also works after a body parser. */
export function toNodeHandler(
  gateway: Gateway,
): (incoming: NodeRequest, outgoing: NodeResponse, next?: (error?: unknown) => void) => Promise<void>;

/** The part of Node's `IncomingMessage` that `toNodeHandler` uses. */
export interface NodeRequest {
  method?: string | undefined;
  url?: string | undefined;
  headers: Record<string, string | string[] | undefined>;
}

/** The part of Node's `ServerResponse` that `toNodeHandler` uses. */
export interface NodeResponse {
  headersSent: boolean;
  writeHead(status: number, headers?: Record<string, string>): unknown;
  write(chunk: Uint8Array): boolean;
  end(): unknown;
  once(event: string, listener: () => void): unknown;
  destroy(): unknown;
}

/** Creates a ledger in memory, for one process. */
export function memoryLedger(): Ledger;

/** Runs one statement with `?` (SQLite) or `$1` (PostgreSQL) for each value, and returns its rows. */
export type RunSql = (sql: string, values: (string | number | null)[]) => Awaitable<SqlRows>;
export type SqlRows =
  | readonly object[]
  | { readonly rows: readonly object[] }
  | { readonly results: readonly object[] }
  | null
  | undefined;

/**
 * Creates a ledger in a database: SQLite 3.35 or later, libSQL, D1, or PostgreSQL 12 or later. The ledger creates and migrates its tables
 * `sd2_job`, `sd2_file`, `sd2_spent` and `sd2_meta`. It uses no transactions, so `run` may use a pool of connections.
 */
export function sqlLedger(run: RunSql, options?: { isShared?: boolean | undefined }): Ledger;

/** A job as a ledger keeps it. Times are Unix milliseconds. */
export interface LedgerJob {
  /** The order of arrival, which the ledger assigns. */
  seq?: number;
  id: string;
  account: string;
  user: string;
  /** Counts the user's jobs, from 1. */
  number: number;
  /** The idempotency key. */
  key: string;
  /** The hash of the request's body. */
  hash: string;
  /** The request as JSON. */
  request: string;
  /** In credits. */
  price: number;
  /** The most jobs of the user in the slots. */
  most: number;
  accepted: number;
  // From here on it changes.
  state: "queued" | "sending" | "running" | "unknown" | "done" | "failed" | "cancelled" | "expired";
  /** The run of the engine that sent it. */
  run: string | null;
  taskId: string | null;
  /** The saved state of its call. */
  call: string | null;
  /** When the engine must next work on it. */
  due: number | null;
  sent: number | null;
  ended: number | null;
  /** What it cost; `null` while its price is held. */
  cost: number | null;
  /** The result as JSON. */
  result: string | null;
  /** When it was last written. */
  touched: number;
  /** Counts the writes. */
  version: number;
}

/**
 * Keeps jobs. Each method must be atomic, but there are no transactions of several methods. Instead, a write happens only if the data on
 * which it is based is unchanged.
 */
export interface Ledger {
  /** Whether other processes may write to it, too. Then an engine claims a job for some time before it works on it. */
  readonly isShared: boolean;
  /** Creates or migrates the tables. It is called many times. */
  open(): Promise<void>;
  /** The value of this name, or `null`. */
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  /** Inserts a job. Returns `false` if the user already has a job with its key or its number. */
  insert(job: LedgerJob): Promise<boolean>;
  /** Writes a job with the next version. Returns `false` if the stored version differs, or perhaps, with `isClaim`, if the row is locked. */
  update(job: LedgerJob, isClaim?: boolean): Promise<boolean>;
  /** The job with this id, with this task in the account, or with this key of the user. */
  find(
    by: { id: string } | { account: string; taskId: string } | { account: string; user: string; key: string },
  ): Promise<LedgerJob | null>;
  /**
   * The user's highest number; the costs and the held prices of jobs accepted from `since` on; the number of queued jobs; the number of
   * jobs accepted after `minute`, and the time of the first of these.
   */
  standing(of: { account: string; user: string; since: number; minute: number }): Promise<{
    number: number;
    spent: number;
    held: number;
    queued: number;
    recent: number;
    oldest: number | null;
  }>;
  /** The accounts with jobs that are queued or have a `due`, or with files that have expired by `now`. */
  accounts(now?: number): Promise<string[]>;
  /** The first queued job of each user, with the number of the user's sending or running jobs; and this number for the account. */
  queue(account: string): Promise<{
    heads: { id: string; user: string; seq: number; most: number; running: number }[];
    busy: number;
  }>;
  /** All queued jobs in the order of arrival. */
  line(account: string): Promise<{ id: string; user: string }[]>;
  /**
   * Jobs with a `due` up to `now`; sending or running jobs with a `due` after `latest`; and if `run` is not `null`, sending jobs of another
   * run. At most about `limit`.
   */
  due(of: { account: string; now: number; latest: number; run: string | null; limit: number }): Promise<LedgerJob[]>;
  /** The first `due`. */
  next(account: string): Promise<number | null>;
  /** All queued and sending jobs. */
  queued(account: string): Promise<LedgerJob[]>;
  /** The user's last jobs that have not ended or ended after `since`, the oldest first. */
  recent(of: { account: string; user: string; since: number; limit: number }): Promise<LedgerJob[]>;
  /** Jobs that were written after `since`. */
  changed(of: { account: string; since: number }): Promise<LedgerJob[]>;
  /** The last jobs that are done, the oldest first. */
  learned(of: { account: string; limit: number }): Promise<{ request: string; result: string }[]>;

  /**
   * Deletes each user's jobs before the first one that has not ended before this time, has a `due`, or has no known cost. The costs of
   * deleted jobs still count in `standing` if `since` is 0, and their numbers are not used again. Optional: without it, nothing is deleted.
   */
  forget?(of: { account: string; before: number }): Promise<void>;

  // The following methods are needed only with `uploads`.

  /** Inserts a file. Returns `false` if the user already has a file with its key or its number. */
  insertFile(file: LedgerFile): Promise<boolean>;
  /** Writes a file with the next version. Returns `false` if the stored version is not the file's. */
  updateFile(file: LedgerFile): Promise<boolean>;
  /** The file with this id, or with this key of the user. */
  findFile(by: { id: string } | { account: string; user: string; key: string }): Promise<LedgerFile | null>;
  /**
   * The user's highest number; the number of files that are neither gone nor expired, and their bytes; the number of all rows of the user.
   */
  holding(of: {
    account: string;
    user: string;
    now: number;
  }): Promise<{ number: number; files: number; bytes: number; entries: number }>;
  /** Expired files, in the order of their expiry. */
  expiredFiles(of: { account: string; now: number; limit: number }): Promise<LedgerFile[]>;
  /** When the account's next file expires. */
  nextExpiry(account: string): Promise<number | null>;
  /** Deletes the row of a file. */
  deleteFile(id: string): Promise<void>;
}

/** A file as a ledger keeps it, without its bytes. Times are Unix milliseconds. */
export interface LedgerFile {
  id: string;
  account: string;
  user: string;
  /** Counts the user's files, from 1. */
  number: number;
  /** The idempotency key of its upload. */
  key: string;
  /** In bytes. */
  size: number;
  /** The size of each part but the last, in bytes. */
  partBytes: number;
  // From here on it changes.
  /** Being uploaded, served, or about to be deleted. */
  state: "open" | "ready" | "gone";
  /** The number of parts that have arrived. */
  received: number;
  /** While it is open, the concatenated digests of its parts; when it is ready, JSON. */
  result: string | null;
  /** When it will be deleted. */
  expires: number;
  /** Counts the writes. */
  version: number;
}
