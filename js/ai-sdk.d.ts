// The types of sd2-client/ai-sdk. They need the `ai` package, 7 or later.
import type { VideoModel } from "ai";
import type { Model, Sd2ClientOptions, TaskRequest } from "./index.js";

/** A video model as `experimental_generateVideo` and `experimental_startVideo` of the `ai` package take it. */
export type Sd2VideoModel = Extract<VideoModel, { readonly specificationVersion: "v4" }>;

/** How {@link createSd2} is set up: the options of an `Sd2Client`, and what `ai` has no place for. */
export interface Sd2Options extends Sd2ClientOptions {
  /**
   * Called with each task's id as soon as the task is made. The id is also an `operation` for
   * `experimental_getVideoStatus`, so keep it: with it, a video outlives an error, a timeout and an abort.
   */
  onCreated?: ((taskId: string, request: TaskRequest) => unknown) | undefined;
}

/** The video models of one account. */
export interface Sd2Provider {
  /** The model of this name. */
  video(modelId: Model): Sd2VideoModel;
  /** The same, under the name that registries of providers use. */
  videoModel(modelId: Model): Sd2VideoModel;
}

/**
 * The options of a call that `ai` has no name for, as `providerOptions: { sd2: … }`. All other fields are put into the request's
 * `inputs`, over those that come from `ai`: `urls` with `asset://` references, for example.
 */
export interface Sd2ProviderOptions {
  /** Scales the finished video up. */
  upscaleResolution?: "2k" | "4k";
  /** See `callBackUrl` of a `TaskRequest`. */
  callBackUrl?: string;
  /** Milliseconds between two polls of a video that `experimental_generateVideo` waits for. */
  pollIntervalMs?: number;
  /** Milliseconds for the whole of such a wait. Default: 900 000, 15 minutes. */
  pollTimeoutMs?: number;
}

/**
 * Makes video models for the `ai` package. Each wanted video is at most one task, whatever `maxRetries` is: errors are those of
 * `Sd2Client`, and `ai` repeats none of them.
 *
 * ```js
 * const sd2 = createSd2({ apiKey });
 * const { video } = await experimental_generateVideo({ model: sd2.video("sd2"), prompt: "A cat playing piano" });
 * ```
 *
 * With `n`, the videos that were made are returned even if others failed; a warning tells about each that is missing. `providerMetadata.sd2.videos` has
 * the task, the credits and the address of each video.
 */
export function createSd2(options: Sd2Options): Sd2Provider;
