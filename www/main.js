// The page: its views, and who tells whom.

import { Connection } from "./connect/connection.js";
import { RequestForm } from "./create/form.js";
import { showPrice, showRates, showSavings } from "./create/price.js";
import { sample } from "./create/sample.js";
import { byId, html } from "./element.js";
import { Queue } from "./queue/queue.js";
import { say } from "./text.js";
import { Views } from "./views.js";

const DRAFT = "sd2-page-draft";

const queue = new Queue({
  announce: (text) => (byId("announcer").textContent = text),
  changed: (job) => connection.refreshAfter(job.client),
  client: () => connected(),
  connect: () => connection.edit(),
  reuse: (request) => {
    form.fill(request);
    byId("prompt").focus();
  },
});

const form = new RequestForm({
  changed: () => show(),
  created: (request) => {
    const client = connected();
    const { mode, validation } = form;
    if (client) queue.start({ request, mode, price: validation.credits, baseUrl: connection.baseUrl }, client);
  },
});

const connection = new Connection({
  changed: () => show(),
  connected: () => queue.resume(connection.client, connection.baseUrl),
  logged: (event, client) => queue.logged(event, client),
});

/** The client, or nothing: then the connection says what is missing. */
function connected() {
  try {
    return connection.client;
  } catch {
    // Asking for the balance fails in the same way, and shows why.
    connection.check();
    connection.edit();
    return undefined;
  }
}

function show() {
  // Each of the two is made before the other, and shows itself when it is ready.
  if (!form?.request) return;
  showPrice(form.configuration, connection.balance?.availableCredits);
  showSavings(form.configuration, (change) => {
    form.configure(change);
    // The button that was pressed is gone.
    (byId("savings").querySelector("button") ?? byId("create-video")).focus();
  });
  const errors = form.validation.issues.filter((issue) => issue.severity === "error").length;
  const warnings = form.validation.issues.length - errors;
  const ready = warnings ? say("form.warnings", { n: warnings }) : say("form.ready");
  byId("form-summary").textContent = errors ? say("form.errors", { n: errors }) : ready;
  byId("form-summary").classList.toggle("wrong", form.tried && errors > 0);
}

/** The request on the screen outlives a reload of this tab. */
const draft = {
  keep() {
    try {
      sessionStorage.setItem(DRAFT, JSON.stringify(form.request));
    } catch {
      // No storage, no draft.
    }
  },
  recall() {
    try {
      const request = JSON.parse(sessionStorage.getItem(DRAFT));
      if (request) form.fill(request);
    } catch {
      // Not what this page wrote: the form stays as it is.
    }
  },
};

/** What the first view does not need comes when somebody begins to use the page, so that it is there when the network goes. */
const later = {};
const load = (view) => (later[view] ??= Promise.all([import(`./${view}/${view}.js`), style(view)]).then(([module]) => module));
const forget = (view) => () => delete later[view];
const style = (view) =>
  new Promise((resolve) => {
    const link = html("link", { rel: "stylesheet", href: `style/${view}.css`, onload: resolve, onerror: resolve });
    document.head.append(link);
  });
for (const event of ["pointermove", "pointerdown", "keydown"]) {
  addEventListener(event, () => ["calculate", "code"].forEach((view) => load(view).catch(forget(view))), { once: true });
}

const views = new Views({
  calculate: async (state) => (await load("calculate")).enter(state, { connection, form }),
  code: async () => (await load("code")).enter({ connection, form }),
});

for (const link of document.querySelectorAll(".skip")) {
  // Without a step in the address, which says what is shown.
  link.addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
}
byId("sample").addEventListener("click", () => form.fillFiles(sample(form.mode)));
addEventListener("pagehide", () => draft.keep());
showRates();
form.refresh();
draft.recall();
views.show();
byId("unstarted").remove();
await queue.restore();
connection.start();
