// The queue as a person sees it: errors, slots, reloads. In the browser that BROWSER names.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import {
  card,
  completed,
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

/** What the service answers, the code behind the details, its state, what happened, and the next step. */
const REFUSALS = [
  [
    { on: "createTask", kind: "status", status: 400, message: "The prompt is not allowed" },
    "invalid_request HTTP 400",
    "Not created",
    "“The prompt is not allowed”",
    "Correct the marked fields",
  ],
  [
    { on: "createTask", kind: "status", status: 401 },
    "unauthorized HTTP 401",
    "Not created",
    "The key is missing",
    "Enter another key",
  ],
  [
    { on: "createTask", kind: "status", status: 402 },
    "insufficient_credits HTTP 402",
    "Not created",
    "does not cover it",
    "shorter duration",
  ],
  [{ on: "createTask", kind: "status", status: 429, retryAfter: 1 }, "", "Waiting for a slot", "", "Stop following"],
  [
    { on: "createTask", kind: "status", status: 500 },
    "outcome_unknown HTTP 500",
    "Outcome unknown",
    "may have been created and charged",
    "before you create it anyway",
  ],
  [
    { on: "createTask", kind: "no_task_id" },
    "outcome_unknown",
    "Outcome unknown",
    "The answer was lost",
    "before you create it anyway",
  ],
  [
    { on: "queryTask", kind: "status", status: 403 },
    "forbidden HTTP 403",
    "Connection lost",
    "belongs to another account",
    "Use the key that it was created with",
  ],
];

visit(
  "the page explains each error of a video, with advice, and shows its code in the details",
  async () => {
    await prompt("A cat");
    for (const [index, [fault, code, ...texts]] of REFUSALS.entries()) {
      const number = index + 1;
      await sandbox.faults(fault);
      await create();
      for (const text of texts) await job(text, number);
      if (!code) {
        // What the service refused because the slots were taken elsewhere is the only one that is sent again by itself.
        await completed(number);
        continue;
      }
      assert.ok(
        !(await person.ask(selector => document.querySelector(selector).innerText, card(number))).includes(code),
      );
      await person.press("Details", card(number));
      await job(code, number);
    }
    const sent = REFUSALS.length + 1;
    assert.equal((await ledger()).createRequests, sent);
    // The last one was created, and is only asked for again; the fifth perhaps not, and is created when somebody says so.
    await person.press(`Follow again: Video ${REFUSALS.length}`);
    await completed(REFUSALS.length);
    assert.equal((await ledger()).createRequests, sent);
    await person.press("Create anyway: Video 5");
    await person.press("Send now: Video 5");
    await completed(5);
    assert.equal((await ledger()).createRequests, sent + 1);
  },
  /Failed to load resource/,
);

visit("the page shows why a video failed, and Try again makes another task", async () => {
  await prompt("A cat [fail: No cats today]");
  await create();
  await job("The service could not make the video");
  await job("“No cats today”");
  await person.press("Try again: Video 1");
  await person.press("Send now: Video 1");
  await person.until(async () => (await fetch("/admin/ledger").then(answer => answer.json())).tasksMade === 2);
  await job("“No cats today”");
  // And it can be put right.
  await prompt("Something else");
  await person.press("Reuse: Video 1");
  const field = await person.field("Prompt");
  assert.equal(await field.getProperty("value"), "A cat [fail: No cats today]");
});

visit(
  "a video that is no longer followed runs on, and can be followed again",
  async () => {
    await prompt("A cat");
    await hold();
    await create();
    await job("Pending");
    await person.press("Stop following: Video 1");
    await job("Not followed");
    await job("The service goes on");
    await release();
    await person.press("Follow again: Video 1");
    await plays();
    assert.equal((await ledger()).createRequests, 1);
  },
  HELD,
);

visit(
  "a fourth video waits for a slot, and can be cancelled before it is sent",
  async () => {
    await prompt("A cat");
    await hold();
    for (let i = 0; i < 4; i++) await create();
    await person.sees("1 waiting", "#waiting-title");
    await person.sees("3 of 3 running", "#slots");
    assert.equal(await person.ask(() => document.title), "(3) Create · sd2-client");
    await person.press("Cancel: Video 4");
    await job("Video 4 removed.", 4);
    await release();
    for (const number of [1, 2, 3]) await completed(number);
    assert.equal((await ledger()).createRequests, 3);
    assert.equal(await person.ask(() => document.title), "Create · sd2-client");
  },
  HELD,
);

visit(
  "after a reload, the page follows the running video",
  async () => {
    await prompt("A cat");
    await hold();
    await create();
    await job("Pending");
    await reload();
    await job("Checking");
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
    await person.element("#frame video");
    assert.equal(await person.ask(() => document.querySelector("video").autoplay), false);
    await plays();
    await person.press("Remove: Video 1", card());
    await reload();
    await person.ask(() => document.body.dispatchEvent(new Event("pointermove", { bubbles: true })));
    await person.element("#history-menu");
    assert.equal(await person.ask(() => document.querySelectorAll(".queue li").length), 0);
  },
  HELD,
);

visit(
  "a create during a reload has an unknown outcome, and is not repeated",
  async () => {
    await prompt("A cat");
    await sandbox.faults({ on: "createTask", kind: "hang", times: 3 });
    for (let i = 0; i < 4; i++) await create();
    await person.sees("1 waiting", "#waiting-title");
    await person.until(async () => (await fetch("/admin/ledger").then(answer => answer.json())).createRequests === 3);
    await reload();
    await job("Outcome unknown", 1);
    await job("could be paid twice", 1);
    await person.sees("1 video was not sent.", "#waiting-title");
    await person.ask(() => new Promise(done => setTimeout(done, 100)));
    assert.equal((await ledger()).createRequests, 3);
  },
  /status of 429/,
);

visit(
  "with a gateway that adds the key, the page makes a video without one, and follows it after a reload",
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
      await person.fill("Gateway URL", `http://127.0.0.1:${gateway.address().port}`);
      await person.press("Check the balance");
      await person.sees("5,000 credits available.", "#balance");
      await hold();
      await person.press("Create");
      await prompt("A cat");
      await create();
      await job("Pending");
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
  "a page does not follow the videos of another open page",
  async () => {
    await prompt("A cat");
    await hold();
    await create();
    await job("Pending");
    const first = await person.driver.getWindowHandle();
    await person.driver.switchTo().newWindow("tab");
    await open();
    assert.equal(await person.ask(() => document.querySelectorAll(".queue li").length), 0);
    await person.driver.close();
    await person.driver.switchTo().window(first);
  },
  HELD,
);
