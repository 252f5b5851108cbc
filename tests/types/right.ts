// Programs that must compile: each mode, each call, each narrowing, as in an application.
import {
  confirmCallback,
  estimateCredits,
  init,
  parseCallback,
  Sd2Client,
  Sd2Error,
  signCallbackUrl,
  validateRequest,
  verifyCallbackUrl,
  type CompletedTask,
  type Credits,
  type Inputs,
  type Issue,
  type LogEvent,
  type Sd2ErrorCode,
  type SignedCallback,
  type Task,
  type TaskRequest,
  type TaskStatus,
  type Video,
} from "sd2-client";

const text: TaskRequest = {
  model: "sd2",
  inputs: { prompt: "A cat playing piano", duration: "15s", resolution: "1280x540", upscaleResolution: "4k" },
  callBackUrl: "https://example.com/webhook",
};
const image: TaskRequest = { model: "sd2-fast", inputs: { urls: ["asset://asset-20260326-abc123"] } };
const keyframe: TaskRequest = {
  model: "sd2",
  inputs: {
    urls: ["https://example.com/first.jpg", "https://example.com/last.jpg"],
    videoInputMode: "keyframe",
    prompt: "From day to night",
    duration: "4s",
    upscaleResolution: "2k",
  },
};
const files: string[] = ["https://example.com/1.jpg"];
const reference: TaskRequest = {
  model: "sd2",
  inputs: {
    videoInputMode: "reference",
    resolution: "720x1280",
    urls: files,
    videoUrls: ["https://example.com/motion.mp4"],
    audioUrls: ["https://example.com/sound.mp3"],
    prompt: "A character walks through a garden",
  },
};
export const all: readonly TaskRequest[] = [text, image, keyframe, reference];

// Frozen data and optional values are accepted.
const frozen = { model: "sd2", inputs: { urls: ["https://example.com/a.jpg"] } } as const;
const given: { prompt?: string } = {};
export const more: TaskRequest[] = [
  frozen,
  { model: "sd2", inputs: { prompt: given.prompt ?? "", duration: undefined }, callBackUrl: undefined },
];

export const clients = [
  new Sd2Client({ apiKey: "key" }),
  new Sd2Client({ baseUrl: "https://gateway.example.com/sd2" }),
  new Sd2Client({
    apiKey: "key",
    baseUrl: "http://192.168.1.2:8787/api/v1",
    allowInsecure: true,
    headers: { "x-tenant": "a", "x-trace": undefined },
    timeoutMs: 10_000,
    maxRetries: 0,
    validate: false,
    concurrency: 1,
    streamCreates: true,
    logger: (event: LogEvent) => event.type === "attempt" && event.status,
  }),
  new Sd2Client({
    apiKey: "key",
    fetch: async (url, init) => ({
      status: url.length + (init.body ?? "").length,
      headers: { get: name => init.headers[name] ?? null },
      text: async () => "{}",
    }),
  }),
];

export async function calls(client: Sd2Client, signal: { aborted: boolean } & AbortSource): Promise<Video> {
  const { taskId } = await client.createTask(text, { signal, timeoutMs: 5_000 });
  const task: Task = await client.queryTask(taskId);
  const credits: Credits = await client.getCredits({ signal });
  const waited: CompletedTask = await client.waitForTask(taskId, {
    timeoutMs: Infinity,
    pollIntervalMs: 1_000,
    onUpdate: ({ task, progress, polls, elapsedMs }) => `${task.status} ${progress} ${polls} ${elapsedMs}`,
  });
  const made = await client.generate(keyframe, {
    signal,
    timeoutMs: 600_000,
    onCreated: async id => id.toUpperCase(),
    onUpdate: () => undefined,
  });
  // The first video exists, even with noUncheckedIndexedAccess.
  const url: string = made.output[0].url;
  const count: number = credits.credits - credits.availableCredits;
  const video: Video = { url, width: waited.output[0].width, height: count };
  return task.status === "COMPLETED" ? task.output[0] : video;
}
type AbortSource = Parameters<Sd2Client["getCredits"]>[0] extends infer O
  ? NonNullable<NonNullable<O> extends { signal?: infer S } ? S : never>
  : never;

/** Comparing the status narrows the other fields, although there may be unknown states. */
export function describe(task: Task): string {
  switch (task.status) {
    case "COMPLETED": {
      const ended: number = task.completeTime;
      return `${task.output.length} ${ended - task.createTime} ${task.creditsUsed}`;
    }
    case "FAILED":
      return task.error.toUpperCase();
    case "PENDING":
    case "PROCESSING": {
      const nothing: null = task.output;
      return `${nothing}`;
    }
    default: {
      const unknown: string = task.status;
      const nothing: null = task.error;
      return `${unknown} ${nothing} ${task.model}`;
    }
  }
}
export const known: TaskStatus[] = ["PENDING", "PROCESSING", "COMPLETED", "FAILED"];
export const done = (task: Task) => task.status === "COMPLETED" || task.status === "FAILED";
export const sample: Task = {
  taskId: "task_abc123",
  model: "sd2",
  status: "COMPLETED",
  creditsUsed: 200,
  output: [{ url: "https://static.seedance2-pro.com/videos/result.mp4", width: 1280, height: 720 }],
  error: null,
  createTime: 1711234567890,
  completeTime: 1711234612345,
};

export function report(error: unknown): string {
  if (!Sd2Error.is(error)) return error instanceof Sd2Error ? error.message : "another error";
  const code: Sd2ErrorCode = error.code;
  if (code === "outcome_unknown") return `${error.status ?? "no answer"} ${error.body ?? ""}`;
  if (error.retryable) return `${error.retryAfterMs ?? 0} ${error.taskId ?? ""}`;
  const issues: Issue[] = error.issues ?? [];
  const cause: unknown = error.cause;
  return `${error.name} ${issues.length} ${error.task?.status} ${typeof cause} ${error.stack}`;
}

export function offline(value: unknown): number {
  const price = estimateCredits({ model: "sd2", duration: "5s", upscaleResolution: "4k", videoReference: true });
  const parts: number = price.base + price.videoReference + price.upscale;
  const request = estimateCredits(reference).total + estimateCredits({ model: "sd2-fast" }).creditsPerSecond;
  const result = validateRequest(value, {
    media: {
      "https://example.com/a.jpg": { width: 1280, height: 720 },
      "https://example.com/a.mp3": { durationSeconds: 3 },
    },
  });
  for (const { path, code, severity, message, suggestion } of result.issues) {
    const at: (string | number)[] = path;
    const isError: boolean = severity === "error" && code !== "unknown_field";
    given.prompt = `${at.join(".")} ${isError} ${message} ${suggestion ?? ""}`;
  }
  if (result.valid) {
    const mode: "text" | "image" | "keyframe" | "reference" = result.mode;
    return result.credits + mode.length;
  }
  const none: number | null = result.credits;
  return parts + request + price.total + price.durationSeconds + price.model.length + (none ?? 0);
}

export const ready: Promise<void>[] = [
  init(),
  init("https://example.com/sd2_client.wasm"),
  init(new Uint8Array(8)),
  init(new ArrayBuffer(8)),
  init(Promise.resolve(new Uint8Array(8))),
];

export const make = (prompt: string, urls: [string, string] | undefined): Inputs =>
  urls ? { urls, videoInputMode: "keyframe", prompt } : { prompt };

export const callbacks = async (
  client: Sd2Client,
  url: string,
  secret: string,
  body: unknown,
): Promise<Task | null> => {
  const signed: string = await signCallbackUrl(url, secret, { ref: "order", expiresAt: Date.now() + 60_000 });
  await signCallbackUrl({ href: signed }, secret, { ref: "order", expiresAt: undefined });
  const said: SignedCallback | null = await verifyCallbackUrl(signed, secret);
  if (said === null || said.ref !== "order" || said.expiresAt < 0) return null;
  const task = parseCallback(body);
  return task.status === "COMPLETED" ? task : confirmCallback(client, new Uint8Array(), { timeoutMs: 1_000 });
};
