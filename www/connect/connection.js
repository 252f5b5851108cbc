// Where requests go and who pays: the sandbox, the service with a key, or a gateway; and the balance there.

import { Sd2Client } from "sd2-client";
import { byId } from "../element.js";
import { staying } from "../leaving.js";
import { number, say } from "../text.js";

const SERVICE = "https://seegen.ai/api/v1";
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const REMEMBERED = "sd2-page-connection";

/** Whether this page comes from this machine, as the sandbox serves it. */
export const isLocal = LOOPBACK.includes(location.hostname);
const SANDBOX = isLocal ? new URL("/api/v1", location.origin).href : "http://127.0.0.1:8787/api/v1";

export class Connection {
  /** What the account had when it was last asked: `{ credits, availableCredits }`, or `undefined`. */
  balance;
  #form = byId("connection");
  #changed;
  #logged;
  #connected;
  #explain;
  #failed;
  #client;
  #asking;

  /** `changed()` when the balance or the client is another; `connected()` when an answer came; `explain(error)` resolves to what is shown. */
  constructor({ changed, connected, explain, logged }) {
    this.#changed = changed;
    this.#connected = connected;
    this.#explain = explain;
    this.#logged = logged;
    this.#recall();
    this.#form.addEventListener("input", event => {
      if (event.target.id === "remember") this.#keep();
      else this.#forget();
    });
    this.#form.addEventListener("submit", event => {
      event.preventDefault();
      this.check();
    });
    this.#forget();
  }

  /** `"sandbox"`, `"key"` or `"gateway"`. */
  get kind() {
    return this.#form.elements.kind.value;
  }

  get baseUrl() {
    if (this.kind === "gateway") return byId("gateway-url").value.trim();
    return this.kind === "key" ? SERVICE : SANDBOX;
  }

  /** The client of what is chosen; throws when that makes no sense. */
  get client() {
    if (!this.#client) {
      const client = new Sd2Client({
        apiKey: this.#key || undefined,
        baseUrl: this.baseUrl,
        fetch: async (url, init) => {
          if (init.method === "POST") await staying();
          return fetch(url, init);
        },
        logger: event => this.#logged(event, client),
      });
      this.#client = client;
    }
    return this.#client;
  }

  /** Asks at once in the sandbox, and where jobs wait to go on; else the service is asked only when somebody wants it. */
  start(hasJobs) {
    const isComplete = this.kind === "gateway" ? this.baseUrl : this.#key;
    if (this.kind === "sandbox" ? isLocal || hasJobs : isComplete && hasJobs) this.check();
  }

  /** Asks for the balance, and shows it or why there is none. */
  async check() {
    const asking = (this.#asking = {});
    if (!this.balance) this.#show(say("balance.asking"));
    try {
      const balance = await this.client.getCredits();
      if (asking !== this.#asking) return;
      this.balance = balance;
      this.#fail(null);
      this.#show();
      this.#keep();
      this.#changed();
      this.#connected();
    } catch (error) {
      if (asking !== this.#asking) return;
      this.balance = undefined;
      this.#show(say("balance.unknown"), say("balance.none"));
      this.#fail(error);
      this.#changed();
    }
  }

  /** Asks again if the client that a job ran with is still the one that is chosen. */
  refreshAfter(client) {
    if (client === this.#client) this.check();
  }

  /** Goes to what is to be mended. */
  edit() {
    const field = this.#form.querySelector(
      { sandbox: "[name=account]:checked", key: "#api-key", gateway: "#gateway-url" }[this.kind],
    );
    if (!byId("connect-view").hidden) return field.focus();
    // After the view has changed and taken the focus to its title.
    addEventListener("hashchange", () => field.focus(), { once: true });
    location.hash = "#connect";
  }

  get #key() {
    return { sandbox: this.#form.elements.account.value, key: byId("api-key").value.trim(), gateway: "" }[this.kind];
  }

  #forget() {
    this.#client = undefined;
    this.#asking = undefined;
    this.balance = undefined;
    for (const part of this.#form.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== this.kind;
    for (const part of document.querySelectorAll("[data-sandbox]")) part.hidden = this.kind !== "sandbox" || !isLocal;
    this.#fail(null);
    this.#show();
    this.#changed();
  }

  /** What was chosen before; the key only where somebody asked for that. */
  #recall() {
    const { elements } = this.#form;
    elements.kind.value = isLocal ? "sandbox" : "key";
    try {
      const { kind, gateway, key } = JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
      if (["sandbox", "key", "gateway"].includes(kind)) elements.kind.value = kind;
      byId("gateway-url").value = gateway ?? "";
      byId("api-key").value = key ?? "";
      byId("remember").checked = Boolean(key);
    } catch {
      // No storage here, or not what this page wrote: the page begins as at the first time.
    }
  }

  #keep() {
    const kept = { kind: this.kind, gateway: byId("gateway-url").value.trim() || undefined };
    if (byId("remember").checked) kept.key = byId("api-key").value.trim();
    try {
      localStorage.setItem(REMEMBERED, JSON.stringify(kept));
    } catch {
      // Without storage it is forgotten, which is what the page says anyway.
    }
  }

  #show(text, none = "") {
    const host = URL.canParse(this.baseUrl) ? new URL(this.baseUrl).host : "";
    byId("account-host").textContent = this.kind === "key" ? host : say(`kind.${this.kind}`);
    byId("account-balance").textContent = this.balance
      ? say("balance.short", { n: this.balance.availableCredits })
      : none;
    if (this.balance) {
      const { credits, availableCredits } = this.balance;
      const held = credits - availableCredits;
      text = say(held > 0 ? "balance.held" : "balance.available", { n: availableCredits, held: number(held) });
    }
    byId("balance").textContent = text ?? "";
  }

  async #fail(error) {
    this.#failed = error;
    const said = error ? [await this.#explain(error)] : [];
    if (this.#failed === error) byId("connection-error").replaceChildren(...said);
  }
}
