// Many requests at once: the prices and issues of each, the sum, and a download of all.

import { validateRequest } from "sd2-client";
import { wordsOf } from "../create/note.js";
import { byId, html } from "../element.js";
import { find, number, say } from "../text.js";
import { writeCsv } from "./csv.js";
import { decode } from "./encoding.js";
import { cells, COLUMNS, readRequests, WHOLE } from "./requests.js";

/** The most rows on the page, so that it stays fast. The file has all rows. */
const SHOWN = 200;
const STILL_MS = 250;
/** Columns that the download adds. When the file is read again, their first letter marks them as notes. */
const ADDED = { number: "#", mode: "# mode", credits: "# credits", issues: "# issues" };
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
  /** Warnings about the file that the text comes from. */
  #note;
  #timer;
  #others;

  constructor() {
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#note = undefined;
      this.#timer = setTimeout(() => this.#show(), STILL_MS);
    });
    byId("batch-example").addEventListener("click", () => this.#fill(EXAMPLE));
    byId("batch-download").addEventListener("click", () => this.#download());
    byId("batch-file").addEventListener("change", event => this.#read(event.target.files[0]));
    const drop = byId("batch-drop");
    drop.addEventListener("dragover", event => {
      event.preventDefault();
      drop.classList.add("over");
    });
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
    drop.addEventListener("drop", event => {
      const [file] = event.dataTransfer.files;
      if (!file) return;
      event.preventDefault();
      this.#read(file);
    });
    byId("batch-create").addEventListener("click", () => this.#confirm());
    this.#show();
  }

  /** Sets what "Create all" needs: `connection`, `ready(credits)`, `free()`, `start(orders, client)`. */
  enter(others) {
    this.#others = others;
  }

  async #read(file) {
    if (!file) return;
    const { text, note } = decode(new Uint8Array(await file.arrayBuffer()));
    this.#fill(text, note);
  }

  #fill(text, note) {
    clearTimeout(this.#timer);
    this.#field.value = text;
    this.#note = note;
    this.#show();
  }

  #show() {
    let read = { rows: [], notes: [] };
    let wrong;
    try {
      const found = readRequests(this.#field.value);
      if (found) read = found;
      else wrong = say("batch.noHeader");
    } catch (error) {
      wrong = error.message;
    }
    this.#results = read.rows.map(check);
    const file = this.#note ? [{ severity: "warning", code: this.#note }] : [];
    const problems = [...file, ...read.notes, ...this.#results.flatMap(result => result.problems)];
    byId("batch-problems").replaceChildren(...problems.slice(0, SHOWN).map(problem => line(said(problem))));
    byId("batch-problems").hidden = problems.length === 0;
    byId("batch-summary").textContent = wrong
      ? say("batch.unreadable", { reason: wrong })
      : this.#summary(problems.length);
    byId("batch-summary").classList.toggle("wrong", Boolean(wrong));
    byId("batch-download").disabled = this.#results.length === 0;
    byId("batch-results").hidden = this.#results.length === 0;
    const { length: n } = this.#valid;
    byId("batch-create").hidden = n === 0;
    byId("batch-create").textContent = say("batch.create", { n, credits: this.#price });
    this.#showTable();
  }

  get #valid() {
    return this.#results.filter(({ valid }) => valid);
  }

  get #total() {
    return this.#valid.reduce((sum, { credits }) => sum + credits, 0);
  }

  get #price() {
    return say("credits", { n: this.#total });
  }

  /** Asks for confirmation of the price, and creates all. */
  #confirm() {
    const { connection, free, ready, start } = this.#others;
    const left = free();
    const short = this.#total - left;
    const balance = number(left ?? 0);
    const n = this.#valid.length;
    byId("batch-confirm").textContent = say("batch.confirm", { n, credits: this.#price });
    const after =
      short > 0
        ? say("batch.short", { balance, n: short })
        : say("batch.after", { balance, left: number(-short || 0) });
    byId("batch-after").textContent = left === undefined ? say("batch.unknown") : after;
    byId("batch-sure").textContent = say("batch.create", { n, credits: this.#price });
    byId("batch-sure").disabled = short > 0;
    const dialog = byId("batch-dialog");
    dialog.returnValue = "";
    dialog.onclose = async () => {
      const client = dialog.returnValue && ready(this.#total);
      if (!client) return;
      const orders = this.#valid.map(({ request, mode, credits }) => ({
        request,
        mode,
        price: credits,
        baseUrl: connection.baseUrl,
      }));
      location.hash = "#create";
      await start(orders, client);
    };
    dialog.showModal();
  }

  #summary(problems) {
    const results = this.#results;
    if (!results.length) return say("batch.empty");
    const valid = this.#valid.length;
    const sentences = [say("batch.sum", { n: results.length, valid, total: this.#total })];
    const left = results.length - valid;
    if (left) sentences.push(say("batch.left", { n: left }));
    if (Math.max(results.length, problems) > SHOWN) sentences.push(say("batch.more", { n: SHOWN }));
    return sentences.join(" ");
  }

  #showTable() {
    const head = ["number", "request", "credits"].map(name =>
      html("th", { scope: "col", class: name === "credits" && "figure" }, say(`batch.${name}`)),
    );
    const rows = this.#results
      .slice(0, SHOWN)
      .map(({ request, mode, valid, credits, issues, problems }, index) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, say("plain", { n: index + 1 })),
          html(
            "td",
            {},
            html("span", { class: "batch-mode" }, mode ? say(`mode.${mode}`) : say("none")),
            html("p", {}, promptOf(request)),
            ...problems.map(problem => line(said(problem))),
            ...issues.map(line),
          ),
          html("td", { class: "figure" }, valid ? say("plain", { n: credits }) : say("none")),
        ),
      );
    byId("batch-table").replaceChildren(html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...rows));
  }

  #download() {
    const rows = this.#results.map(({ request, mode, valid, credits, problems, issues }, index) => {
      const found = [...problems.map(said), ...issues].map(words);
      // The sum of this column must be the total on the page.
      return [index + 1, mode, valid ? credits : "", ...cells(request), found.join(" ")];
    });
    const { number, mode, credits, issues } = ADDED;
    const text = writeCsv([[number, mode, credits, ...COLUMNS, WHOLE, issues], ...rows]);
    // By the byte order mark, spreadsheets recognize UTF-8.
    const url = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv" }));
    html("a", { href: url, download: say("batch.file") }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

const promptOf = request => (typeof request?.inputs?.prompt === "string" ? request.inputs.prompt : "");

/** The library's validation of a row. A row that was not read with certainty is never valid. */
const check = ({ request, mode: claimed, problems, line }) => {
  if (request === undefined) return { problems, issues: [], mode: null, credits: null, valid: false };
  const result = validateRequest(request);
  const differs = claimed && result.mode !== claimed;
  const all = differs ? [...problems, { severity: "error", code: "mode", line, claimed }] : problems;
  return {
    ...result,
    request,
    problems: all,
    valid: result.valid && all.every(({ severity }) => severity !== "error"),
  };
};

/** A problem of a row as an issue. */
const said = ({ severity, code, line: number, ...values }) => {
  const message = say(`batch.problem.${code}`, values);
  return { severity, path: [], message: number === undefined ? message : say("batch.line", { number, message }) };
};

const words = ({ severity, path, message }) =>
  `${say(`severity.${severity}`)} ${path.length ? `${path.join(".")}: ` : ""}${message}`;

const line = issue => {
  const { severity, path, suggestion } = issue;
  const kind = html("span", { class: "visually-hidden" }, say(`severity.${severity}`), " ");
  const hint = suggestion === undefined ? "" : ` ${say("suggestion", { suggestion })}.`;
  // The page has its own names for fields. Only the file has their API names.
  const place = path.slice(0, 2).join(".");
  const field = path.length ? [html("strong", {}, fieldOf(place)), " "] : [];
  const said = find(`batch.issue.${issue.code}`) ?? wordsOf(issue);
  return html("p", { class: `issue ${severity}` }, kind, ...field, `${said}${hint}`);
};

const fieldOf = place => {
  const fields = find("batch.field");
  return fields[place] ?? place;
};
