// The types of sd2-client/gateway.
import type { Fetch, Task, TaskRequest } from "./index.js";

export { Sd2Error } from "./index.js";

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/** The platform's `Request` and `Response`; where the compiler knows none, what the gateway uses of them. */
export type PlatformRequest = typeof globalThis extends { Request: { prototype: infer R } } ? R : GatewayRequest;
export type PlatformResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : unknown;
export interface GatewayRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: { get(name: string): string | null; has(name: string): boolean };
}

/** Who asks, whose account pays, and how much that may cost. */
export interface Grant {
  /** Your user's id: 1 to 200 characters. A user sees and cancels their own tasks only. */
  user: string;
  /**
   * A name of the account that pays; never its key. Keys, budgets and tasks belong to a user of an account, so a user must always get the
   * same one. Default: `"main"`.
   */
  account?: string | undefined;
  /** What the user may spend, in credits, in an hour, a day or a month of UTC, or once and for all. Default: no limit. */
  budget?: Budget | null | undefined;
  /** What the user may have at a time. */
  limits?: Partial<Limits> | undefined;
  /** Whether this request may be made: `true`, or `false` or a sentence for the user, which is answered with 403. Default: `true`. */
  allow?: ((about: { request: TaskRequest; credits: number }) => Awaitable<boolean | string>) | undefined;
  /** Whether the request may name files of the account (`asset://`). Default: `false`. */
  assets?: boolean | undefined;
}

export interface Budget {
  credits: number;
  per: "hour" | "day" | "month" | "ever";
}

export interface Limits {
  /** Tasks in the queue. Default: 10. */
  queued: number;
  /** Tasks in the account's slots. Default: 3, which is all of them. */
  running: number;
  /** Accepted requests in any minute. Default: 10. */
  createsPerMinute: number;
  /** Uploaded files at a time, including those on their way. Each stays for a week. Default: 50. */
  files: number;
  /** Bytes of all of these. Default: 1 000 000 000. */
  fileBytes: number;
}

/** A job that has ended. */
export interface Job {
  /** The `taskId` that the page has. */
  id: string;
  account: string;
  user: string;
  /** As it was sent, without `callBackUrl`. */
  request: TaskRequest;
  /** What was held for it, in credits. */
  price: number;
  /** What it cost in the end, in credits. */
  credits: number;
  /** As `queryTask` tells it: COMPLETED with its videos, or FAILED. */
  task: Task & { code?: string };
  /** Unix milliseconds. */
  acceptedAt: number;
  /** Unix milliseconds. */
  endedAt: number;
}

export interface GatewayOptions {
  /** The key of the account, or a function that gives it for an account's name. It is in no row, error, log or answer. */
  apiKey: string | ((account: string) => Awaitable<string>);
  /**
   * Who makes a request: called for each one, with whatever else `fetch` was called with. `null` (or anything falsy) is answered with
   * 401; what it throws, with 500. It must not read the body (`request.clone()` may).
   */
  authorize: (request: PlatformRequest, ...context: never[]) => Awaitable<Grant | null | undefined | false | "">;
  /** Where the jobs are kept. Default: `memoryLedger()`, which forgets them when the process ends. */
  ledger?: Ledger | undefined;
  /** The path under which the gateway answers. Default: `"/api/sd2"`. Everything else is a 404. */
  basePath?: string | undefined;
  /** Origins of other sites whose pages may use the gateway, as in `https://app.example`. Default: none but its own. */
  origins?: readonly string[] | undefined;
  /**
   * Lets the service call back when a task ends. `origin`: the gateway's own, as the service reaches it. `secret`: 16 characters or more, the same in
   * each process. Default: the gateway polls.
   */
  callbacks?: { origin: string; secret: string } | undefined;
  /** Called at least once for each job that has ended, whatever came of it. What it throws has it called again after a minute. */
  onEnd?: ((job: Job) => Awaitable<void>) | undefined;
  /** Told what `authorize`, `allow`, `onEnd` or the ledger threw. Default: `console.error`. */
  onError?: ((error: unknown) => void) | undefined;
  /** The service: https, or http on this machine. Default: `https://seegen.ai/api/v1`. */
  baseUrl?: string | undefined;
  /** Sends requests to the service. Default: `globalThis.fetch`. */
  fetch?: Fetch | undefined;
  /**
   * Change it, or set it, when a backup of the ledger is restored: what is queued there may have been sent since, and is not sent
   * again. Every process must have the same.
   */
  generation?: string | number | undefined;
  /**
   * Without `start`, each request does what is due before it is answered. With this, it does so afterwards: give the platform's function
   * that keeps a process alive until a promise is settled.
   */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Lets users upload files, for which the service gets addresses. Default: no uploads. */
  uploads?: Uploads | undefined;
}

/** Keeps the bytes of uploaded files: functions of the app, over S3 or whatever else keeps bytes by names. */
export interface UploadStore {
  /**
   * Keeps these bytes under a name, in place of what was there. A name has up to 60 characters, each one of `A-Z a-z 0-9 _ - .`; the bytes are
   * at most 1 048 576.
   */
  put(name: string, bytes: Uint8Array): Awaitable<unknown>;
  /** The bytes under a name, as such or as something with `arrayBuffer()` (a `Blob`, a `Response`); nothing if there are none. */
  get(name: string): Awaitable<StoredBytes | null | undefined>;
  /** Deletes what is under a name, if anything is. */
  delete(name: string): Awaitable<unknown>;
}

export type StoredBytes = Uint8Array | ArrayBuffer | { arrayBuffer(): Promise<ArrayBuffer> };

export interface UploadRules {
  /**
   * The gateway's own origin, as the service reaches it; the addresses of files begin with it. Default: `callbacks.origin`, else the
   * origin of the page that uploads, if it is the gateway's own, else that of the request's URL.
   */
  origin?: string | undefined;
  /** The largest file, in bytes. Default: 200 000 000. */
  maxBytes?: number | undefined;
}

export interface Uploads extends UploadRules {
  /** Where the bytes are. */
  store: UploadStore;
}

/**
 * A folder for the bytes of uploaded files, which is made when it is needed: `uploads: { store: folderUploads("uploads") }`. For development, or one
 * server with a disk. Throws `invalid_argument` where there are no folders; it needs Node 20.16, Deno or Bun.
 */
export function folderUploads(path: string): UploadStore;

export interface Gateway {
  /** Answers a request below `basePath`. Further arguments go to `authorize`. */
  fetch: (request: PlatformRequest, ...context: unknown[]) => Promise<PlatformResponse>;
  /** Does what is due: sends queued jobs, asks for running ones. Resolves when all of that is done. For a cron. */
  tick(): Promise<void>;
  /** Works on until `stop`, for processes that live on. */
  start(): void;
  /** Begins nothing more, and resolves when what is under way has been written. Call it before the process ends. */
  stop(): Promise<void>;
}

/** Makes a gateway. Throws `invalid_argument` if an option is wrong, or `authorize` is missing. */
export function createGateway(options: GatewayOptions): Gateway;

/** A gateway as a listener of Node's servers, of Express and of what is like it; also after a body parser. */
export function toNodeHandler(
  gateway: Gateway,
): (incoming: NodeRequest, outgoing: NodeResponse, next?: (error?: unknown) => void) => Promise<void>;

/** What `toNodeHandler` uses of Node's `IncomingMessage`. */
export interface NodeRequest {
  method?: string | undefined;
  url?: string | undefined;
  headers: Record<string, string | string[] | undefined>;
}

/** What `toNodeHandler` uses of Node's `ServerResponse`. */
export interface NodeResponse {
  headersSent: boolean;
  writeHead(status: number, headers?: Record<string, string>): unknown;
  write(chunk: Uint8Array): boolean;
  end(): unknown;
  once(event: string, listener: () => void): unknown;
  destroy(): unknown;
}

/** A ledger in memory, for one process. */
export function memoryLedger(): Ledger;

/** Runs one statement, with `?` (SQLite) or `$1` (PostgreSQL) for each of the values, and gives its rows. */
export type RunSql = (sql: string, values: (string | number | null)[]) => Awaitable<SqlRows>;
export type SqlRows =
  | readonly object[]
  | { readonly rows: readonly object[] }
  | { readonly results: readonly object[] }
  | null
  | undefined;

/**
 * A ledger in a database: SQLite 3.35 or later, libSQL, D1, or PostgreSQL 12 or later. It makes and migrates its tables `sd2_job`,
 * `sd2_file`, `sd2_spent` and `sd2_meta`. Each statement stands alone, so that a pool of connections will do.
 */
export function sqlLedger(run: RunSql, options?: { isShared?: boolean | undefined }): Ledger;

/** A job as a ledger keeps it. Times are Unix milliseconds. */
export interface LedgerJob {
  /** The order of arrival; the ledger counts. */
  seq?: number;
  id: string;
  account: string;
  user: string;
  /** The user's jobs, counted from 1. */
  number: number;
  /** The idempotency key. */
  key: string;
  /** Of the request's body. */
  hash: string;
  /** JSON. */
  request: string;
  /** In credits. */
  price: number;
  /** How many of the user's jobs may be in the slots. */
  most: number;
  accepted: number;
  // From here on it changes.
  state: "queued" | "sending" | "running" | "unknown" | "done" | "failed" | "cancelled" | "expired";
  /** The start of the engine that sent it. */
  run: string | null;
  taskId: string | null;
  /** The client's call, saved. */
  call: string | null;
  /** When something is to be done for it. */
  due: number | null;
  sent: number | null;
  ended: number | null;
  /** What it cost; `null` while its price is held. */
  cost: number | null;
  /** JSON. */
  result: string | null;
  /** When it was written. */
  touched: number;
  /** Counts the writes. */
  version: number;
}

/**
 * Keeps jobs. Each method is atomic by itself, and nothing more is asked of a database: a write happens only if what it is based on
 * still holds.
 */
export interface Ledger {
  /** Whether other processes may write to it, too. Then a job is claimed before it is worked on, for a time. */
  readonly isShared: boolean;
  /** Makes or migrates the tables. Called again and again. */
  open(): Promise<void>;
  /** A value by its name, or `null`. */
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  /** Keeps a new job; `false` if its account and user have its key, or its number. */
  insert(job: LedgerJob): Promise<boolean>;
  /** Writes a job with the next version; `false` if the stored version is not the job's. `isClaim`: locked rows may be passed over. */
  update(job: LedgerJob, isClaim?: boolean): Promise<boolean>;
  /** The job with this id, with this task in the account, or with this key of the user. */
  find(
    by: { id: string } | { account: string; taskId: string } | { account: string; user: string; key: string },
  ): Promise<LedgerJob | null>;
  /** The user's highest number; costs and held prices of jobs accepted since; queued jobs; how many were accepted after `minute`, and when first. */
  standing(of: { account: string; user: string; since: number; minute: number }): Promise<{
    number: number;
    spent: number;
    held: number;
    queued: number;
    recent: number;
    oldest: number | null;
  }>;
  /** The accounts with jobs that are queued or have a `due`, and those with files that have expired by `now`. */
  accounts(now?: number): Promise<string[]>;
  /** The first queued job of each user, with how many the user has sending or running; and how many the account has. */
  queue(account: string): Promise<{
    heads: { id: string; user: string; seq: number; most: number; running: number }[];
    busy: number;
  }>;
  /** All queued jobs in the order of arrival. */
  line(account: string): Promise<{ id: string; user: string }[]>;
  /**
   * Jobs with a `due` up to `now`; sending or running ones with a `due` after `latest`; and if `run` is given, sending ones of another
   * run. At most about `limit`.
   */
  due(of: { account: string; now: number; latest: number; run: string | null; limit: number }): Promise<LedgerJob[]>;
  /** The first `due`. */
  next(account: string): Promise<number | null>;
  /** All queued and sending jobs. */
  queued(account: string): Promise<LedgerJob[]>;
  /** The user's last jobs that have not ended or ended since, the oldest first. */
  recent(of: { account: string; user: string; since: number; limit: number }): Promise<LedgerJob[]>;
  /** Jobs that were written since. */
  changed(of: { account: string; since: number }): Promise<LedgerJob[]>;
  /** The last jobs that are done, the oldest first. */
  learned(of: { account: string; limit: number }): Promise<{ request: string; result: string }[]>;

  /**
   * Deletes the first jobs of each user, as many as have all ended before this time, with their cost known and no `due`. What they have cost
   * still counts in `standing` if `since` is 0, and their numbers are not given again. Optional: without it, nothing is deleted.
   */
  forget?(of: { account: string; before: number }): Promise<void>;

  // Needed only with `uploads`.

  /** Keeps a new file; `false` if its account and user have its key, or its number. */
  insertFile(file: LedgerFile): Promise<boolean>;
  /** Writes a file with the next version; `false` if the stored version is not the file's. */
  updateFile(file: LedgerFile): Promise<boolean>;
  /** The file with this id, or with this key of the user. */
  findFile(by: { id: string } | { account: string; user: string; key: string }): Promise<LedgerFile | null>;
  /**
   * The user's highest number; how many files they have that are not gone and have not expired, and their bytes; how many rows they have
   * in all.
   */
  holding(of: {
    account: string;
    user: string;
    now: number;
  }): Promise<{ number: number; files: number; bytes: number; entries: number }>;
  /** Files that have expired, the first ones first. */
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
  /** The user's files, counted from 1. */
  number: number;
  /** The idempotency key of its upload. */
  key: string;
  /** In bytes. */
  size: number;
  /** The bytes of each part but the last. */
  partBytes: number;
  // From here on it changes.
  /** On its way, offered, or about to be deleted. */
  state: "open" | "ready" | "gone";
  /** How many parts are here. */
  received: number;
  /** JSON when it is ready; before that the digests of its parts, one after the other. */
  result: string | null;
  /** When it is deleted. */
  expires: number;
  /** Counts the writes. */
  version: number;
}
