// A list of files of one kind. Each is a URL with a small picture of the file.

import { Note } from "../create/note.js";
import { byId } from "../element.js";
import { say } from "../text.js";

/** A URL is probed after this pause in typing. */
const STILL_MS = 400;
const MEGABYTE = 1e6;
/** File types for the chooser, including some that browsers leave out of the wildcards. */
const ACCEPTED = { image: "image/*,.heic,.avif", video: "video/*,.mkv", audio: "audio/*" };

export class FileList {
  /** The rows, in order: each is a field with `value`, `input`, `note`, `touched`. */
  rows = [];
  #root;
  #kind;
  #names;
  #changed;
  #upload;

  /** `names`: the labels of fixed rows, or a function of the number for a growing list. `upload()` returns the upload function, if any. */
  constructor(root, kind, names, changed, upload) {
    this.#root = root;
    this.#kind = kind;
    this.#names = names;
    this.#changed = changed;
    this.#upload = upload;
    if (Array.isArray(names)) for (const name of names) this.#append(name);
  }

  add(value = "") {
    const row = this.#append(this.#names(this.rows.length + 1));
    row.value = value;
    return row;
  }

  /** Fills the rows, and adds rows as needed. */
  fill(values) {
    if (Array.isArray(this.#names)) {
      this.rows.forEach((row, index) => (row.value = values[index] ?? ""));
      return;
    }
    for (const row of this.rows) {
      row.leave();
      row.element.remove();
    }
    this.rows = [];
    for (const value of values) this.add(value);
  }

  #append(name) {
    const row = new FileRow(this.#kind, this.#changed, this.#upload);
    row.name = name;
    if (!Array.isArray(this.#names)) row.onRemove(() => this.#remove(row));
    this.rows.push(row);
    this.#root.append(row.element);
    return row;
  }

  #remove(row) {
    const index = this.rows.indexOf(row);
    this.rows.splice(index, 1);
    row.leave();
    row.element.remove();
    this.rows.forEach((other, position) => {
      other.name = this.#names(position + 1);
    });
    this.#changed();
    const next = this.rows[Math.min(index, this.rows.length - 1)]?.input;
    (next ?? byId(`add-${this.#kind}`)).focus();
  }
}

/** The warning about a file that the service may not read. */
const warning = facts => (facts?.format === "heic" ? ` ${say("file.heic")}` : "");

let ids = 0;

class FileRow {
  touched = false;
  /** The facts that were found about the file. */
  facts;
  /** Whether it has a file of this device. */
  isTaken = false;
  element;
  input;
  note;
  #kind;
  #changed;
  #upload;
  #timer;
  #looked = "";
  #preview;
  /** Ends the upload of its previous file. */
  #uploading;

  constructor(kind, changed, upload) {
    this.#kind = kind;
    this.#changed = changed;
    this.#upload = upload;
    this.element = byId("file-template").content.firstElementChild.cloneNode(true);
    this.element.classList.add(kind);
    const slot = this.element.querySelector(".note");
    this.input = this.element.querySelector(".file-line > input");
    this.input.id = `file-${++ids}`;
    slot.id = `${this.input.id}-note`;
    this.element.querySelector("label").htmlFor = this.input.id;
    this.input.setAttribute("aria-describedby", slot.id);
    this.note = new Note(slot, this.#hint);
    this.element.querySelector(".remove").hidden = true;
    this.input.addEventListener("input", () => {
      this.touched = true;
      this.#look(STILL_MS);
    });
    const choose = this.element.querySelector(".choose");
    choose.accept = ACCEPTED[kind];
    choose.addEventListener("change", () => {
      if (choose.files[0]) this.take(choose.files[0]);
      choose.value = "";
    });
  }

  get value() {
    return this.input.value.trim();
  }

  set value(value) {
    this.input.value = value;
    this.#look(0);
  }

  set name(name) {
    const label = name.toLowerCase();
    this.element.querySelector(".label").textContent = name;
    this.element.querySelector(".remove").setAttribute("aria-label", say("file.remove", { name: label }));
    this.element.querySelector(".choose").setAttribute("aria-label", say("file.choose", { name: label }));
  }

  get #hint() {
    return say(`file.paste.${this.#kind}`);
  }

  onRemove(remove) {
    const button = this.element.querySelector(".remove");
    button.hidden = false;
    button.addEventListener("click", remove);
  }

  /** Adds a file of this device: probes it, and uploads it if the connection has uploads, because the service accepts only URLs. */
  async take(file) {
    this.value = "";
    this.isTaken = true;
    const looked = (this.#looked = `file ${file.name}`);
    this.note.setHint(say("file.loading"));
    const found = await import("./probe.js").then(({ look }) => look(this.#kind, file)).catch(error => ({ error }));
    if (this.#looked !== looked) return;
    this.#picture(found.element, found.preview);
    const size = say("file.size", { n: Math.max(0.1, Math.round((file.size / MEGABYTE) * 10) / 10) });
    const said = found.error
      ? `${file.name}: ${found.error.message}`
      : [`${file.name}: ${found.words}, ${size}.`, ...found.issues.map(({ message }) => message)].join(" ");
    const upload = this.#upload();
    if (!upload) return this.note.setHint(`${said} ${say("file.local")}${warning(found.facts)}`);
    this.note.setHint(said);
    if (found.error || found.issues.some(({ severity }) => severity === "error")) return;
    const { signal } = (this.#uploading = new AbortController());
    const onProgress = ({ loaded, total }) =>
      this.note.setHint(say("file.uploading", { n: Math.round((100 * loaded) / total) }));
    try {
      const url = await upload(file, { signal, onProgress });
      this.#uploading = undefined;
      this.value = url;
    } catch (error) {
      if (signal.aborted) return;
      this.note.setHint(error.message);
    }
    this.#changed();
  }

  /** Ends an upload whose file is no longer in any row. */
  leave() {
    this.#uploading?.abort();
    this.#uploading = undefined;
  }

  #look(delay) {
    if (this.value === this.#looked) return;
    this.leave();
    this.#looked = this.value;
    this.isTaken = false;
    this.facts = undefined;
    clearTimeout(this.#timer);
    this.#picture(null);
    this.note.setHint(this.#hint);
    if (/^https?:\/\/[^/]/i.test(this.value)) this.#timer = setTimeout(() => this.#probe(this.value), delay);
  }

  async #probe(url) {
    this.note.setHint(say("file.loading"));
    const found = await import("./probe.js").then(({ probe }) => probe(this.#kind, url)).catch(error => ({ error }));
    if (this.#looked !== url) return;
    this.facts = found.facts;
    this.#picture(found.element);
    this.element.classList.toggle("heard", this.#kind === "audio" && !found.error);
    const problem = found.error?.code === "media_unsupported" ? found.error.message : say("file.unloadable");
    const doubt = warning(found.facts);
    this.note.setHint(found.words ? found.words + (doubt && `.${doubt}`) : problem);
    this.#changed();
  }

  #picture(element, preview) {
    if (this.#preview) URL.revokeObjectURL(this.#preview);
    this.#preview = preview;
    this.element.classList.remove("heard");
    this.element.querySelector(".thumb").replaceChildren(...(element ? [element] : []));
  }
}
