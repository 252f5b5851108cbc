// The types of sd2-client/ai-sdk. They need the `ai` package, 7 or later.
import type { VideoModel } from "ai";
import type { Model, Sd2ClientOptions, TaskRequest } from "./index.js";

/** A video model as `experimental_generateVideo` and `experimental_startVideo` of the `ai` package take it. */
export type Sd2VideoModel = Extract<VideoModel, { readonly specificationVersion: "v4" }>;

/** Options of {@link createSd2}: those of an `Sd2Client`, and `onCreated`. */
export interface Sd2Options extends Sd2ClientOptions {
  /**
   * Called with the id of each task as soon as the task is created. Keep the id: it is also an `operation` for
   * `experimental_getVideoStatus`, so that you can get the video after an error, a timeout or an abort.
   */
  onCreated?: ((taskId: string, request: TaskRequest) => unknown) | undefined;
}

/** The video models of one account. */
export interface Sd2Provider {
  /** The model with this id. */
  video(modelId: Model): Sd2VideoModel;
  /** The same, under the name that registries of providers use. */
  videoModel(modelId: Model): Sd2VideoModel;
}

/**
 * Options of a call for which `ai` has no name, as `providerOptions: { sd2: … }`. All other fields are added to the `inputs` of the request
 * and replace those from `ai`, for example `urls` with `asset://` references.
 */
export interface Sd2ProviderOptions {
  /** Scales the finished video up. */
  upscaleResolution?: "2k" | "4k";
  /** See `callBackUrl` of a `TaskRequest`. */
  callBackUrl?: string;
  /** A fixed interval between polls of `experimental_generateVideo`, in milliseconds. */
  pollIntervalMs?: number;
  /** The timeout of the wait of `experimental_generateVideo`, in milliseconds. Default: 900 000 (15 minutes). */
  pollTimeoutMs?: number;
}

/**
 * Creates video models for the `ai` package. Each requested video is at most one task, whatever `maxRetries` is, because `ai` does not
 * repeat calls that reject with errors of `Sd2Client`.
 *
 * ```js
 * const sd2 = createSd2({ apiKey });
 * const { video } = await experimental_generateVideo({ model: sd2.video("sd2"), prompt: "A cat playing piano" });
 * ```
 *
 * With `n`, completed videos are returned even if others failed, with a warning about each missing one. `providerMetadata.sd2.videos` has
 * the task, the credits and the URL of each video.
 */
export function createSd2(options: Sd2Options): Sd2Provider;
