// The public types, by hand. They hold for each entry of the package, need neither the "dom" library nor
// @types/node, and are checked by tests/types/.

// ---------------------------------------------------------------------------------------------- requests

/** The models: `sd2` makes the better videos, `sd2-fast` the cheaper ones. */
export type Model = "sd2" | "sd2-fast";

/** The length of a video: whole seconds from 4 to 15. The service's default is `"5s"`. */
export type Duration = "4s" | "5s" | "6s" | "7s" | "8s" | "9s" | "10s" | "11s" | "12s" | "13s" | "14s" | "15s";

/** Width and height of a video in pixels, and so its aspect ratio. */
export type Resolution = "720x720" | "720x960" | "960x720" | "1280x720" | "720x1280" | "1280x540";

/** A size to which the finished video is scaled up; it costs extra credits for each second. */
export type UpscaleResolution = "2k" | "4k";

/** What each of the four modes takes. */
export interface CommonInputs {
  /** The length of the video; `"5s"` if left out. */
  duration?: Duration | undefined;
  /** Scales the finished video up; left out, it is not. */
  upscaleResolution?: UpscaleResolution | undefined;
}

/** A video from a text alone. */
export interface TextInputs extends CommonInputs {
  /** What the video shows; not blank. */
  prompt: string;
  /** The aspect ratio; the service chooses if it is left out. */
  resolution?: Resolution | undefined;
  /** None: with images it is another mode. */
  urls?: undefined;
  /** Only in reference mode. */
  videoUrls?: undefined;
  /** Only in reference mode. */
  audioUrls?: undefined;
  /** None: a text needs no mode. */
  videoInputMode?: undefined;
}

/** A video that begins with an image. */
export interface ImageInputs extends CommonInputs {
  /** The image: an http(s) URL that the service can fetch, or an `asset://` reference. */
  urls: readonly [image: string];
  /** How the image should move. */
  prompt?: string | undefined;
  /** None: the aspect ratio is that of the image. */
  resolution?: undefined;
  /** Only in reference mode. */
  videoUrls?: undefined;
  /** Only in reference mode. */
  audioUrls?: undefined;
  /** None: one image needs no mode. */
  videoInputMode?: undefined;
}

/** A video from a first frame to a last one. */
export interface KeyframeInputs extends CommonInputs {
  /** Two images, the first frame and the last: http(s) URLs that the service can fetch, or `asset://` references. */
  urls: readonly [first: string, last: string];
  /** Tells that the two images are the first and the last frame. */
  videoInputMode: "keyframe";
  /** How one frame becomes the other. */
  prompt?: string | undefined;
  /** None: the aspect ratio is that of the images. */
  resolution?: undefined;
  /** Only in reference mode. */
  videoUrls?: undefined;
  /** Only in reference mode. */
  audioUrls?: undefined;
}

/** A video guided by images, videos and sounds: at most 12 files in all. */
export interface ReferenceInputs extends CommonInputs {
  /** Tells that the files are references and no frames. */
  videoInputMode: "reference";
  /** The aspect ratio. */
  resolution: Resolution;
  /** At most 9 images, the shortest side 400 px or more: http(s) URLs, or `asset://` references. */
  urls?: readonly string[] | undefined;
  /** At most 3 videos of at most 15 seconds each: http(s) URLs. They double the base price. */
  videoUrls?: readonly string[] | undefined;
  /** At most 3 sounds of at most 15 seconds each: http(s) URLs. */
  audioUrls?: readonly string[] | undefined;
  /** What the video shows. */
  prompt?: string | undefined;
}

/** What a video is made of: one of four modes. Mixing them is a compile error. */
export type Inputs = TextInputs | ImageInputs | KeyframeInputs | ReferenceInputs;

/** An order for one video. */
export interface TaskRequest {
  /** The model that makes it. */
  model: Model;
  /** What it is made of. */
  inputs: Inputs;
  /**
   * An absolute http(s) URL to which the service POSTs the task when it has ended, and 1, 5 and 30 seconds later
   * again as long as the answer is not 2xx. The service does not sign what it sends: make the URL with
   * {@link signCallbackUrl}, and take the body as a hint, with `confirmCallback`.
   */
  callBackUrl?: string | undefined;
}

// ------------------------------------------------------------------------------------------------- tasks

/** The states of a task that the documentation names. */
export type TaskStatus = "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";

/**
 * A state that the service may add later: any other string. It counts as still running. For the compiler it is one
 * more case beside the four, so that comparing with `"COMPLETED"` or `"FAILED"` narrows a {@link Task}, which
 * `string` would prevent, and a `switch` over the status is complete only with a `default`.
 */
export type UnknownTaskStatus = LaterTaskStatus.any;
// Not exported: it exists for the compiler only.
declare enum LaterTaskStatus {
  any = "any other string",
}

/** A finished video. */
export interface Video {
  /** Where the video is: an https URL. It may be signed, and then is a secret and ends some day. */
  url: string;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/** What is said of a task in each state. */
export interface TaskBase {
  /** The id that `createTask` resolved to. */
  taskId: string;
  /** The model that was asked for. */
  model: Model;
  /** Credits that the task uses, or used. */
  creditsUsed: number;
  /** When the task was made: milliseconds since the beginning of 1970. */
  createTime: number;
}

/** A task that has not ended. */
export interface RunningTask extends TaskBase {
  status: "PENDING" | "PROCESSING" | UnknownTaskStatus;
  /** Only from a gateway, while it has not sent the task to the service yet: how many of its queue come first, from 1. */
  queue?: { position: number };
  /** Nothing yet. */
  output: null;
  /** Nothing yet. */
  error: null;
  /** Nothing yet. */
  completeTime: null;
}

/** A task that ended with a video. */
export interface CompletedTask extends TaskBase {
  status: "COMPLETED";
  /** The finished videos, at least one. */
  output: [Video, ...Video[]];
  /** Nothing: there was no error. */
  error: null;
  /** When the task ended: milliseconds since the beginning of 1970. */
  completeTime: number;
}

/** A task that ended without a video. */
export interface FailedTask extends TaskBase {
  status: "FAILED";
  /** Nothing: there is no video. */
  output: null;
  /** Why it failed, in the service's words. */
  error: string;
  /** Only from a gateway. `"outcome_unknown"`: nobody knows whether the service made it, so that it may still become a video. */
  code?: string;
  /** When the task ended: milliseconds since the beginning of 1970. */
  completeTime: number;
}

/** A task as the service describes it. Its `status` tells which fields have a value. */
export type Task = RunningTask | CompletedTask | FailedTask;

/** What `createTask` resolves to. */
export interface CreatedTask {
  /** The id by which the service knows the task. Keep it: with it, the video can be fetched later. */
  taskId: string;
  /** Only if the client has a store, which could not keep the task: keep the id elsewhere. */
  stored?: false;
}

/** The account's balance. */
export interface Credits {
  /** Credits in all. */
  credits: number;
  /** Credits that running tasks do not hold: what a new task may cost. */
  availableCredits: number;
}

// ---------------------------------------------------------------------------------------------- the client

/** The platform's `AbortSignal`, as its `fetch` takes it; where the compiler knows none, {@link AbortSignalLike}. */
export type Signal = typeof globalThis extends { fetch(input: never, init?: infer Init): unknown }
  ? NonNullable<Init> extends { signal?: infer S }
    ? NonNullable<S>
    : AbortSignalLike
  : AbortSignalLike;

/** What the library needs of an `AbortSignal`. The platform's own has it. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What the library passes to `fetch` besides the URL. It fits the platform's `RequestInit`. */
export interface FetchInit {
  /** DELETE only with a gateway. */
  method: "GET" | "POST" | "DELETE";
  headers: Record<string, string>;
  /**
   * JSON. With `streamCreates`, a create may have a `ReadableStream` of it here, and `duplex: "half"`. A part of an {@link upload} is an
   * `ArrayBuffer`.
   */
  body?: string;
  /** A redirect is never followed, so that the key goes nowhere else. */
  redirect: "manual";
  /** Only where the runtime takes it. */
  cache?: "no-store";
  /** Of a create with a key: it takes another connection than the polls. */
  credentials?: "omit";
  /** Aborted when nobody waits for the answer any more. */
  signal: Signal;
}

/** What the library needs of a `Response`; of `body`, `text` and `json` one suffices. */
export interface FetchResponse {
  readonly status: number;
  /** Read up to 4 MB. */
  readonly body?: unknown;
  readonly headers: { get(name: string): string | null };
  text?(): string | PromiseLike<string>;
  json?(): unknown;
}

/** A function in place of the platform's `fetch`. It is called without a `this`. */
export type Fetch = (url: string, init: FetchInit) => FetchResponse | PromiseLike<FetchResponse>;

/** One thing that the client did, for the `logger`. It holds neither the key nor a video's URL. */
export type LogEvent = CallEvent | StoreEvent;

/** A step of a call. */
export interface CallEvent {
  /** An HTTP attempt that ended, a pause before another attempt, or a pause before a poll. */
  type: "attempt" | "retry" | "poll";
  /** What was called. */
  endpoint: "createTask" | "queryTask" | "credits" | "cancel";
  /** The number of the attempt or the poll, from 1. */
  attempt: number;
  /** How long the attempt took, or how long the pause is; in milliseconds. */
  ms: number;
  /** The HTTP status, if there was an answer. */
  status?: number;
  /** What failed. */
  code?: Sd2ErrorCode;
}

/** Something that a store did not do. What it threw is given to `reportError`, or else shown by `console.error`. */
export interface StoreEvent {
  /** A store failed. */
  type: "store";
  /** What it was asked to do; left out if it did not answer in 5 s. */
  method?: keyof Store;
  /** The item. */
  key?: string;
}

/** How a client is set up. */
export interface Sd2ClientOptions {
  /**
   * The key from the account settings: visible ASCII characters without a space. White space and invisible characters
   * around it are removed; `Bearer `, quotes or `NAME=` around it are refused. It is sent as `Authorization: Bearer …`
   * and shown nowhere. Leave it out only when `baseUrl` is a gateway that adds it.
   */
  apiKey?: string | undefined;
  /**
   * Where the endpoints are: an absolute http(s) URL, or a path such as `/api/sd2`, which belongs to the page's site. http only
   * for this machine, unless `allowInsecure` is set. Default: `https://seegen.ai/api/v1`.
   */
  baseUrl?: string | undefined;
  /**
   * Whether `baseUrl` is a gateway of this package (`sd2-client/gateway`). Each create then has an `Idempotency-Key`, and is repeated
   * after a lost answer, a timeout or 5xx until it is answered; the gateway tells of changes, so that there are few polls;
   * {@link cancelTask} takes a task out of its queue, {@link upload} takes files, and the time of a wait begins when the task has left the queue. Never set it for another
   * server, which would pay for each repeat. Default: `false`.
   */
  gateway?: boolean | undefined;
  /** Used in place of `globalThis.fetch`, which is looked up at each call. */
  fetch?: Fetch | undefined;
  /**
   * Added to each request: an object, `Headers`, or pairs. In browsers, each header that is not a simple one must be
   * allowed by CORS.
   */
  headers?: Readonly<Record<string, string | undefined>> | Iterable<readonly [name: string, value: string]> | undefined;
  /** Milliseconds for one HTTP attempt, its body included. Default: 30 000. */
  timeoutMs?: number | undefined;
  /**
   * How often a call that is safe to repeat is made again after a network failure, a timeout, 408, 425, 429 or 5xx.
   * A create that may have happened is never repeated, except by a `gateway`. Default: 4.
   */
  maxRetries?: number | undefined;
  /** Whether requests are checked before they are sent. Default: `true`. */
  validate?: boolean | undefined;
  /**
   * How many tasks `generate` and `generateAll` keep running at once; the others wait. In a Worker, where calls share
   * nothing, it counts within one `generateAll`. Default: 3, the account's limit.
   */
  concurrency?: number | undefined;
  /**
   * Sends creates as a stream where that is supported. Over HTTP/2, Chromium then does not resend them when a connection breaks.
   * Where the platform or the server takes no streams (HTTP/1.1 in Chromium, a 411), the create is sent as text. Default: false,
   * because it is not known whether the service takes streamed bodies.
   */
  streamCreates?: boolean | undefined;
  /** Allows http to other machines than this one: only for a network that you trust. Default: `false`. */
  allowInsecure?: boolean | undefined;
  /** Called with one event for each attempt, retry and poll. What it throws is reported and changes nothing. */
  logger?: ((event: LogEvent) => unknown) | undefined;
  /**
   * Where running tasks are kept so that {@link resume} finds them when the page or the program went away:
   * {@link indexedDbStore}, {@link localStorageStore}, {@link memoryStore}, or one of your own. It holds the requests and the
   * tasks' ids, never the key. Clients of several accounts need a store each. What it throws is reported (see
   * {@link StoreEvent}) and loses no task; one that hangs costs a call 5 s at most.
   */
  store?: Store | undefined;
}

/**
 * Where texts are kept under keys; each function may also give a promise. Any number of clients may share one: each task is
 * an item of its own, under a key that begins with `sd2-client.` and has nothing but letters, digits and `.`, `_`, `-`, `%`.
 * Other items are left alone.
 */
export interface Store {
  /** The text under this key; null or undefined if there is none. */
  get(key: string): string | null | undefined | PromiseLike<string | null | undefined>;
  /** Keeps a text. A task is only created when this has ended. */
  set(key: string, value: string): unknown;
  /** Forgets a text. */
  delete(key: string): unknown;
  /** All keys. */
  keys(): Iterable<string> | PromiseLike<Iterable<string>>;
  /**
   * Does work while it holds the lock of this key, which no two of all that share the store ever hold at once; with
   * `ifAvailable`, does it with `null` in place of a lock if somebody else has it. A client holds one while a create is under
   * way, so that nobody takes that for lost. Without locks, that is 15 s after its attempt must have ended, by
   * clocks that agree as well. The package's own stores have Web Locks.
   */
  lock?(key: string, work: (lock: unknown) => unknown, options?: { ifAvailable?: boolean }): unknown;
}

/** A store that lasts as long as the program. */
export function memoryStore(): Store;

/**
 * A store that outlives the page: the browser's `localStorage`, with a prefix of its own for each account. Browsers write it
 * to disk seconds later: what was kept just before a crash of the browser is lost. {@link indexedDbStore} loses nothing.
 */
export function localStorageStore(prefix?: string): Store;

/**
 * A store that outlives the page and a crash of the browser: an IndexedDB database of this name, which writes to disk before it
 * says so. Another name for each account. Default: `sd2-client`.
 */
export function indexedDbStore(name?: string): Store;

/** How a call that makes one answer out of one question is made. */
export interface CallOptions {
  /** Aborts the call: it rejects with the signal's reason at once. */
  signal?: AbortSignalLike | undefined;
  /** Milliseconds for one HTTP attempt, in place of the client's `timeoutMs`. */
  timeoutMs?: number | undefined;
}

/** How a task is waited for. */
export interface WaitOptions {
  /** Ends the wait: it rejects with the signal's reason at once, also between two polls. The task goes on. */
  signal?: AbortSignalLike | undefined;
  /** Milliseconds for the whole wait; `Infinity` is allowed. Default: 900 000, 15 minutes. */
  timeoutMs?: number | undefined;
  /** Milliseconds between two polls, in place of the schedule that learns: 1 to 20 s, and at most 3 minutes before the first likely end. */
  pollIntervalMs?: number | undefined;
  /** Called at each answer to a poll, and every `progressIntervalMs` in between. What it throws is reported and changes nothing. */
  onUpdate?: ((update: TaskUpdate) => unknown) | undefined;
  /**
   * Milliseconds after which `onUpdate` is told of the time and the estimated progress again; never in a hidden page. 0 for never:
   * only answers are told then. Default: 1000.
   */
  progressIntervalMs?: number | undefined;
}

/** How a video is made and waited for. */
export interface GenerateOptions extends WaitOptions {
  /**
   * Milliseconds for the whole call, the wait for a free slot included; `Infinity` is allowed. Without it, the wait for
   * the video ends 15 minutes after the task was made, and that for a slot after 15 minutes of 429 in which no task of
   * this client ran.
   */
  timeoutMs?: number | undefined;
  /**
   * Called at each answer to a poll, whenever the account has no room for the task, and every `progressIntervalMs` in between.
   * What it throws is reported and changes nothing.
   */
  onUpdate?: ((update: TaskUpdate | SlotUpdate) => unknown) | undefined;
  /**
   * Called as soon as the task is made. `stored` says whether the client's `store` knows of it; if not, keep the id where it
   * outlives the page: with it, `waitForTask` goes on. What it throws is reported and changes nothing.
   */
  onCreated?: ((taskId: string, about: { stored: boolean }) => unknown) | undefined;
}

/** How many videos are made. */
export interface GenerateAllOptions {
  /** Ends all: the next result rejects with the signal's reason at once. Created tasks go on at the service. */
  signal?: AbortSignalLike | undefined;
  /** How many requests are under way at once, or ended without being taken. Default: the client's `concurrency`. */
  concurrency?: number | undefined;
  /**
   * The most that all of it may cost, by {@link estimateCredits}. A request that would cost more than what is left is
   * not sent: its result is an error with the code `insufficient_credits` and no `status`. What certainly made no
   * task costs nothing; what failed later counts in full. Default: no limit.
   */
  maxCredits?: number | undefined;
  /** As of {@link GenerateOptions}, for each request. */
  timeoutMs?: number | undefined;
  /** As of {@link WaitOptions}. */
  pollIntervalMs?: number | undefined;
  /** Called as soon as a task is made. What it throws is reported and changes nothing. */
  onCreated?: ((job: Job & { stored: boolean }) => unknown) | undefined;
  /** As of {@link GenerateOptions}, for each request. */
  onUpdate?: ((update: JobUpdate) => unknown) | undefined;
  /** As of {@link WaitOptions}. */
  progressIntervalMs?: number | undefined;
}

/** How running tasks are waited for again. */
export interface ResumeOptions extends Omit<GenerateAllOptions, "maxCredits" | "onCreated"> {
  /** How many tasks are asked for at once, or ended without being taken. Default: 16. */
  concurrency?: number | undefined;
  /**
   * Milliseconds for all of it, from the first result that is asked for; `Infinity` is allowed. Default: 15 minutes for each
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
  /** The task that was made of it. */
  taskId: string;
}

/** What is known after a poll, and of which request. */
export type JobUpdate = (TaskUpdate | SlotUpdate) & {
  /** The position of the request, from 0. */
  index: number;
  /** The request. */
  request: TaskRequest;
};

/** What became of one of many requests: its task, or why there is none. */
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
      /** What `generate` would have rejected with. */
      error: Sd2Error;
      task?: undefined;
    };

/** Results in the order of completion. Nothing begins before the first is asked for. */
export interface JobResults {
  /** The next result. */
  next(): Promise<IteratorResult<JobResult, undefined>>;
  /** Ends all, as a `break` does. */
  return(): Promise<IteratorResult<JobResult, undefined>>;
  /** Itself. */
  [Symbol.asyncIterator](): JobResults;
  /** The tasks that run at the service, as far as is known here: after a `break`, those that were left behind. */
  readonly running: readonly Job[];
}

/** What is known of a running task. */
export interface TaskUpdate {
  /** The task as the service described it last. */
  task: Task;
  /** Only while there is no task. */
  message?: undefined;
  /** Milliseconds since the wait began. */
  elapsedMs: number;
  /** How often the service was asked in this wait. */
  polls: number;
  /**
   * An estimate from 0 to 1, by the tasks of the same kind that this client saw complete; cautious before the first. It never
   * goes back, and is 1 when the task is completed.
   */
  progress: number;
}

/** What is told while the account has no room for a task. */
export interface SlotUpdate {
  /** There is none yet. */
  task: null;
  /** What the service said last. */
  message: string;
  /** Milliseconds since the call began. */
  elapsedMs: number;
  /** How often the service was asked to make the task. */
  polls: number;
  /** Nothing has begun: 0. */
  progress: number;
}

/**
 * A client of one account. Making one sends nothing, and it needs no closing.
 *
 * ```js
 * const client = new Sd2Client({ apiKey });
 * const task = await client.generate({ model: "sd2", inputs: { prompt: "A cat playing piano" } });
 * task.output[0].url;
 * ```
 *
 * Each method rejects with an {@link Sd2Error}, or with the signal's reason when it was aborted.
 */
export class Sd2Client {
  /**
   * Throws an {@link Sd2Error} with the code `invalid_argument` if an option is not what it should be or does not exist,
   * and `not_initialized` if the WebAssembly cannot be compiled.
   */
  constructor(options: Sd2ClientOptions);

  /**
   * Makes a task and charges the account. The request is sent at most once: when it is not known whether it
   * arrived, this rejects with `outcome_unknown`, and a task may have been made.
   */
  createTask(request: TaskRequest, options?: CallOptions): Promise<CreatedTask>;

  /** Asks how a task stands. Repeated when it fails for a passing reason. */
  queryTask(taskId: string, options?: CallOptions): Promise<Task>;

  /** Asks for the account's balance. Repeated when it fails for a passing reason. */
  getCredits(options?: CallOptions): Promise<Credits>;

  /**
   * Waits until a task is completed. Rejects with `task_failed` if it fails and with `wait_timeout` if the time
   * runs out; then it can be waited for again. Failures of single polls end no wait. What the service itself refuses ends
   * it; "not found" does when it was said three times over at least ten seconds about a task older than a minute.
   */
  waitForTask(taskId: string, options?: WaitOptions): Promise<CompletedTask>;

  /**
   * Makes a video: waits until fewer than `concurrency` tasks of this client run, makes a task, and waits until
   * it is completed. Rejects as `createTask` and `waitForTask` do; a 429 is waited out, for 15 minutes at most while no
   * task of this client runs.
   */
  generate(request: TaskRequest, options?: GenerateOptions): Promise<CompletedTask>;
}

/**
 * Makes any number of videos, each as {@link Sd2Client.generate} does, through the client's slots, which all its calls
 * share. A request is taken from the iterable when there is room for it. One failure does not stop the others; after an
 * unknown outcome, the next one waits until the service answers again. A `break` starts no further task and waits for none:
 * see {@link JobResults.running}.
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
 * Continues waiting for what was running when the page or the program went away, as the client's `store` remembers it. A
 * create that was under way then is reported once, as an error with the code `outcome_unknown`; it is never repeated. A
 * create that is under way in another page or program is not: what it made comes when it has ended. A task leaves the store
 * when it has ended, or was not found in a wait, and its result has been taken: a result that came just before the page went
 * away may come again. What another client waits for comes here, too.
 */
export function resume(client: Sd2Client, options?: ResumeOptions): JobResults;

/** Removes a task from the client's `store`, so that {@link resume} does not report it. The task itself goes on, and is charged. */
export function forget(client: Sd2Client, taskId: string): Promise<void>;

/**
 * Takes a task out of a gateway's queue; whoever waits for it gets `task_failed`. Rejects with `invalid_request` (`status: 409`) when the
 * task has left the queue, and with `invalid_argument` without `gateway: true`: the service itself cancels nothing.
 */
export function cancelTask(client: Sd2Client, taskId: string, options?: CallOptions): Promise<void>;

/** A `Blob`, a `File`, or an object like them. */
export interface UploadFile {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** How far an upload is, in bytes that have arrived. */
export interface UploadProgress {
  loaded: number;
  total: number;
}

/** Options of {@link upload}. */
export interface UploadOptions {
  /** Ends the upload, and has the gateway delete what has arrived; rejects with the signal's reason. */
  signal?: AbortSignalLike | undefined;
  /** Called at the beginning, after each part (1 MB), and at the end. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/**
 * Uploads a file to a gateway that takes uploads, and resolves to the URL from which the service can fetch it for a week. The file goes up in
 * parts. When the connection breaks, or the gateway answers 5xx or 429, the part is sent again after a pause, until nothing has
 * arrived for 15 minutes; what has arrived is not sent again. `timeoutMs` and `maxRetries` of the client do not count here.
 *
 * The gateway looks at the bytes. It refuses what is not an image, a video or a sound as `sd2-client/media` does, with a
 * {@link MediaErrorCode}, and what the validator refuses as a reference with `invalid_request` and the `issues`. `invalid_request` with
 * `status: 413`: the file is too large; `forbidden`: the user has too many files there; `media_unreachable`: the file was
 * changed, moved or deleted; `invalid_argument`: the client has no `gateway: true`.
 */
export function upload(
  client: Sd2Client,
  file: UploadFile | ArrayBufferLike | ArrayBufferView,
  options?: UploadOptions,
): Promise<string>;

/**
 * Reads the body of a callback (text, bytes, or what JSON made of them) to find the id of its task, and asks the service for
 * that task: nothing else in the body counts. The task may still be running. Rejects with `unexpected_response` if the body
 * is not a task, and else as {@link Sd2Client.queryTask} does: with `forbidden` or `not_found` if the task is not of this
 * account.
 */
export function confirmCallback(client: Sd2Client, body: unknown, options?: CallOptions): Promise<Task>;

// ------------------------------------------------------------------------------------------------- errors

/**
 * What went wrong:
 *
 * - `invalid_request`: the validator found errors (`issues`), or the service answered 400
 * - `unauthorized`, `insufficient_credits`, `forbidden`, `not_found`: the service answered 401, 402, 403, 404; without a
 *   `status`, `insufficient_credits` says that `generateAll` sent nothing because of its `maxCredits`
 * - `concurrency_limit`: the service answered 429
 * - `server_error`: the service answered 5xx, after retries
 * - `network`: there was no answer, and certainly nothing was done
 * - `timeout`: the service did not answer in time, after retries
 * - `outcome_unknown`: a create that may have happened, and may have been charged
 * - `wait_timeout`: the time for the whole wait was over; the task may go on (`task`, `status`, `body` and `cause` say what
 *   was seen last)
 * - `task_failed`: the task ended without a video (`task`)
 * - `unexpected_response`: an answer that is not what the documentation says (`body`, and the `task` as it came, whose
 *   addresses nobody checked)
 * - `invalid_argument`: an option or an argument is not what it should be
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

/** What `sd2-client/media` rejects with beside `invalid_argument` and `not_initialized`. */
export type MediaErrorCode =
  | "media_unreachable"
  | "media_status"
  | "media_unsupported"
  | "media_truncated"
  | "media_too_large"
  | "media_unknown";

/** The one error of the library. Neither it nor its `cause` ever holds the API key. */
export class Sd2Error extends Error {
  private constructor();
  readonly name: "Sd2Error";
  /** What went wrong: this is what a program looks at. */
  readonly code: Sd2ErrorCode;
  /** What happened and what to do, in one or two English sentences. */
  readonly message: string;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
  /** The task that this is about, if it is known. */
  readonly taskId?: string;
  /** The task as the service last described it, if it did. */
  readonly task?: Task;
  /** What the validator found, if that is why nothing was sent; of an {@link upload}, what is wrong with the file. */
  readonly issues?: Issue[];
  /** The answer's body, cut at 2 kB. */
  readonly body?: string;
  /** How long the service asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What `fetch` threw, as a plain `Error`. */
  readonly cause?: unknown;

  /**
   * The error as plain data: `name`, `message`, all of the fields above, and the `cause` in the same way. `structuredClone`
   * and `postMessage` keep only the message and the stack of an error, so send this instead; {@link Sd2Error.is} knows it.
   */
  toJSON(): Sd2ErrorData;

  /** Whether something is such an error, also of another copy of the package or another realm. */
  static is(error: unknown): error is Sd2Error;
}

/** What {@link Sd2Error.toJSON} gives. */
export type Sd2ErrorData = Omit<Sd2Error, "stack" | "toJSON">;

// ------------------------------------------------------------------------------------------------- offline

/** All that the price of a video depends on. */
export interface PriceConfiguration {
  /** The model. */
  model: Model;
  /** The length; `"5s"` if left out. */
  duration?: Duration | undefined;
  /** The upscale; none if null or left out. */
  upscaleResolution?: UpscaleResolution | null | undefined;
  /** Whether there is a reference video, which doubles the base. Default: `false`. */
  videoReference?: boolean | undefined;
}

/** A price in credits, and its parts: `total = base + videoReference + upscale`. */
export interface CreditsEstimate {
  /** Credits in all. */
  total: number;
  /** Credits for the seconds of the model. */
  base: number;
  /** Credits that a reference video adds. */
  videoReference: number;
  /** Credits that the upscale adds. */
  upscale: number;
  /** The length in seconds. */
  durationSeconds: number;
  /** `total / durationSeconds`. */
  creditsPerSecond: number;
  /** The model. */
  model: Model;
}

/**
 * Tells at once and offline what a video costs, from a request, from what the price depends on, or from a row of the
 * price table. A request needs a valid model, duration and upscale for that, and may have other errors, such as an empty
 * prompt. Throws an {@link Sd2Error} with the code `invalid_request` and the `issues` if there is no price; a field that
 * a configuration does not have is an error, too.
 *
 * ```js
 * estimateCredits({ model: "sd2", duration: "5s", upscaleResolution: "4k" }).total; // 400
 * ```
 */
export function estimateCredits(input: TaskRequest | PriceConfiguration | PriceRow): CreditsEstimate;

/**
 * Prices a whole list of up to 100 000 in one call. If any has no price it throws `invalid_request` with the `issues`
 * of all, each path beginning with the position in the list.
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

/** A configuration with its price, and how many such videos a balance buys. */
export interface AffordableRow extends PriceRow {
  /** Whole videos; 0 if not even one. */
  count: number;
}

/** Every configuration with its price: 2 models, 12 durations, 3 upscales, with and without a reference video. */
export function priceTable(): PriceRow[];

/** Which rows of the price table to keep: those whose fields are the ones given. `null` stands for no upscale. */
export type PriceFilter = { [Name in keyof Omit<PriceRow, "total">]?: PriceRow[Name] | undefined };

/**
 * The price table with the number of videos that a balance buys. Throws `invalid_argument` if `credits` is no number
 * from 0 up, `invalid_request` if the filter names what does not exist.
 */
export function affordable(credits: number, filter?: PriceFilter): AffordableRow[];

/** The longest video that a balance pays for, or null if not even the shortest. A `duration` that is given does not matter. */
export function longestDuration(credits: number, configuration: PriceConfiguration): Duration | null;

/** How a video is made: see {@link Inputs}. */
export type Mode = "text" | "image" | "keyframe" | "reference";

/**
 * What kind of problem an {@link Issue} is. The last five are warnings, the others are errors; but `media_too_small` is a
 * warning outside reference mode, `media_too_long` one between 15 and 15.1 seconds or for an estimate, and
 * `unknown_field` an error where a known field was probably meant, and in a {@link PriceConfiguration}.
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

/** One problem of a request. */
export interface Issue {
  /** The way to the field from the request's root, as in `["inputs", "urls", 0]`. */
  path: (string | number)[];
  /** What kind of problem it is. */
  code: IssueCode;
  /**
   * `error`: the documentation rules it out, and nothing is sent. `warning`: the documentation is silent or
   * contradicts itself, and the request is sent as it is.
   */
  severity: "error" | "warning";
  /** What is wrong and what to do, in English. */
  message: string;
  /** What to put there instead; for an unknown field, the name that was probably meant. */
  suggestion?: string;
}

/** What the validator has to say of a request: all at once, in the order of the documentation's fields. */
export type Validation =
  | {
      /** No issue is an error. */
      valid: true;
      /** How the video would be made. */
      mode: Mode;
      /** Warnings only. */
      issues: Issue[];
      /** The price. */
      credits: number;
    }
  | {
      /** At least one issue is an error. */
      valid: false;
      /** How the video would be made, if that can be told. */
      mode: Mode | null;
      /** Everything that was found. */
      issues: Issue[];
      /** The price, if the model, the duration, the upscale and the list of videos are right. */
      credits: number | null;
    };

/** What is known of a file that a request names. */
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

/** What {@link validateRequest} may know besides the request. */
export interface ValidateOptions {
  /** What is known of the files, by the URL that the request gives. */
  media?: Readonly<Record<string, MediaFacts>> | undefined;
}

/** Checks offline what a call would do with any value. It never throws, whatever the value. */
export function validateRequest(value: unknown, options?: ValidateOptions): Validation;

/**
 * Makes a request of a form's values: leaves out empty strings, `null` and empty lists, takes white space off around all
 * texts but the prompt, and writes a duration of `5` or `"5"` as `"5s"`. It checks nothing: {@link validateRequest} does.
 */
export function cleanRequest(value: unknown): TaskRequest;

/** A request's check as a Standard Schema v1, for forms and routers: https://standardschema.dev */
export interface RequestSchema {
  "~standard": {
    version: 1;
    vendor: "sd2-client";
    /** Gives the value back, or the errors; warnings do not count. */
    validate(value: unknown): { value: TaskRequest; issues?: undefined } | { issues: readonly Issue[] };
    /** For the compiler only. */
    types?: { input: TaskRequest; output: TaskRequest } | undefined;
  };
}

/** {@link validateRequest} for whatever takes a Standard Schema. */
export const requestSchema: RequestSchema;

// ----------------------------------------------------------------------------------------------- callbacks

/**
 * The task in the body of a callback: text, bytes (an `ArrayBuffer` or a view of one), or what JSON made of them.
 * Anybody may have sent it, so prefer `confirmCallback` where the task matters. Throws `unexpected_response` (`body`,
 * if it was text or bytes) unless the body has a `taskId` and a `status`, a video with an http(s) address when
 * COMPLETED and no other address ever, and no documented field of another type. More than 4 MB of text are refused, too.
 */
export function parseCallback(body: unknown): Task;

/** What a signed callback URL says. */
export interface SignedCallback {
  /** The reference that was signed. */
  ref: string;
  /** Until when the URL is valid: milliseconds since the beginning of 1970. */
  expiresAt: number;
}

/** What {@link signCallbackUrl} puts into the URL. */
export interface SignCallbackOptions {
  /**
   * Tells which of your tasks it is: any text of at most 2048 bytes in UTF-8, best a random id for each task. It is
   * signed, not encrypted: the service sees it.
   */
  ref: string;
  /** From when on the URL is refused: whole Unix milliseconds, in the future. Default: in 24 hours. */
  expiresAt?: number | undefined;
}

/**
 * Resolves to the URL with a token in its query, for `callBackUrl`. The token vouches for the URL, the reference and
 * the time (HMAC-SHA-256). The URL is the one under which the receiver is called from outside; a fragment is left out,
 * because nobody is sent it. The secret has at least 16 characters; 32 random bytes as hexadecimal digits are good, and
 * nothing of it shows in the URL. Rejects with `invalid_argument` if the URL is not absolute http(s) or has a user, or if the secret,
 * the reference or the time is not what it should be.
 */
export function signCallbackUrl(
  url: string | { readonly href: string },
  secret: string,
  options: SignCallbackOptions,
): Promise<string>;

/**
 * Resolves to what {@link signCallbackUrl} signed, or to `null` if anything of the URL was changed or added, if the
 * secret is another, or if the time has come. Give the whole URL as it was called from outside: in a Worker that is the
 * `request` or its `url`; behind a proxy put it together from your public origin and the path with its query. It says that the
 * sender knows the URL, not that it is the first to use it, nor that the body is true. Rejects with `invalid_argument`
 * if the URL is only a path, or the secret has fewer than 16 characters.
 */
export function verifyCallbackUrl(
  url: string | { readonly href: string } | { readonly url: string },
  secret: string,
): Promise<SignedCallback | null>;

// --------------------------------------------------------------------------------------------- WebAssembly

/** The platform's `WebAssembly.Module`, where the compiler knows it. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never;

/** Where the WebAssembly comes from: a URL, its `Response`, its bytes, or a compiled module. */
export type WasmSource =
  | string
  | { readonly href: string }
  | { readonly ok: boolean; readonly status: number; arrayBuffer(): PromiseLike<ArrayBuffer> }
  | ArrayBuffer
  | ArrayBufferView
  | WasmModule;

/**
 * Compiles the WebAssembly now, off the main thread, instead of at the first use of anything. The default entry and
 * the workerd entry need no call; `sd2-client/slim` needs one, with a source. Doing it again does nothing, and a failed
 * attempt can be repeated. Rejects with the code `not_initialized`.
 */
export function init(source?: WasmSource | PromiseLike<WasmSource>): Promise<void>;

// Without this, a declaration file exports also what it does not say.
export {};
