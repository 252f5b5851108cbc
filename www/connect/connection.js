// The connection (the sandbox, the service with a key, or a gateway) and its balance.

import { Sd2Client, upload } from "sd2-client";
import { byId } from "../element.js";
import { staying } from "../leaving.js";
import { say } from "../text.js";

const SERVICE = "https://seegen.ai/api/v1";
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const REMEMBERED = "sd2-page-connection";
const KINDS = ["sandbox", "key", "gateway"];

/** Whether this page comes from this machine, as from the sandbox. */
export const isLocal = LOOPBACK.includes(location.hostname);
const SANDBOX = isLocal ? new URL("/api/v1", location.origin).href : "http://127.0.0.1:8787/api/v1";

export class Connection {
  /**
   * The user's choice: the `kind` (one of `KINDS`), the sandbox's `account`, the service's `key`, the `gateway`'s URL, whether it is a
   * gateway of this package, which has a queue, and whether it is in front of the sandbox.
   */
  choice = {
    kind: isLocal ? "sandbox" : "key",
    account: "sandbox-key",
    key: "",
    gateway: "",
    keepsQueue: false,
    hasSandbox: false,
  };
  /** Whether the key is kept beyond this page. */
  isRemembered = false;
  /** The balance as last reported: `{ credits, availableCredits }`, or `undefined`. */
  balance;
  /** When that was. */
  askedAt = 0;
  /** Whether the connection is known to work. A gateway may set no budget, and then has no balance. */
  isConnected = false;
  /** The error of the last balance query. */
  error;
  isAsking = false;
  #changed;
  #logged;
  #connected;
  #client;
  #asking;

  /** Calls `changed()` when the choice, the balance or the error changes, and `connected()` after a response. */
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

  /** Whether the connection is a gateway of this package. */
  get keepsQueue() {
    return this.kind === "gateway" && this.choice.keepsQueue;
  }

  /** The client of the chosen connection. Throws if the choice is incomplete. */
  get client() {
    if (!this.#client) {
      const client = new Sd2Client({
        apiKey: this.#key || undefined,
        baseUrl: this.baseUrl,
        gateway: this.keepsQueue,
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

  /** The function that uploads a file of this device and resolves to its URL; `undefined` if the connection has no uploads. */
  get upload() {
    return this.keepsQueue ? (file, options) => upload(this.client, file, options) : undefined;
  }

  /** Origins on this machine whose files the service can open, because the sandbox is on this machine, too. */
  get reaches() {
    if (!isLocal || this.kind === "key") return [];
    if (this.kind === "sandbox") return [location.origin];
    return this.choice.hasSandbox ? [location.origin, new URL(this.baseUrl, location).origin] : [];
  }

  choose(change) {
    if (change.gateway !== this.choice.gateway) change.hasSandbox = false;
    Object.assign(this.choice, change);
    this.#client = undefined;
    this.#asking = undefined;
    this.balance = undefined;
    this.error = undefined;
    this.isAsking = false;
    this.isConnected = false;
    this.#show();
  }

  remember(isRemembered) {
    this.isRemembered = isRemembered;
    this.#keep();
  }

  /** Queries the balance if this needs no key or if jobs wait for the connection. Otherwise the user must ask for it. */
  start(hasJobs) {
    const isComplete = this.kind === "gateway" ? this.baseUrl : this.#key;
    const isAsked = hasJobs || this.keepsQueue;
    if (this.kind === "sandbox" ? isLocal || hasJobs : isComplete && isAsked) this.check();
    else this.#show();
  }

  /** Queries the balance. */
  async check() {
    const asking = (this.#asking = {});
    const askedAt = Date.now();
    this.isAsking = true;
    this.#changed();
    try {
      const balance = await this.client.getCredits().catch(error => {
        if (!this.keepsQueue || error.code !== "not_found") throw error;
      });
      if (asking !== this.#asking) return;
      Object.assign(this, { balance, askedAt, error: undefined, isConnected: true });
      this.#keep();
      this.#connected();
    } catch (error) {
      if (asking !== this.#asking) return;
      Object.assign(this, { balance: undefined, error, isConnected: false });
    }
    this.isAsking = false;
    this.#show();
  }

  /** Queries the balance again if the client of a job is still the current one. */
  refreshAfter(client) {
    const hasBalance = this.balance || !this.isConnected;
    if (client === this.#client && hasBalance) this.check();
  }

  get #key() {
    return { sandbox: this.choice.account, key: this.choice.key, gateway: "" }[this.kind];
  }

  /** Restores the last choice, and the key if the user chose to keep it. A link may name a gateway (`?gateway=…`, `&sandbox`). */
  #recall() {
    try {
      const { kind, gateway, keepsQueue, hasSandbox, key } = JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
      if (KINDS.includes(kind)) this.choice.kind = kind;
      this.choice.gateway = gateway ?? "";
      this.choice.keepsQueue = keepsQueue === true;
      this.choice.hasSandbox = hasSandbox === true;
      this.choice.key = key ?? "";
      this.isRemembered = Boolean(key);
    } catch {
      // There is no storage, or another program wrote the entry.
    }
    const url = new URL(location);
    const gateway = url.searchParams.get("gateway");
    if (gateway === null) return;
    const hasSandbox = url.searchParams.has("sandbox");
    Object.assign(this.choice, { kind: "gateway", gateway, keepsQueue: true, hasSandbox });
    for (const name of ["gateway", "sandbox"]) url.searchParams.delete(name);
    history.replaceState(null, "", url);
  }

  #keep() {
    const { kind, gateway, keepsQueue, hasSandbox, key } = this.choice;
    const kept = { kind, gateway, keepsQueue, hasSandbox, key: this.isRemembered ? key : undefined };
    try {
      localStorage.setItem(REMEMBERED, JSON.stringify(kept));
    } catch {
      // Without storage the choice ends with the page.
    }
  }

  #show() {
    const host = URL.canParse(this.baseUrl) ? new URL(this.baseUrl).host : "";
    byId("account-host").textContent = this.kind === "key" ? host : say(`kind.${this.kind}`);
    const none = this.error ? say("balance.none") : this.isConnected ? say("balance.unlimited") : "";
    byId("account-balance").textContent = this.balance
      ? say("balance.short", { n: this.balance.availableCredits })
      : none;
    this.#changed();
  }
}
