// Programs with sd2-client/media that must compile with the types of a browser.
import { Sd2Error, validateRequest } from "sd2-client";
import { checkMedia, probeMedia, type Media, type MediaSource } from "sd2-client/media";

export const sources: MediaSource[] = [
  "https://example.com/a.mp4",
  new URL("https://example.com/a.mp4"),
  new Blob([]),
  new File([], "a.mp4"),
  new Uint8Array(8),
  new ArrayBuffer(8),
  new DataView(new ArrayBuffer(8)),
  new Response(),
];

export const words = async (source: MediaSource, controller: AbortController): Promise<string> => {
  try {
    const media: Media = await probeMedia(source, { fetch, signal: controller.signal });
    if (media.kind === "image") return `${media.width} × ${media.height}`;
    const about: true | undefined = media.isEstimate;
    return `${about ? "about " : ""}${media.durationSeconds} s`;
  } catch (error) {
    if (!Sd2Error.is(error)) throw error;
    return error.code === "media_status" ? `HTTP ${error.status}` : error.message;
  }
};

export const check = async (request: unknown): Promise<string[]> => {
  const validation = await checkMedia(request, {
    fetch: (url, init) => fetch(url, { ...init, redirect: "error" }),
    concurrency: 2,
  });
  if (validation.valid) validation.credits.toFixed();
  return validation.issues.filter(({ code }) => code === "unprobed").map(({ message }) => message);
};

/** The validator takes the facts about files. */
export const facts = async (url: string) => validateRequest({}, { media: { [url]: await probeMedia(url) } });

// @ts-expect-error no such option
void probeMedia("", { timeout: 5 });
// @ts-expect-error a promise is not a source
void probeMedia(Promise.resolve(new Blob([])));
