// The files of a request: the rows of each mode, and how files and URLs are added.

import { Note } from "../create/note.js";
import { byId } from "../element.js";
import { say } from "../text.js";
import { FileList } from "./list.js";
import { sample } from "./sample.js";

/** In reference mode: the list that each field of the request comes from, and the most files in it. */
const REFERENCES = {
  urls: { list: "images", kind: "image", limit: 9 },
  videoUrls: { list: "videos", kind: "video", limit: 3 },
  audioUrls: { list: "sounds", kind: "audio", limit: 3 },
};
const LIMIT = 12;
const SUFFIXES = { video: /\.(mp4|mov|webm|mkv|m4v)$/i, audio: /\.(mp3|wav|m4a|aac|flac|ogg|opus)$/i };

export class Files {
  /** The field that shows issues of the references as a whole. */
  references = { input: byId("add-url"), note: new Note(byId("references-note"), say("file.limits")), touched: false };
  #lists;
  #changed;

  /** `changed()` is called when a row changes. `connection` has the upload function. `fillSample(inputs)` puts a sample into the form. */
  constructor({ changed, connection, mode, fillSample }) {
    this.#changed = changed;
    const list = (id, kind, names) => new FileList(byId(id), kind, names, changed, () => connection.upload);
    this.#lists = {
      image: list("image-files", "image", [say("file.image")]),
      keyframe: list("frame-files", "image", [say("file.first"), say("file.last")]),
      images: list("reference-images", "image", number => say("file.images", { number })),
      videos: list("reference-videos", "video", number => say("file.videos", { number })),
      sounds: list("reference-audios", "audio", number => say("file.sounds", { number })),
    };
    for (const { list: name, kind } of Object.values(REFERENCES)) {
      byId(`add-${kind}`).addEventListener("click", () => {
        const row = this.#lists[name].add();
        changed();
        row.input.focus();
      });
    }
    const box = this.references.input;
    box.addEventListener("paste", event => {
      event.preventDefault();
      this.#paste(event.clipboardData.getData("text"));
    });
    box.addEventListener("change", () => box.value.trim() && this.#paste(box.value));
    const chooser = byId("add-files");
    const take = () => {
      this.take("reference", [...chooser.files]);
      chooser.value = "";
    };
    chooser.addEventListener("change", take);
    // The user may have been faster than this script.
    if (chooser.files.length) take();
    byId("sample").addEventListener("click", () => fillSample(sample(mode())));
  }

  /** The rows of each field of the request. In reference mode, only the filled ones. */
  read(mode) {
    if (mode !== "reference") return this.#lists[mode] ? { urls: this.#lists[mode].rows } : {};
    const fields = Object.entries(REFERENCES).map(([field, { list }]) => [
      field,
      this.#lists[list].rows.filter(row => row.value),
    ]);
    return Object.fromEntries(fields.filter(([, rows]) => rows.length));
  }

  get rows() {
    return Object.values(this.#lists).flatMap(list => list.rows);
  }

  /** Puts the files of a request into the rows of a mode. */
  fill(mode, inputs) {
    if (mode !== "reference") return this.#lists[mode]?.fill(inputs.urls ?? []);
    for (const [field, { list }] of Object.entries(REFERENCES)) this.#lists[list].fill(inputs[field] ?? []);
  }

  /** Adds an empty row for a reference video. */
  expectVideo() {
    if (!this.#lists.videos.rows.length) this.#lists.videos.add();
  }

  /** Adds files of this device to the row at `place`, or else to the first empty row, or to new rows. */
  take(mode, files, place) {
    const at = this.rows.find(row => row.element.contains(place));
    files.forEach((file, index) => {
      const row = (index === 0 && at) || this.#rowFor(mode, kindOf(file.type, file.name));
      row?.take(file);
    });
    this.#changed();
  }

  /** Shows how many references there are, and disables buttons at a limit. */
  refresh() {
    const counts = Object.values(REFERENCES).map(({ list }) => this.#lists[list].rows.length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    Object.values(REFERENCES).forEach(({ kind, limit }, index) => {
      byId(`add-${kind}`).disabled = counts[index] >= limit || total >= LIMIT;
    });
    byId("add-files").disabled = total >= LIMIT;
    const [images, videos, sounds] = counts;
    this.references.note.setHint(total ? say("file.counts", { images, videos, sounds }) : say("file.limits"));
  }

  #paste(text) {
    const words = text.trim().split(/\s+/);
    const addresses = words.filter(word => /^(https?|asset):\/\/./i.test(word));
    const box = this.references.input;
    box.value = addresses.length ? "" : text.trim();
    if (!addresses.length) this.references.note.setHint(say("file.notAddress"));
    for (const address of addresses) this.#add(address);
    if (addresses.length) this.#changed();
  }

  async #add(address) {
    const path = URL.canParse(address) ? new URL(address).pathname : address;
    const known = Object.keys(SUFFIXES).find(kind => SUFFIXES[kind].test(path));
    const row = this.#rowFor("reference", known ?? "image");
    if (row) row.value = address;
    else this.references.input.value = address;
  }

  #rowFor(mode, kind) {
    const empty = ({ rows }) => rows.find(row => !row.value && !row.isTaken);
    if (mode !== "reference") return empty(this.#lists[mode]) ?? this.#lists[mode].rows[0];
    const { list, kind: button } = Object.values(REFERENCES).find(reference => reference.kind === kind);
    this.refresh();
    return empty(this.#lists[list]) ?? (byId(`add-${button}`).disabled ? undefined : this.#lists[list].add());
  }
}

const kindOf = (type, name) =>
  ["video", "audio"].find(kind => type.startsWith(`${kind}/`) || SUFFIXES[kind].test(name)) ?? "image";
