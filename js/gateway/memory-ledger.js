// A ledger in the memory of one process.

export const memoryLedger = () => new MemoryLedger();

const MINUTE = 60_000;
const isBusy = ({ state }) => state === "sending" || state === "running";
const isQueued = ({ state }) => state === "queued";

/** Like SqlLedger in js/gateway/sql-ledger.js, with the methods in the same order. Returns copies of its jobs. */
class MemoryLedger {
  isShared = false;
  #jobs = new Map();
  #values = new Map();
  #files = new Map();
  /** What each user has spent on deleted jobs, and the highest number of these jobs. */
  #spent = new Map();
  #count = 0;

  async open() {}

  async get(name) {
    return this.#values.get(name) ?? null;
  }

  async set(name, value) {
    this.#values.set(name, value);
  }

  async insert(job) {
    const { account, user, key, number } = job;
    for (const other of this.#of(account)) {
      if (other.user === user && (other.key === key || other.number === number)) return false;
    }
    this.#jobs.set(job.id, { ...job, seq: ++this.#count });
    return true;
  }

  async update(job) {
    const { id, version } = job;
    const stored = this.#jobs.get(id);
    if (stored?.version !== version) return false;
    this.#jobs.set(id, { ...stored, ...job, seq: stored.seq, version: version + 1 });
    return true;
  }

  async find({ id, account, user, key, taskId }) {
    if (id !== undefined) return copy(this.#jobs.get(id));
    return copy(
      this.#of(account).find(job =>
        taskId !== undefined ? job.taskId === taskId : job.user === user && job.key === key,
      ),
    );
  }

  async standing({ account, user, since, minute }) {
    const { number, spent } = this.#spentBy({ account, user });
    const standing = { number, spent: since <= 0 ? spent : 0, held: 0, queued: 0, recent: 0, oldest: null };
    for (const job of this.#of(account)) {
      if (job.user !== user) continue;
      standing.number = Math.max(standing.number, job.number);
      if (job.accepted >= since) standing[job.cost === null ? "held" : "spent"] += job.cost ?? job.price;
      if (isQueued(job)) standing.queued++;
      // Jobs that were accepted before the clock was set back are not recent.
      if (job.accepted <= minute || job.accepted > minute + MINUTE) continue;
      standing.recent++;
      standing.oldest = Math.min(standing.oldest ?? Infinity, job.accepted);
    }
    return standing;
  }

  async accounts(now) {
    const open = [...this.#jobs.values()].filter(job => job.due !== null || isQueued(job));
    const expired = [...this.#files.values()].filter(({ expires }) => expires <= now);
    return [...new Set([...open, ...expired].map(({ account }) => account))];
  }

  async queue(account) {
    const running = new Map();
    let busy = 0;
    for (const { user } of this.#of(account).filter(isBusy)) {
      running.set(user, (running.get(user) ?? 0) + 1);
      busy++;
    }
    const heads = new Map();
    for (const { id, user, seq, most } of this.#of(account).filter(isQueued)) {
      if (!heads.has(user)) heads.set(user, { id, user, seq, most, running: running.get(user) ?? 0 });
    }
    return { heads: [...heads.values()], busy };
  }

  async line(account) {
    return this.#of(account)
      .filter(isQueued)
      .map(({ id, user }) => ({ id, user }));
  }

  async due({ account, now, latest, run, limit }) {
    const isDue = job =>
      (job.due !== null && (job.due <= now || (isBusy(job) && job.due > latest))) ||
      (job.state === "sending" && run !== null && job.run !== run);
    return this.#of(account).filter(isDue).slice(0, limit).map(copy);
  }

  async next(account) {
    const times = this.#of(account)
      .map(({ due }) => due)
      .filter(due => due !== null);
    return times.length ? Math.min(...times) : null;
  }

  async queued(account) {
    return this.#of(account)
      .filter(({ state }) => state === "queued" || state === "sending")
      .map(copy);
  }

  async recent({ account, user, since, limit }) {
    const own = this.#of(account).filter(job => job.user === user);
    const ended = new Set(own.filter(job => job.ended !== null && job.ended > since).slice(-limit));
    return own.filter(job => job.ended === null || ended.has(job)).map(copy);
  }

  async changed({ account, since }) {
    return this.#of(account)
      .filter(({ touched }) => touched > since)
      .map(copy);
  }

  async learned({ account, limit }) {
    return this.#of(account)
      .filter(({ state }) => state === "done")
      .slice(-limit)
      .map(({ request, result }) => ({ request, result }));
  }

  async forget({ account, before }) {
    const isOver = job => job.ended !== null && job.ended < before && job.due === null && job.cost !== null;
    const users = new Set(this.#of(account).map(({ user }) => user));
    for (const user of users) {
      const own = this.#of(account).filter(job => job.user === user);
      const first = Math.min(...own.filter(job => !isOver(job)).map(({ number }) => number));
      const over = own.filter(job => isOver(job) && job.number < first);
      if (!over.length) continue;
      const spent = over.reduce((sum, { cost }) => sum + cost, this.#spentBy({ account, user }).spent);
      this.#spent.set(JSON.stringify([account, user]), {
        number: Math.max(...over.map(({ number }) => number)),
        spent,
      });
      for (const { id } of over) this.#jobs.delete(id);
    }
  }

  #spentBy({ account, user }) {
    return this.#spent.get(JSON.stringify([account, user])) ?? { number: 0, spent: 0 };
  }

  async insertFile(file) {
    for (const other of this.#filesOf(file)) {
      if (other.key === file.key || other.number === file.number) return false;
    }
    this.#files.set(file.id, { ...file });
    return true;
  }

  async updateFile(file) {
    const { id, version } = file;
    if (this.#files.get(id)?.version !== version) return false;
    this.#files.set(id, { ...file, version: version + 1 });
    return true;
  }

  async findFile({ id, account, user, key }) {
    if (id !== undefined) return copy(this.#files.get(id));
    return copy(this.#filesOf({ account, user }).find(file => file.key === key));
  }

  async holding({ account, user, now }) {
    const own = this.#filesOf({ account, user });
    const kept = own.filter(({ state, expires }) => state !== "gone" && expires > now);
    return {
      number: Math.max(0, ...own.map(({ number }) => number)),
      files: kept.length,
      bytes: kept.reduce((sum, { size }) => sum + size, 0),
      entries: own.length,
    };
  }

  async expiredFiles({ account, now, limit }) {
    return this.#filesOf({ account })
      .filter(({ expires }) => expires <= now)
      .sort((one, other) => one.expires - other.expires)
      .slice(0, limit)
      .map(copy);
  }

  async nextExpiry(account) {
    const times = this.#filesOf({ account }).map(({ expires }) => expires);
    return times.length ? Math.min(...times) : null;
  }

  async deleteFile(id) {
    this.#files.delete(id);
  }

  #filesOf({ account, user }) {
    const isOwn = file => file.account === account && (user === undefined || file.user === user);
    return [...this.#files.values()].filter(isOwn);
  }

  #of(account) {
    return [...this.#jobs.values()].filter(job => job.account === account);
  }
}

const copy = job => (job ? { ...job } : null);
