// The types of sd2-client/media.
import type { AbortSignalLike, FetchInit, Issue, Validation } from "./index.js";

export type MediaKind = "image" | "video" | "audio";

/** A `Blob`, a `File`, or an object like them. */
export interface BlobLike {
  readonly size: number;
  slice(start?: number, end?: number): { arrayBuffer(): Promise<ArrayBuffer> };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A `Response`, or an object like it. If `body` is a stream, only as much is read as needed. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A `Blob` or `File`, bytes, a `Response`, or a URL. */
export type MediaSource =
  | BlobLike
  | ArrayBufferLike
  | ArrayBufferView
  | ResponseLike
  | { readonly href: string }
  | string;

/** The facts about a file. They come from its bytes, not from its name or `Content-Type`. */
export interface Media {
  /** An animated picture is an `image`. */
  kind: MediaKind;
  /**
   * The format's short name: `jpeg`, `png`, `gif`, `webp`, `avif`, `heic`, `bmp`, `tiff`; `mp4`, `mov`, `m4v`, `m4a`, `3gp`,
   * `webm`, `matroska`, `avi`; `mp3`, `mp2`, `aac`, `wav`, `w64`, `aiff`, `ogg`, `flac`.
   */
  format: string;
  /** The media type, such as `video/mp4`. */
  mimeType: string;
  /** Of a picture or video, in pixels as displayed: after cropping and rotation, with square pixels. */
  width?: number;
  /** See `width`. */
  height?: number;
  /** Of a video or sound. */
  durationSeconds?: number;
  /** Present if the duration was extrapolated from parts of the file, for example of long sound without a header. */
  isEstimate?: true;
  /** The size in bytes, if known. */
  size?: number;
}

/** A function like the platform's `fetch`. */
export type MediaFetch = (
  url: string,
  init: { headers?: Record<string, string>; signal?: FetchInit["signal"]; cache?: "no-store" },
) => ResponseLike | PromiseLike<ResponseLike>;

/** Options of {@link probeMedia}. */
export interface ProbeOptions {
  /** Stops the probe; the promise rejects with the reason of the signal. */
  signal?: AbortSignalLike | undefined;
  /**
   * Used instead of `globalThis.fetch`, and called as `fetch(url, init)`. A server that probes URLs of strangers needs a function
   * that refuses addresses of the server's own network, also after a redirect.
   */
  fetch?: MediaFetch | undefined;
}

/** Options of {@link checkMedia}. */
export interface CheckOptions extends ProbeOptions {
  /** How many files to probe at once: 1 to 4. Default: 4. */
  concurrency?: number | undefined;
}

/**
 * Identifies a file by its bytes. Reads as little as possible: 64 kB of most files. Rejects with an `Sd2Error` if the file cannot be
 * identified: `media_unreachable` (network, CORS, a deleted file), `media_status` (with `status`), `media_unsupported`,
 * `media_truncated`, `media_too_large` or `media_unknown`.
 */
export function probeMedia(source: MediaSource, options?: ProbeOptions): Promise<Media>;

/** The warning of {@link checkMedia} about a file that it could not check. */
export interface UnprobedIssue {
  /** The place of the file in the request, such as `["inputs", "urls", 0]`. */
  path: (string | number)[];
  code: "unprobed";
  severity: "warning";
  /** Why the file was not checked. */
  message: string;
  suggestion?: string;
}

type WithUnprobed<V> = V extends Validation ? Omit<V, "issues"> & { issues: (Issue | UnprobedIssue)[] } : never;

/** Like the result of `validateRequest`, with possible warnings about unchecked files. */
export type MediaValidation = WithUnprobed<Validation>;

/**
 * Probes every file of a request and validates the request with the facts, like `validateRequest` with `media`. A file that could
 * not be probed gets the warning `unprobed`. Not probed are `asset://` files, which only the service can read, and files whose URL
 * the validator refuses.
 */
export function checkMedia(request: unknown, options?: CheckOptions): Promise<MediaValidation>;
