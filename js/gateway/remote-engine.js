// An account's engine in a Worker: each call goes to the account's Durable Object. No call is repeated here, because this would add to the
// load of an overloaded object, and the page repeats safe calls itself.
import { streamOf } from "./stream.js";

export class RemoteEngine {
  #object;
  #account;

  constructor(object, account) {
    this.#object = object;
    this.#account = account;
  }

  repeat(details) {
    return this.#perform("repeat", details);
  }

  create(details) {
    return this.#perform("create", details);
  }

  query(user, id) {
    return this.#perform("query", user, id);
  }

  cancel(user, id) {
    return this.#perform("cancel", user, id);
  }

  balance(user, budget) {
    return this.#perform("balance", user, budget);
  }

  callBack(id, body) {
    return this.#perform("callBack", id, body);
  }

  file(order, details) {
    return this.#perform("file", order, details);
  }

  /**
   * The stream belongs to the Worker, because an object with an open response could not hibernate. The object sends the snapshot and each
   * change through a WebSocket.
   */
  async stream(user) {
    const url = `https://object/?${new URLSearchParams({ account: this.#account, user })}`;
    const { webSocket } = await this.#object.fetch(url, { headers: { upgrade: "websocket" } });
    if (!webSocket) return undefined;
    return streamOf(new Connection(webSocket), user);
  }

  #perform(name, ...details) {
    return this.#object.perform(this.#account, name, ...details);
  }
}

/** The part of an engine that streamOf uses. */
class Connection {
  #socket;
  #snapshot;

  constructor(socket) {
    this.#socket = socket;
  }

  listen(_user, listener, onClose) {
    this.#snapshot = new Promise((done, failed) => {
      this.#socket.addEventListener("message", ({ data }) => {
        const told = JSON.parse(data);
        if (Array.isArray(told)) done(told);
        else listener(told);
      });
      for (const name of ["close", "error"]) {
        this.#socket.addEventListener(name, () => {
          failed(new Error("The Durable Object closed the connection."));
          onClose();
        });
      }
    });
    this.#socket.accept();
    return () => this.#socket.close(1000);
  }

  snapshot() {
    return this.#snapshot;
  }
}
