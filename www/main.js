// The page: its views, and who tells whom.

import { Connection } from "./connect/connection.js";
import { keepDraft } from "./create/draft.js";
import { RequestForm } from "./create/form.js";
import { showPrice, showRates, showSavings } from "./create/price.js";
import { byId, html } from "./element.js";
import { hasAny } from "./queue/record.js";
import { learn, say } from "./text.js";
import { Views } from "./views.js";

/** What the first view does not need comes when somebody begins to use the page, so that it is there when the network goes. */
const later = {};
const once = (name, begin) => {
  later[name] ??= begin();
  later[name].catch(() => delete later[name]);
  return later[name];
};
const load = path => once(path, () => import(path));
/** A part of the page: its style, its document with markup and texts, then the script that uses them. */
const loadPart = name =>
  once(name, async () => {
    await Promise.all([once(`${name}.css`, () => style(name)), once(`${name}.html`, () => markup(name))]);
    return import(`./${name}/${name}.js`);
  });
const style = name =>
  new Promise((resolve, reject) => {
    document.head.append(
      html("link", { rel: "stylesheet", href: `style/${name}.css`, onload: resolve, onerror: reject }),
    );
  });
/** As a document, because the page's policy forbids to make markup out of text. */
const markup = async name => {
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.open("GET", `${name}/${name}.html`);
  await new Promise((resolve, reject) => {
    Object.assign(request, { onload: resolve, onerror: reject });
    request.send();
  });
  learn(request.response);
  (document.querySelector(`[data-part=${name}]`) ?? document.body).append(...request.response.body.children);
};
const calculate = () => loadPart("calculate");
const code = () => loadPart("code");
const files = () => Promise.all([load("./create/sample.js"), load("./create/probe.js")]);
const errors = () => loadPart("errors");
/** An error with its next step; if that cannot be loaded, in its own words. */
const explain = error =>
  errors().then(
    ({ failure }) => failure(error),
    () => String(error?.message ?? error),
  );
const jobs = () =>
  errors()
    .then(() => loadPart("queue"))
    .then(({ Queue }) => (queue ??= new Queue(listeners)));

let queue;
const listeners = {
  announce: text => (byId("announcer").textContent = text),
  changed: job => connection.refreshAfter(job.client),
  client: () => connected(),
  connect: () => connection.edit(),
  reuse: request => {
    form.fill(request);
    byId("prompt").focus();
  },
};

const form = new RequestForm({
  changed: () => show(),
  created: async request => {
    const client = connected();
    const { mode, validation } = form;
    if (!client) return;
    const order = { request, mode, price: validation.credits, baseUrl: connection.baseUrl };
    const list = await jobs().catch(() => undefined);
    byId("unloaded").hidden = Boolean(list);
    if (list) return list.start(order, client);
    // Nothing was sent: the script that would have done it could not be loaded.
    scrollTo(0, 0);
  },
});

const connection = new Connection({
  changed: () => show(),
  explain,
  connected: () => queue?.resume(connection.client, connection.baseUrl),
  logged: (event, client) => queue?.logged(event, client),
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
  // The connection is there before the form has a request.
  if (!form?.request) return;
  showPrice(form.configuration, connection.balance?.availableCredits);
  showSavings(form.configuration, change => {
    form.configure(change);
    // The button that was pressed is gone.
    (byId("savings").querySelector("button") ?? byId("create-video")).focus();
  });
  const wrong = form.validation.issues.filter(issue => issue.severity === "error").length;
  const warnings = form.validation.issues.length - wrong;
  const ready = warnings ? say("form.warnings", { n: warnings }) : say("form.ready");
  byId("form-summary").textContent = wrong ? say("form.errors", { n: wrong }) : ready;
  byId("form-summary").classList.toggle("wrong", form.tried && wrong > 0);
}

const views = new Views({
  calculate: async state => (await calculate()).enter(state, { connection, form }),
  code: async state => (await code()).enter(state, { connection, form }),
  connect: () => errors().catch(() => {}),
});

for (const event of ["pointermove", "pointerdown", "keydown"]) {
  // What cannot be loaded now is loaded when it is needed, and says so if that fails, too.
  addEventListener(event, () => Promise.allSettled([jobs(), calculate(), code(), files()]), { once: true });
}
for (const link of document.querySelectorAll(".skip")) {
  // Without a step in the address, which says what is shown.
  link.addEventListener("click", event => {
    event.preventDefault();
    byId("main").focus();
  });
}
byId("sample").addEventListener("click", async () => {
  const { sample } = await load("./create/sample.js");
  form.fillFiles(sample(form.mode));
});
try {
  showRates();
} catch (error) {
  // Without the WebAssembly nothing here works. What is said at the foot of the page then knows more.
  byId("unstarted").replaceChildren(await explain(error));
  throw error;
}
form.refresh();
keepDraft(form);
views.show();
byId("unstarted").remove();
if (hasAny()) await (await jobs()).restore();
connection.start(Boolean(queue?.isWaiting));
