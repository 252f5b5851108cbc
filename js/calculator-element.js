// <sd2-calculator> shows what a video costs. Importing this module registers the element.
// It creates its nodes one by one and uses a constructed style sheet, so that it works under the strictest CSP.
import { estimateCredits, priceTable } from "./prices.js";

const NAME = "sd2-calculator";

const STYLE = `
:host {
  --_accent: var(--sd2-accent, #0a6a5a);
  --_border: var(--sd2-border, color-mix(in srgb, currentColor 45%, transparent));
  --_muted: var(--sd2-muted, color-mix(in srgb, currentColor 72%, transparent));
  display: block;
  box-sizing: border-box;
  max-width: 26rem;
  padding: min(1.25rem, 6%);
  border: 1px solid var(--_border);
  border-radius: var(--sd2-radius, 0.75rem);
  background: var(--sd2-background, transparent);
  color: var(--sd2-color, inherit);
  font: var(--sd2-font, inherit);
}
:host([hidden]) { display: none; }
[part~="form"] { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 8em), 1fr)); gap: 1rem; overflow-wrap: break-word; }
[part~="form"] * { min-width: 0; }
[part~="field"] { display: grid; gap: 0.375rem; }
.wide { grid-column: 1 / -1; }
.line { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
[part~="label"] { font-size: 0.875em; font-weight: 600; }
[part~="value"] { font-size: 0.875em; }
select, input { accent-color: var(--_accent); font: inherit; }
select {
  width: 100%;
  min-height: 2.5em;
  padding: 0 0.25em;
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
[part~="details"] { margin: 0.25em 0 0; min-height: 1.5em; overflow-wrap: anywhere; }
[part~="error"] { color: inherit; }
`;

const TEXT = {
  model: "Model",
  duration: "Duration",
  upscale: "Upscale",
  reference: "With a reference video",
  none: "None",
  unit: " credits",
  seconds: duration => `${parseInt(duration)} seconds`,
  noPrice: "No price",
  unreadable: (name, text, [first, ...others]) =>
    `${name}="${text.slice(0, 40)}" must be ${first}${others[1] ? " to " : " or "}${others.at(-1)}.`,
  details: ({ base, videoReference, upscale, durationSeconds }) =>
    [
      `${durationSeconds} s × ${base / durationSeconds}`,
      videoReference && `reference ${videoReference}`,
      upscale && `upscale ${upscale}`,
    ]
      .filter(Boolean)
      .join(" + "),
};

// The values and defaults of each attribute, from the calculator.
let known;
const choices = () => {
  if (!known) {
    const rows = priceTable();
    const values = name => [...new Set(rows.map(row => row[name]))];
    const [model] = values("model");
    known = {
      values: { model: values("model"), duration: values("duration"), upscale: values("upscaleResolution") },
      defaults: { model, duration: `${estimateCredits({ model }).durationSeconds}s`, upscale: null },
    };
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

// On a server HTMLElement does not exist, but the import must not fail.
export class Sd2Calculator extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = ["model", "duration", "upscale", "video-reference"];
  #fields;

  get model() {
    return this.#read("model");
  }

  set model(value) {
    this.#write("model", value);
  }

  get duration() {
    return this.#read("duration");
  }

  set duration(value) {
    this.#write("duration", value);
  }

  get upscale() {
    return this.#read("upscale");
  }

  set upscale(value) {
    this.#write("upscale", value);
  }

  get videoReference() {
    return this.hasAttribute("video-reference");
  }

  set videoReference(value) {
    this.toggleAttribute("video-reference", Boolean(value));
  }

  get configuration() {
    const { model, duration, upscale, videoReference } = this;
    if (!model || !duration || upscale === undefined) return undefined;
    return { model, duration, videoReference, ...(upscale && { upscaleResolution: upscale }) };
  }

  get estimate() {
    const { configuration } = this;
    return configuration && estimateCredits(configuration);
  }

  connectedCallback() {
    // A property that a framework set before the element was registered would hide the accessor.
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

  /** The value of an attribute. Undefined if it is invalid, so that the element shows no wrong price. */
  #read(name) {
    const { values, defaults } = choices();
    const text = this.getAttribute(name)?.trim().toLowerCase();
    // A duration without its unit is accepted, too.
    return text ? values[name].find(value => value === text || value === `${text}s`) : defaults[name];
  }

  #write(name, value) {
    if (value == null || value === "") this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  #build() {
    const { model, duration, upscale } = choices().values;
    const seconds = duration.map(value => parseInt(value));
    const select = (id, values) => make("select", { id, part: "control" }, ...values.map(option));
    const fields = (this.#fields = {
      model: select("model", model),
      upscale: select("upscale", upscale),
      duration: make("input", { id: "duration", type: "range", part: "control", min: seconds[0], max: seconds.at(-1) }),
      reference: make("input", { id: "reference", type: "checkbox", part: "control" }),
      value: make("span", { part: "value", "aria-hidden": true }),
      total: make("span", { part: "total" }),
      unit: make("span", { part: "unit" }, TEXT.unit),
      details: make("p", { part: "details" }),
    });
    const label = id => make("label", { for: id, part: "label" }, TEXT[id]);
    const field = id => make("div", { part: "field" }, label(id), fields[id]);
    const length = make(
      "div",
      { part: "field", class: "wide" },
      make("div", { class: "line" }, label("duration"), fields.value),
      fields.duration,
    );
    const reference = make("div", { part: "field", class: "wide check" }, fields.reference, label("reference"));
    const result = make("output", { part: "result", class: "wide" }, fields.total, fields.unit, fields.details);
    const form = make("form", { part: "form" }, field("model"), field("upscale"), length, reference, result);
    form.addEventListener("input", ({ target }) => this.#copy(target));
    form.addEventListener("submit", event => event.preventDefault());
    // The change event of a field does not leave the shadow tree, so the element dispatches its own.
    form.addEventListener("change", () => {
      const { configuration, estimate } = this;
      if (!estimate) return;
      this.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: { configuration, estimate } }));
    });
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [style()];
    root.append(form);
  }

  // Copies a field to its attribute. An invalid attribute stays until the user changes its field.
  #copy(field) {
    if (field.id === "reference") this.videoReference = field.checked;
    else this[field.id] = field.id === "duration" ? `${field.value}s` : field.value;
  }

  #show() {
    const { values, defaults } = choices();
    const { model, upscale, duration, reference, value, total, unit, details } = this.#fields;
    const { estimate } = this;
    const problems = [];
    for (const name of ["model", "upscale", "duration"]) {
      const isUnreadable = this[name] === undefined;
      this.#fields[name].setAttribute("aria-invalid", isUnreadable);
      if (isUnreadable) problems.push(TEXT.unreadable(name, this.getAttribute(name), values[name].filter(Boolean)));
    }
    model.selectedIndex = values.model.indexOf(this.model);
    upscale.selectedIndex = values.upscale.indexOf(this.upscale);
    duration.value = parseInt(this.duration ?? defaults.duration);
    reference.checked = this.videoReference;
    value.textContent = this.duration ? TEXT.seconds(this.duration) : "?";
    duration.setAttribute("aria-valuetext", value.textContent);
    total.textContent = estimate ? numbers.format(estimate.total) : TEXT.noPrice;
    unit.hidden = !estimate;
    details.textContent = estimate ? TEXT.details(estimate) : problems.join(" ");
    details.part.toggle("error", !estimate);
  }
}

const option = value => {
  const name = /^\dk$/.test(value) ? value.toUpperCase() : value;
  return make("option", { value: value ?? "" }, name ?? TEXT.none);
};

// A page may load two copies of the package. The first one registers the element.
if (globalThis.customElements && !customElements.get(NAME)) customElements.define(NAME, Sd2Calculator);
