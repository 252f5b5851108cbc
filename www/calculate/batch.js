// Many requests at once: prices and issues of each, the sum, and all of it as a file.

import { validateRequest } from "sd2-client";
import { byId, html } from "../element.js";
import { say } from "../text.js";
import { writeCsv } from "./csv.js";
import { ADDED, cells, COLUMNS, readRequests } from "./requests.js";

/** A page stays quick with so many rows; the file has all. */
const SHOWN = 200;
const STILL_MS = 250;
const EXAMPLE = `model,prompt,duration,resolution,upscaleResolution,videoInputMode,urls,videoUrls
sd2,"A lighthouse at dawn, fog over a calm sea",8s,1280x720,4k,,,
sd2-fast,The light moves softly across her face,5s,,,,https://example.com/portrait.jpg,
sd2,From day into night without a cut,6s,,2k,keyframe,https://example.com/day.jpg https://example.com/night.jpg,
sd2,She walks in the rhythm of the clip,5s,720x1280,,reference,https://example.com/hero.jpg,https://example.com/motion.mp4
sd2-fast,,20,1280x720,2K,,,
`;

export class Batch {
  #field = byId("batch");
  #results = [];
  #timer;

  constructor() {
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#show(), STILL_MS);
    });
    byId("batch-example").addEventListener("click", () => this.#fill(EXAMPLE));
    byId("batch-download").addEventListener("click", () => this.#download());
    byId("batch-file").addEventListener("change", (event) => this.#read(event.target.files[0]));
    const drop = byId("batch-drop");
    drop.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      const [file] = event.dataTransfer.files;
      if (!file) return;
      event.preventDefault();
      this.#read(file);
    });
    this.#show();
  }

  async #read(file) {
    if (file) this.#fill(await file.text());
  }

  #fill(text) {
    this.#field.value = text;
    this.#show();
  }

  #show() {
    let requests = [];
    let wrong;
    try {
      requests = readRequests(this.#field.value);
      if (!requests) wrong = say("batch.noHeader");
    } catch (error) {
      wrong = error.message;
    }
    this.#results = wrong ? [] : requests.map((request) => ({ request, ...validateRequest(request) }));
    byId("batch-summary").textContent = wrong ? say("batch.unreadable", { reason: wrong }) : this.#summary();
    byId("batch-summary").classList.toggle("wrong", Boolean(wrong));
    byId("batch-download").disabled = this.#results.length === 0;
    byId("batch-results").hidden = this.#results.length === 0;
    this.#showTable();
  }

  #summary() {
    const results = this.#results;
    if (!results.length) return say("batch.empty");
    const total = results.reduce((sum, { credits }) => sum + (credits ?? 0), 0);
    const valid = results.filter((result) => result.valid).length;
    const sum = say("batch.sum", { n: results.length, valid, total });
    return results.length > SHOWN ? `${sum} ${say("batch.more", { n: SHOWN })}` : sum;
  }

  #showTable() {
    const head = ["number", "request", "credits"].map((name) =>
      html("th", { scope: "col", class: name === "credits" && "figure" }, say(`batch.${name}`)),
    );
    const rows = this.#results.slice(0, SHOWN).map(({ request, mode, valid, credits, issues }, index) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, say("plain", { n: index + 1 })),
        html(
          "td",
          {},
          html("span", { class: "batch-mode" }, mode ? say(`mode.${mode}`) : say("none")),
          html("p", {}, promptOf(request)),
          ...issues.map(line),
        ),
        html("td", { class: "figure" }, valid ? say("plain", { n: credits }) : say("none")),
      ),
    );
    byId("batch-table").replaceChildren(html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...rows));
  }

  #download() {
    const rows = this.#results.map(({ request, mode, credits, issues }, index) => [
      index + 1,
      mode,
      credits,
      ...cells(request),
      issues.map(words).join(" "),
    ]);
    const [number, mode, credits, issues] = ADDED;
    const text = writeCsv([[number, mode, credits, ...COLUMNS, issues], ...rows]);
    // The mark tells a spreadsheet that this is UTF-8.
    const url = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv" }));
    html("a", { href: url, download: say("batch.file") }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

const promptOf = (request) => (typeof request?.inputs?.prompt === "string" ? request.inputs.prompt : "");

const words = ({ severity, path, message }) => `${say(`severity.${severity}`)} ${path.join(".")}: ${message}`;

const line = ({ severity, path, message, suggestion }) => {
  const kind = html("span", { class: "visually-hidden" }, say(`severity.${severity}`), " ");
  const hint = suggestion === undefined ? "" : ` ${say("suggestion", { suggestion })}.`;
  return html("p", { class: `issue ${severity}` }, kind, html("code", {}, path.join(".")), ` ${message}${hint}`);
};
