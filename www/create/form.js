// The request as people think of it: reads the fields of the chosen mode, and shows what is wrong with them.

import { validateRequest } from "sd2-client";
import { byId } from "../element.js";
import { say } from "../text.js";
import { FileList } from "./files.js";
import { Note } from "./note.js";

/** Which list of files each field of the request comes from, in the mode with references. */
const REFERENCES = { urls: "images", videoUrls: "videos", audioUrls: "audios" };

export class RequestForm {
  /** The request on the screen, valid or not. */
  request;
  /** What the library says of it. */
  validation;
  #root = byId("form");
  #fields;
  #files;
  #changed;
  /** Whether somebody tried to create it: from then on nothing is too early to be told. */
  tried = false;

  constructor({ changed, created }) {
    this.#changed = changed;
    const refresh = () => this.refresh();
    this.#fields = {
      prompt: field("prompt", byId("prompt"), say("hint.prompt")),
      callback: field("callback", byId("callback"), say("hint.callback")),
      references: field("references", byId("add-image"), say("hint.references")),
      form: field("form"),
    };
    const list = (id, kind, names) => new FileList(byId(id), kind, names, refresh);
    this.#files = {
      image: list("image-files", "image", [say("file.picture")]),
      keyframe: list("frame-files", "image", [say("file.first"), say("file.last")]),
      images: list("reference-images", "image", index => say("file.pictures", { number: index + 1 })),
      videos: list("reference-videos", "video", index => say("file.clips", { number: index + 1 })),
      audios: list("reference-audios", "audio", index => say("file.sounds", { number: index + 1 })),
    };
    for (const [button, name] of [
      ["add-image", "images"],
      ["add-video", "videos"],
      ["add-audio", "audios"],
    ]) {
      byId(button).addEventListener("click", () => {
        const row = this.#files[name].add();
        this.refresh();
        row.input.focus();
      });
    }
    for (const touchable of [this.#fields.prompt, this.#fields.callback]) {
      touchable.input.addEventListener("input", () => (touchable.touched = true));
    }
    this.#root.addEventListener("input", refresh);
    this.#root.elements.prompt.addEventListener("keydown", event => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#root.requestSubmit();
    });
    this.#root.addEventListener("submit", event => {
      event.preventDefault();
      this.tried = true;
      this.refresh();
      if (this.validation.valid) {
        this.tried = false;
        created(this.request);
      } else {
        this.#focusFirstError();
      }
    });
  }

  get mode() {
    return this.#root.elements.mode.value;
  }

  /** What the price depends on, also while the rest is not valid yet. */
  get configuration() {
    const { model, inputs } = this.request;
    const { duration, upscaleResolution } = inputs;
    return { model, duration, upscaleResolution, videoReference: Boolean(inputs.videoUrls?.length) };
  }

  /** Puts a whole request into the fields. */
  fill({ model, inputs, callBackUrl }) {
    const { elements } = this.#root;
    elements.mode.value = inputs.videoInputMode ?? (inputs.urls ? "image" : "text");
    elements.model.value = model;
    elements.upscale.value = inputs.upscaleResolution ?? "none";
    if (inputs.duration) elements.duration.value = parseInt(inputs.duration);
    if (inputs.resolution) elements.resolution.value = inputs.resolution;
    elements.callBackUrl.value = callBackUrl ?? "";
    this.tried = false;
    this.fillFiles(inputs);
  }

  /** Puts a prompt and files into the fields of the current mode. */
  fillFiles({ prompt, ...inputs }) {
    this.#root.elements.prompt.value = prompt ?? "";
    if (this.mode === "reference") {
      for (const [name, list] of Object.entries(REFERENCES)) this.#files[list].fill(inputs[name] ?? []);
    } else {
      this.#files[this.mode]?.fill(inputs.urls ?? []);
    }
    this.refresh();
  }

  /** Changes what the price depends on. */
  configure(change) {
    const { elements } = this.#root;
    if ("model" in change) elements.model.value = change.model;
    if ("duration" in change) elements.duration.value = parseInt(change.duration);
    if ("upscaleResolution" in change) elements.upscale.value = change.upscaleResolution ?? "none";
    if (change.videoReference) {
      // The clip itself is still to be named; the price follows when it is.
      elements.mode.value = "reference";
      if (!this.#files.videos.rows.length) this.#files.videos.add();
    }
    this.refresh();
  }

  /** Reads everything again and shows it. */
  refresh() {
    const { mode } = this;
    for (const part of this.#root.querySelectorAll("[data-modes]")) {
      const applies = part.dataset.modes.split(" ").includes(mode);
      part.hidden = !applies;
      if (part instanceof HTMLFieldSetElement) part.disabled = !applies;
    }
    const seconds = this.#root.elements.duration.value;
    const length = say("seconds", { n: Number(seconds) });
    this.#root.elements.duration.setAttribute("aria-valuetext", length);
    byId("duration-value").textContent = length;

    const { request, places, media } = this.#read();
    this.request = request;
    this.validation = validateRequest(request, { media });
    this.#show(places);
    this.#changed(this);
  }

  /** The request, which field each path of it comes from, and what is known of its files. */
  #read() {
    const { elements } = this.#root;
    const { mode } = this;
    const places = new Map();
    const media = {};
    const inputs = {};
    const take = (name, rows) => {
      rows.forEach((row, index) => {
        places.set(`inputs.${name}.${index}`, row);
        if (row.facts) media[row.value] = row.facts;
      });
      inputs[name] = rows.map(row => row.value);
    };
    // A row that is still empty is no file yet; in a mode that needs it, it is a missing one.
    const filled = list => list.rows.filter(row => row.value);

    const prompt = elements.prompt.value.trim();
    places.set("inputs.prompt", this.#fields.prompt);
    if (prompt || mode === "text") inputs.prompt = prompt;
    if (mode === "image") take("urls", this.#files.image.rows);
    if (mode === "keyframe") take("urls", this.#files.keyframe.rows);
    if (mode === "reference") {
      places.set("inputs", this.#fields.references);
      for (const [name, list] of Object.entries(REFERENCES)) {
        const rows = filled(this.#files[list]);
        if (rows.length) take(name, rows);
        places.set(`inputs.${name}`, this.#fields.references);
      }
    }
    inputs.duration = `${elements.duration.value}s`;
    if (mode === "text" || mode === "reference") inputs.resolution = elements.resolution.value;
    if (mode === "keyframe" || mode === "reference") inputs.videoInputMode = mode;
    if (elements.upscale.value !== "none") inputs.upscaleResolution = elements.upscale.value;

    const request = { model: elements.model.value, inputs };
    const callback = elements.callBackUrl.value.trim();
    places.set("callBackUrl", this.#fields.callback);
    if (callback) request.callBackUrl = callback;
    return { request, places, media };
  }

  #show(places) {
    const rows = Object.values(this.#files).flatMap(list => list.rows);
    const found = new Map([...Object.values(this.#fields), ...rows].map(field => [field, []]));
    for (const issue of this.validation.issues) {
      const field = places.get(issue.path.join(".")) ?? this.#fields.form;
      // Nobody is told of an error in a field before the first letter. A warning would otherwise never be seen.
      const isEarly = field.input?.value === "" && !field.touched && !this.tried;
      if (issue.severity === "warning" || !isEarly) found.get(field).push(issue);
    }
    for (const [field, issues] of found) {
      const isText = field.input?.matches("input, textarea");
      field.note.show(issues, isText && (suggestion => this.#accept(field, suggestion)));
      const isInvalid = issues.some(issue => issue.severity === "error");
      if (isText) field.input.setAttribute("aria-invalid", String(isInvalid));
      if (isInvalid) field.input?.closest("details")?.setAttribute("open", "");
    }
  }

  #accept(field, suggestion) {
    field.input.value = suggestion;
    field.input.dispatchEvent(new Event("input", { bubbles: true }));
    field.input.focus();
  }

  #focusFirstError() {
    const invalid = [...this.#root.querySelectorAll('[aria-invalid="true"]')];
    // Too many files have no field of their own.
    (invalid.find(input => !input.closest("[hidden]")) ?? this.#fields.references.input).focus();
  }
}

const field = (id, input, hint) => ({ input, note: new Note(byId(`${id}-note`), hint), touched: false });
