// A program for every platform: it estimates, validates, makes a video, probes its file, and causes errors. Its report must be the same
// everywhere.
import assert from "node:assert/strict";

/** The source of a function `program(baseUrl)`, for a module that imports the package and, if possible, `probeMedia`. */
export const program = `
const program = async (baseUrl) => {
  const client = new Sd2Client({ apiKey: "sandbox-key", baseUrl });
  const request = { model: "sd2", inputs: { prompt: "A cat playing piano", resolution: "720x720" } };
  const price = estimateCredits(request).total;
  const { valid, issues } = validateRequest({ model: "sd2", inputs: { prompt: " " } });
  const events = [];
  const task = await client.generate(request, {
    pollIntervalMs: 40,
    onCreated: (taskId) => events.push(taskId),
    // Without a task, it waits for one of the account's slots.
    onUpdate: ({ task, progress }) => task && events.push(progress),
  });
  const { credits } = await client.getCredits();
  const refused = await client.queryTask("task_unknown").catch((error) => error);
  const controller = new AbortController();
  const aborted = client.generate(request, { signal: controller.signal, pollIntervalMs: 3_600_000 }).catch((error) => error);
  controller.abort("mine");
  return {
    price, valid, codes: issues.map(({ code }) => code), task, events, credits,
    refused: [refused instanceof Sd2Error, Sd2Error.is(refused), refused.code, refused.status],
    aborted: await aborted,
    media: typeof probeMedia === "function" ? await probeMedia(task.output[0].url) : undefined,
  };
};`;

/** Checks the report of the program. */
export const check = ({ price, valid, codes, task, events, credits, refused, aborted, media }) => {
  assert.deepEqual([price, valid, codes], [200, false, ["prompt_required"]]);
  assert.deepEqual([task.status, task.creditsUsed, task.output[0].width], ["COMPLETED", 200, 720]);
  assert.deepEqual([events[0], events.at(-1)], [task.taskId, 1]);
  assert.equal(credits % 200, 0);
  assert.deepEqual(refused, [true, true, "not_found", 404]);
  assert.equal(aborted, "mine");
  if (media) assert.deepEqual([media.mimeType, media.width, media.height], ["video/mp4", 720, 720]);
};
