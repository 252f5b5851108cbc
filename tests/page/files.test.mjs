// Files: the page probes the bytes of URLs and of dropped files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/project.mjs";
import { person, sandbox, sent, visit, watch } from "./visit.mjs";

const fixture = name => [...readFileSync(join(root, "tests/fixtures/media", name))];

/** Drops a file with these bytes on the first row of a kind. */
const drop = (kind, name, bytes) =>
  person.ask(
    (kind, name, bytes) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
      document
        .querySelector(`.file.${kind}`)
        .dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    kind,
    name,
    bytes,
  );

/** A WAV of 20 seconds. */
const long = () => {
  const bytes = new Uint8Array(44 + 20_000);
  bytes.set(
    Buffer.from(
      "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\xE8\x03\0\0\xE8\x03\0\0\x01\0\x08\0data\x20\x4E\0\0",
      "latin1",
    ),
  );
  return [...bytes];
};

visit("the page shows the duration of a dropped sound", async () => {
  await person.choose("References");
  await person.press("Add sound");
  await watch();
  await drop("audio", "song.wav", long());
  await person.sees("song.wav: 20 seconds, 0.1 MB. This file is too long: at most 15 seconds.", ".file.audio .note");
  assert.deepEqual(await sent(), []);
});

visit("the page shows the size of a dropped picture, even in a format that browsers cannot show", async () => {
  await person.choose("Image");
  await person.element(".file.image");
  await drop("image", "IMG_1.HEIC", fixture("heic-thumb.heic"));
  await person.sees(
    "IMG_1.HEIC: 641 × 427 pixels, 0.1 MB. That file is on your computer; the service needs a public URL. " +
      "The service may not be able to read HEIC; JPEG and PNG are safe.",
    ".file.image .note",
  );
});

visit("the page recognizes a dropped web page", async () => {
  await person.choose("Image");
  await person.element(".file.image");
  await drop("image", "photo.jpg", fixture("html-named.jpg"));
  await person.sees("photo.jpg: This is a web page, not a file.", ".file.image .note");
});

/** Answers for a host that is not there; its pictures cannot be loaded, as those of many formats. */
const host = files =>
  person.ask(files => {
    const { fetch } = window;
    window.fetch = (url, init) => {
      const { host, pathname } = new URL(url, location.href);
      return host === "files.example.com"
        ? Promise.resolve(new Response(Uint8Array.from(files[pathname])))
        : fetch(url, init);
    };
  }, files);

visit(
  "the page probes the file of a URL",
  async () => {
    await host({ "/a.heic": fixture("heic-thumb.heic"), "/b.jpg": fixture("html-named.jpg") });
    await person.choose("Image");
    await person.fill("Image URL", "https://files.example.com/a.heic");
    await person.sees("641 × 427 pixels. The service may not be able to read HEIC", ".file.image .note");
    await person.fill("Image URL", "https://files.example.com/b.jpg");
    await person.sees("This is a web page, not a file.", ".file.image .note");
  },
  /files\.example\.com/,
);

/** Pastes a text, or a file with these bytes, where the focus is. */
const paste = (selector, text, name, bytes) =>
  person.ask(
    (selector, text, name, bytes) => {
      const clipboardData = new DataTransfer();
      if (text) clipboardData.setData("text", text);
      else clipboardData.items.add(new File([Uint8Array.from(bytes)], name, { type: "image/heic" }));
      // Firefox's ClipboardEvent takes no files.
      const event = Object.assign(new Event("paste", { bubbles: true, cancelable: true }), { clipboardData });
      document.querySelector(selector).dispatchEvent(event);
    },
    selector,
    text,
    name,
    bytes,
  );

visit("a change of mode while the part for files is loading loads it once", async () => {
  await person.ask(() => {
    for (const mode of ["image", "reference"]) {
      const choice = document.querySelector(`[name=mode][value=${mode}]`);
      choice.checked = true;
      choice.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  await person.press("Add image");
  await person.element("#reference-images .file");
  assert.equal(await person.ask(() => document.querySelectorAll("#reference-images .file").length), 1);
});

visit(
  "pasted URLs become rows of their kinds, and no more than the limit can be added",
  async () => {
    await person.choose("References");
    await person.element("#add-url");
    await paste(
      "#add-url",
      "https://files.example.com/a.jpg https://files.example.com/b.mp4\nhttps://files.example.com/c.mp3",
    );
    for (const [list, file] of [
      ["reference-images", "a.jpg"],
      ["reference-videos", "b.mp4"],
      ["reference-audios", "c.mp3"],
    ])
      assert.deepEqual(
        await person.ask(id => [...document.querySelectorAll(`#${id} [type=text]`)].map(({ value }) => value), list),
        [`https://files.example.com/${file}`],
      );
    await person.sees("1 of 9 images, 1 of 3 videos, 1 of 3 sounds", "#references-note");
    await paste(
      "#add-url",
      Array.from({ length: 8 }, (_, index) => `https://files.example.com/${index}.jpg`).join(" "),
    );
    await person.sees("9 of 9 images", "#references-note");
    const disabled = () =>
      person.ask(() => ["image", "video", "audio"].map(kind => document.querySelector(`#add-${kind}`).disabled));
    assert.deepEqual(await disabled(), [true, false, false]);
    // Twelve in all: one more of any kind fills it.
    await person.press("Add video");
    assert.deepEqual(await disabled(), [true, true, true]);
    await person.press("Remove image 1");
    assert.deepEqual(await disabled(), [false, false, false]);
    await paste("#add-url", "no address");
    await person.sees("Paste an address that begins with https://", "#references-note");
  },
  /files\.example\.com/,
);

visit("an image that is pasted into the prompt becomes the first image", async () => {
  await paste("#prompt", "", "IMG_1.HEIC", fixture("heic-thumb.heic"));
  await person.sees("IMG_1.HEIC: 641 × 427 pixels, 0.1 MB. That file is on your computer", ".file.image .note");
  assert.ok(await person.ask(() => document.querySelector("[name=mode][value=image]").checked));
});

visit(
  "the page warns that the service cannot reach a loopback URL, but not if the service is the sandbox",
  async () => {
    await person.choose("Image");
    await person.fill("Image URL", `${sandbox.url}/samples/portrait.jpg`);
    await person.sees("540 × 960 pixels", ".file.image .note");
    assert.equal(await person.ask(() => document.querySelectorAll("#form .issue").length), 0);
    await person.fill("Image URL", "http://127.0.0.1:1/a.jpg");
    await person.sees("The service cannot reach 127.0.0.1", ".file.image .note");
  },
  /127\.0\.0\.1:1\//,
);
