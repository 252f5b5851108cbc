// WebAssembly that traps during a call in Chromium and in workerd.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { resultOf, startChromium } from "../../support/chromium.mjs";
import { dist, project, write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { trapping } from "../../support/trapping.mjs";
import { bundle, startWorker } from "../../support/workerd.mjs";

write("broken/page.html", "");
writeFileSync(join(project, "broken", "trapping.wasm"), trapping());

/** The source of a function `program(baseUrl)`: the module traps during calls of all kinds, and new calls work. */
const program = `
const settled = (promise) => promise.then((value) => ({ value }), (error) => ({ error }));
const breaks = {
  "in a function": () => { try { parseCallback("{}"); } catch (error) { return { error }; } },
  "at the begin of a call": (client) => settled(client.getCredits()),
  "when an answer comes": async (client) => {
    const { now } = Date;
    Date.now = () => {
      Date.now = now;
      throw new WebAssembly.RuntimeError("unreachable");
    };
    return settled(client.queryTask("task_unknown"));
  },
};
const request = { model: "sd2", inputs: { prompt: "A cat" } };
const program = async (baseUrl) => {
  const told = {};
  for (const [when, break_] of Object.entries(breaks)) {
    let sent;
    const isSent = new Promise((done) => (sent = done));
    const clientOf = (hear) => new Sd2Client({
      apiKey: "sandbox-key",
      baseUrl,
      fetch: (...all) => {
        const answer = fetch(...all);
        hear?.();
        return answer;
      },
    });
    const client = clientOf();
    let created;
    const isCreated = new Promise((done) => (created = done));
    const paid = settled(client.generate(request, { onCreated: created, pollIntervalMs: 3_600_000 }));
    const taskId = await isCreated;
    await fetch(baseUrl.replace("api/v1", "admin/faults"), { method: "POST", body: '{"on":"createTask","kind":"hang"}' });
    // In flight during the trap.
    const creating = settled(clientOf(sent).createTask(request));
    await isSent;
    const broken = await break_(client);
    const errors = [broken, await paid, await creating].map(({ error }) => [Sd2Error.is(error), error.code, error.message, error.taskId ?? null]);
    const { total } = estimateCredits({ model: "sd2" });
    const { value: task, error } = await settled(client.waitForTask(taskId, { pollIntervalMs: 40 }));
    told[when] = { taskId, errors, total, status: task?.status, error: String(error) };
  }
  return told;
};`;

/** Checks the report of the program and the sandbox's ledger. */
const check = async (told, sandbox) => {
  assert.equal(Object.keys(told).length, 3);
  for (const [when, { taskId, errors, total, status, error }] of Object.entries(told)) {
    for (const [is, , message] of errors)
      assert.ok(is && /The WebAssembly stopped \(.+\)/.test(message), `${when}: ${message}`);
    assert.deepEqual(
      errors.map(([, code, , id]) => [code, id]),
      [
        ["not_initialized", null],
        ["not_initialized", taskId],
        ["outcome_unknown", null],
      ],
      when,
    );
    assert.match(errors[1][2], new RegExp(`${taskId} goes on`));
    assert.match(errors[2][2], /may have been created and charged/);
    assert.deepEqual([total, status], [200, "COMPLETED"], `${when}: ${error}`);
  }
  // Two creates each time, none of them repeated.
  assert.equal((await sandbox.ledger()).createRequests, 6);
};

const imports = "import { estimateCredits, init, parseCallback, Sd2Client, Sd2Error } from";

test("after a trap in Chromium new calls work, and no task is lost", async () => {
  const sandbox = await startSandbox("--www", join(project, "broken"), "--mount", `/package=${dist}`);
  write(
    "broken/page.html",
    `<!doctype html><link rel="icon" href="data:,"><script type="module">
      ${imports} "/package/slim.js";
      ${program}
      await init("/trapping.wasm");
      tell(await program(location.origin + "/api/v1"));
    </script>`,
  );
  await check(await resultOf(await startChromium(), `${sandbox.url}/page.html`), sandbox);
});

const worker = (name, answer) =>
  bundle(
    write(
      `broken/${name}.js`,
      `${imports} "sd2-client/slim";
       import module from "./trapping.wasm";
       ${answer}
       export default {
         async fetch(request) {
           try {
             await init(module);
             return Response.json(await answer(new URL(request.url).searchParams));
           } catch (error) {
             return Response.json({ code: error.code, message: String(error?.message ?? error), taskId: error.taskId }, { status: 500 });
           }
         },
       };`,
    ),
  );

const alone = await worker("alone", `${program} const answer = (search) => program(search.get("baseUrl"));`);
const together = await worker(
  "together",
  `let created = null;
   const answer = async (search) => {
     const client = new Sd2Client({ apiKey: "sandbox-key", baseUrl: search.get("baseUrl") });
     const onCreated = (taskId) => (created = taskId);
     if (search.has("created")) return created;
     if (search.has("make")) return client.generate({ model: "sd2", inputs: { prompt: "A cat" } }, { onCreated, pollIntervalMs: 3_600_000 });
     return search.has("break") ? parseCallback("{}") : client.waitForTask(search.get("wait"), { pollIntervalMs: 40 });
   };`,
);

for (const date of ["2022-11-30", "2026-04-01"]) {
  test(`after a trap in workerd with date ${date} new calls work, and no task is lost`, {
    timeout: 120_000,
  }, async () => {
    const sandbox = await startSandbox();
    const response = await startWorker(alone, date).dispatchFetch(
      `http://worker/?baseUrl=${encodeURIComponent(sandbox.baseUrl)}`,
    );
    const body = await response.text();
    assert.equal(response.status, 200, body);
    await check(JSON.parse(body), sandbox);
  });
}

// Before the compatibility date 2024-10-14, a promise that another request settles hangs in workerd.
test("a trap in one request to a Worker rejects the calls of others, and no task is lost", {
  timeout: 120_000,
}, async () => {
  const sandbox = await startSandbox();
  const workerd = startWorker(together, "2026-04-01");
  const ask = async what =>
    (await workerd.dispatchFetch(`http://worker/?${what}&baseUrl=${encodeURIComponent(sandbox.baseUrl)}`)).json();
  const making = ask("make");
  let taskId;
  while (!(taskId = await ask("created"))) await sleep(10);
  const broken = await ask("break");
  assert.deepEqual([broken.code, broken.taskId], ["not_initialized", undefined]);
  const made = await making;
  assert.deepEqual([made.code, made.taskId], ["not_initialized", taskId]);
  assert.match(made.message, /The WebAssembly stopped.*goes on/);
  assert.equal((await ask(`wait=${taskId}`)).status, "COMPLETED");
  assert.equal((await sandbox.ledger()).createRequests, 1);
});
