// The page: its views, and who tells whom.

import { init } from "sd2-client";
import { Connection, isLocal } from "./connect/connection.js";
import { showChips } from "./create/chips.js";
import { keepDraft } from "./create/draft.js";
import { RequestForm, showSettings } from "./create/form.js";
import { showPrice, showRates, showSavings } from "./create/price.js";
import { byId, html } from "./element.js";
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
/** The queue with what earlier pages left; what they left running goes on. */
const restore = async Queue => {
  queue = new Queue(listeners);
  await queue.restore();
  if (connection.balance) queue.resume(connection.client, connection.baseUrl);
  return queue;
};
/** A part, or nothing; then it is said that it could not be loaded. */
const sure = async part => {
  const found = await part.catch(() => undefined);
  byId("unloaded").hidden = Boolean(found);
  if (!found) scrollTo(0, 0);
  return found;
};

let queue;
/** Why the last press of the button sent nothing, until something else is on the screen. */
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

/** Credits that are there for another video, or nothing while the balance is not known. */
const free = () =>
  connection.balance &&
  connection.balance.availableCredits - (queue?.pending(connection.baseUrl, connection.askedAt) ?? 0);

/** The client, unless there is no connection or too little money: then that is said, and nothing is sent. */
function ready(credits) {
  const left = free();
  if (credits && !navigator.onLine) refusal = say("form.offline");
  else if (credits && left < credits) {
    refusal = say("form.short", { n: credits - left });
    // Perhaps somebody bought some.
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

/** Goes to where the connection is mended. */
async function edit() {
  await views.go("connect");
  (await sure(connect()))?.edit();
}

/** Whether an earlier page left any; if it cannot be told, they come with the first movement. */
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
  // The connection is there before the form has a request.
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
  // Of a gateway, nobody buys.
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
  // What cannot be loaded now is loaded when it is needed, and says so if that fails, too.
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
  // Without a step in the address, which says what is shown.
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
  // Without the WebAssembly nothing here works. What is said at the foot of the page then knows more.
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
