// A video model for the `ai` package, which repeats a call only when that fails with its own `APICallError`. No error here is
// one, so `ai` never repeats a create.
import { generateAll, Sd2Client, Sd2Error, validateRequest } from "sd2-client";

const PROVIDER = "sd2";
/** All videos of a call are made here: `ai` drops every result when one of its own calls fails. */
const ANY_NUMBER = Number.MAX_SAFE_INTEGER;
/** How long `doStatus` waits for a service that does not answer. */
const STATUS_TIME = 20_000;

const RESOLUTIONS = {
  "1:1": "720x720",
  "3:4": "720x960",
  "4:3": "960x720",
  "16:9": "1280x720",
  "9:16": "720x1280",
  "21:9": "1280x540",
};

export const createSd2 = ({ onCreated, ...options } = {}) => {
  if (typeof (onCreated ?? createSd2) !== "function") {
    throw new Sd2Error("onCreated must be a function.", { code: "invalid_argument", retryable: false });
  }
  const client = new Sd2Client(options);
  const video = modelId => videoModel(client, modelId, onCreated);
  return { video, videoModel: video };
};

const videoModel = (client, modelId, onCreated) => {
  /** Makes the tasks of a call. Resolves when all have ended, or with `isStart` as soon as all are made. */
  const make = async (options, isStart) => {
    const { request, wait, warnings } = translate(modelId, options);
    const taskIds = [];
    const tasks = [];
    const errors = [];
    const isDone = () => isStart && taskIds.length + errors.filter(({ taskId }) => !taskId).length === options.n;
    const jobs = generateAll(client, Array(options.n).fill(request), {
      ...wait,
      signal: options.abortSignal,
      onCreated({ taskId }) {
        taskIds.push(taskId);
        if (isDone()) jobs.return();
        return onCreated?.(taskId, request);
      },
    });
    for await (const { task, error } of jobs) {
      task ? tasks.push(task) : errors.push(error);
      if (isDone()) break;
    }
    if (!(isStart ? taskIds : tasks).length) throw errors[0];
    return { taskIds, tasks, warnings: [...warnings, ...errors.map(lost)] };
  };

  const response = () => ({ timestamp: new Date(), modelId, headers: undefined });

  const finished = (tasks, warnings) => ({
    videos: tasks.flatMap(({ output }) => output.map(({ url }) => ({ type: "url", url, mediaType: "video/mp4" }))),
    warnings,
    providerMetadata: {
      [PROVIDER]: {
        videos: tasks.flatMap(({ taskId, creditsUsed, output }) =>
          output.map(video => ({ ...video, taskId, creditsUsed })),
        ),
      },
    },
    response: response(),
  });

  return {
    specificationVersion: "v4",
    provider: PROVIDER,
    modelId,
    maxVideosPerCall: ANY_NUMBER,

    async doGenerate(options) {
      const { tasks, warnings } = await make(options);
      return finished(tasks, warnings);
    },

    async doStart(options) {
      const { taskIds, warnings } = await make(options, true);
      return { operation: taskIds, warnings, response: response() };
    },

    async doStatus({ operation, abortSignal }) {
      const looks = await Promise.allSettled([operation].flat().map(taskId => look(client, taskId, abortSignal)));
      abortSignal?.throwIfAborted();
      const errors = looks.filter(({ reason }) => reason).map(({ reason }) => reason);
      const tasks = looks.filter(({ reason }) => !reason).map(({ value }) => value);
      if (tasks.includes(undefined)) return { status: "pending", response: response() };
      if (tasks.length) return { status: "completed", ...finished(tasks, errors.map(lost)) };
      const failure = errors.find(({ code }) => code !== "task_failed");
      if (failure) throw failure;
      return { status: "error", error: errors[0].message, response: response() };
    },
  };
};

/** Resolves to a completed task, or to undefined while it runs and while the service does not answer. */
const look = (client, taskId, abortSignal) =>
  new Promise((resolve, reject) => {
    const answered = new AbortController();
    client
      .waitForTask(taskId, {
        signal: abortSignal ? AbortSignal.any([abortSignal, answered.signal]) : answered.signal,
        timeoutMs: STATUS_TIME,
        onUpdate({ task }) {
          if (/^(COMPLETED|FAILED)$/.test(task?.status)) return;
          resolve();
          answered.abort();
        },
      })
      .then(resolve, error => (error?.code === "wait_timeout" ? resolve() : reject(error)));
  });

/** The warning about a missing video, for a caller who gets the others. */
const lost = ({ taskId, message }) => ({
  type: "other",
  message: `A video is missing${taskId ? ` (${taskId})` : ""}: ${message}`,
});

/** The request for the options of a call, and a warning about each option that the service does not have. */
const translate = (modelId, options) => {
  const { prompt, duration, aspectRatio, resolution, image, frameImages, inputReferences, webhookUrl } = options;
  const {
    callBackUrl = webhookUrl,
    pollIntervalMs,
    pollTimeoutMs,
    ...more
  } = options.providerOptions?.[PROVIDER] ?? {};
  const warnings = [];
  const unsupported = (feature, details) => warnings.push({ type: "unsupported", feature, details });
  for (const name of ["fps", "seed", "generateAudio"]) {
    if (options[name] != null) unsupported(name, "The service has no such setting.");
  }
  if (Object.keys(options.headers ?? {}).some(name => !/^(user-agent|idempotency-key)$/i.test(name))) {
    unsupported("headers", "Pass them to createSd2.");
  }

  const inputs = {};
  if (prompt !== undefined) inputs.prompt = prompt;
  if (duration !== undefined) inputs.duration = `${duration}s`;
  // A value that is not in the table stays, so that the validator refuses it.
  const shape = aspectRatio === "adaptive" ? undefined : (RESOLUTIONS[aspectRatio] ?? aspectRatio);
  if (resolution ?? shape) inputs.resolution = resolution ?? shape;
  if (resolution && shape && shape !== resolution) unsupported("aspectRatio", "The resolution decides.");

  const frame = type => frameImages?.find(({ frameType }) => frameType === type)?.image;
  const first = image ?? frame("first_frame");
  const last = frame("last_frame");
  if (inputReferences?.length) {
    inputs.videoInputMode = "reference";
    if (first) unsupported("image", "With inputReferences it becomes one of them.");
    for (const file of first ? [first, ...inputReferences] : inputReferences) {
      const list = listOf(file);
      inputs[list] = [...(inputs[list] ?? []), addressOf(file)];
    }
  } else if (last) {
    inputs.videoInputMode = "keyframe";
    // The validator refuses a missing first frame.
    inputs.urls = [addressOf(first), addressOf(last)];
  } else if (first) {
    inputs.urls = [addressOf(first)];
  }

  const request = { model: modelId, inputs: { ...inputs, ...more } };
  if (callBackUrl) request.callBackUrl = callBackUrl;
  for (const { severity, path, message } of validateRequest(request).issues) {
    if (severity === "warning") warnings.push({ type: "other", message: `${path.join(".")}: ${message}` });
  }
  return { request, wait: { pollIntervalMs, timeoutMs: pollTimeoutMs }, warnings };
};

/** The service accepts only URLs. For bytes, the validator's error says that they must be hosted first. */
const addressOf = file => file && (file.url ?? `data:${file.mediaType},`);

/** The list for a reference, by its media type or else by its file name. */
const listOf = ({ mediaType = "", url = "" }) => {
  const is = (type, names) => mediaType.startsWith(`${type}/`) || (!mediaType && names.test(url));
  if (is("video", /\.(mp4|m4v|mov|webm|mkv|avi)([?#]|$)/i)) return "videoUrls";
  if (is("audio", /\.(mp3|wav|m4a|aac|ogg|flac)([?#]|$)/i)) return "audioUrls";
  return "urls";
};
