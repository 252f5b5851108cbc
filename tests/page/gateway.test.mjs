// The page in front of `sd2-client/gateway`, which keeps the key and the queue.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { load } from "../support/project.mjs";
import {
  card,
  completed,
  create,
  hold,
  job,
  ledger,
  open,
  person,
  prompt,
  release,
  reload,
  sandbox,
  visit,
} from "./visit.mjs";

const { createGateway, toNodeHandler } = await load("sd2-client/gateway");

/** Opens the page as a gateway's link does, for a visitor to whom it grants this. */
const through = async (grant, run) => {
  const asked = [];
  const gateway = createGateway({
    apiKey: "sandbox-key",
    baseUrl: sandbox.baseUrl,
    origins: [sandbox.url],
    authorize: request => {
      asked.push(request.headers.get("authorization"));
      return { user: "ann", ...grant };
    },
  });
  const server = createServer(toNodeHandler(gateway)).listen(0, "127.0.0.1");
  await once(server, "listening");
  gateway.start();
  try {
    const link = `?gateway=http://127.0.0.1:${server.address().port}/api/sd2`;
    await open(link, grant.budget ? "2,000 credits" : "No budget");
    await run();
    assert.deepEqual(new Set(asked), new Set([null]));
  } finally {
    server.closeAllConnections();
    server.close();
    await gateway.stop();
  }
};

visit("a video is made through a gateway with no key in the page, and the user's budget is the balance", () =>
  through({ budget: { credits: 2_000, per: "day" } }, async () => {
    await person.press("Connect");
    assert.equal(await person.ask(() => location.search), "");
    await person.sees("2,000 credits available.", "#balance");
    await person.press("Create a video");
    await prompt("A cat");
    await create();
    await completed();
    const { tasks } = await ledger();
    assert.deepEqual([tasks.length, tasks[0].prompt], [1, "A cat"]);
    // The next visit needs no link.
    await reload();
    await person.sees("1,800 credits", "#account-balance");
  }),
);

visit(
  "a video in a gateway's queue says its place, outlives the page, and can be cancelled",
  () =>
    through({ limits: { running: 1 } }, async () => {
      await person.press("Connect");
      await person.sees("sets you no budget", "#balance");
      await person.press("Create a video");
      await hold();
      for (const [number, text] of [
        [1, "A cat"],
        [2, "A dog"],
        [3, "A cow"],
      ]) {
        await prompt(text);
        await create();
        if (number > 1) await job(`Number ${number - 1} in the queue`, number);
      }
      await reload("No budget");
      await job("Number 2 in the queue", 3);
      await person.press("Cancel", card(2));
      await person.element(`.row[data-number="2"][data-state=unsent]`);
      await job("Number 1 in the queue", 3);
      await release();
      await completed(3);
      const { tasks } = await ledger();
      assert.deepEqual(
        tasks.map(task => task.prompt),
        ["A cat", "A cow"],
      );
    }),
  // There is no balance without a budget.
  /status of (404|503)/,
);
