// Where requests go and who pays: the base URL, the key, the balance. The key is in memory and in its field only.

import { Sd2Client } from "sd2-client";
import { failure } from "./failure.js";
import { number } from "./text.js";

const find = (id) => document.getElementById(id);
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const SERVICE = "https://seegen.ai/api/v1";

export class Connection {
  /** Whether this page comes from this machine, as the sandbox serves it. */
  static isSandbox = LOOPBACK.includes(location.hostname);
  /** What the account had when it was last asked, or `undefined`. */
  available;
  #key = find("api-key");
  #baseUrl = find("base-url");
  #toggle = find("connection-toggle");
  #form = find("connection-form");
  #changed;
  #logged;
  #client;
  #asking;

  /** `changed()` when the balance or the client is another; `logged(event, client)` as a client's logger. */
  constructor({ changed, logged }) {
    this.#changed = changed;
    this.#logged = logged;
    this.#key.value = Connection.isSandbox ? "sandbox-key" : "";
    this.#baseUrl.value = Connection.isSandbox ? new URL("/api/v1", location.origin).href : SERVICE;
    this.#describe();
    this.#open(!Connection.isSandbox);
    for (const input of [this.#key, this.#baseUrl]) {
      input.addEventListener("input", () => this.#forget());
    }
    this.#toggle.addEventListener("click", () => this.#open(this.#form.hidden));
    find("check-balance").addEventListener("click", () => this.checkBalance());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.checkBalance();
    });
  }

  /** Asks the sandbox for the balance; the service is asked only when somebody wants it. */
  start() {
    if (Connection.isSandbox) this.checkBalance();
  }

  /** The client of the key and base URL on the screen; throws when they make no sense. */
  get client() {
    if (!this.#client) {
      const client = new Sd2Client({
        apiKey: this.#key.value.trim() || undefined,
        baseUrl: this.#baseUrl.value.trim(),
        logger: (event) => this.#logged(event, client),
      });
      this.#client = client;
    }
    return this.#client;
  }

  /** Asks for the balance, and shows it or why there is none. */
  async checkBalance() {
    const asking = (this.#asking = {});
    const balance = find("balance");
    if (this.available === undefined) balance.textContent = "Checking the balance …";
    try {
      const credits = await this.client.getCredits();
      if (asking !== this.#asking) return;
      this.#fail(null);
      this.available = credits.availableCredits;
      const held = credits.credits - credits.availableCredits;
      balance.textContent = `${number.format(credits.availableCredits)} credits available`;
      if (held > 0) balance.textContent += `, ${number.format(held)} held`;
    } catch (error) {
      if (asking !== this.#asking) return;
      this.available = undefined;
      balance.textContent = "Balance unknown";
      this.#fail(error);
    }
    this.#changed();
  }

  /** Asks again if the screen still shows the client that a job ran with. */
  refreshAfter(client) {
    if (client === this.#client) this.checkBalance();
  }

  /** Shows the fields and goes to the key. */
  edit() {
    this.#open(true);
    this.#key.focus();
    this.#key.select();
  }

  #open(open) {
    this.#form.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", String(open));
    this.#toggle.textContent = open ? "Close" : "Change";
  }

  #forget() {
    this.#client = undefined;
    this.#asking = undefined;
    this.available = undefined;
    find("balance").textContent = "Balance not checked";
    this.#fail(null);
    this.#describe();
    this.#changed();
  }

  #describe() {
    const text = this.#baseUrl.value.trim();
    const url = URL.canParse(text) ? new URL(text) : null;
    const own = Connection.isSandbox && url?.origin === location.origin;
    find("connection-host").textContent = `${own ? "Sandbox at " : ""}${url?.host || "no base URL"}`;
  }

  #fail(error) {
    find("connection-error").replaceChildren(...(error ? [failure(error, () => this.edit())] : []));
  }
}
