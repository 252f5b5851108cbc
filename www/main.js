// Connects the parts of the page.

import { init } from "sd2-client";
import { Connection, isLocal } from "./connect/connection.js";
import { showChips } from "./create/chips.js";
import { keepDraft } from "./create/draft.js";
import { RequestForm, showSettings } from "./create/form.js";
import { showPrice, showRates, showSavings } from "./create/price.js";
import { byId, html } from "./element.js";
import { learn, say } from "./text.js";
import { Views } from "./views.js";

/** Parts beyond the first view are loaded at the first interaction, so that they are available if the network fails later. */
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
/** Loads it as a document, because the page's policy forbids creating markup from text. */
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
  showSandbox();
};
const errors = () => loadPart("errors");
const connect = () => errors().then(() => loadPart("connect"));
const calculate = () => loadPart("calculate");
const code = () => loadPart("code");
const files = () => loadPart("files");
const jobs = () =>
  errors()
    .then(() => loadPart("queue"))
    .then(({ Queue }) => once("restored", () => restore(Queue)));
/** Creates the queue, and follows the tasks that earlier pages left running. */
const restore = async Queue => {
  queue = new Queue(listeners);
  await queue.restore();
  if (connection.balance) queue.resume(connection.client, connection.baseUrl);
  return queue;
};
/** Resolves to a part, or reports that it could not be loaded and resolves to `undefined`. */
const sure = async part => {
  const found = await part.catch(() => undefined);
  byId("unloaded").hidden = Boolean(found);
  if (!found) scrollTo(0, 0);
  return found;
};

let queue;
/** Why the last press sent nothing. The next change of the form clears it. */
let refusal = "";
const listeners = {
  announce: text => (byId("announcer").textContent = text),
  changed: job => connection.refreshAfter(job.client),
  queued: () => show(),
  connect: () => edit(),
  baseUrl: () => connection.baseUrl,
  client: credits => ready(credits),
  reuse: request => {
    form.fill(request);
    byId("prompt").focus();
  },
};

const form = new RequestForm({
  changed: () => {
    refusal = "";
    show();
  },
  created: async request => {
    const { mode, validation } = form;
    const client = ready(validation.credits);
    if (!client) return;
    const order = { request, mode, price: validation.credits, baseUrl: connection.baseUrl };
    (await sure(jobs()))?.start([order], client);
  },
  loadFiles: () =>
    sure(files()).then(
      part =>
        part &&
        new part.Files({
          changed: () => form.refresh(),
          connection,
          mode: () => form.mode,
          fillSample: inputs => form.fillFiles(inputs),
        }),
    ),
  reaches: () => connection.reaches,
});

const connection = new Connection({
  changed: () => {
    showSandbox();
    later.connect?.then(({ show }) => show());
    show();
  },
  connected: () => queue?.resume(connection.client, connection.baseUrl),
  logged: (event, client) => queue?.logged(event, client),
});

/** Credits free for another video, or `undefined` while the balance is not known. */
const free = () =>
  connection.balance &&
  connection.balance.availableCredits - (queue?.pending(connection.baseUrl, connection.askedAt) ?? 0);

/** Returns the client, or shows why nothing can be sent: offline, too few credits, an incomplete connection. */
function ready(credits) {
  const left = free();
  if (credits && !navigator.onLine) refusal = say("form.offline");
  else if (credits && left < credits) {
    refusal = say("form.short", { n: credits - left });
    // The balance may have grown.
    connection.check();
  } else {
    try {
      return connection.client;
    } catch {
      // Asking for the balance fails in the same way, and shows why.
      connection.check();
      edit();
    }
    return undefined;
  }
  listeners.announce(refusal);
  show();
  return undefined;
}

/** Opens Connect at the field that needs attention. */
async function edit() {
  await views.go("connect");
  (await sure(connect()))?.edit();
}

/** Whether earlier pages left videos. Without storage the queue loads at the first interaction. */
function hasVideos() {
  try {
    return localStorage.getItem("sd2-page-kept") !== null;
  } catch {
    return false;
  }
}

function showSandbox() {
  const isShown = connection?.kind === "sandbox" && isLocal;
  for (const part of document.querySelectorAll("[data-sandbox]")) part.hidden = !isShown;
}

function show() {
  // The connection may change before the form has a request.
  if (!form?.request) return;
  showChips();
  const { balance } = connection;
  const left = free();
  const queued = balance ? balance.availableCredits - left : 0;
  showPrice(form.configuration, balance?.availableCredits, queued);
  showSavings(form.configuration, left, change => {
    form.configure(change);
    // The button that was pressed may be gone.
    (byId("savings").querySelector("button") ?? byId("create-video")).focus();
  });
  const wrong = form.validation.issues.filter(issue => issue.severity === "error").length;
  const warnings = form.validation.issues.length - wrong;
  const isWrong = form.tried && wrong > 0;
  const keys = say("form.keys", { key: navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl" });
  const said =
    refusal || (isWrong && say("form.errors", { n: wrong })) || (warnings && say("form.warnings", { n: warnings }));
  const running = queue?.running ?? 0;
  byId("form-summary").textContent = said || (running ? say("form.running", { n: running }) : keys);
  byId("form-summary").classList.toggle("wrong", Boolean(refusal) || isWrong);
  byId("form-summary").classList.toggle("keys", !said && !running);
  // A gateway sells no credits.
  byId("buy").hidden = !(left < form.validation.credits) || connection.kind === "gateway";
}

const around = {
  connection,
  form,
  start: (orders, client) => jobs().then(made => made.start(orders, client)),
  ready,
  free,
};
const views = new Views({
  create: async state => {
    const { fromState } = state.size ? await load("./create/link.js") : {};
    const request = fromState?.(state);
    if (!request) return;
    history.replaceState(null, "", "#create");
    form.fill(request);
  },
  calculate: async state => (await calculate()).enter(state, around),
  code: async state => (await code()).enter(state, around),
  connect: async state => (await connect()).enter(state, around),
});

for (const event of ["pointermove", "pointerdown", "keydown"]) {
  // A part that fails to load now is loaded again when it is needed, and then reports a failure.
  addEventListener(
    event,
    () =>
      Promise.allSettled([
        jobs(),
        calculate(),
        code(),
        connect(),
        files(),
        load("./create/link.js"),
        load("./copy.js"),
      ]),
    { once: true },
  );
}
const showOffline = () => {
  byId("offline").hidden = navigator.onLine;
  document.documentElement.classList.toggle("offline", !navigator.onLine);
};
for (const event of ["online", "offline"]) addEventListener(event, showOffline);
for (const link of document.querySelectorAll(".skip")) {
  // Without a change of the address, which names the view.
  link.addEventListener("click", event => {
    event.preventDefault();
    byId("main").focus();
  });
}
byId("settings-toggle").addEventListener("click", ({ currentTarget }) =>
  showSettings(currentTarget.getAttribute("aria-expanded") === "false"),
);
byId("share").addEventListener("click", async ({ target }) => {
  const [{ toState }, { copy }] = await Promise.all([load("./create/link.js"), load("./copy.js")]);
  copy(target, new URL(`#create?${toState(form.request)}`, location.href).href, say("linked"));
});
try {
  await init("dist/sd2_client.wasm");
  showRates();
} catch (error) {
  // Nothing works without the WebAssembly, so show the reason.
  const { failure } = await errors().catch(() => ({}));
  byId("unstarted").replaceChildren(failure?.(error) ?? String(error.message));
  throw error;
}
showOffline();
form.refresh();
keepDraft(form);
views.show();
byId("unstarted").remove();
connection.start(false);
if (hasVideos()) {
  await jobs();
  if (queue.isWaiting && !connection.balance && !connection.isAsking) connection.start(true);
}
