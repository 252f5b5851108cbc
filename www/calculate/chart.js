// Credits against length, a line for each configuration: to be read, pointed at, and walked along with the arrow keys.

import { html, svg } from "../element.js";
import { number, say } from "../text.js";
import { DURATIONS, isSame, LINES, REFERENCES, TABLE, totalOf, wordsOf } from "./configuration.js";

const MARGIN = { top: 10, right: 72, bottom: 26, left: 40 };
const STEP = 300;
const HIGHEST = Math.ceil(Math.max(...TABLE.map((row) => row.total)) / STEP) * STEP;
/** Labels at the ends of lines keep this distance. */
const LABEL = 13;
/** Panels stand side by side from this width on. */
const WIDE = 720;

const [first, last] = [DURATIONS[0], DURATIONS.at(-1)].map((duration) => parseInt(duration));
/** From the cheapest to the dearest: up is more. */
const RANKED = LINES.toSorted((a, b) => totalOf(a, "10s") - totalOf(b, "10s"));

export class Chart {
  #root;
  #readout;
  #chosen;
  #configuration;
  #panels = [];
  #width = 0;

  /** `chosen(configuration)` when a point is chosen. */
  constructor(root, readout, chosen) {
    this.#root = root;
    this.#readout = readout;
    this.#chosen = chosen;
    new ResizeObserver(([{ contentRect }]) => this.#draw(contentRect.width)).observe(root);
  }

  /** Shows which point is chosen. */
  show(configuration) {
    this.#configuration = configuration;
    for (const panel of this.#panels) panel.show(configuration);
    this.#read(configuration);
  }

  #draw(width) {
    if (!width || width === this.#width) return;
    this.#width = width;
    const isFocused = this.#root.contains(document.activeElement);
    const size = width < WIDE ? { width, height: 300 } : { width: (width - 32) / 2, height: 360 };
    this.#panels = REFERENCES.map((videoReference) => new Panel(videoReference, size, {
      pointed: (configuration) => this.#read(configuration ?? this.#configuration),
      chosen: this.#chosen,
      walked: (event) => this.#walk(event),
    }));
    this.#root.replaceChildren(...this.#panels.map((panel) => panel.element));
    this.show(this.#configuration);
    if (isFocused) this.#focus();
  }

  #walk(event) {
    const { duration, ...line } = this.#configuration;
    const rank = RANKED.findIndex((other) => isSame(other, line));
    const place = DURATIONS.indexOf(duration);
    const places = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: DURATIONS.length - 1 };
    const ranks = { ArrowUp: rank + 1, ArrowDown: rank - 1 };
    if (!(event.key in places) && !(event.key in ranks)) return;
    event.preventDefault();
    const next = RANKED[ranks[event.key] ?? rank] ?? line;
    this.#chosen({ ...next, duration: DURATIONS[places[event.key] ?? place] ?? duration });
    this.#focus();
  }

  #focus() {
    this.#root.querySelector('[tabindex="0"]').focus();
  }

  #read(configuration) {
    const n = parseInt(configuration.duration);
    const credits = say("credits", { n: totalOf(configuration, configuration.duration) });
    this.#readout.textContent = say("chart.readout", { ...wordsOf(configuration), seconds: say("seconds", { n }), credits });
  }
}

/** The lines with a reference clip, or those without. */
class Panel {
  element;
  #lines;
  #x;
  #y;
  #series = new Map();
  #marks = { pointed: svg("circle", { class: "mark pointed", r: 5 }), chosen: svg("circle", { class: "mark chosen", r: 6 }) };
  #rule = svg("path", { class: "rule" });

  constructor(videoReference, { width, height }, { pointed, chosen, walked }) {
    this.#lines = LINES.filter((line) => line.videoReference === videoReference);
    this.#x = (seconds) => MARGIN.left + ((seconds - first) / (last - first)) * (width - MARGIN.left - MARGIN.right);
    this.#y = (credits) => height - MARGIN.bottom - (credits / HIGHEST) * (height - MARGIN.top - MARGIN.bottom);
    const title = say(`chart.panel.${videoReference ? "with" : "without"}`);
    const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": title, "aria-describedby": "chart-help" });
    drawing.append(this.#grid(width, height), this.#rule, ...this.#lines.map((line) => this.#draw(line)), this.#labels(width));
    drawing.append(this.#marks.chosen, this.#marks.pointed);
    const at = (event) => this.#nearest(event, drawing);
    drawing.addEventListener("pointermove", (event) => {
      const found = at(event);
      this.#mark("pointed", found);
      pointed(found);
    });
    drawing.addEventListener("pointerleave", () => {
      this.#mark("pointed", null);
      pointed(null);
    });
    drawing.addEventListener("click", (event) => chosen(at(event)));
    drawing.addEventListener("keydown", walked);
    this.element = html("figure", {}, html("figcaption", {}, title), drawing);
  }

  show(configuration) {
    const isHere = this.#lines.some((line) => isSame(line, configuration));
    this.#mark("chosen", isHere ? configuration : null);
    const x = this.#x(parseInt(configuration.duration));
    this.#rule.setAttribute("d", isHere ? `M${x} ${this.#y(0)}V${this.#y(HIGHEST)}` : "");
    const seconds = say("seconds", { n: parseInt(configuration.duration) });
    for (const [line, group] of this.#series) {
      const isChosen = isSame(line, configuration);
      const credits = say("credits", { n: totalOf(line, configuration.duration) });
      group.setAttribute("tabindex", isChosen ? 0 : -1);
      group.classList.toggle("chosen", isChosen);
      group.setAttribute("aria-valuenow", parseInt(configuration.duration));
      group.setAttribute("aria-valuetext", say("chart.point", { seconds, credits }));
    }
  }

  #draw(line) {
    const [from, to] = [first, last].map((seconds) => `${this.#x(seconds)} ${this.#y(totalOf(line, `${seconds}s`))}`);
    const group = svg(
      "g",
      {
        class: `line ${line.model} up-${line.upscaleResolution ?? "none"}`,
        role: "slider",
        "aria-label": say("chart.line", wordsOf(line)),
        "aria-valuemin": first,
        "aria-valuemax": last,
      },
      svg("path", { d: `M${from}L${to}` }),
    );
    this.#series.set(line, group);
    return group;
  }

  #grid(width, height) {
    const grid = svg("g", { class: "grid", "aria-hidden": "true" });
    for (let credits = 0; credits <= HIGHEST; credits += STEP) {
      const y = this.#y(credits);
      grid.append(svg("path", { d: `M${MARGIN.left} ${y}H${width - MARGIN.right}` }));
      grid.append(svg("text", { x: MARGIN.left - 8, y: y + 4, "text-anchor": "end" }, number(credits)));
    }
    for (let seconds = first; seconds <= last; seconds++) {
      grid.append(svg("text", { x: this.#x(seconds), y: height - 8, "text-anchor": "middle" }, String(seconds)));
    }
    grid.append(svg("text", { x: this.#x(last) + 10, y: height - 8 }, say("chart.axis")));
    return grid;
  }

  /** Each line has its name at its end; where the ends are close, the names make room for each other. */
  #labels(width) {
    const labels = svg("g", { class: "names", "aria-hidden": "true" });
    const ranked = this.#lines.toSorted((a, b) => totalOf(a, "15s") - totalOf(b, "15s"));
    let below = Infinity;
    for (const line of ranked) {
      const y = Math.min(this.#y(totalOf(line, `${last}s`)) + 4, below - LABEL);
      below = y;
      const upscale = line.upscaleResolution?.toUpperCase() ?? "";
      labels.append(svg("text", { x: width - MARGIN.right + 8, y, class: line.model }, `${line.model} ${upscale}`));
    }
    return labels;
  }

  #mark(name, configuration) {
    const mark = this.#marks[name];
    mark.classList.toggle("shown", Boolean(configuration));
    if (!configuration) return;
    mark.setAttribute("cx", this.#x(parseInt(configuration.duration)));
    mark.setAttribute("cy", this.#y(totalOf(configuration, configuration.duration)));
  }

  #nearest(event, drawing) {
    const box = drawing.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const closest = (list, distance) => list.reduce((best, next) => (distance(next) < distance(best) ? next : best));
    const duration = closest(DURATIONS, (name) => Math.abs(this.#x(parseInt(name)) - x));
    const line = closest(this.#lines, (other) => Math.abs(this.#y(totalOf(other, duration)) - y));
    return { ...line, duration };
  }
}
