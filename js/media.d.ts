import type { TaskRequest, Validation } from "./index.js";

/** What a file is for. */
export type MediaKind = "image" | "video" | "audio";

/** What {@link probeMedia} reads. */
export type MediaSource = Blob | ArrayBufferLike | ArrayBufferView | Response | URL | string;

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

/** How {@link probeMedia} reads. */
export interface ProbeOptions {
  /** Ends the work; the promise rejects with its reason. */
  signal?: AbortSignal | undefined;
  /**
   * Reads a URL in place of `globalThis.fetch`; called as `fetch(url, init)`. A server that looks at strangers' URLs needs one
   * that refuses addresses inside its own network, after each redirect.
   */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
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

/**
 * Looks at every file of a request and checks the request with what it found, as `validateRequest` does with `media`. What
 * could not be looked at is the warning `unprobed` at the file's path. `asset://` files, which only the service can read, and
 * what the validator refuses by its URL are left out.
 */
export function checkMedia(request: TaskRequest, options?: CheckOptions): Promise<Validation>;
