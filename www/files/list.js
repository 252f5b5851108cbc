// A list of addresses of files of one kind, each with a small picture of what is there.

import { byId } from "../element.js";
import { say } from "../text.js";
import { Note } from "./note.js";

/** An address is looked at when it has stood still for so long: nobody wants a request for each letter. */
const STILL_MS = 400;

export class FileList {
  /** The rows, in order: each is a field with `value`, `input`, `note`, `touched`. */
  rows = [];
  #root;
  #kind;
  #names;
  #changed;

  /** `names` are the labels of fixed rows; a function of the position makes a list that grows. */
  constructor(root, kind, names, changed) {
    this.#root = root;
    this.#kind = kind;
    this.#names = names;
    this.#changed = changed;
    if (Array.isArray(names)) for (const name of names) this.#append(name);
  }

  add(value = "") {
    const row = this.#append(this.#names(this.rows.length));
    row.value = value;
    return row;
  }

  /** Fills the rows, and makes as many as are needed. */
  fill(values) {
    if (Array.isArray(this.#names)) {
      this.rows.forEach((row, index) => (row.value = values[index] ?? ""));
      return;
    }
    for (const row of this.rows) row.element.remove();
    this.rows = [];
    for (const value of values) this.add(value);
  }

  #append(name) {
    const row = new FileRow(this.#kind, this.#changed);
    row.name = name;
    if (!Array.isArray(this.#names)) row.onRemove(() => this.#remove(row));
    this.rows.push(row);
    this.#root.append(row.element);
    return row;
  }

  #remove(row) {
    const index = this.rows.indexOf(row);
    this.rows.splice(index, 1);
    row.element.remove();
    this.rows.forEach((other, position) => {
      other.name = this.#names(position);
    });
    this.#changed();
    const next = this.rows[Math.min(index, this.rows.length - 1)]?.input;
    (next ?? byId(`add-${this.#kind}`)).focus();
  }
}

let ids = 0;

class FileRow {
  touched = false;
  /** What was found out about the file. */
  facts;
  element;
  input;
  note;
  #kind;
  #changed;
  #timer;
  #looked = "";

  constructor(kind, changed) {
    this.#kind = kind;
    this.#changed = changed;
    this.element = byId("file-template").content.firstElementChild.cloneNode(true);
    this.element.classList.add(kind);
    const slot = this.element.querySelector(".note");
    this.input = this.element.querySelector("input");
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
    this.element.addEventListener("dragover", event => event.preventDefault());
    this.element.addEventListener("drop", event => {
      const [file] = event.dataTransfer.files;
      if (!file) return;
      event.preventDefault();
      this.#drop(file);
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
    this.element.querySelector("label").textContent = name;
    this.element.querySelector(".remove").setAttribute("aria-label", say("file.remove", { name: name.toLowerCase() }));
  }

  onRemove(remove) {
    const button = this.element.querySelector(".remove");
    button.hidden = false;
    button.addEventListener("click", remove);
  }

  get #hint() {
    return say(this.#kind === "image" ? "hint.image" : "hint.clip");
  }

  #look(delay) {
    if (this.value === this.#looked) return;
    this.#looked = this.value;
    this.facts = undefined;
    clearTimeout(this.#timer);
    this.#picture(null);
    this.note.setHint(this.#hint);
    if (/^https?:\/\/[^/]/i.test(this.value)) this.#timer = setTimeout(() => this.#probe(this.value), delay);
  }

  async #probe(url) {
    this.note.setHint(say("hint.loading"));
    const found = await import("./probe.js").then(({ probe }) => probe(this.#kind, url)).catch(error => ({ error }));
    if (this.#looked !== url) return;
    this.facts = found.facts;
    this.#picture(found.element);
    this.element.classList.toggle("heard", this.#kind === "audio" && !found.error);
    this.note.setHint(
      found.words ?? (found.error?.code === "media_unsupported" ? found.error.message : say("hint.unloadable")),
    );
    this.#changed();
  }

  /** A file of this device: the service takes addresses only, but it is good to know before it is uploaded anywhere. */
  async #drop(file) {
    const { name } = file;
    this.note.setHint(say("hint.loading"));
    const found = await import("./probe.js").then(({ look }) => look(this.#kind, file)).catch(error => ({ error }));
    const said = found.error?.message ?? [`${found.words}.`, ...found.issues.map(({ message }) => message)].join(" ");
    this.note.setHint(say("hint.dropped", { name, said }));
  }

  #picture(element) {
    this.element.classList.remove("heard");
    this.element.querySelector(".thumb").replaceChildren(...(element ? [element] : []));
  }
}
