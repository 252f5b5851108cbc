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

/** A value, or a function of the Worker's environment that returns it. */
export type OfEnv<T, Env> = T | ((env: Env) => Awaitable<T>);

/** The part of an R2 bucket that the gateway uses. */
export interface Bucket {
  put(name: string, bytes: Uint8Array): Promise<unknown>;
  get(name: string): Promise<StoredBytes | null>;
  delete(name: string): Promise<unknown>;
}

/** Lets users upload files, which get URLs for the service. */
export interface CloudflareUploads<Env> extends Pick<UploadRules, "maxBytes"> {
  /** The R2 bucket for the bytes, such as `env => env.UPLOADS`. The names of its objects begin with `file_`. */
  bucket: OfEnv<Bucket, Env>;
  /**
   * The gateway's own origin, as the service reaches it. The URLs of files begin with it. Default: `callbacks.origin`, or else the origin
   * of the request.
   */
  origin?: OfEnv<string, Env> | undefined;
}

/** The part of a Worker's context that the gateway uses. */
export interface WorkerContext {
  waitUntil(promise: Promise<unknown>): void;
}

export interface CloudflareGatewayOptions<Env>
  extends Pick<GatewayOptions, "basePath" | "origins" | "onError" | "fetch"> {
  /** The name in `env` of the Durable Object binding to the class that `createGateway` returns. */
  binding: string;
  /** The key of the account, or a function that returns it for an account's name. No row, error, log or response contains it. */
  apiKey: string | ((env: Env, account: string) => Awaitable<string>);
  /**
   * Says who sends a request. Called for each request, in the Worker. After `null` or any other falsy value the response is a 401, after an
   * exception a 500. It must not read the body, except through `request.clone()`. Each `account` has its own object, named like it.
   */
  authorize: (
    request: PlatformRequest,
    env: Env,
    ctx: WorkerContext,
  ) => Awaitable<Grant | null | undefined | false | "">;
  /**
   * Lets the service call the gateway when a task ends. `origin` is the gateway's own origin, as the service reaches it. `secret` has at
   * least 16 characters. Default: the gateway polls.
   */
  callbacks?: { origin: OfEnv<string, Env>; secret: OfEnv<string, Env> } | undefined;
  /** Called at least once for each job that has ended, with or without a video. If it throws, it is called again after a minute. */
  onEnd?: ((job: Job, env: Env) => Awaitable<void>) | undefined;
  /** Default: no uploads. */
  uploads?: CloudflareUploads<Env> | undefined;
  /** The service's URL: https, or http on this machine. Default: `https://seegen.ai/api/v1`. */
  baseUrl?: OfEnv<string | undefined, Env> | undefined;
  /**
   * Change or set this when you restore an object's storage to an earlier time. Jobs that are queued there may have been sent since, so
   * they are not sent again.
   */
  generation?: OfEnv<string | number | undefined, Env> | undefined;
}

/** Keeps the jobs of one account, and sends them. */
export interface GatewayObject {
  /** By this, the types of Workers recognize the class of a Durable Object. */
  readonly __DURABLE_OBJECT_BRAND: never;
}

export interface CloudflareGateway<Env> {
  /** Responds to a request below `basePath`. Any other path is a 404. */
  fetch: (request: PlatformRequest, env: Env, ctx: WorkerContext) => Promise<PlatformResponse>;
  /** The class that the Worker must export, under its name in `new_sqlite_classes`. */
  DurableObject: new (
    ctx: never,
    env: never,
  ) => GatewayObject;
}

/** Creates a gateway for Cloudflare Workers. Throws `invalid_argument` if an option is wrong, or `authorize` is missing. */
export function createGateway<Env = unknown>(options: CloudflareGatewayOptions<Env>): CloudflareGateway<Env>;
