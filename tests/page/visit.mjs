// A visit of the page: a sandbox and a browser for a file of tests, and a fresh start for each test.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../package/project.mjs";
import { startSandbox } from "../package/sandbox.mjs";
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
    await sandbox.reset();
    await person.open(`${sandbox.url}/icon.svg`);
    await person.ask(() => {
      localStorage.clear();
      sessionStorage.clear();
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

const load = async (hash = "") => {
  await person.open(`${sandbox.url}/${hash}`);
  await person.sees("credits", "#account-balance");
};

/** Opens the page at an address, as if for the first time. */
export const open = async hash => {
  // Another hash alone would not load the page again.
  await person.open("about:blank");
  await load(hash);
};

export const reload = async () => {
  await person.driver.navigate().refresh();
  await person.sees("credits", "#account-balance");
};

export const create = () => person.press("Create video");
export const prompt = text => person.fill("Prompt", text);
/** The newest card has the highest number. */
export const card = (number = 1) => `.jobs > li:nth-last-child(${number})`;
/** Waits until a card shows a text. */
export const job = (text, number) => person.sees(text, card(number));
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
  BROWSER !== "webkit" ||
  (await person.ask(() => document.createElement("video").canPlayType('video/mp4; codecs="avc1.42E01E"') !== ""));
if (!decodes) console.log("This browser has no decoder for H.264: whether videos play is not tested.");

/** Waits until a card's video is there and its time goes on. */
export const plays = (number = 1) =>
  person.until(
    (selector, decodes) => {
      const video = document.querySelector(`${selector} video`);
      if (video && !decodes) return video.src.endsWith(".mp4");
      if (video?.paused && video.readyState >= 2) video.play();
      return video?.currentTime > 0.1;
    },
    card(number),
    decodes,
  );

/** Lets no task end for the page until it is released, however slow this machine is. */
export const hold = () => sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
export const release = async () => {
  // All have ended by then: a young task that still runs would be left alone for a while.
  await sandbox.advance(120_000);
  await fetch(`${sandbox.url}/admin/faults`, { method: "DELETE" });
};
/** What the console says of that. */
export const HELD = /status of 503/;
