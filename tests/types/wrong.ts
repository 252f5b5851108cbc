// Programs that must not compile. Each has a single mistake, so that none hides another.
import {
  estimateCredits,
  init,
  Sd2Client,
  Sd2Error,
  signCallbackUrl,
  validateRequest,
  verifyCallbackUrl,
  type Inputs,
  type Task,
  type TaskRequest,
} from "sd2-client";

declare const client: Sd2Client;
declare const task: Task;

export const models: TaskRequest[] = [
  // @ts-expect-error: no such model
  { model: "sd3", inputs: { prompt: "a" } },
  // @ts-expect-error: no model
  { inputs: { prompt: "a" } },
  // @ts-expect-error: no inputs
  { model: "sd2" },
  // @ts-expect-error: the service writes callBackUrl
  { model: "sd2", inputs: { prompt: "a" }, callbackUrl: "https://example.com" },
];

export const inputs: Inputs[] = [
  // @ts-expect-error: neither prompt nor images
  {},
  // @ts-expect-error: a string, not a list
  { prompt: ["a"] },
  // @ts-expect-error: a string is not null
  { prompt: null },
  // @ts-expect-error: a duration has its unit
  { prompt: "a", duration: "5" },
  // @ts-expect-error: a duration is a string
  { prompt: "a", duration: 5 },
  // @ts-expect-error: too long
  { prompt: "a", duration: "16s" },
  // @ts-expect-error: no such resolution
  { prompt: "a", resolution: "1920x1080" },
  // @ts-expect-error: lower case
  { prompt: "a", upscaleResolution: "4K" },
  // @ts-expect-error: no such field
  { prompt: "a", seed: 1 },

  // @ts-expect-error: no image
  { urls: [] },
  // @ts-expect-error: a string instead of a list
  { urls: "https://example.com/a.jpg" },
  // @ts-expect-error: two images need a videoInputMode
  { urls: ["https://example.com/a.jpg", "https://example.com/b.jpg"] },
  // @ts-expect-error: an image has its own aspect ratio
  { urls: ["https://example.com/a.jpg"], resolution: "1280x720" },
  // @ts-expect-error: videos only in reference mode
  { urls: ["https://example.com/a.jpg"], videoUrls: ["https://example.com/a.mp4"] },
  // @ts-expect-error: audio only in reference mode
  { prompt: "a", audioUrls: ["https://example.com/a.mp3"] },

  // @ts-expect-error: a first frame and no last one
  { urls: ["https://example.com/a.jpg"], videoInputMode: "keyframe" },
  // @ts-expect-error: three frames
  { urls: ["https://a.b/1", "https://a.b/2", "https://a.b/3"], videoInputMode: "keyframe" },
  // @ts-expect-error: keyframes without images
  { prompt: "a", videoInputMode: "keyframe" },
  // @ts-expect-error: the frames have their own aspect ratio
  { urls: ["https://a.b/1", "https://a.b/2"], videoInputMode: "keyframe", resolution: "720x720" },

  // @ts-expect-error: reference mode needs a resolution
  { videoInputMode: "reference", urls: ["https://example.com/a.jpg"] },
  // @ts-expect-error: references are a list
  { videoInputMode: "reference", resolution: "720x720", videoUrls: "https://example.com/a.mp4" },
  // @ts-expect-error: no such mode
  { videoInputMode: "references", resolution: "720x720" },
];

// @ts-expect-error: an output only when completed
export const early: string = task.output[0].url;
// @ts-expect-error: an error only when failed
export const why: string = task.error;
// @ts-expect-error: an unknown state is not a literal
export const state: "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED" = task.status;

// @ts-expect-error: a client needs options
export const bare = new Sd2Client();
// @ts-expect-error: no such option
export const misspelt = new Sd2Client({ apikey: "key" });
// @ts-expect-error: milliseconds are a number
export const worded = new Sd2Client({ apiKey: "key", timeoutMs: "30s" });
// @ts-expect-error: fetch is a function
export const fetchless = new Sd2Client({ apiKey: "key", fetch: "https://example.com" });
// @ts-expect-error: a response has a status
export const statusless = new Sd2Client({ apiKey: "key", fetch: async () => ({ headers: { get: () => null } }) });
// @ts-expect-error: the library's own errors only
export const error = new Sd2Error("message");
// @ts-expect-error: no such code
export const code = (caught: Sd2Error) => caught.code === "rate_limited";

// @ts-expect-error: a request, not a prompt
export const prompt = client.generate("A cat playing piano");
// @ts-expect-error: an id, not a task
export const whole = client.queryTask(task);
// @ts-expect-error: a signal, not its controller
export const controller = client.getCredits({ signal: { abort: () => undefined } });
// @ts-expect-error: onUpdate is for calls that wait
export const updates = client.createTask({ model: "sd2", inputs: { prompt: "a" } }, { onUpdate: () => undefined });
// @ts-expect-error: onCreated is for calls that create
export const created = client.waitForTask("task", { onCreated: () => undefined });

// @ts-expect-error: a price needs a model
export const modelless = estimateCredits({ duration: "5s" });
// @ts-expect-error: a price may be unknown
export const price: number = validateRequest({}).credits;
// @ts-expect-error: a size is a number
export const media = validateRequest({}, { media: { "https://example.com/a.jpg": { width: "400px" } } });
// @ts-expect-error: not a source of WebAssembly
export const source = init(null);

// @ts-expect-error: a reference is needed
export const anonymous = signCallbackUrl("https://example.com", "secret", {});
// @ts-expect-error: a time is a number
export const dated = signCallbackUrl("https://example.com", "secret", { ref: "a", expiresAt: new Date() });
// @ts-expect-error: a secret is needed
export const open = verifyCallbackUrl("https://example.com");
// @ts-expect-error: it may be null
export const trusted: Promise<{ ref: string }> = verifyCallbackUrl("https://example.com", "secret");
