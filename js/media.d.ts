// The types of sd2-client/media.
import type { AbortSignalLike, FetchInit, Issue, Validation } from "./index.js";

/** What a file is for. */
export type MediaKind = "image" | "video" | "audio";

/** What the library needs of a `Blob` or a `File`. */
export interface BlobLike {
  readonly size: number;
  slice(start?: number, end?: number): { arrayBuffer(): Promise<ArrayBuffer> };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What the library needs of a `Response`; with a `body` that is a stream, it reads no more than it needs. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What {@link probeMedia} reads: a `Blob` or `File`, bytes, a `Response`, a URL. */
export type MediaSource =
  | BlobLike
  | ArrayBufferLike
  | ArrayBufferView
  | ResponseLike
  | { readonly href: string }
  | string;

/** What a file is, as its bytes say; its name and its `Content-Type` do not count. */
export interface Media {
  /** A picture (also one that moves), a video, or sound. */
  kind: MediaKind;
  /**
   * The format's short name: `jpeg`, `png`, `gif`, `webp`, `avif`, `heic`, `bmp`, `tiff`; `mp4`, `mov`, `m4v`, `m4a`, `3gp`,
   * `webm`, `matroska`, `avi`; `mp3`, `mp2`, `aac`, `wav`, `w64`, `aiff`, `ogg`, `flac`.
   */
  format: string;
  /** The media type, such as `video/mp4`. */
  mimeType: string;
  /** Of a picture or a video, in pixels as displayed: turned, cut, and with square pixels. */
  width?: number;
  /** See `width`. */
  height?: number;
  /** Of a video or of sound. */
  durationSeconds?: number;
  /** The duration was extrapolated from parts of the file: long sound without a header, for example. */
  isEstimate?: true;
  /** The file's size in bytes, where it became known. */
  size?: number;
}

/** Reads a URL: the platform's `fetch`, or a function like it. */
export type MediaFetch = (
  url: string,
  init: { headers?: Record<string, string>; signal?: FetchInit["signal"]; cache?: "no-store" },
) => ResponseLike | PromiseLike<ResponseLike>;

/** How {@link probeMedia} reads. */
export interface ProbeOptions {
  /** Ends the work; the promise rejects with its reason. */
  signal?: AbortSignalLike | undefined;
  /**
   * Reads a URL in place of `globalThis.fetch`; called as `fetch(url, init)`. A server that looks at strangers' URLs needs one
   * that refuses addresses inside its own network, after each redirect.
   */
  fetch?: MediaFetch | undefined;
}

/** How {@link checkMedia} reads. */
export interface CheckOptions extends ProbeOptions {
  /** Files that are looked at at the same time: 1 to 4, which is what it is if left out. */
  concurrency?: number | undefined;
}

/**
 * Tells what a file is by its bytes, and reads as little as it can: of most files 64 kB. Rejects with an `Sd2Error`:
 * `media_unreachable` (network, CORS, a Blob that is gone), `media_status` (with `status`), `media_unsupported` (with
 * `format`, such as `html` for a web page), `media_truncated`, `media_too_large`, `media_unknown`; never guesses.
 */
export function probeMedia(source: MediaSource, options?: ProbeOptions): Promise<Media>;

/** The warning about a file that {@link checkMedia} could not look at. */
export interface UnprobedIssue {
  /** The way to the file, as in `["inputs", "urls", 0]`. */
  path: (string | number)[];
  code: "unprobed";
  severity: "warning";
  /** Why. */
  message: string;
  suggestion?: string;
}

type WithUnprobed<V> = V extends Validation ? Omit<V, "issues"> & { issues: (Issue | UnprobedIssue)[] } : never;

/** A request's check, as of `validateRequest`. */
export type MediaValidation = WithUnprobed<Validation>;

/**
 * Looks at every file of a request and checks the request with what it found, as `validateRequest` does with `media`. What
 * could not be looked at is the warning `unprobed` at the file's path. `asset://` files, which only the service can read, and
 * what the validator refuses by its URL are left out.
 */
export function checkMedia(request: unknown, options?: CheckOptions): Promise<MediaValidation>;
