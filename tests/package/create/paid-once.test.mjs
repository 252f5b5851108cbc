// Situations in which a create could be sent twice, although the library sends it once.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, request } from "../../support/service.mjs";

const { memoryStore, Sd2Client } = await load();
const clock = installClock();

const navigator = Object.getOwnPropertyDescriptor(globalThis, "navigator");
afterEach(() => {
  delete globalThis.navigator;
  if (navigator) Object.defineProperty(globalThis, "navigator", navigator);
  delete globalThis.Deno;
});

/** A network that is online while this function returns true. */
const setOnLine = get =>
  Object.defineProperty(globalThis, "navigator", {
    configurable: true,
    value: Object.defineProperty({}, "onLine", { get }),
  });

const start = (lose, store) => {
  const inits = [];
  const fetch = async (_, init) => {
    inits.push(init);
    if (init.method === "POST" && inits.length === 1) lose();
    return answer(init.method === "POST" ? { taskId: "task" } : { credits: 1, availableCredits: 1 });
  };
  return { inits, client: new Sd2Client({ apiKey: "key", fetch, store }) };
};
const fail = () => {
  throw new TypeError("Failed to fetch");
};

test("a create without a network is repeated", async () => {
  let isOnline = false;
  setOnLine(() => isOnline);
  const { client, inits } = start(fail);
  const call = client.createTask(request());
  await clock.settle();
  isOnline = true;
  assert.equal((await clock.run(call)).taskId, "task");
  assert.equal(inits.length, 2);
});

test("if the network returns during the store write, the create may have been sent", async () => {
  let isOnline = false;
  setOnLine(() => isOnline);
  const memory = memoryStore();
  const { client, inits } = start(fail, {
    get: key => memory.get(key),
    set: async (key, value) => {
      await clock.sleep(50);
      isOnline = true;
      memory.set(key, value);
    },
    delete: key => memory.delete(key),
    keys: () => memory.keys(),
  });
  await assert.rejects(clock.run(client.createTask(request())), { code: "outcome_unknown" });
  assert.equal(inits.length, 1);
});

test("if the network returns during fetch, the create may have been sent", async () => {
  let isOnline = false;
  setOnLine(() => isOnline);
  const { client, inits } = start(() => {
    isOnline = true;
    fail();
  });
  await assert.rejects(clock.run(client.createTask(request())), { code: "outcome_unknown" });
  assert.equal(inits.length, 1);
});

test("if the network returns and fails again during fetch, the create may have been sent", async () => {
  const page = new EventTarget();
  const fake = {
    ononline: null,
    addEventListener: page.addEventListener.bind(page),
    removeEventListener: page.removeEventListener.bind(page),
  };
  Object.assign(globalThis, fake);
  setOnLine(() => false);
  for (const [events, code] of [
    [["online"], "outcome_unknown"],
    [["online", "offline"], "outcome_unknown"],
    [["offline"], "network"],
    [["visibilitychange"], "network"],
  ]) {
    const sent = [];
    const fetch = async () => {
      sent.push(1);
      for (const type of events) page.dispatchEvent(new Event(type));
      fail();
    };
    await assert.rejects(clock.run(new Sd2Client({ apiKey: "key", fetch }).createTask(request())), { code });
    assert.equal(sent.length, code === "network" ? 5 : 1, `${events}`);
  }
  for (const name of Object.keys(fake)) delete globalThis[name];
});

test("in Deno, each create has a new HTTP client", async () => {
  const clients = [];
  const createHttpClient = options => {
    const made = { options, closed: 0, close: () => made.closed++ };
    clients.push(made);
    return made;
  };
  globalThis.Deno = { createHttpClient };
  const { client, inits } = start(fail);
  await assert.rejects(clock.run(client.createTask(request())), { code: "outcome_unknown" });
  await clock.run(client.createTask(request()));
  await clock.run(client.getCredits());
  assert.deepEqual(
    inits.map(init => init.client),
    [...clients, undefined],
  );
  assert.deepEqual(
    clients.map(({ options, closed }) => [options, closed]),
    [
      [{ poolMaxIdlePerHost: 0 }, 1],
      [{ poolMaxIdlePerHost: 0 }, 1],
    ],
  );
});

test("a create works in a Deno without createHttpClient", async () => {
  for (const createHttpClient of [undefined, fail]) {
    globalThis.Deno = { createHttpClient };
    assert.equal((await clock.run(start(() => {}).client.createTask(request()))).taskId, "task");
  }
});
