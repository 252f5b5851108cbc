// The files of one account as rows: what is being uploaded, what is offered, and when it is deleted. The bytes are elsewhere.

const MINUTE = 60_000;
const DAY = 86_400_000;
/** How long an upload is kept without another part. */
const PATIENCE = DAY;
/** How long a file is offered. */
const LIFE = 7 * DAY;
/** How long a row outlives its bytes: a part that is being written meanwhile is deleted with the row. */
const GRACE = 10 * MINUTE;
/** Files that are deleted at once. */
const BATCH = 20;
/** How often a write is tried against others. */
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

  /** A new upload, or the one that has the key: `{ file }` or `{ refusal }`. */
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
        // Only one of two uploads that saw the same holding has this number.
        number: number + 1,
        key,
        size,
        partBytes,
        state: "open",
        received: 0,
        result: null,
        expires: now + PATIENCE,
        version: 1,
      };
      if (await ledger.insertFile(file)) return { file };
    }
    return { refusal: BUSY };
  }

  /** The user's file, or nothing if it is not theirs, or gone. */
  async find({ user, id }) {
    const file = await this.#ledger.findFile({ id });
    return file?.account === this.#account && file.user === user && isKept(file) ? file : undefined;
  }

  /** Notes that this part is here, and its digest, and gives the file; nothing if it is gone. */
  advance({ user, id, part, digest }) {
    return this.#change({ user, id }, ({ state, received, result }) =>
      state === "open" && received === part
        ? { received: part + 1, result: (result ?? "") + digest, expires: Date.now() + PATIENCE }
        : undefined,
    );
  }

  /** Offers the file until `expires`, with this `result`, and gives it; nothing if it is gone. */
  offer({ user, id, result, expires }) {
    return this.#change({ user, id }, ({ state }) =>
      state === "open" ? { state: "ready", result, expires } : undefined,
    );
  }

  /** Ends the file, so that its bytes can be deleted, and gives it; nothing if it is gone. */
  discard({ user, id }) {
    return this.#change({ user, id }, () => ({ state: "gone", expires: Date.now() + GRACE }));
  }

  /** Deletes what is too old: `erase(file)` its bytes, and then the row. */
  async sweep(erase, onError) {
    const ledger = this.#ledger;
    const expired = await ledger.expiredFiles({ account: this.#account, now: Date.now(), limit: BATCH });
    for (const file of expired) {
      try {
        await erase(file);
        await ledger.deleteFile(file.id);
      } catch (error) {
        onError(error);
        await ledger.updateFile({ ...file, state: "gone", expires: Date.now() + GRACE });
      }
    }
  }

  /** When something is to be deleted next. */
  async next() {
    return (await this.#ledger.nextExpiry(this.#account)) ?? Infinity;
  }

  /** Writes what `decide` gives for the file as it is, however often others write it meanwhile. */
  async #change(of, decide) {
    for (let tries = 0; tries < TRIES; tries++) {
      const file = await this.find(of);
      const change = file && decide(file);
      if (!change) return file;
      const next = { ...file, ...change };
      if (await this.#ledger.updateFile(next)) return next;
    }
    throw new Error("a file's row is written all the time");
  }
}

/** When a file is gone that is offered now. */
export const lastDay = () => Date.now() + LIFE;

const isKept = ({ state, expires }) => state !== "gone" && expires > Date.now();

const TAKEN = {
  status: 409,
  body: { code: "conflict", message: "This Idempotency-Key was used for another upload. Use a new one." },
};
const BUSY = {
  status: 503,
  body: { code: "server_error", message: "Too many uploads of yours at once. Try again." },
  retryAfter: 1,
};
