// Saves the history as a file: ids, prompts and URLs. It does not depend on this browser.

import { writeCsv } from "../calculate/csv.js";
import { say } from "../text.js";
import { download } from "./save.js";

const COLUMNS = [
  "number",
  "taskId",
  "state",
  "created",
  "model",
  "duration",
  "aspectRatio",
  "upscale",
  "mode",
  "credits",
  "prompt",
  "files",
  "videos",
];

const rowOf = ({ number, record, request, state, task, taskId }) => {
  const { inputs, model } = request;
  return {
    number,
    taskId: taskId ?? null,
    state,
    created: new Date(record.startedAt).toISOString(),
    model,
    duration: inputs.duration ?? null,
    aspectRatio: inputs.resolution ?? null,
    upscale: inputs.upscaleResolution ?? null,
    mode: record.mode ?? null,
    credits: task?.creditsUsed ?? record.price,
    prompt: inputs.prompt ?? null,
    files: [inputs.urls, inputs.videoUrls, inputs.audioUrls].flatMap(urls => urls ?? []),
    videos: task?.output.map(({ url }) => url) ?? [],
  };
};

export const exportJson = jobs => {
  const text = JSON.stringify(
    jobs.map(job => ({ ...rowOf(job), request: job.request })),
    null,
    2,
  );
  download(new Blob([text], { type: "application/json" }), say("export.json"));
};

export const exportCsv = jobs => {
  const rows = jobs
    .map(rowOf)
    .map(row => COLUMNS.map(name => (Array.isArray(row[name]) ? row[name].join(" ") : row[name])));
  // By the byte order mark, spreadsheets recognize UTF-8.
  download(new Blob(["\uFEFF", writeCsv([COLUMNS, ...rows])], { type: "text/csv" }), say("export.csv"));
};
