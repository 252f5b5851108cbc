// The SDKs of the comparison: how to create a client, and its calls to create a task and to query it.

const PROMPT = "A cat playing piano";

const task = {
  taskId: "task_abc123",
  model: "sd2",
  status: "PROCESSING",
  creditsUsed: 200,
  output: null,
  error: null,
  createTime: 1711234567890,
  completeTime: null,
};
const prediction = {
  id: "prediction1",
  model: "owner/model",
  version: "v1",
  status: "processing",
  input: { prompt: PROMPT },
  output: null,
  error: null,
  created_at: "2026-11-01T00:00:00.000Z",
  urls: { get: "https://example.com/predictions/prediction1" },
};
const operation = { name: "models/veo-3/operations/operation1", metadata: { "@type": "x" }, done: false };
const queued = {
  request_id: "request1",
  status: "IN_PROGRESS",
  response_url: "https://example.com/requests/request1",
  queue_position: 0,
  logs: [],
};
const batch = {
  id: "batch_1",
  object: "batch",
  endpoint: "/v1/responses",
  input_file_id: "file_1",
  completion_window: "24h",
  status: "in_progress",
  created_at: 1711234567,
  completed_at: null,
  errors: null,
};

/** For each SDK: its module, the responses to a create and to a query, and a function that opens a client with both calls. */
export const sdks = {
  "sd2-client": {
    from: new URL("../dist/index.js", import.meta.url).href,
    answers: [{ taskId: task.taskId }, task],
    open({ Sd2Client }, fetch) {
      const client = new Sd2Client({ apiKey: "key", fetch });
      const request = { model: "sd2", inputs: { prompt: PROMPT, duration: "5s" } };
      return { create: () => client.createTask(request), query: () => client.queryTask(task.taskId) };
    },
  },
  replicate: {
    from: "replicate",
    answers: [prediction, prediction],
    open({ default: Replicate }, fetch) {
      const client = new Replicate({ auth: "key", fetch });
      return {
        create: () => client.predictions.create({ version: "v1", input: { prompt: PROMPT, duration: 5 } }),
        query: () => client.predictions.get(prediction.id),
      };
    },
  },
  "@google/genai": {
    from: "@google/genai",
    answers: [operation, operation],
    open({ GoogleGenAI, GenerateVideosOperation }, fetch) {
      // It has no option for `fetch`.
      if (fetch) globalThis.fetch = fetch;
      // Without `vertexai`, it has no videos.
      const client = new GoogleGenAI({ vertexai: true, apiKey: "key" });
      const known = Object.assign(new GenerateVideosOperation(), operation);
      return {
        create: () =>
          client.models.generateVideos({ model: "veo-3", source: { prompt: PROMPT }, config: { durationSeconds: 5 } }),
        query: () => client.operations.getVideosOperation({ operation: known }),
      };
    },
  },
  "@fal-ai/client": {
    from: "@fal-ai/client",
    answers: [queued, queued],
    open({ createFalClient }, fetch) {
      const client = createFalClient({ credentials: "key", ...(fetch && { fetch }) });
      return {
        create: () => client.queue.submit("owner/model", { input: { prompt: PROMPT, duration: 5 } }),
        query: () => client.queue.status("owner/model", { requestId: queued.request_id }),
      };
    },
  },
  openai: {
    from: "openai",
    answers: [batch, batch],
    open({ default: OpenAI }, fetch) {
      const client = new OpenAI({ apiKey: "key", fetch });
      // Its videos are created with forms, but a batch is created with JSON.
      const { completion_window, endpoint, input_file_id } = batch;
      return {
        create: () => client.batches.create({ completion_window, endpoint, input_file_id }),
        query: () => client.batches.retrieve(batch.id),
      };
    },
  },
};
