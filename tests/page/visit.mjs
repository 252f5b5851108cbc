// A visit of the page: a sandbox and a browser for a file of tests, and a fresh start for each test.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { BROWSER, startBrowser } from "./browser.mjs";

const folder = name => join(root, name);

export const sandbox = await startSandbox(
  ...["--www", folder("www")],
  ...["--mount", `/dist=${folder("dist")}`],
  ...["--mount", `/bare=${folder("tests/page")}`],
);
export const person = await startBrowser();

/** A test with a fresh sandbox and a fresh visitor; what the console complains of, other than `expected`, fails it. */
export const visit = (name, run, expected) =>
  test(name, { timeout: 300_000 }, async () => {
    // The page of the previous test may be about to send a create.
    await person.open(`${sandbox.url}/icon.svg`);
    await sandbox.reset();
    await person.ask(() => {
      localStorage.clear();
      sessionStorage.clear();
      return new Promise(done => {
        const request = indexedDB.deleteDatabase("sd2-page");
        request.onsuccess = request.onerror = request.onblocked = () => done();
      });
    });
    await load();
    await person.complaints();
    await run();
    const complaints = await person.complaints();
    assert.deepEqual(
      complaints.filter(complaint => !expected?.test(complaint)),
      [],
    );
  });

const load = async (hash = "", text = "credits") => {
  await person.open(`${sandbox.url}/${hash}`);
  await person.sees(text, "#account-balance");
};

/** Opens the page at an address, as if for the first time. */
export const open = async (hash, text) => {
  // Another hash alone would not load the page again.
  await person.open("about:blank");
  await load(hash, text);
};

export const reload = async (text = "credits") => {
  await person.driver.navigate().refresh();
  await person.sees(text, "#account-balance");
};

/** Presses the button; a second press too soon would be the half of a double click. */
export const press = async () => {
  await person.until(() => !(performance.now() - window.pressedAt < 1100));
  await person.press("Create video");
  await person.ask(() => (window.pressedAt = performance.now()));
};
/** Creates without waiting until the time to take it back is over. */
export const create = async () => {
  await press();
  await person.press("Send now", ".hold:last-child");
};
export const prompt = text => person.fill("Prompt", text);
/** What shows a video in the lists: a card while it runs, a line while it waits, a tile when it has ended. */
export const card = (number = 1) => `.queue li[data-number="${number}"]`;
/** What is said of a video on the stage. */
export const stage = (number = 1) => `.about-video[data-number="${number}"]`;
/** Waits until a card, or the stage, shows a text of a video. */
export const job = (text, number) => person.sees(text, `${card(number)}, ${stage(number)}`);
/** Waits until a video is completed. */
export const completed = (number = 1) => person.element(`.tile[data-number="${number}"][data-state=COMPLETED]`);
/** What the sandbox saw since the test began. */
export const ledger = () => sandbox.ledger();

/** Keeps what the page sends from here on; the ledger has all but the bodies. */
export const watch = () =>
  person.ask(() => {
    const { fetch } = window;
    window.sent = [];
    window.fetch = (url, init) => {
      if (init?.body) window.sent.push(JSON.parse(init.body));
      return fetch(url, init);
    };
  });
export const sent = () => person.ask(() => window.sent);

/** A WebKitGTK without the codec (gstreamer1.0-libav) can show no such video: there, that it is offered must do. */
export const decodes =
  BROWSER !== "webkitgtk" ||
  (await person.ask(() => document.createElement("video").canPlayType('video/mp4; codecs="avc1.42E01E"') !== ""));
if (!decodes) console.log("This browser has no decoder for H.264: whether videos play is not tested.");

/** Waits until a video is on the stage and its time goes on. */
export const plays = async (number = 1) => {
  await completed(number);
  await person.press(`Show Video ${number}`);
  return person.until(
    (number, decodes) => {
      const video = document.querySelector(`video[aria-label="Video ${number}"]`);
      if (video && !decodes) return video.src.endsWith(".mp4");
      if (video?.paused) video.play();
      return video?.currentTime > 0.1;
    },
    number,
    decodes,
  );
};

/** Lets no task end for the page until it is released, however slow this machine is. */
export const hold = () => sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
export const release = async () => {
  // All have ended by then: a young task that still runs would be left alone for a while.
  await sandbox.advance(120_000);
  await fetch(`${sandbox.url}/admin/faults`, { method: "DELETE" });
};
/** What the console says of that. */
export const HELD = /status of 503/;
