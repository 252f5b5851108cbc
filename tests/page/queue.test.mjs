// The queue as a person sees it: errors, slots, reloads, in whichever browser BROWSER names.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import {
  card,
  create,
  HELD,
  hold,
  job,
  ledger,
  open,
  person,
  plays,
  prompt,
  release,
  reload,
  sandbox,
  visit,
} from "./visit.mjs";

/** What the service answers, the code that the card shows, its state, and the next step. */
const REFUSALS = [
  [
    { on: "createTask", kind: "status", status: 400, message: "The prompt is not allowed" },
    "invalid_request HTTP 400",
    "Not made",
    "Correct the fields",
  ],
  [{ on: "createTask", kind: "status", status: 401 }, "unauthorized HTTP 401", "Not made", "Enter another key"],
  [{ on: "createTask", kind: "status", status: 402 }, "insufficient_credits HTTP 402", "Not made", "shorter length"],
  [{ on: "createTask", kind: "status", status: 429, retryAfter: 1 }, "", "Waiting for a slot", "Stop waiting"],
  [
    { on: "createTask", kind: "status", status: 500 },
    "outcome_unknown HTTP 500",
    "Outcome unknown",
    "before you create it anyway",
  ],
  [{ on: "createTask", kind: "no_task_id" }, "outcome_unknown", "Outcome unknown", "before you create it anyway"],
  [
    { on: "queryTask", kind: "status", status: 403 },
    "forbidden HTTP 403",
    "Not followed",
    "Use the key that it was made with",
  ],
];

visit(
  "each error of a job has its code, its sentence and its next step",
  async () => {
    await prompt("A cat");
    for (const [index, [fault, code, state, step]] of REFUSALS.entries()) {
      await sandbox.faults(fault);
      await create();
      for (const text of [code, state, step]) await job(text, index + 1);
      // What the service refused because the slots were taken elsewhere is the only one that is sent again by itself.
      if (index === 3) await plays(4);
    }
    const sent = REFUSALS.length + 1;
    assert.equal((await ledger()).createRequests, sent);
    // The last one was made, and is only asked for again; the fifth perhaps not, and is made when somebody says so.
    await person.press(`Wait again: Video ${REFUSALS.length}`);
    await plays(REFUSALS.length);
    assert.equal((await ledger()).createRequests, sent);
    await person.press("Create it anyway: Video 5");
    await plays(5);
    assert.equal((await ledger()).createRequests, sent + 1);
  },
  /Failed to load resource/,
);

visit("a task that fails says why, and another try makes another task", async () => {
  await prompt("A cat [fail: No cats today]");
  await create();
  await job("task_failed");
  await job("No cats today");
  await person.press("Try again: Video 1");
  await person.until(selector => document.querySelector(`${selector} .job`).dataset.state !== "FAILED", card());
  await job("task_failed");
  await job("No cats today");
  assert.equal((await ledger()).tasksMade, 2);
  // And it can be put right.
  await prompt("Something else");
  await person.press("Reuse request: Video 1");
  const field = await person.field("Prompt");
  assert.equal(await field.getProperty("value"), "A cat [fail: No cats today]");
});

visit(
  "who stops waiting is told that the task goes on, and can wait again",
  async () => {
    await prompt("A cat");
    await hold();
    await create();
    await job("task_");
    await person.press("Stop waiting: Video 1");
    await job("Stopped waiting");
    await job("goes on at the service");
    await release();
    await person.press("Wait again: Video 1");
    await plays();
    assert.equal((await ledger()).createRequests, 1);
  },
  HELD,
);

visit(
  "a fourth video waits for a slot, and can be taken back before it is sent",
  async () => {
    await prompt("A cat");
    await hold();
    for (let i = 0; i < 4; i++) await create();
    await job("Waiting for a slot", 4);
    await person.sees("3 slots of 3 in use", "#slots");
    await person.press("Stop waiting: Video 4");
    await job("Nothing was sent", 4);
    await release();
    for (const number of [1, 2, 3]) await job("Completed", number);
    assert.equal((await ledger()).createRequests, 3);
    await person.press("Create it: Video 4");
    await job("Completed", 4);
    await person.press("Remove: Video 2");
    assert.equal(await person.ask(() => document.querySelectorAll(".job").length), 3);
  },
  HELD,
);

visit(
  "a reload goes on with the running job",
  async () => {
    await prompt("A cat");
    await hold();
    await create();
    await job("task_");
    await reload();
    await job("Asking for it");
    assert.equal(
      await (await person.field("Prompt")).getProperty("value"),
      "A cat",
      "the request is still on the screen",
    );
    await release();
    await plays();
    assert.equal((await ledger()).createRequests, 1);
    // What is done comes back, too, until somebody removes it.
    await reload();
    await person.element(`${card()} video`);
    assert.equal(await person.ask(() => document.querySelector("video").autoplay), false);
    await plays();
    await person.press("Remove: Video 1");
    await reload();
    assert.equal(await person.ask(() => document.querySelectorAll(".job").length), 0);
  },
  HELD,
);

visit(
  "a create that was on its way at a reload has an unknown outcome, and is not repeated",
  async () => {
    await prompt("A cat");
    await sandbox.faults({ on: "createTask", kind: "hang", times: 3 });
    await create();
    await create();
    await create();
    await create();
    await job("Waiting for a slot", 4);
    await person.until(async () => (await fetch("/admin/ledger").then(answer => answer.json())).createRequests === 3);
    await reload();
    await job("Outcome unknown", 1);
    await job("you could pay twice", 1);
    await job("Not sent", 4);
    await person.ask(() => new Promise(done => setTimeout(done, 100)));
    assert.equal((await ledger()).createRequests, 3);
  },
  /status of 429/,
);

visit(
  "through a gateway that adds the key, a video is made without one, and a reload goes on with it",
  async () => {
    const gateway = createServer(async (request, response) => {
      const chunks = await request.toArray();
      const headers = { Authorization: "Bearer sandbox-key", "Content-Type": "application/json" };
      const own = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Headers": "Content-Type",
        "Content-Type": "application/json",
      };
      if (request.method === "OPTIONS") return response.writeHead(204, own).end();
      assert.equal(request.headers.authorization, undefined);
      const body = chunks.length ? Buffer.concat(chunks) : undefined;
      const answer = await fetch(sandbox.baseUrl + request.url, { method: request.method, headers, body });
      response.writeHead(answer.status, own).end(await answer.text());
    }).listen(0, "127.0.0.1");
    try {
      await once(gateway, "listening");
      await person.press("Connect");
      await person.choose("Gateway");
      await person.fill("Base URL", `http://127.0.0.1:${gateway.address().port}`);
      await person.press("Check the balance");
      await person.sees("5,000 credits available", "#balance");
      await hold();
      await person.press("Create");
      await prompt("A cat");
      await create();
      await job("task_");
      await reload();
      await release();
      await plays();
      assert.equal((await ledger()).createRequests, 1);
    } finally {
      gateway.closeAllConnections();
      gateway.close();
    }
  },
  HELD,
);

visit(
  "the jobs of a page that lives are not those of another page",
  async () => {
    await prompt("A cat");
    await hold();
    await create();
    await job("task_");
    const first = await person.driver.getWindowHandle();
    await person.driver.switchTo().newWindow("tab");
    await open();
    assert.equal(await person.ask(() => document.querySelectorAll(".job").length), 0);
    await person.driver.close();
    await person.driver.switchTo().window(first);
  },
  HELD,
);
