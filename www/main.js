// The page: connection, request and videos, and who tells whom.

import { Connection } from "./connection.js";
import { RequestForm } from "./form.js";
import { Jobs } from "./jobs.js";
import { showPrice, showRates } from "./price.js";
import { sample } from "./sample.js";
import { count } from "./text.js";

const find = (id) => document.getElementById(id);

const announce = (text) => {
  find("announcer").textContent = text;
};

const jobs = new Jobs({
  announce,
  changed: (job) => connection.refreshAfter(job.client),
  openConnection: () => connection.edit(),
});

const connection = new Connection({
  changed: () => show(form),
  logged: (event, client) => jobs.logged(event, client),
});

const form = new RequestForm({ sandbox: Connection.isSandbox, changed: show, created: create });

function show({ configuration, validation, tried }) {
  showPrice(configuration, connection.available);
  const errors = validation.issues.filter((issue) => issue.severity === "error").length;
  const warnings = validation.issues.length - errors;
  const ready = warnings ? `Ready, with ${count(warnings, "warning")}` : "Ready to create";
  find("form-summary").textContent = errors ? `${count(errors, "thing")} to complete first` : ready;
  find("form-summary").classList.toggle("wrong", tried && errors > 0);
}

function create(request) {
  let client;
  try {
    client = connection.client;
  } catch {
    // Asking for the balance fails in the same way, and shows why.
    connection.checkBalance();
    connection.edit();
    return;
  }
  jobs.start(request, form.mode, form.validation.credits, client);
}

for (const part of document.querySelectorAll("[data-sandbox]")) part.hidden = !Connection.isSandbox;
find("sample").addEventListener("click", () => form.fill(sample(form.mode)));
showRates();
form.refresh();
connection.start();
find("unstarted").remove();
