// The rows of one account's files, from upload to deletion. The bytes are in the store.
import { within } from "../within.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
/** How long an unfinished upload is kept after its last part. */
const OPEN_LIFE = DAY;
/** How long a file is served. */
const LIFE = 7 * DAY;
/** How long a row outlives its bytes. A part that is written meanwhile is deleted with the row. */
const GRACE = 10 * MINUTE;
/** The most time that the store may take to delete a file. */
const ERASE_TIMEOUT = 30_000;
/** The most files that one sweep deletes. */
const BATCH = 20;
/** The most attempts of a write that competes with others. */
const TRIES = 20;

export class Files {
  #ledger;
  #account;
  #core;

  constructor(ledger, account, core) {
    this.#ledger = ledger;
    this.#account = account;
    this.#core = core;
  }

  /** Starts an upload, or finds the one with the key: `{ file }` or `{ refusal }`. */
  async start({ user, key, size, partBytes, limits, id }) {
    const ledger = this.#ledger;
    const account = this.#account;
    for (let tries = 0; tries < TRIES; tries++) {
      const known = await ledger.findFile({ account, user, key });
      if (known) return known.size === size && isKept(known) ? { file: known } : { refusal: TAKEN };
      const now = Date.now();
      const { number, ...holding } = await ledger.holding({ account, user, now });
      const { refusal } = this.#core("admitFile", { size, limits, holding });
      if (refusal) return { refusal };
      const file = {
        id,
        account,
        user,
        // If two uploads saw the same holding, only one of them gets this number.
        number: number + 1,
        key,
        size,
        partBytes,
        state: "open",
        received: 0,
        result: null,
        expires: now + OPEN_LIFE,
        version: 1,
      };
      if (await ledger.insertFile(file)) return { file };
    }
    return { refusal: BUSY };
  }

  /** The user's file, or undefined if it is gone or another user's. */
  async find({ user, id }) {
    const file = await this.#ledger.findFile({ id });
    return file?.account === this.#account && file.user === user && isKept(file) ? file : undefined;
  }

  /** Records a stored part and its digest. Returns the file, or undefined if it is gone. */
  advance({ user, id, part, digest }) {
    return this.#change({ user, id }, ({ state, received, result }) =>
      state === "open" && received === part
        ? { received: part + 1, result: (result ?? "") + digest, expires: Date.now() + OPEN_LIFE }
        : undefined,
    );
  }

  /** Makes the file ready until `expires`. Returns the file, or undefined if it is gone. */
  offer({ user, id, result, expires }) {
    return this.#change({ user, id }, ({ state }) =>
      state === "open" ? { state: "ready", result, expires } : undefined,
    );
  }

  /** Marks the file as gone, so that its bytes can be deleted. Returns it, or undefined if it was gone already. */
  discard({ user, id }) {
    return this.#change({ user, id }, () => ({ state: "gone", expires: Date.now() + GRACE }));
  }

  /** Deletes expired files: first the bytes with `erase(file)`, then the row. Stops at a file that cannot be deleted. */
  async sweep(erase) {
    const ledger = this.#ledger;
    const expired = await ledger.expiredFiles({ account: this.#account, now: Date.now(), limit: BATCH });
    for (const file of expired) {
      try {
        await within(erase(file), ERASE_TIMEOUT, async () => {
          throw new Error("The store took longer than half a minute to delete a file.");
        });
        await ledger.deleteFile(file.id);
      } catch (error) {
        await ledger.updateFile({ ...file, state: "gone", expires: Date.now() + GRACE });
        throw error;
      }
    }
  }

  /** When the next file expires. */
  async next() {
    return (await this.#ledger.nextExpiry(this.#account)) ?? Infinity;
  }

  /** Writes the change that `decide` returns. Decides again if another request changed the file meanwhile. */
  async #change(of, decide) {
    for (let tries = 0; tries < TRIES; tries++) {
      const file = await this.find(of);
      const change = file && decide(file);
      if (!change) return file;
      const next = { ...file, ...change };
      if (await this.#ledger.updateFile(next)) return next;
    }
    throw new Error("Other requests keep changing the row of a file.");
  }
}

/** When a file that becomes ready now expires. */
export const lastDay = () => Date.now() + LIFE;

const isKept = ({ state, expires }) => state !== "gone" && expires > Date.now();

const TAKEN = {
  status: 409,
  body: { code: "conflict", message: "This Idempotency-Key was used for another upload. Use a new one." },
};
const BUSY = {
  status: 503,
  body: { code: "server_error", message: "You started too many uploads at once. Try again." },
  retryAfter: 1,
};
