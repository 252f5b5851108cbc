// The types of sd2-client/gateway/cloudflare.
import type {
  Awaitable,
  GatewayOptions,
  Grant,
  Job,
  PlatformRequest,
  PlatformResponse,
  StoredBytes,
  UploadRules,
} from "./gateway.js";

export { Sd2Error } from "./index.js";
export type {
  Awaitable,
  Budget,
  GatewayRequest,
  Grant,
  Job,
  Limits,
  PlatformRequest,
  PlatformResponse,
  StoredBytes,
} from "./gateway.js";

/** A value, or a function that gives it for the Worker's environment. */
export type OfEnv<T, Env> = T | ((env: Env) => Awaitable<T>);

/** What the gateway uses of an R2 bucket. */
export interface Bucket {
  put(name: string, bytes: Uint8Array): Promise<unknown>;
  get(name: string): Promise<StoredBytes | null>;
  delete(name: string): Promise<unknown>;
}

/** Lets users upload files, for which the service gets addresses. */
export interface CloudflareUploads<Env> extends Pick<UploadRules, "maxBytes"> {
  /** The R2 bucket for the bytes, as in `env => env.UPLOADS`. Names in it begin with `file_`. */
  bucket: OfEnv<Bucket, Env>;
  /**
   * The gateway's own origin, as the service reaches it; the addresses of files begin with it. Default: `callbacks.origin`, else the
   * origin of the request.
   */
  origin?: OfEnv<string, Env> | undefined;
}

/** What a Worker gets with each request, as far as the gateway names it. */
export interface WorkerContext {
  waitUntil(promise: Promise<unknown>): void;
}

export interface CloudflareGatewayOptions<Env>
  extends Pick<GatewayOptions, "basePath" | "origins" | "onError" | "fetch"> {
  /** The name in `env` of the Durable Object binding to the class that `createGateway` gives. */
  binding: string;
  /** The key of the account, or a function that gives it for an account's name. It is in no row, error, log or answer. */
  apiKey: string | ((env: Env, account: string) => Awaitable<string>);
  /**
   * Who makes a request: called for each one, in the Worker. `null` (or anything falsy) is answered with 401; what it throws, with
   * 500. It must not read the body (`request.clone()` may). An account has an object of its own, which is found by its name.
   */
  authorize: (
    request: PlatformRequest,
    env: Env,
    ctx: WorkerContext,
  ) => Awaitable<Grant | null | undefined | false | "">;
  /**
   * Lets the service call back when a task ends. `origin`: the gateway's own, as the service reaches it. `secret`: 16 characters or more.
   * Default: the gateway polls.
   */
  callbacks?: { origin: OfEnv<string, Env>; secret: OfEnv<string, Env> } | undefined;
  /** Called at least once for each job that has ended, whatever came of it. What it throws has it called again after a minute. */
  onEnd?: ((job: Job, env: Env) => Awaitable<void>) | undefined;
  /** Default: no uploads. */
  uploads?: CloudflareUploads<Env> | undefined;
  /** The service: https, or http on this machine. Default: `https://seegen.ai/api/v1`. */
  baseUrl?: OfEnv<string | undefined, Env> | undefined;
  /**
   * Change it, or set it, when an object's storage is set back to an earlier time: what is queued there may have been sent since, and
   * is not sent again.
   */
  generation?: OfEnv<string | number | undefined, Env> | undefined;
}

/** Keeps the jobs of one account, and sends them. */
export interface GatewayObject {
  /** As the types of Workers tell a Durable Object's class. */
  readonly __DURABLE_OBJECT_BRAND: never;
}

export interface CloudflareGateway<Env> {
  /** Answers a request below `basePath`; everything else is a 404. */
  fetch: (request: PlatformRequest, env: Env, ctx: WorkerContext) => Promise<PlatformResponse>;
  /** The class that the Worker exports under the name that its configuration has, in `new_sqlite_classes`. */
  DurableObject: new (
    ctx: never,
    env: never,
  ) => GatewayObject;
}

/** Makes a gateway for Cloudflare Workers. Throws `invalid_argument` if an option is wrong, or `authorize` is missing. */
export function createGateway<Env = unknown>(options: CloudflareGatewayOptions<Env>): CloudflareGateway<Env>;
