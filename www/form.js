// The request as people think of it: reads the fields of the chosen mode, and shows what is wrong with them.

import { validateRequest } from "sd2-client";
import { FileList } from "./files.js";
import { Note } from "./note.js";
import { HINT } from "./text.js";

const find = (id) => document.getElementById(id);

export class RequestForm {
  /** The request on the screen, valid or not. */
  request;
  /** What the library says of it. */
  validation;
  #root = find("form");
  #fields;
  #files;
  #changed;
  /** Whether somebody tried to create it: from then on nothing is too early to be told. */
  tried = false;

  constructor({ sandbox, changed, created }) {
    this.#changed = changed;
    const refresh = () => this.refresh();
    this.#fields = {
      prompt: field("prompt", find("prompt"), sandbox ? HINT.promptSandbox : HINT.prompt),
      callback: field("callback", find("callback"), HINT.callback),
      references: field("references", find("add-image"), HINT.references),
      form: field("form"),
    };
    const list = (id, kind, names) => new FileList(find(id), kind, names, refresh);
    this.#files = {
      image: list("image-files", "image", ["Picture URL"]),
      keyframe: list("frame-files", "image", ["First frame URL", "Last frame URL"]),
      images: list("reference-images", "image", (index) => `Picture ${index + 1}`),
      videos: list("reference-videos", "video", (index) => `Clip ${index + 1}`),
      audios: list("reference-audios", "audio", (index) => `Sound ${index + 1}`),
    };
    for (const [button, name] of [["add-image", "images"], ["add-video", "videos"], ["add-audio", "audios"]]) {
      find(button).addEventListener("click", () => {
        const row = this.#files[name].add();
        this.refresh();
        row.input.focus();
      });
    }
    for (const touchable of [this.#fields.prompt, this.#fields.callback]) {
      touchable.input.addEventListener("input", () => (touchable.touched = true));
    }
    this.#root.addEventListener("input", refresh);
    this.#root.elements.prompt.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#root.requestSubmit();
    });
    this.#root.addEventListener("submit", (event) => {
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

  /** Fills in a prompt and the files of the current mode. */
  fill({ prompt, ...files }) {
    this.#root.elements.prompt.value = prompt;
    for (const [name, urls] of Object.entries(files)) this.#files[name].fill(urls);
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
    this.#root.elements.duration.setAttribute("aria-valuetext", `${seconds} seconds`);
    find("duration-value").textContent = `${seconds} seconds`;

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
      inputs[name] = rows.map((row) => row.value);
    };
    // A row that is still empty is no file yet; in a mode that needs it, it is a missing one.
    const filled = (list) => list.rows.filter((row) => row.value);

    const prompt = elements.prompt.value.trim();
    places.set("inputs.prompt", this.#fields.prompt);
    if (prompt || mode === "text") inputs.prompt = prompt;
    if (mode === "image") take("urls", this.#files.image.rows);
    if (mode === "keyframe") take("urls", this.#files.keyframe.rows);
    if (mode === "reference") {
      places.set("inputs", this.#fields.references);
      const lists = { urls: "images", videoUrls: "videos", audioUrls: "audios" };
      for (const [name, list] of Object.entries(lists)) {
        const rows = filled(this.#files[list]);
        if (rows.length) take(name, rows);
        places.set(`inputs.${name}`, this.#fields.references);
      }
    }
    inputs.duration = `${elements.duration.value}s`;
    if (mode === "text" || mode === "reference") inputs.resolution = elements.resolution.value;
    if (mode === "keyframe" || mode === "reference") inputs.videoInputMode = mode;
    if (elements.upscale.value) inputs.upscaleResolution = elements.upscale.value;

    const request = { model: elements.model.value, inputs };
    const callback = elements.callBackUrl.value.trim();
    places.set("callBackUrl", this.#fields.callback);
    if (callback) request.callBackUrl = callback;
    return { request, places, media };
  }

  #show(places) {
    const rows = Object.values(this.#files).flatMap((list) => list.rows);
    const found = new Map([...Object.values(this.#fields), ...rows].map((field) => [field, []]));
    for (const issue of this.validation.issues) {
      const field = places.get(issue.path.join(".")) ?? this.#fields.form;
      // Nobody is told of an error in a field before the first letter. A warning would otherwise never be seen.
      const isEarly = field.input?.value === "" && !field.touched && !this.tried;
      if (issue.severity === "warning" || !isEarly) found.get(field).push(issue);
    }
    for (const [field, issues] of found) {
      const isText = field.input?.matches("input, textarea");
      field.note.show(issues, isText && ((suggestion) => this.#accept(field, suggestion)));
      const isInvalid = issues.some((issue) => issue.severity === "error");
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
    (invalid.find((input) => !input.closest("[hidden]")) ?? this.#fields.references.input).focus();
  }
}

const field = (id, input, hint) => ({ input, note: new Note(find(`${id}-note`), hint), touched: false });
