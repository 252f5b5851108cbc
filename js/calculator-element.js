// <sd2-calculator>: what a video costs, as one element for any page. Importing this module registers it.
// It builds its tree node by node and shares one constructed style sheet, so that it works under the strictest policy.
import { estimateCredits, priceTable } from "./index.js";

const NAME = "sd2-calculator";

const STYLE = `
:host {
  --_accent: var(--sd2-accent, #0a6a5a);
  --_border: var(--sd2-border, color-mix(in srgb, currentColor 45%, transparent));
  --_muted: var(--sd2-muted, color-mix(in srgb, currentColor 72%, transparent));
  display: block;
  box-sizing: border-box;
  max-width: 26rem;
  padding: 1.25rem;
  border: 1px solid var(--_border);
  border-radius: var(--sd2-radius, 0.75rem);
  background: var(--sd2-background, transparent);
  color: var(--sd2-color, inherit);
  font: var(--sd2-font, inherit);
}
:host([hidden]) { display: none; }
[part~="form"] { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
[part~="field"] { display: grid; gap: 0.375rem; min-width: 0; }
.wide { grid-column: 1 / -1; }
.line { display: flex; justify-content: space-between; gap: 1rem; }
[part~="label"] { font-size: 0.875em; font-weight: 600; }
[part~="value"] { font-size: 0.875em; }
select, input { accent-color: var(--_accent); font: inherit; }
select {
  width: 100%;
  min-height: 2.5em;
  padding: 0 0.5em;
  border: 1px solid var(--_border);
  border-radius: calc(var(--sd2-radius, 0.75rem) * 0.6);
  background: var(--sd2-background, Field);
  color: inherit;
}
input[type="range"] { width: 100%; margin: 0; min-height: 1.5em; }
.check { grid-auto-flow: column; justify-content: start; align-items: center; gap: 0.5em; }
.check input { width: 1.125em; height: 1.125em; margin: 0; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
[part~="result"] { padding-top: 1rem; border-top: 1px solid var(--_border); font-variant-numeric: tabular-nums; }
[part~="total"] { font-size: 2em; font-weight: 650; line-height: 1.1; letter-spacing: -0.02em; }
[part~="unit"], [part~="details"] { color: var(--_muted); font-size: 0.875em; }
[part~="details"] { margin: 0.25em 0 0; min-height: 1.5em; }
`;

const TEXT = {
  model: "Model",
  duration: "Length",
  upscale: "Upscale",
  reference: "With a reference clip",
  none: "None",
  unit: " credits",
  seconds: (seconds) => `${seconds} seconds`,
  details: ({ base, videoReference, upscale, durationSeconds }) =>
    [
      `${durationSeconds} s × ${base / durationSeconds}`,
      videoReference && `clip ${videoReference}`,
      upscale && `upscale ${upscale}`,
    ]
      .filter(Boolean)
      .join(" + "),
};

// Which models, lengths and upscales there are: the library knows, from the first calculator on.
let known;
const options = () => {
  if (!known) {
    const rows = priceTable();
    const values = (name) => [...new Set(rows.map((row) => row[name]))];
    known = { model: values("model"), duration: values("duration"), upscale: values("upscaleResolution") };
  }
  return known;
};

let sheet;
const style = () => {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
};

const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
};

const numbers = new Intl.NumberFormat("en");

// On a server there are no elements, and the import must not fail there.
export class Sd2Calculator extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = ["model", "duration", "upscale", "video-reference"];
  #fields;

  get model() {
    return this.#known("model", this.getAttribute("model")) ?? options().model[0];
  }

  set model(value) {
    this.setAttribute("model", value);
  }

  get duration() {
    return this.#known("duration", this.getAttribute("duration")) ?? "5s";
  }

  set duration(value) {
    this.setAttribute("duration", value);
  }

  get upscale() {
    return this.#known("upscale", this.getAttribute("upscale")) ?? null;
  }

  set upscale(value) {
    if (value) this.setAttribute("upscale", value);
    else this.removeAttribute("upscale");
  }

  get videoReference() {
    return this.hasAttribute("video-reference");
  }

  set videoReference(value) {
    this.toggleAttribute("video-reference", Boolean(value));
  }

  get configuration() {
    const { model, duration, upscale, videoReference } = this;
    return { model, duration, videoReference, ...(upscale && { upscaleResolution: upscale }) };
  }

  get estimate() {
    return estimateCredits(this.configuration);
  }

  connectedCallback() {
    // What a framework set before this class was there would hide the accessors.
    for (const name of ["model", "duration", "upscale", "videoReference"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    if (!this.#fields) this.#build();
    this.#show();
  }

  attributeChangedCallback() {
    if (this.#fields) this.#show();
  }

  #known(name, value) {
    return options()[name].includes(value) ? value : undefined;
  }

  #build() {
    const { model, duration, upscale } = options();
    const seconds = duration.map((value) => parseInt(value));
    const select = (id, values) => make("select", { id, part: "control" }, ...values.map(option));
    const fields = (this.#fields = {
      model: select("model", model),
      upscale: select("upscale", upscale),
      duration: make("input", { id: "duration", type: "range", part: "control", min: seconds[0], max: seconds.at(-1) }),
      reference: make("input", { id: "reference", type: "checkbox", part: "control" }),
      value: make("span", { part: "value", "aria-hidden": true }),
      total: make("span", { part: "total" }),
      details: make("p", { part: "details" }),
    });
    const label = (id) => make("label", { for: id, part: "label" }, TEXT[id]);
    const field = (id) => make("div", { part: "field" }, label(id), fields[id]);
    const length = make("div", { part: "field", class: "wide" }, make("div", { class: "line" }, label("duration"), fields.value), fields.duration);
    const reference = make("div", { part: "field", class: "wide check" }, fields.reference, label("reference"));
    const result = make("output", { part: "result", class: "wide" }, fields.total, make("span", { part: "unit" }, TEXT.unit), fields.details);
    const form = make("form", { part: "form" }, field("model"), field("upscale"), length, reference, result);
    form.addEventListener("input", () => this.#take());
    form.addEventListener("submit", (event) => event.preventDefault());
    // That of the fields ends at the shadow's edge; as with any field, it comes when the choice is made.
    form.addEventListener("change", () => {
      const detail = { configuration: this.configuration, estimate: this.estimate };
      this.dispatchEvent(new CustomEvent("change", { bubbles: true, detail }));
    });
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [style()];
    root.append(form);
  }

  // What the fields say becomes the attributes, and they are shown.
  #take() {
    const { model, upscale, duration, reference } = this.#fields;
    const chosen = { model: model.value, upscale: upscale.value, duration: `${duration.value}s`, reference: reference.checked };
    this.model = chosen.model;
    this.duration = chosen.duration;
    this.upscale = chosen.upscale;
    this.videoReference = chosen.reference;
  }

  #show() {
    const { model, upscale, duration, reference, value, total, details } = this.#fields;
    const { estimate } = this;
    model.value = this.model;
    upscale.value = this.upscale ?? "";
    duration.value = estimate.durationSeconds;
    reference.checked = this.videoReference;
    value.textContent = TEXT.seconds(estimate.durationSeconds);
    duration.setAttribute("aria-valuetext", value.textContent);
    total.textContent = numbers.format(estimate.total);
    details.textContent = TEXT.details(estimate);
  }
}

const option = (value) => {
  const name = /^\dk$/.test(value) ? value.toUpperCase() : value;
  return make("option", { value: value ?? "" }, name ?? TEXT.none);
};

// A page may have two copies of the package; the first one stays.
if (globalThis.customElements && !customElements.get(NAME)) customElements.define(NAME, Sd2Calculator);
