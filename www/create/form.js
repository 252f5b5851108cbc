// The form of Create: reads the fields of the chosen mode, and shows their issues.

import { validateRequest } from "sd2-client";
import { byId } from "../element.js";
import { say } from "../text.js";
import { Note } from "./note.js";

/** A second press within this time is a double click. */
const TWICE_MS = 1000;
const NO_FILES = { rows: [], read: () => ({}), refresh() {} };

export class RequestForm {
  /** The request on the screen, valid or not. */
  request;
  /** The library's validation, adjusted by this page's own rules. */
  validation;
  /** Whether the user tried to create it: from then on every error is shown. */
  tried = false;
  #root = byId("form");
  #fields;
  #files = NO_FILES;
  #loadFiles;
  #loading;
  #reaches;
  #changed;
  #pressedAt = -Infinity;

  /**
   * `changed()` after each change, `created(request)` when a valid one is to be made; `loadFiles(form)` resolves to the files' part, and
   * `reaches()` to the origins whose files the service can open although they are on this machine.
   */
  constructor({ changed, created, loadFiles, reaches }) {
    this.#changed = changed;
    this.#loadFiles = loadFiles;
    this.#reaches = reaches;
    this.#fields = {
      prompt: field("prompt", byId("prompt"), say("hint.prompt")),
      callback: field("callback", byId("callback"), say("hint.callback")),
      form: field("form"),
    };
    for (const touchable of [this.#fields.prompt, this.#fields.callback]) {
      touchable.input.addEventListener("input", () => (touchable.touched = true));
    }
    const root = this.#root;
    root.addEventListener("input", () => this.refresh());
    // Enter in a field would submit the form. Only the button and its keys create: each costs money.
    root.addEventListener("submit", event => event.preventDefault());
    root.addEventListener("keydown", event => {
      if (event.key !== "Enter") return;
      const isButton = event.target === byId("create-video");
      if (event.repeat && isButton) event.preventDefault();
      if (!(event.ctrlKey || event.metaKey) || event.repeat) return;
      event.preventDefault();
      this.#create(created);
    });
    byId("create-video").addEventListener("click", ({ detail }) => {
      // The browser detects a double click, however late the second click is handled.
      if (detail < 2) this.#create(created);
    });
    this.#takeFiles();
  }

  get mode() {
    return this.#root.elements.mode.value;
  }

  /** The configuration that determines the price, even if the rest is not valid yet. */
  get configuration() {
    const { model, inputs } = this.request;
    const { duration, upscaleResolution } = inputs;
    return { model, duration, upscaleResolution, videoReference: Boolean(inputs.videoUrls?.length) };
  }

  /** Puts a whole request into the fields. */
  async fill({ model, inputs, callBackUrl }) {
    const { elements } = this.#root;
    elements.mode.value = inputs.videoInputMode ?? (inputs.urls ? "image" : "text");
    elements.model.value = model;
    elements.upscale.value = inputs.upscaleResolution ?? "none";
    if (inputs.duration) elements.duration.value = parseInt(inputs.duration);
    if (inputs.resolution) elements.resolution.value = inputs.resolution;
    elements.callBackUrl.value = callBackUrl ?? "";
    this.tried = false;
    await this.fillFiles(inputs);
  }

  /** Puts a prompt and files into the fields of the current mode. */
  async fillFiles({ prompt, ...inputs }) {
    this.#root.elements.prompt.value = prompt ?? "";
    this.refresh();
    if (!(await this.#needFiles())) return;
    this.#files.fill(this.mode, inputs);
    this.refresh();
  }

  /** Changes the configuration. */
  async configure(change) {
    const { elements } = this.#root;
    if ("model" in change) elements.model.value = change.model;
    if ("duration" in change) elements.duration.value = parseInt(change.duration);
    if ("upscaleResolution" in change) elements.upscale.value = change.upscaleResolution ?? "none";
    // The price changes when the user adds the reference video.
    if (change.videoReference) elements.mode.value = "reference";
    this.refresh();
    if (change.videoReference && (await this.#needFiles())) this.#files.expectVideo();
  }

  /** Reads everything again and shows it. */
  refresh() {
    const { mode } = this;
    this.#needFiles();
    for (const part of this.#root.querySelectorAll("[data-modes]")) {
      const applies = part.dataset.modes.split(" ").includes(mode);
      part.hidden = !applies;
      if (part instanceof HTMLFieldSetElement) part.disabled = !applies;
    }
    byId("files").hidden = mode === "text" || this.#files === NO_FILES;
    this.#files.refresh();
    const { elements } = this.#root;
    const { prompt, duration, resolution, model, upscale } = elements;
    const seconds = say("seconds", { n: Number(duration.value) });
    duration.setAttribute("aria-valuetext", seconds);
    byId("duration-value").textContent = seconds;
    const shape = this.#root.querySelector(`[name=resolution][value="${resolution.value}"]:enabled ~ .face .name`);
    const scaled = upscale.value === "none" ? "" : upscale.value.toUpperCase();
    byId("settings-line").textContent = [shape?.textContent, seconds, model.value, scaled].filter(Boolean).join(" · ");
    grow(prompt);

    const { request, places, media } = this.#read();
    this.request = request;
    this.validation = this.#check(request, media);
    this.#show(places);
    this.#changed(this);
  }

  #create(created) {
    const now = Date.now();
    if (now - this.#pressedAt < TWICE_MS) return;
    this.#pressedAt = now;
    this.tried = true;
    this.refresh();
    if (!this.validation.valid) return this.#focusFirstError();
    this.tried = false;
    created(this.request);
  }

  /** Accepts files that are dropped or pasted anywhere in the form. */
  #takeFiles() {
    this.#root.addEventListener("dragover", event => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    });
    const take = async (event, { files }) => {
      const given = [...files];
      if (!given.length) return;
      event.preventDefault();
      const { mode } = this.#root.elements;
      const isImage = given.length === 1 && given[0].type.startsWith("image/");
      if (mode.value === "text") mode.value = isImage ? "image" : "reference";
      this.refresh();
      if (await this.#needFiles()) this.#files.take(mode.value, given, event.target);
    };
    this.#root.addEventListener("drop", event => take(event, event.dataTransfer));
    this.#root.addEventListener("paste", event => take(event, event.clipboardData));
  }

  /** Whether the current mode has files, and their part is loaded. */
  async #needFiles() {
    if (this.mode === "text") return false;
    if (this.#files === NO_FILES) {
      // A second one would listen to the same buttons.
      this.#loading ??= this.#loadFiles(this).finally(() => (this.#loading = undefined));
      const files = await this.#loading;
      if (!files) return false;
      if (this.#files === NO_FILES) {
        this.#files = files;
        this.refresh();
      }
    }
    return true;
  }

  /** Reads the request, the field that each path comes from, and the facts of its files. */
  #read() {
    const { elements } = this.#root;
    const { mode } = this;
    const places = new Map();
    const media = {};
    const inputs = {};

    const prompt = elements.prompt.value.trim();
    places.set("inputs.prompt", this.#fields.prompt);
    if (prompt || mode === "text") inputs.prompt = prompt;
    if (mode === "reference") places.set("inputs", this.#files.references);
    for (const [name, rows] of Object.entries(this.#files.read(mode))) {
      places.set(`inputs.${name}`, this.#files.references);
      rows.forEach((row, index) => {
        places.set(`inputs.${name}.${index}`, row);
        if (row.facts) media[row.value] = row.facts;
      });
      inputs[name] = rows.map(row => row.value);
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

  #check(request, media) {
    const validation = validateRequest(request, { media });
    const origins = this.#reaches();
    const { urls = [], videoUrls = [], audioUrls = [] } = request.inputs;
    const isOwn = ({ code, path }) => {
      const url = { urls, videoUrls, audioUrls }[path[1]]?.[path[2]];
      return code === "unreachable_url" && origins.some(origin => url?.startsWith(`${origin}/`));
    };
    const issues = validation.issues
      .filter(issue => !isOwn(issue))
      // The service allows it, but a reference request without references is a mistake.
      .map(issue => (issue.code === "no_references" ? { ...issue, severity: "error" } : issue));
    // Until the files' part is loaded, the mode has no files.
    const isComplete = this.mode === "text" || this.#files !== NO_FILES;
    return { ...validation, issues, valid: isComplete && issues.every(({ severity }) => severity !== "error") };
  }

  #show(places) {
    const all = [...Object.values(this.#fields), this.#files.references, ...this.#files.rows];
    const found = new Map(all.filter(Boolean).map(field => [field, []]));
    for (const issue of this.validation.issues) {
      const field = places.get(issue.path.join(".")) ?? this.#fields.form;
      // An untouched field shows no error yet. Warnings always show.
      const isEarly = field.input?.value === "" && !field.touched && !this.tried;
      if (issue.severity === "warning" || !isEarly) found.get(field).push(issue);
    }
    for (const [field, issues] of found) {
      field.note.show(issues, field.input && (suggestion => this.#accept(field, suggestion)));
      const isInvalid = issues.some(issue => issue.severity === "error");
      field.input?.setAttribute("aria-invalid", String(isInvalid));
      if (isInvalid) field.input?.closest("details")?.setAttribute("open", "");
    }
  }

  #accept(field, suggestion) {
    field.input.value = suggestion;
    field.input.dispatchEvent(new Event("input", { bubbles: true }));
    field.input.focus();
  }

  #focusFirstError() {
    const invalid = [...this.#root.querySelectorAll('[aria-invalid="true"]')].find(input => !input.closest("[hidden]"));
    if (invalid?.closest("#settings")) showSettings(true);
    invalid?.focus();
  }
}

/** Makes it as high as its text, if CSS cannot do this. */
const grow = field => {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
};

const field = (id, input, hint) => ({ input, note: new Note(byId(`${id}-note`), hint), touched: false });

/** On a narrow page, the settings are closed until the user opens them. */
export const showSettings = isOpen => {
  byId("settings-toggle").setAttribute("aria-expanded", String(isOpen));
  byId("settings").classList.toggle("open", isOpen);
};
