export type Model = "sd2" | "sd2-fast";
export type Duration = "4s" | "5s" | "6s" | "7s" | "8s" | "9s" | "10s" | "11s" | "12s" | "13s" | "14s" | "15s";
export type Resolution = "720x720" | "720x960" | "960x720" | "1280x720" | "720x1280" | "1280x540";
export type UpscaleResolution = "2k" | "4k";
export interface CommonInputs {
  duration?: Duration | undefined;
  upscaleResolution?: UpscaleResolution | undefined;
}
export interface TextInputs extends CommonInputs {
  prompt: string;
  resolution?: Resolution | undefined;
  urls?: undefined;
  videoUrls?: undefined;
  audioUrls?: undefined;
  videoInputMode?: undefined;
}
export interface ImageInputs extends CommonInputs {
  urls: readonly [image: string];
  prompt?: string | undefined;
  resolution?: undefined;
  videoUrls?: undefined;
  audioUrls?: undefined;
  videoInputMode?: undefined;
}
export interface KeyframeInputs extends CommonInputs {
  urls: readonly [first: string, last: string];
  videoInputMode: "keyframe";
  prompt?: string | undefined;
  resolution?: undefined;
  videoUrls?: undefined;
  audioUrls?: undefined;
}
export interface ReferenceInputs extends CommonInputs {
  videoInputMode: "reference";
  resolution: Resolution;
  urls?: readonly string[] | undefined;
  videoUrls?: readonly string[] | undefined;
  audioUrls?: readonly string[] | undefined;
  prompt?: string | undefined;
}
export type Inputs = TextInputs | ImageInputs | KeyframeInputs | ReferenceInputs;
export interface TaskRequest {
  model: Model;
  inputs: Inputs;
  callBackUrl?: string | undefined;
}
export type TaskStatus = "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";
export type UnknownTaskStatus = LaterTaskStatus.any;
declare enum LaterTaskStatus {
  any = "any other string",
}
export interface Video {
  url: string;
  width: number;
  height: number;
}
export interface TaskBase {
  taskId: string;
  model: Model;
  creditsUsed: number;
  createTime: number;
}
export interface RunningTask extends TaskBase {
  status: "PENDING" | "PROCESSING" | UnknownTaskStatus;
  queue?: { position: number };
  output: null;
  error: null;
  completeTime: null;
}
export interface CompletedTask extends TaskBase {
  status: "COMPLETED";
  output: [Video, ...Video[]];
  error: null;
  completeTime: number;
}
export interface FailedTask extends TaskBase {
  status: "FAILED";
  output: null;
  error: string;
  code?: string;
  completeTime: number;
}
export type Task = RunningTask | CompletedTask | FailedTask;
export interface CreatedTask {
  taskId: string;
  stored?: false;
}
export interface Credits {
  credits: number;
  availableCredits: number;
}
export type Signal = typeof globalThis extends { fetch(input: never, init?: infer Init): unknown }
  ? NonNullable<Init> extends { signal?: infer S }
    ? NonNullable<S>
    : AbortSignalLike
  : AbortSignalLike;
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
export interface FetchInit {
  method: "GET" | "POST" | "DELETE";
  headers: Record<string, string>;
  body?: string;
  redirect: "manual";
  cache?: "no-store";
  credentials?: "omit";
  signal: Signal;
}
export interface FetchResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers: { get(name: string): string | null };
  text?(): string | PromiseLike<string>;
  json?(): unknown;
}
export type Fetch = (url: string, init: FetchInit) => FetchResponse | PromiseLike<FetchResponse>;
export type LogEvent = CallEvent | StoreEvent;
export interface CallEvent {
  type: "attempt" | "retry" | "poll";
  endpoint: "createTask" | "queryTask" | "credits" | "cancel";
  attempt: number;
  ms: number;
  status?: number;
  code?: Sd2ErrorCode;
}
export interface StoreEvent {
  type: "store";
  method?: keyof Store;
  key?: string;
}
export interface Sd2ClientOptions {
  apiKey?: string | undefined;
  baseUrl?: string | undefined;
  gateway?: boolean | undefined;
  fetch?: Fetch | undefined;
  headers?: Readonly<Record<string, string | undefined>> | Iterable<readonly [name: string, value: string]> | undefined;
  timeoutMs?: number | undefined;
  maxRetries?: number | undefined;
  validate?: boolean | undefined;
  concurrency?: number | undefined;
  streamCreates?: boolean | undefined;
  allowInsecure?: boolean | undefined;
  logger?: ((event: LogEvent) => unknown) | undefined;
  store?: Store | undefined;
}
export interface Store {
  get(key: string): string | null | undefined | PromiseLike<string | null | undefined>;
  set(key: string, value: string): unknown;
  delete(key: string): unknown;
  keys(): Iterable<string> | PromiseLike<Iterable<string>>;
  lock?(key: string, work: (lock: unknown) => unknown, options?: { ifAvailable?: boolean }): unknown;
}
export function memoryStore(): Store;
export function localStorageStore(prefix?: string): Store;
export function indexedDbStore(name?: string): Store;
export interface CallOptions {
  signal?: AbortSignalLike | undefined;
  timeoutMs?: number | undefined;
}
export interface WaitOptions {
  signal?: AbortSignalLike | undefined;
  timeoutMs?: number | undefined;
  pollIntervalMs?: number | undefined;
  onUpdate?: ((update: TaskUpdate) => unknown) | undefined;
  progressIntervalMs?: number | undefined;
}
export interface GenerateOptions extends WaitOptions {
  timeoutMs?: number | undefined;
  onUpdate?: ((update: TaskUpdate | SlotUpdate) => unknown) | undefined;
  onCreated?: ((taskId: string, about: { stored: boolean }) => unknown) | undefined;
}
export interface GenerateAllOptions {
  signal?: AbortSignalLike | undefined;
  concurrency?: number | undefined;
  maxCredits?: number | undefined;
  timeoutMs?: number | undefined;
  pollIntervalMs?: number | undefined;
  onCreated?: ((job: Job & { stored: boolean }) => unknown) | undefined;
  onUpdate?: ((update: JobUpdate) => unknown) | undefined;
  progressIntervalMs?: number | undefined;
}
export interface ResumeOptions extends Omit<GenerateAllOptions, "maxCredits" | "onCreated"> {
  concurrency?: number | undefined;
  timeoutMs?: number | undefined;
}
export interface Job {
  index: number;
  request: TaskRequest;
  taskId: string;
}
export type JobUpdate = (TaskUpdate | SlotUpdate) & {
  index: number;
  request: TaskRequest;
};
export type JobResult =
  | {
      index: number;
      request: TaskRequest;
      task: CompletedTask;
      error?: undefined;
    }
  | {
      index: number;
      request: TaskRequest;
      error: Sd2Error;
      task?: undefined;
    };
export interface JobResults {
  next(): Promise<IteratorResult<JobResult, undefined>>;
  return(): Promise<IteratorResult<JobResult, undefined>>;
  [Symbol.asyncIterator](): JobResults;
  readonly running: readonly Job[];
}
export interface TaskUpdate {
  task: Task;
  message?: undefined;
  elapsedMs: number;
  polls: number;
  progress: number;
}
export interface SlotUpdate {
  task: null;
  message: string;
  elapsedMs: number;
  polls: number;
  progress: number;
}
export class Sd2Client {
  constructor(options: Sd2ClientOptions);
  createTask(request: TaskRequest, options?: CallOptions): Promise<CreatedTask>;
  queryTask(taskId: string, options?: CallOptions): Promise<Task>;
  getCredits(options?: CallOptions): Promise<Credits>;
  waitForTask(taskId: string, options?: WaitOptions): Promise<CompletedTask>;
  generate(request: TaskRequest, options?: GenerateOptions): Promise<CompletedTask>;
}
export function generateAll(
  client: Sd2Client,
  requests: Iterable<TaskRequest> | AsyncIterable<TaskRequest>,
  options?: GenerateAllOptions,
): JobResults;
export function resume(client: Sd2Client, options?: ResumeOptions): JobResults;
export function forget(client: Sd2Client, taskId: string): Promise<void>;
export function cancelTask(client: Sd2Client, taskId: string, options?: CallOptions): Promise<void>;
export interface UploadFile {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}
export interface UploadProgress {
  loaded: number;
  total: number;
}
export interface UploadOptions {
  signal?: AbortSignalLike | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}
export function upload(
  client: Sd2Client,
  file: UploadFile | ArrayBufferLike | ArrayBufferView,
  options?: UploadOptions,
): Promise<string>;
export function confirmCallback(client: Sd2Client, body: unknown, options?: CallOptions): Promise<Task>;
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
export type MediaErrorCode =
  | "media_unreachable"
  | "media_status"
  | "media_unsupported"
  | "media_truncated"
  | "media_too_large"
  | "media_unknown";
export class Sd2Error extends Error {
  private constructor();
  readonly name: "Sd2Error";
  readonly code: Sd2ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly status?: number;
  readonly taskId?: string;
  readonly task?: Task;
  readonly issues?: Issue[];
  readonly body?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
  toJSON(): Sd2ErrorData;
  static is(error: unknown): error is Sd2Error;
}
export type Sd2ErrorData = Omit<Sd2Error, "stack" | "toJSON">;
export interface PriceConfiguration {
  model: Model;
  duration?: Duration | undefined;
  upscaleResolution?: UpscaleResolution | null | undefined;
  videoReference?: boolean | undefined;
}
export interface CreditsEstimate {
  total: number;
  base: number;
  videoReference: number;
  upscale: number;
  durationSeconds: number;
  creditsPerSecond: number;
  model: Model;
}
export function estimateCredits(input: TaskRequest | PriceConfiguration | PriceRow): CreditsEstimate;
export function estimateMany(requests: readonly (TaskRequest | PriceConfiguration | PriceRow)[]): CreditsEstimate[];
export interface PriceRow {
  model: Model;
  duration: Duration;
  upscaleResolution: UpscaleResolution | null;
  videoReference: boolean;
  total: number;
}
export interface AffordableRow extends PriceRow {
  count: number;
}
export function priceTable(): PriceRow[];
export type PriceFilter = { [Name in keyof Omit<PriceRow, "total">]?: PriceRow[Name] | undefined };
export function affordable(credits: number, filter?: PriceFilter): AffordableRow[];
export function longestDuration(credits: number, configuration: PriceConfiguration): Duration | null;
export type Mode = "text" | "image" | "keyframe" | "reference";
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
export interface Issue {
  path: (string | number)[];
  code: IssueCode;
  severity: "error" | "warning";
  message: string;
  suggestion?: string;
}
export type Validation =
  | {
      valid: true;
      mode: Mode;
      issues: Issue[];
      credits: number;
    }
  | {
      valid: false;
      mode: Mode | null;
      issues: Issue[];
      credits: number | null;
    };
export interface MediaFacts {
  width?: number | undefined;
  height?: number | undefined;
  durationSeconds?: number | undefined;
  isEstimate?: boolean | undefined;
}
export interface ValidateOptions {
  media?: Readonly<Record<string, MediaFacts>> | undefined;
}
export function validateRequest(value: unknown, options?: ValidateOptions): Validation;
export function cleanRequest(value: unknown): TaskRequest;
export interface RequestSchema {
  "~standard": {
    version: 1;
    vendor: "sd2-client";
    validate(value: unknown): { value: TaskRequest; issues?: undefined } | { issues: readonly Issue[] };
    types?: { input: TaskRequest; output: TaskRequest } | undefined;
  };
}
export const requestSchema: RequestSchema;
export function parseCallback(body: unknown): Task;
export interface SignedCallback {
  ref: string;
  expiresAt: number;
}
export interface SignCallbackOptions {
  ref: string;
  expiresAt?: number | undefined;
}
export function signCallbackUrl(
  url: string | { readonly href: string },
  secret: string,
  options: SignCallbackOptions,
): Promise<string>;
export function verifyCallbackUrl(
  url: string | { readonly href: string } | { readonly url: string },
  secret: string,
): Promise<SignedCallback | null>;
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never;
export type WasmSource =
  | string
  | { readonly href: string }
  | { readonly ok: boolean; readonly status: number; arrayBuffer(): PromiseLike<ArrayBuffer> }
  | ArrayBuffer
  | ArrayBufferView
  | WasmModule;
export function init(source?: WasmSource | PromiseLike<WasmSource>): Promise<void>;
export {};
