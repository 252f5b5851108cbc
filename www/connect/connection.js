// The connection (the sandbox, the service with a key, or a gateway) and its balance.

import { Sd2Client } from "sd2-client";
import { byId } from "../element.js";
import { staying } from "../leaving.js";
import { say } from "../text.js";

const SERVICE = "https://seegen.ai/api/v1";
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const REMEMBERED = "sd2-page-connection";
const KINDS = ["sandbox", "key", "gateway"];

/** Whether this page comes from this machine, as the sandbox serves it. */
export const isLocal = LOOPBACK.includes(location.hostname);
const SANDBOX = isLocal ? new URL("/api/v1", location.origin).href : "http://127.0.0.1:8787/api/v1";

export class Connection {
  /** The user's choice: `kind` of `KINDS`, the sandbox's `account`, the service's `key`, the `gateway`'s address. */
  choice = { kind: isLocal ? "sandbox" : "key", account: "sandbox-key", key: "", gateway: "" };
  /** Whether the key is kept beyond this page. */
  isRemembered = false;
  /** The balance as last reported: `{ credits, availableCredits }`, or `undefined`. */
  balance;
  /** When that was. */
  askedAt = 0;
  /** Why the last question had no answer. */
  error;
  isAsking = false;
  #changed;
  #logged;
  #connected;
  #client;
  #asking;

  /** `changed()` when the choice, the balance or the error is another; `connected()` when an answer came. */
  constructor({ changed, connected, logged }) {
    this.#changed = changed;
    this.#connected = connected;
    this.#logged = logged;
    this.#recall();
  }

  get kind() {
    return this.choice.kind;
  }

  get baseUrl() {
    if (this.kind === "gateway") return this.choice.gateway;
    return this.kind === "key" ? SERVICE : SANDBOX;
  }

  /** The client of the chosen connection; throws when something is missing. */
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

  /** Resolves a file of this device to an address that the service can fetch; `undefined` where nothing takes uploads. */
  get upload() {
    return undefined;
  }

  /** Whether the service can open addresses of the server that this page comes from. */
  get reaches() {
    return this.kind === "sandbox" && isLocal ? location.origin : undefined;
  }

  choose(change) {
    Object.assign(this.choice, change);
    this.#client = undefined;
    this.#asking = undefined;
    this.balance = undefined;
    this.error = undefined;
    this.isAsking = false;
    this.#show();
  }

  remember(isRemembered) {
    this.isRemembered = isRemembered;
    this.#keep();
  }

  /** Asks for the balance at once in the sandbox, and where jobs wait for their connection. Elsewhere only on request. */
  start(hasJobs) {
    const isComplete = this.kind === "gateway" ? this.baseUrl : this.#key;
    if (this.kind === "sandbox" ? isLocal || hasJobs : isComplete && hasJobs) this.check();
    else this.#show();
  }

  /** Asks for the balance. */
  async check() {
    const asking = (this.#asking = {});
    const askedAt = Date.now();
    this.isAsking = true;
    this.#changed();
    try {
      const balance = await this.client.getCredits();
      if (asking !== this.#asking) return;
      Object.assign(this, { balance, askedAt, error: undefined });
      this.#keep();
      this.#connected();
    } catch (error) {
      if (asking !== this.#asking) return;
      Object.assign(this, { balance: undefined, error });
    }
    this.isAsking = false;
    this.#show();
  }

  /** Asks again if the client that a job ran with is still the one that is chosen. */
  refreshAfter(client) {
    if (client === this.#client) this.check();
  }

  get #key() {
    return { sandbox: this.choice.account, key: this.choice.key, gateway: "" }[this.kind];
  }

  /** Restores the last choice; the key only if the user had it remembered. */
  #recall() {
    try {
      const { kind, gateway, key } = JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
      if (KINDS.includes(kind)) this.choice.kind = kind;
      this.choice.gateway = gateway ?? "";
      this.choice.key = key ?? "";
      this.isRemembered = Boolean(key);
    } catch {
      // No storage, or not written by this page: start afresh.
    }
  }

  #keep() {
    const { kind, gateway, key } = this.choice;
    try {
      localStorage.setItem(REMEMBERED, JSON.stringify({ kind, gateway, key: this.isRemembered ? key : undefined }));
    } catch {
      // Without storage the choice ends with the page.
    }
  }

  #show() {
    const host = URL.canParse(this.baseUrl) ? new URL(this.baseUrl).host : "";
    byId("account-host").textContent = this.kind === "key" ? host : say(`kind.${this.kind}`);
    const none = this.error ? say("balance.none") : "";
    byId("account-balance").textContent = this.balance
      ? say("balance.short", { n: this.balance.availableCredits })
      : none;
    this.#changed();
  }
}
