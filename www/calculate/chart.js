// A chart of credits against duration, with a line for each configuration. It can be used with a pointer and with the arrow keys.

import { html, svg } from "../element.js";
import { number, say } from "../text.js";
import { DURATIONS, isSame, LINES, REFERENCES, TABLE, totalOf, wordsOf } from "./configuration.js";

const STEP = 300;
const HIGHEST = Math.ceil(Math.max(...TABLE.map(row => row.total)) / STEP) * STEP;
/** All lengths are in em of the labels, so that a chart grows with the text. From this width on, panels are side by side. */
const WIDE = 60;
/** The least distance between labels at the ends of lines. */
const LABEL = 1.1;
/** The gap between a label and its line or axis. */
const GAP = 0.7;

const [first, last] = [DURATIONS[0], DURATIONS.at(-1)].map(duration => parseInt(duration));
/** From the cheapest to the most expensive. */
const RANKED = LINES.toSorted((a, b) => totalOf(a, "10s") - totalOf(b, "10s"));

export class Chart {
  #root;
  #readout;
  #chosen;
  #configuration;
  #panels = [];
  #width = 0;
  #em = 0;

  /** Calls `chosen(configuration)` when a point is chosen. */
  constructor(root, readout, chosen) {
    this.#root = root;
    this.#readout = readout;
    this.#chosen = chosen;
    new ResizeObserver(([{ contentRect }]) => this.#draw(contentRect.width)).observe(root);
  }

  /** Marks the chosen point. */
  show(configuration) {
    this.#configuration = configuration;
    for (const panel of this.#panels) panel.show(configuration);
    this.#read(configuration);
  }

  #draw(width) {
    const { fontSize, columnGap } = getComputedStyle(this.#root);
    const em = parseFloat(fontSize);
    if (!width || (width === this.#width && em === this.#em)) return;
    [this.#width, this.#em] = [width, em];
    const isFocused = this.#root.contains(document.activeElement);
    const isWide = width >= WIDE * em;
    const size = { em, height: (isWide ? 30 : 25) * em, width: isWide ? (width - parseFloat(columnGap)) / 2 : width };
    size.widest = texts => this.#widest(texts);
    this.#panels = REFERENCES.map(
      videoReference =>
        new Panel(videoReference, size, {
          pointed: configuration => this.#read(configuration ?? this.#configuration),
          chosen: this.#chosen,
          walked: event => this.#walk(event),
        }),
    );
    this.#root.replaceChildren(...this.#panels.map(panel => panel.element));
    this.show(this.#configuration);
    if (isFocused) this.#focus();
  }

  /** The width of the widest of these texts in the chart's font and spacing. */
  #widest(texts) {
    const labels = texts.map(text => svg("text", {}, text));
    const drawing = svg("svg", {}, ...labels);
    this.#root.append(drawing);
    const widths = labels.map(label => label.getComputedTextLength());
    drawing.remove();
    return Math.max(...widths);
  }

  #walk(event) {
    const { duration, ...line } = this.#configuration;
    const rank = RANKED.findIndex(other => isSame(other, line));
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
    this.#readout.textContent = say("chart.readout", {
      ...wordsOf(configuration),
      seconds: say("seconds", { n }),
      credits,
    });
  }
}

const STEPS = Array.from({ length: HIGHEST / STEP + 1 }, (_, index) => index * STEP);
const nameOf = ({ model, upscaleResolution }) => `${model} ${upscaleResolution?.toUpperCase() ?? ""}`;
const classOf = ({ model, upscaleResolution }) => `line ${model} up-${upscaleResolution ?? "none"}`;

/** The lines with a reference video, or those without. */
class Panel {
  element;
  #lines;
  #measures;
  #x;
  #y;
  #series = new Map();
  #marks = {
    pointed: svg("circle", { class: "mark pointed", r: 5 }),
    chosen: svg("circle", { class: "mark chosen", r: 6 }),
  };
  #rule = svg("path", { class: "rule" });

  constructor(videoReference, { em, width, height, widest }, { pointed, chosen, walked }) {
    this.#lines = LINES.filter(line => line.videoReference === videoReference);
    const tick = widest([String(last)]);
    const names = tick / 2 + GAP * em + widest([...this.#lines.map(nameOf), say("chart.axis")]);
    // If the names leave too little room for the lines, they are below the chart, like the name of the axis.
    const isNamed = names < width / 3;
    const margin = {
      top: em,
      right: isNamed ? names : tick,
      bottom: (isNamed ? 2.2 : 3.6) * em,
      left: widest(STEPS.map(number)) + GAP * em,
    };
    this.#measures = { em, width, tick, isNamed, ...margin };
    this.#x = seconds => margin.left + ((seconds - first) / (last - first)) * (width - margin.left - margin.right);
    this.#y = credits => height - margin.bottom - (credits / HIGHEST) * (height - margin.top - margin.bottom);
    const title = say(`chart.panel.${videoReference ? "with" : "without"}`);
    const drawing = svg("svg", {
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "group",
      "aria-label": title,
      "aria-describedby": "chart-help",
    });
    drawing.append(
      this.#grid(),
      this.#rule,
      ...this.#lines.map(line => this.#draw(line)),
      isNamed ? this.#labels() : "",
    );
    drawing.append(this.#marks.chosen, this.#marks.pointed);
    const at = event => this.#nearest(event, drawing);
    drawing.addEventListener("pointermove", event => {
      const found = at(event);
      this.#mark("pointed", found);
      pointed(found);
    });
    drawing.addEventListener("pointerleave", () => {
      this.#mark("pointed", null);
      pointed(null);
    });
    drawing.addEventListener("click", event => chosen(at(event)));
    drawing.addEventListener("keydown", walked);
    this.element = html("figure", {}, html("figcaption", {}, title), drawing, isNamed ? null : this.#legend());
  }

  show(configuration) {
    const isHere = this.#lines.some(line => isSame(line, configuration));
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
    const [from, to] = [first, last].map(seconds => `${this.#x(seconds)} ${this.#y(totalOf(line, `${seconds}s`))}`);
    const group = svg(
      "g",
      {
        class: classOf(line),
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

  #grid() {
    const { em, width, tick, isNamed, left, right } = this.#measures;
    const grid = svg("g", { class: "grid", "aria-hidden": "true" });
    for (const credits of STEPS) {
      const y = this.#y(credits);
      grid.append(svg("path", { d: `M${left} ${y}H${width - right}` }));
      grid.append(svg("text", { x: left - GAP * em, y: y + 0.35 * em, "text-anchor": "end" }, number(credits)));
    }
    const y = this.#y(0) + 1.6 * em;
    const every = Math.ceil((tick + GAP * em) / (this.#x(first + 1) - this.#x(first)));
    for (let seconds = first; seconds <= last; seconds += every) {
      grid.append(svg("text", { x: this.#x(seconds), y, "text-anchor": "middle" }, String(seconds)));
    }
    const axis = isNamed
      ? { x: this.#x(last) + tick / 2 + GAP * em, y }
      : { x: width, y: y + LABEL * em, "text-anchor": "end" };
    grid.append(svg("text", axis, say("chart.axis")));
    return grid;
  }

  /** Each line has its name at its end. If ends are close together, the names are moved apart. */
  #labels() {
    const { em, width, right } = this.#measures;
    const labels = svg("g", { class: "names", "aria-hidden": "true" });
    const ranked = this.#lines.toSorted((a, b) => totalOf(a, "15s") - totalOf(b, "15s"));
    let below = Infinity;
    for (const line of ranked) {
      const y = Math.min(this.#y(totalOf(line, `${last}s`)) + 0.35 * em, below - LABEL * em);
      below = y;
      labels.append(svg("text", { x: width - right + GAP * em, y, class: line.model }, nameOf(line)));
    }
    return labels;
  }

  #legend() {
    const sample = line =>
      svg("svg", { viewBox: "0 0 30 10" }, svg("g", { class: classOf(line) }, svg("path", { d: "M1 5H29" })));
    return html(
      "ul",
      { class: "legend", "aria-hidden": "true" },
      ...this.#lines.map(line => html("li", {}, sample(line), nameOf(line))),
    );
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
    const duration = closest(DURATIONS, name => Math.abs(this.#x(parseInt(name)) - x));
    const line = closest(this.#lines, other => Math.abs(this.#y(totalOf(other, duration)) - y));
    return { ...line, duration };
  }
}
