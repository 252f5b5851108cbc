// The public types, written by hand. They apply to each entry of the package, and need neither the "dom" library nor @types/node.
// tests/types/ checks them.

// ---------------------------------------------------------------------------------------------- requests

/** The models: `sd2` has better quality, `sd2-fast` is cheaper. */
export type Model = "sd2" | "sd2-fast";

/** The length of a video: whole seconds from 4 to 15. The service's default is `"5s"`. */
export type Duration = "4s" | "5s" | "6s" | "7s" | "8s" | "9s" | "10s" | "11s" | "12s" | "13s" | "14s" | "15s";

/** The width and height of a video in pixels. */
export type Resolution = "720x720" | "720x960" | "960x720" | "1280x720" | "720x1280" | "1280x540";

/** The size to which the finished video is scaled up, for additional credits per second. */
export type UpscaleResolution = "2k" | "4k";

/** The inputs of all four modes. */
export interface CommonInputs {
  /** The length of the video. Default: `"5s"`. */
  duration?: Duration | undefined;
  /** Scales the finished video up. Default: no upscale. */
  upscaleResolution?: UpscaleResolution | undefined;
}

/** A video from text. */
export interface TextInputs extends CommonInputs {
  /** A description of the video. Must not be blank. */
  prompt: string;
  /** The resolution. Without one, the service chooses. */
  resolution?: Resolution | undefined;
  /** Not in this mode: with images, it is another mode. */
  urls?: undefined;
  /** Only in reference mode. */
  videoUrls?: undefined;
  /** Only in reference mode. */
  audioUrls?: undefined;
  /** Not in this mode. */
  videoInputMode?: undefined;
}

/** A video that starts with an image. */
export interface ImageInputs extends CommonInputs {
  /** The image: an http(s) URL that the service can fetch, or an `asset://` reference. */
  urls: readonly [image: string];
  /** How the image should move. */
  prompt?: string | undefined;
  /** Not in this mode: the aspect ratio is that of the image. */
  resolution?: undefined;
  /** Only in reference mode. */
  videoUrls?: undefined;
  /** Only in reference mode. */
  audioUrls?: undefined;
  /** Not in this mode. */
  videoInputMode?: undefined;
}

/** A video between a first and a last frame. */
export interface KeyframeInputs extends CommonInputs {
  /** The first and the last frame: http(s) URLs that the service can fetch, or `asset://` references. */
  urls: readonly [first: string, last: string];
  /** Selects this mode. */
  videoInputMode: "keyframe";
  /** How the first frame should become the last one. */
  prompt?: string | undefined;
  /** Not in this mode: the aspect ratio is that of the images. */
  resolution?: undefined;
  /** Only in reference mode. */
  videoUrls?: undefined;
  /** Only in reference mode. */
  audioUrls?: undefined;
}

/** A video with reference images, videos and sounds: at most 12 files in total. */
export interface ReferenceInputs extends CommonInputs {
  /** Selects this mode: the files are references rather than frames. */
  videoInputMode: "reference";
  /** The resolution. */
  resolution: Resolution;
  /** At most 9 images, each side at least 400 px: http(s) URLs, or `asset://` references. */
  urls?: readonly string[] | undefined;
  /** At most 3 videos of at most 15 seconds each: http(s) URLs. They double the base price. */
  videoUrls?: readonly string[] | undefined;
  /** At most 3 sounds of at most 15 seconds each: http(s) URLs. */
  audioUrls?: readonly string[] | undefined;
  /** A description of the video. */
  prompt?: string | undefined;
}

/** The inputs of a video, for one of the four modes. Mixing modes is a compile error. */
export type Inputs = TextInputs | ImageInputs | KeyframeInputs | ReferenceInputs;

/** A request for one video. */
export interface TaskRequest {
  /** The model. */
  model: Model;
  /** The inputs. */
  inputs: Inputs;
  /**
   * An absolute http(s) URL to which the service POSTs the task when it has ended. It repeats the POST after 1, 5 and 30 seconds until
   * the response is a 2xx. Because the service does not sign its POSTs, create the URL with {@link signCallbackUrl}, and treat the
   * body as a hint, with {@link confirmCallback}.
   */
  callBackUrl?: string | undefined;
}

// ------------------------------------------------------------------------------------------------- tasks

/** The documented states of a task. */
export type TaskStatus = "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";

/**
 * Any other state, which the service may add later. It counts as running. For the compiler it is a fifth case, so that a comparison
 * with `"COMPLETED"` or `"FAILED"` narrows a {@link Task} (with `string` it would not), and a `switch` over the status needs a
 * `default`.
 */
export type UnknownTaskStatus = LaterTaskStatus.any;
// Not exported, because it exists only for the compiler.
declare enum LaterTaskStatus {
  any = "any other string",
}

/** A finished video. */
export interface Video {
  /** The https URL of the video. It may be signed; then it is a secret and expires. */
  url: string;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/** The fields of a task in every state. */
export interface TaskBase {
  /** The id that `createTask` resolved to. */
  taskId: string;
  /** The requested model. */
  model: Model;
  /** The credits that the task holds or has cost. */
  creditsUsed: number;
  /** When the task was created, in Unix milliseconds. */
  createTime: number;
}

/** A task that has not ended. */
export interface RunningTask extends TaskBase {
  status: "PENDING" | "PROCESSING" | UnknownTaskStatus;
  /** Only from a gateway, while the task is in its queue: the position, from 1. */
  queue?: { position: number };
  output: null;
  error: null;
  completeTime: null;
}

/** A task that ended with a video. */
export interface CompletedTask extends TaskBase {
  status: "COMPLETED";
  /** The finished videos, at least one. */
  output: [Video, ...Video[]];
  error: null;
  /** When the task ended: milliseconds since the beginning of 1970. */
  completeTime: number;
}

/** A task that ended without a video. */
export interface FailedTask extends TaskBase {
  status: "FAILED";
  output: null;
  /** The service's message about the failure. */
  error: string;
  /** Only from a gateway. `"outcome_unknown"`: it is not known whether the service made the task, so it may still become a video. */
  code?: string;
  /** When the task ended: milliseconds since the beginning of 1970. */
  completeTime: number;
}

/** A task as the service returns it. The `status` says which fields have a value. */
export type Task = RunningTask | CompletedTask | FailedTask;

/** The result of `createTask`. */
export interface CreatedTask {
  /** The id of the task. Keep it: with it, you can get the video later. */
  taskId: string;
  /** Only present if the client's store failed to keep the task: keep the id elsewhere. */
  stored?: false;
}

/** The account's balance. */
export interface Credits {
  /** All credits, including those that running tasks hold. */
  credits: number;
  /** The credits that new tasks may cost. */
  availableCredits: number;
}

// ---------------------------------------------------------------------------------------------- the client

/** The type of `signal` of the platform's `fetch`, or {@link AbortSignalLike} if the compiler does not know `fetch`. */
export type Signal = typeof globalThis extends { fetch(input: never, init?: infer Init): unknown }
  ? NonNullable<Init> extends { signal?: infer S }
    ? NonNullable<S>
    : AbortSignalLike
  : AbortSignalLike;

/** The parts of an `AbortSignal` that the library uses. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The second argument of `fetch`. It is compatible with the platform's `RequestInit`. */
export interface FetchInit {
  /** DELETE only with a gateway. */
  method: "GET" | "POST" | "DELETE";
  headers: Record<string, string>;
  /**
   * JSON. With `streamCreates`, a create may have a `ReadableStream` of it here, and `duplex: "half"`. A part of an {@link upload} is an
   * `ArrayBuffer`.
   */
  body?: string;
  /** A redirect is never followed, so that no other server gets the key. */
  redirect: "manual";
  /** Only if the runtime supports it. */
  cache?: "no-store";
  /** Only in a create with a key, so that it uses another connection than the polls. */
  credentials?: "omit";
  /** Aborted when no call waits for the response any more. */
  signal: Signal;
}

/** The parts of a `Response` that the library uses. One of `body`, `text` and `json` suffices. */
export interface FetchResponse {
  readonly status: number;
  /** Read up to 4 MB. */
  readonly body?: unknown;
  readonly headers: { get(name: string): string | null };
  text?(): string | PromiseLike<string>;
  json?(): unknown;
}

/** A function like the platform's `fetch`. It is called without `this`. */
export type Fetch = (url: string, init: FetchInit) => FetchResponse | PromiseLike<FetchResponse>;

/** An event for the `logger`. It contains neither the key nor the URL of a video. */
export type LogEvent = CallEvent | StoreEvent;

/** A step of a call. */
export interface CallEvent {
  /** The end of an HTTP attempt, a pause before another attempt, or a pause before a poll. */
  type: "attempt" | "retry" | "poll";
  /** The endpoint. */
  endpoint: "createTask" | "queryTask" | "credits" | "cancel";
  /** The number of the attempt or the poll, from 1. */
  attempt: number;
  /** The duration of the attempt or the pause, in milliseconds. */
  ms: number;
  /** The HTTP status, if there was a response. */
  status?: number;
  /** The code of the failure. */
  code?: Sd2ErrorCode;
}

/** A failure of a store. The error itself goes to `reportError`, or to `console.error` if that is missing. */
export interface StoreEvent {
  /** A failure of the store. */
  type: "store";
  /** The method that failed. Missing if the store did not respond in 5 s. */
  method?: keyof Store;
  /** The key of the item. */
  key?: string;
}

/** Options of an {@link Sd2Client}. */
export interface Sd2ClientOptions {
  /**
   * The key from the account settings, in visible ASCII characters. White space and invisible characters around it are removed;
   * `Bearer `, quotes or `NAME=` around it are refused. It is sent as `Authorization: Bearer …`, and never shown. Leave it out only if
   * `baseUrl` is a gateway that adds it.
   */
  apiKey?: string | undefined;
  /**
   * The base URL of the endpoints: an absolute URL, or a path such as `/api/sd2` on the page's origin. It must be https, except on this
   * machine or with `allowInsecure`. Default: `https://seegen.ai/api/v1`.
   */
  baseUrl?: string | undefined;
  /**
   * Whether `baseUrl` is a gateway of this package (`sd2-client/gateway`). Each create then has an `Idempotency-Key`, and is repeated
   * after a lost response, a timeout or a 5xx until there is a response. The gateway pushes changes of tasks, so there are few polls.
   * {@link cancelTask} and {@link upload} work, and the timeout of a wait starts when the task leaves the gateway's queue. Do not set it
   * for other servers, which would charge each repeated create. Default: `false`.
   */
  gateway?: boolean | undefined;
  /** Used instead of `globalThis.fetch`. */
  fetch?: Fetch | undefined;
  /**
   * Added to each request: an object, `Headers`, or pairs. In browsers, CORS must allow each header that is not a simple one.
   */
  headers?: Readonly<Record<string, string | undefined>> | Iterable<readonly [name: string, value: string]> | undefined;
  /** The timeout of an HTTP attempt, including the body, in milliseconds. Default: 30 000. */
  timeoutMs?: number | undefined;
  /**
   * How often a call that is safe to repeat is repeated after a network failure, a timeout, 408, 425, 429 or 5xx. A create that may
   * have arrived is never repeated, except with `gateway`. Default: 4.
   */
  maxRetries?: number | undefined;
  /** Whether requests are validated before they are sent. Default: `true`. */
  validate?: boolean | undefined;
  /**
   * How many tasks of `generate` and `generateAll` may run at once. Other requests wait. In a Worker, where calls share nothing, it
   * applies to each `generateAll` separately. Default: 3, the limit of an account.
   */
  concurrency?: number | undefined;
  /**
   * Sends creates as streams if the platform can, because Chromium does not resend a stream when an HTTP/2 connection breaks. If the
   * platform or the server refuses streams (HTTP/1.1 in Chromium, a 411), creates are sent as text. Default: `false`, because it is not
   * known whether the service accepts streams.
   */
  streamCreates?: boolean | undefined;
  /** Allows http to other machines. Set it only in a network that you trust. Default: `false`. */
  allowInsecure?: boolean | undefined;
  /** Called for each attempt, retry and poll. Errors in it are reported, and do not affect the call. */
  logger?: ((event: LogEvent) => unknown) | undefined;
  /**
   * Keeps running tasks, so that {@link resume} finds them after the page was closed or the program ended: {@link indexedDbStore},
   * {@link localStorageStore}, {@link memoryStore}, or one of your own. It contains requests and task ids, never the key. Clients of
   * different accounts need different stores. Its errors are reported (see {@link StoreEvent}) and lose no task. A store that hangs
   * delays a call by at most 5 s.
   */
  store?: Store | undefined;
}

/**
 * Keeps strings under keys. Each method may return a promise. Several clients may share a store: each task is an item of its own, under
 * a key that begins with `sd2-client.` and contains only letters, digits and `.`, `_`, `-`, `%`. Other items are ignored.
 */
export interface Store {
  /** Returns the string under a key, or null or undefined if the key has none. */
  get(key: string): string | null | undefined | PromiseLike<string | null | undefined>;
  /** Writes a string. A create is sent only after this has ended. */
  set(key: string, value: string): unknown;
  /** Deletes a string. */
  delete(key: string): unknown;
  /** Returns all keys. */
  keys(): Iterable<string> | PromiseLike<Iterable<string>>;
  /**
   * Calls `work` while it holds the exclusive lock of a key among all who share the store. With `ifAvailable`, calls `work(null)` if the
   * lock is held. A client holds a lock during a create, so that `resume` of another client does not report it as lost. Without locks, a
   * create counts as lost 15 s after its attempt must have ended. The stores of the package use Web Locks.
   */
  lock?(key: string, work: (lock: unknown) => unknown, options?: { ifAvailable?: boolean }): unknown;
}

/** A store in memory. */
export function memoryStore(): Store;

/**
 * A store in the browser's `localStorage`. Use a different prefix for each account. Browsers write to disk some seconds later, so a crash
 * of the browser may lose the last items; {@link indexedDbStore} does not.
 */
export function localStorageStore(prefix?: string): Store;

/**
 * A store in an IndexedDB database, which survives even a crash of the browser. Use a different name for each account. Default:
 * `sd2-client`.
 */
export function indexedDbStore(name?: string): Store;

/** Options of calls with a single request. */
export interface CallOptions {
  /** Aborts the call, which rejects at once with the reason of the signal. */
  signal?: AbortSignalLike | undefined;
  /** The timeout of an HTTP attempt in milliseconds, instead of the client's `timeoutMs`. */
  timeoutMs?: number | undefined;
}

/** Options of a wait. */
export interface WaitOptions {
  /** Ends the wait, which rejects at once with the reason of the signal. The task runs on. */
  signal?: AbortSignalLike | undefined;
  /** The timeout of the whole wait in milliseconds; may be `Infinity`. Default: 900 000 (15 minutes). */
  timeoutMs?: number | undefined;
  /**
   * A fixed interval between polls in milliseconds. By default, the intervals adapt to the durations of earlier tasks: 1 to 20 s, and up to
   * 3 minutes before the first likely end.
   */
  pollIntervalMs?: number | undefined;
  /** Called after each poll, and every `progressIntervalMs` in between. Errors in it are reported, and do not affect the call. */
  onUpdate?: ((update: TaskUpdate) => unknown) | undefined;
  /**
   * The interval in milliseconds at which `onUpdate` reports the time and the estimated progress between polls, except in a hidden page.
   * With 0, only polls are reported. Default: 1000.
   */
  progressIntervalMs?: number | undefined;
}

/** Options of {@link Sd2Client.generate}. */
export interface GenerateOptions extends WaitOptions {
  /**
   * The timeout of the whole call in milliseconds, including the wait for a free slot; may be `Infinity`. By default, the wait for the
   * video ends 15 minutes after the task was created, and the wait for a slot after 15 minutes of 429 without a running task of this
   * client.
   */
  timeoutMs?: number | undefined;
  /**
   * Called after each poll, after each create that the service refused because the account is full, and every `progressIntervalMs` in
   * between.
   * Errors in it are reported, and do not affect the call.
   */
  onUpdate?: ((update: TaskUpdate | SlotUpdate) => unknown) | undefined;
  /**
   * Called as soon as the task is created. `stored` says whether the client's `store` has it. If not, keep the id for `waitForTask`. Errors in it are reported, and do not affect the call.
   */
  onCreated?: ((taskId: string, about: { stored: boolean }) => unknown) | undefined;
}

/** Options of {@link generateAll}. */
export interface GenerateAllOptions {
  /** Ends everything: the next result rejects at once with the reason of the signal. Created tasks run on. */
  signal?: AbortSignalLike | undefined;
  /** How many requests may run, or wait to be taken as results, at once. Default: the client's `concurrency`. */
  concurrency?: number | undefined;
  /**
   * The most credits that all requests together may cost, by {@link estimateCredits}. A request that would cost more than the rest is not
   * sent: its result is an error with the code `insufficient_credits` and without a `status`. A create that certainly made no task does
   * not count; a failed task counts in full. Default: no limit.
   */
  maxCredits?: number | undefined;
  /** As in {@link GenerateOptions}, for each request. */
  timeoutMs?: number | undefined;
  /** As in {@link WaitOptions}. */
  pollIntervalMs?: number | undefined;
  /** Called as soon as a task is created. Errors in it are reported, and do not affect the call. */
  onCreated?: ((job: Job & { stored: boolean }) => unknown) | undefined;
  /** As in {@link GenerateOptions}, for each request. */
  onUpdate?: ((update: JobUpdate) => unknown) | undefined;
  /** As in {@link WaitOptions}. */
  progressIntervalMs?: number | undefined;
}

/** Options of {@link resume}. */
export interface ResumeOptions extends Omit<GenerateAllOptions, "maxCredits" | "onCreated"> {
  /** How many tasks may be polled, or wait to be taken as results, at once. Default: 16. */
  concurrency?: number | undefined;
  /**
   * The timeout of all waits together in milliseconds, from the first call of `next()`; may be `Infinity`. Default: 15 minutes for each
   * task.
   */
  timeoutMs?: number | undefined;
}

/** One of many requests, and its task. */
export interface Job {
  /** The position of the request, from 0. */
  index: number;
  /** The request. */
  request: TaskRequest;
  /** The id of its task. */
  taskId: string;
}

/** An update about one of many requests. */
export type JobUpdate = (TaskUpdate | SlotUpdate) & {
  /** The position of the request, from 0. */
  index: number;
  /** The request. */
  request: TaskRequest;
};

/** The result of one of many requests: its task, or an error. */
export type JobResult =
  | {
      /** The position of the request, from 0. */
      index: number;
      /** The request. */
      request: TaskRequest;
      /** The video. */
      task: CompletedTask;
      error?: undefined;
    }
  | {
      /** The position of the request, from 0. */
      index: number;
      /** The request. */
      request: TaskRequest;
      /** The error with which `generate` would have rejected. */
      error: Sd2Error;
      task?: undefined;
    };

/** Results in the order of completion. Nothing is sent before the first call of `next()`. */
export interface JobResults {
  /** The next result. */
  next(): Promise<IteratorResult<JobResult, undefined>>;
  /** Ends everything, like a `break`. */
  return(): Promise<IteratorResult<JobResult, undefined>>;
  /** Returns this object. */
  [Symbol.asyncIterator](): JobResults;
  /** The tasks that may still run at the service. After a `break`, these are the tasks that were left running. */
  readonly running: readonly Job[];
}

/** An update about a task. */
export interface TaskUpdate {
  /** The task in the last response of the service. */
  task: Task;
  /** Only in a {@link SlotUpdate}. */
  message?: undefined;
  /** Milliseconds since the wait started. */
  elapsedMs: number;
  /** The number of polls of this wait. */
  polls: number;
  /**
   * The estimated progress from 0 to 1, based on completed tasks of the same kind. It never decreases, and is 1 when the task is
   * completed.
   */
  progress: number;
}

/** An update while the account is full, so that no task can be created. */
export interface SlotUpdate {
  /** There is no task yet. */
  task: null;
  /** The last message of the service. */
  message: string;
  /** Milliseconds since the call started. */
  elapsedMs: number;
  /** The number of refused creates. */
  polls: number;
  /** Always 0. */
  progress: number;
}

/**
 * A client of one account. Creating one sends nothing, and it need not be closed.
 *
 * ```js
 * const client = new Sd2Client({ apiKey });
 * const task = await client.generate({ model: "sd2", inputs: { prompt: "A cat playing piano" } });
 * task.output[0].url;
 * ```
 *
 * Each method rejects with an {@link Sd2Error}, or with the reason of the signal after an abort.
 */
export class Sd2Client {
  /**
   * Throws an {@link Sd2Error} with the code `invalid_argument` if an option is wrong or unknown, and `not_initialized` if the
   * WebAssembly cannot be compiled.
   */
  constructor(options: Sd2ClientOptions);

  /**
   * Creates a task, which charges the account. The request is sent at most once. If it is not known whether it arrived, rejects with
   * `outcome_unknown`, and a task may have been created.
   */
  createTask(request: TaskRequest, options?: CallOptions): Promise<CreatedTask>;

  /** Gets a task. Repeated after temporary failures. */
  queryTask(taskId: string, options?: CallOptions): Promise<Task>;

  /** Gets the balance of the account. Repeated after temporary failures. */
  getCredits(options?: CallOptions): Promise<Credits>;

  /**
   * Waits until a task is completed. Rejects with `task_failed` if it fails, and with `wait_timeout` after the timeout; then you can wait
   * again. A failed poll does not end the wait, but a refusal of the service does. A "not found" ends the wait only after three responses
   * over at least ten seconds, about a task that is older than a minute.
   */
  waitForTask(taskId: string, options?: WaitOptions): Promise<CompletedTask>;

  /**
   * Makes a video: waits until fewer than `concurrency` tasks of this client run, creates a task, and waits until it is completed.
   * Rejects like `createTask` and `waitForTask`, except that a create is repeated after a 429, for at most 15 minutes without a running
   * task of this client.
   */
  generate(request: TaskRequest, options?: GenerateOptions): Promise<CompletedTask>;
}

/**
 * Makes many videos, each like {@link Sd2Client.generate}, in the slots that all calls of the client share. A request is taken from the
 * iterable when there is a free slot. A failed request does not stop the others. After an unknown outcome, the next create waits until the
 * service responds again. A `break` stops creates and waits; see {@link JobResults.running}.
 *
 * ```js
 * for await (const { index, task, error } of generateAll(client, requests, { maxCredits: 5000 })) {
 *   console.log(index, error ? error.message : task.output[0].url);
 * }
 * ```
 */
export function generateAll(
  client: Sd2Client,
  requests: Iterable<TaskRequest> | AsyncIterable<TaskRequest>,
  options?: GenerateAllOptions,
): JobResults;

/**
 * Waits for the tasks in the client's `store`, such as those that ran when the page was closed or the program ended. A create that was
 * interrupted is reported once, as an error with the code `outcome_unknown`, and never repeated. A create that another page or program is
 * sending is not reported; its task follows when it exists. A task leaves the store when it has ended, or was not found, and its result
 * was taken, so a result that arrived just before the page was closed may be returned again. Tasks for which other clients wait are
 * returned, too.
 */
export function resume(client: Sd2Client, options?: ResumeOptions): JobResults;

/** Removes a task from the client's `store`, so that {@link resume} does not return it. The task itself runs on, and is charged. */
export function forget(client: Sd2Client, taskId: string): Promise<void>;

/**
 * Removes a task from a gateway's queue. Waits for the task reject with `task_failed`. Rejects with `invalid_request` (`status: 409`) if
 * the task has left the queue, and with `invalid_argument` without `gateway: true`, because the service itself cannot cancel tasks.
 */
export function cancelTask(client: Sd2Client, taskId: string, options?: CallOptions): Promise<void>;

/** A `Blob`, a `File`, or an object like them. */
export interface UploadFile {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** The progress of an upload, in bytes that have arrived. */
export interface UploadProgress {
  loaded: number;
  total: number;
}

/** Options of {@link upload}. */
export interface UploadOptions {
  /** Ends the upload, which rejects with the reason of the signal. The gateway deletes what has arrived. */
  signal?: AbortSignalLike | undefined;
  /** Called at the start, after each part (1 MB), and at the end. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/**
 * Uploads a file to a gateway with uploads. Resolves to a URL from which the service can fetch the file for a week. The file is sent in
 * parts. If the connection breaks, or after a 5xx or 429, only the current part is sent again after a pause, until nothing has arrived for
 * 15 minutes. `timeoutMs` and `maxRetries` of the client do not apply.
 *
 * The gateway probes the bytes. It refuses a file that is not an image, a video or a sound, with a {@link MediaErrorCode} like
 * `sd2-client/media`, and a file that the validator refuses as a reference, with `invalid_request` and `issues`. Other codes:
 * `invalid_request` with `status: 413` if the file is too large, `forbidden` if the user has too many files, `media_unreachable` if the
 * file was changed, moved or deleted, `invalid_argument` if the client has no `gateway: true`.
 */
export function upload(
  client: Sd2Client,
  file: UploadFile | ArrayBufferLike | ArrayBufferView,
  options?: UploadOptions,
): Promise<string>;

/**
 * Reads the task id in the body of a callback (text, bytes, or parsed JSON), and gets that task from the service. Nothing else in the
 * body counts. The task may still be running. Rejects with `unexpected_response` if the body is not a task, or like
 * {@link Sd2Client.queryTask}, for example with `forbidden` or `not_found` if the task belongs to another account.
 */
export function confirmCallback(client: Sd2Client, body: unknown, options?: CallOptions): Promise<Task>;

// ------------------------------------------------------------------------------------------------- errors

/**
 * The codes of errors:
 *
 * - `invalid_request`: the validator found errors (`issues`), or HTTP 400
 * - `unauthorized`, `insufficient_credits`, `forbidden`, `not_found`: HTTP 401, 402, 403, 404. Without a `status`,
 *   `insufficient_credits` means that `generateAll` did not send the request because of `maxCredits`
 * - `concurrency_limit`: HTTP 429
 * - `server_error`: HTTP 5xx, after retries
 * - `network`: there was no response, and the request certainly had no effect
 * - `timeout`: there was no response in time, after retries
 * - `outcome_unknown`: a create that may have created a task, and may have been charged
 * - `wait_timeout`: the wait timed out; the task may still run (`task`, `status`, `body` and `cause` are those of the last responses)
 * - `task_failed`: the task ended without a video (`task`)
 * - `unexpected_response`: a response that does not match the documentation (`body`, and `task` unchanged, with unchecked URLs)
 * - `invalid_argument`: a wrong option or argument
 * - `not_initialized`: the WebAssembly could not be compiled or has stopped, or the slim entry has none yet
 */
export type Sd2ErrorCode =
  | "invalid_request"
  | "unauthorized"
  | "insufficient_credits"
  | "forbidden"
  | "not_found"
  | "concurrency_limit"
  | "server_error"
  | "network"
  | "timeout"
  | "outcome_unknown"
  | "wait_timeout"
  | "task_failed"
  | "unexpected_response"
  | "invalid_argument"
  | "not_initialized"
  | MediaErrorCode;

/** The codes of `sd2-client/media`, besides `invalid_argument` and `not_initialized`. */
export type MediaErrorCode =
  | "media_unreachable"
  | "media_status"
  | "media_unsupported"
  | "media_truncated"
  | "media_too_large"
  | "media_unknown";

/** The error of the library. Neither it nor its `cause` ever contains the API key. */
export class Sd2Error extends Error {
  private constructor();
  readonly name: "Sd2Error";
  /** The kind of error, for programs. */
  readonly code: Sd2ErrorCode;
  /** What happened and what to do, in one or two English sentences. */
  readonly message: string;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** The HTTP status, if there was a response. */
  readonly status?: number;
  /** The id of the task, if known. */
  readonly taskId?: string;
  /** The task in the last response of the service, if there was one. */
  readonly task?: Task;
  /** The issues of the validator, if they are the reason; for an {@link upload}, those of the file. */
  readonly issues?: Issue[];
  /** The body of the response, cut at 2 kB. */
  readonly body?: string;
  /** The service's `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The error of `fetch`, as a plain `Error`. */
  readonly cause?: unknown;

  /**
   * The error as plain data: `name`, `message`, all fields above, and the `cause` in the same form. Use it with `structuredClone` and
   * `postMessage`, which keep only the message and the stack of an error. {@link Sd2Error.is} recognizes it.
   */
  toJSON(): Sd2ErrorData;

  /** Whether a value is an Sd2Error, also one of another copy of the package or another realm. */
  static is(error: unknown): error is Sd2Error;
}

/** The result of {@link Sd2Error.toJSON}. */
export type Sd2ErrorData = Omit<Sd2Error, "stack" | "toJSON">;

// ------------------------------------------------------------------------------------------------- offline

/** Everything on which the price of a video depends. */
export interface PriceConfiguration {
  /** The model. */
  model: Model;
  /** The length. Default: `"5s"`. */
  duration?: Duration | undefined;
  /** The upscale. Default: `null`, none. */
  upscaleResolution?: UpscaleResolution | null | undefined;
  /** Whether there is a reference video, which doubles the base price. Default: `false`. */
  videoReference?: boolean | undefined;
}

/** A price in credits, and its parts: `total = base + videoReference + upscale`. */
export interface CreditsEstimate {
  /** The price in credits. */
  total: number;
  /** The credits for the seconds of the model. */
  base: number;
  /** The credits that a reference video adds. */
  videoReference: number;
  /** The credits that the upscale adds. */
  upscale: number;
  /** The length in seconds. */
  durationSeconds: number;
  /** `total / durationSeconds`. */
  creditsPerSecond: number;
  /** The model. */
  model: Model;
}

/**
 * Estimates the price of a video offline, from a request, a configuration, or a row of the price table. A request needs a valid model,
 * duration and upscale, but may have other errors, such as an empty prompt. Throws an {@link Sd2Error} with the code `invalid_request` and
 * the `issues` if there is no price. An unknown field of a configuration is an error, too.
 *
 * ```js
 * estimateCredits({ model: "sd2", duration: "5s", upscaleResolution: "4k" }).total; // 400
 * ```
 */
export function estimateCredits(input: TaskRequest | PriceConfiguration | PriceRow): CreditsEstimate;

/**
 * Estimates the prices of up to 100 000 requests in one call. If any of them has no price, throws `invalid_request` with the `issues` of
 * all, each with a path that begins with the index.
 */
export function estimateMany(requests: readonly (TaskRequest | PriceConfiguration | PriceRow)[]): CreditsEstimate[];

/** A configuration with its price. */
export interface PriceRow {
  /** The model. */
  model: Model;
  /** The length. */
  duration: Duration;
  /** The upscale, or null for none. */
  upscaleResolution: UpscaleResolution | null;
  /** Whether there is a reference video. */
  videoReference: boolean;
  /** The price in credits. */
  total: number;
}

/** A configuration with its price, and the number of such videos that a balance pays for. */
export interface AffordableRow extends PriceRow {
  /** The number of whole videos. */
  count: number;
}

/** All configurations with their prices: 2 models, 12 durations, 3 upscales, with and without a reference video. */
export function priceTable(): PriceRow[];

/** Selects the rows of the price table that have these values. `null` means no upscale. */
export type PriceFilter = { [Name in keyof Omit<PriceRow, "total">]?: PriceRow[Name] | undefined };

/**
 * The price table with the number of videos that a balance pays for. Throws `invalid_argument` if `credits` is not a number from 0 up, and
 * `invalid_request` if the filter has an unknown field or value.
 */
export function affordable(credits: number, filter?: PriceFilter): AffordableRow[];

/** The longest duration that a balance pays for, or null if it pays for none. The `duration` of the configuration is ignored. */
export function longestDuration(credits: number, configuration: PriceConfiguration): Duration | null;

/** The mode of a video: see {@link Inputs}. */
export type Mode = "text" | "image" | "keyframe" | "reference";

/**
 * The kinds of an {@link Issue}. The last five are warnings, the others are errors, with these exceptions: `media_too_small` is a warning
 * outside reference mode. `media_too_long` is a warning between 15 and 15.1 seconds, and for an estimated duration. `unknown_field` is an
 * error if a known field was probably meant, and in a {@link PriceConfiguration}.
 */
export type IssueCode =
  | "not_object"
  | "missing"
  | "wrong_type"
  | "unknown_model"
  | "prompt_required"
  | "bad_duration"
  | "bad_resolution"
  | "resolution_required"
  | "bad_upscale"
  | "bad_mode"
  | "too_many"
  | "reference_only"
  | "bad_url"
  | "media_too_small"
  | "media_too_long"
  | "mode_implied"
  | "undocumented"
  | "no_references"
  | "unknown_field"
  | "unreachable_url";

/** A problem of a request. */
export interface Issue {
  /** The path of the field, such as `["inputs", "urls", 0]`. */
  path: (string | number)[];
  /** The kind of problem. */
  code: IssueCode;
  /**
   * `error`: the documentation rules it out, so the request is not sent. `warning`: the documentation is silent or contradicts itself, so
   * the request is sent unchanged.
   */
  severity: "error" | "warning";
  /** What is wrong and what to do, in English. */
  message: string;
  /** The value that was probably meant; for an unknown field, its name. */
  suggestion?: string;
}

/** The result of validating a request. The issues are in the order of the documented fields. */
export type Validation =
  | {
      /** No issue is an error. */
      valid: true;
      /** The mode of the video. */
      mode: Mode;
      /** Warnings only. */
      issues: Issue[];
      /** The price. */
      credits: number;
    }
  | {
      /** At least one issue is an error. */
      valid: false;
      /** The mode of the video, if it can be determined. */
      mode: Mode | null;
      /** All errors and warnings. */
      issues: Issue[];
      /** The price, if the model, the duration, the upscale and `videoUrls` are valid. */
      credits: number | null;
    };

/** The facts about a file of a request. */
export interface MediaFacts {
  /** Of an image or a video, in pixels. */
  width?: number | undefined;
  /** Of an image or a video, in pixels. */
  height?: number | undefined;
  /** Of a video or a sound, in seconds. */
  durationSeconds?: number | undefined;
  /** Whether the duration is an estimate. */
  isEstimate?: boolean | undefined;
}

/** Options of {@link validateRequest}. */
export interface ValidateOptions {
  /** The facts about the files, by their URL in the request. */
  media?: Readonly<Record<string, MediaFacts>> | undefined;
}

/** Validates any value as a request, offline. Never throws. */
export function validateRequest(value: unknown, options?: ValidateOptions): Validation;

/**
 * Turns the values of a form into a request: leaves out empty strings, `null` and empty lists, trims all strings except the prompt, and
 * writes a duration of `5` or `"5"` as `"5s"`. Does not validate the request: {@link validateRequest} does.
 */
export function cleanRequest(value: unknown): TaskRequest;

/** The validator as a Standard Schema v1, for forms and routers: https://standardschema.dev */
export interface RequestSchema {
  "~standard": {
    version: 1;
    vendor: "sd2-client";
    /** Returns the value, or the errors. Ignores warnings. */
    validate(value: unknown): { value: TaskRequest; issues?: undefined } | { issues: readonly Issue[] };
    /** Only for the compiler. */
    types?: { input: TaskRequest; output: TaskRequest } | undefined;
  };
}

/** {@link validateRequest} as a Standard Schema. */
export const requestSchema: RequestSchema;

// ----------------------------------------------------------------------------------------------- callbacks

/**
 * Reads the task in the body of a callback: text, bytes (an `ArrayBuffer` or a view of one), or parsed JSON. Anyone may have sent it, so
 * use {@link confirmCallback} if the task matters. Throws `unexpected_response` (with the `body`, if it was text or bytes) unless the body
 * has a `taskId`, a `status`, http(s) URLs of videos if it is COMPLETED, no other URLs, and documented fields of the documented types. A
 * text of more than 4 MB is refused, too.
 */
export function parseCallback(body: unknown): Task;

/** The signed data of a callback URL. */
export interface SignedCallback {
  /** The reference that was signed. */
  ref: string;
  /** When the URL expires, in Unix milliseconds. */
  expiresAt: number;
}

/** Options of {@link signCallbackUrl}. */
export interface SignCallbackOptions {
  /**
   * Identifies your task: any text of at most 2048 bytes in UTF-8, preferably a random id for each task. It is signed but not encrypted,
   * so the service can read it.
   */
  ref: string;
  /** When the URL expires, in whole Unix milliseconds. Default: in 24 hours. */
  expiresAt?: number | undefined;
}

/**
 * Resolves to the URL with a token in its query, for `callBackUrl`. The token authenticates the URL, the reference and the expiry
 * (HMAC-SHA-256). Pass the public URL of the receiver. Its fragment is left out, because it is never sent. The secret needs at least 16
 * characters, for example 32 random bytes as hexadecimal digits. Rejects with `invalid_argument` if the URL is not absolute http(s) or has
 * a user, or if the secret, the reference or the time is invalid.
 */
export function signCallbackUrl(
  url: string | { readonly href: string },
  secret: string,
  options: SignCallbackOptions,
): Promise<string>;

/**
 * Resolves to the data that {@link signCallbackUrl} signed, or to `null` if the URL was changed, was signed with another secret, or has
 * expired. Pass the whole public URL: in a Worker, the `request` or its `url`; behind a proxy, your public origin with the path and the
 * query. A valid URL means that the sender knows it, not that it is used for the first time or that the body is true. Rejects with
 * `invalid_argument` if the URL is only a path, or if the secret has fewer than 16 characters.
 */
export function verifyCallbackUrl(
  url: string | { readonly href: string } | { readonly url: string },
  secret: string,
): Promise<SignedCallback | null>;

// --------------------------------------------------------------------------------------------- WebAssembly

/** The platform's `WebAssembly.Module`, if the compiler knows it. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never;

/** A source of the WebAssembly: a URL, its `Response`, its bytes, or a compiled module. */
export type WasmSource =
  | string
  | { readonly href: string }
  | { readonly ok: boolean; readonly status: number; arrayBuffer(): PromiseLike<ArrayBuffer> }
  | ArrayBuffer
  | ArrayBufferView
  | WasmModule;

/**
 * Compiles the WebAssembly off the main thread, instead of at the first use. The default entry and the workerd entry do not need it;
 * `sd2-client/slim` needs a call with a source. A second call does nothing. A failed call rejects with the code `not_initialized`, and can
 * be repeated.
 */
export function init(source?: WasmSource | PromiseLike<WasmSource>): Promise<void>;

// Without this, a declaration file exports everything in it.
export {};
