// The page in front of `sd2-client/gateway`, which keeps the key and the queue.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { load } from "../support/project.mjs";
import { fixture, memoryStore, photo, sound } from "../support/uploads.mjs";
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

const uploads = { store: memoryStore() };
/** What is asked of the gateway: the method and the path. */
const requests = [];

/** Opens the page as a gateway's link does, for a visitor to whom it grants this. */
const through = async (grant, run) => {
  const asked = [];
  const gateway = createGateway({
    apiKey: "sandbox-key",
    baseUrl: sandbox.baseUrl,
    origins: [sandbox.url],
    uploads,
    authorize: request => {
      asked.push(request.headers.get("authorization"));
      return { user: "ann", ...grant };
    },
  });
  const handle = toNodeHandler(gateway);
  const listener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    return handle(request, response);
  };
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  gateway.start();
  try {
    const link = `?gateway=http://127.0.0.1:${server.address().port}/api/sd2&sandbox`;
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

/** Drops a file with these bytes on a row. */
const drop = (row, name, bytes) =>
  person.ask(
    (row, name, text) => {
      const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], name));
      document
        .querySelector(row)
        .dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    row,
    name,
    Buffer.from(bytes).toString("base64"),
  );

/** Goes from the connection to the form, and chooses what to start from. */
const start = async from => {
  await person.press("Connect");
  await person.sees("sets you no budget", "#balance");
  await person.press("Create a video");
  await person.choose(from);
};

const IMAGE = ".file.image";
const REFERENCE = "#reference-images .file";

visit(
  "a photo of a phone goes up through a gateway, and a video is made of it",
  () =>
    through({}, async () => {
      await start("Image");
      await person.element(IMAGE);
      const heic = fixture("heic-still.heic");
      const jpeg = photo(3_000_000);
      for (const [name, bytes] of [
        ["IMG_1.HEIC", heic],
        ["IMG_2.JPG", jpeg],
      ]) {
        await drop(IMAGE, name, bytes);
        const url = await person.until(
          (row, end) => {
            const { value } = document.querySelector(`${row} [type=text]`);
            return value.endsWith(end) && value;
          },
          IMAGE,
          name.toLowerCase().slice(-4),
        );
        assert.deepEqual(new Uint8Array(await (await fetch(url)).arrayBuffer()), bytes);
      }
      await prompt("It moves");
      // The gateway's files are on this machine, and so is the sandbox.
      assert.equal(await person.ask(() => document.body.innerText.includes("cannot reach")), false);
      await create();
      await completed();
      const { tasks } = await ledger();
      assert.equal(tasks.length, 1);
    }),
  /status of 404/,
);

visit(
  "a clip of 20 s and a page that is named .jpg are refused before an upload begins",
  () =>
    through({}, async () => {
      await start("References");
      await person.press("Add sound");
      requests.length = 0;
      await drop(".file.audio", "song.wav", sound(20));
      await person.sees("This file is too long: at most 15 seconds.", ".file.audio .note");
      await person.press("Add image");
      await drop(REFERENCE, "photo.jpg", fixture("html-named.jpg"));
      await person.sees("This is a web page, not a file.", `${REFERENCE} .note`);
      assert.deepEqual(
        requests.filter(request => request.includes("/uploads")),
        [],
      );
    }),
  /status of 404/,
);

visit(
  "a file that leaves its row leaves the gateway, too",
  () =>
    through({}, async () => {
      await start("References");
      await person.press("Add image");
      const { names } = uploads.store;
      const before = names.size;
      const { put } = uploads.store;
      // The second part waits until the row is gone.
      let go;
      const gone = new Promise(done => (go = done));
      uploads.store.put = async (name, bytes) => {
        if (name.endsWith(".1")) await gone;
        return put(name, bytes);
      };
      await drop(REFERENCE, "photo.jpg", photo(5_000_000));
      await person.sees("Uploading: 21 %", `${REFERENCE} .note`);
      await person.press("Remove image 1");
      go();
      while (names.size > before || !requests.some(request => request.startsWith("DELETE"))) {
        await new Promise(done => setTimeout(done, 20));
      }
      uploads.store.put = put;
    }),
  /status of 404/,
);
