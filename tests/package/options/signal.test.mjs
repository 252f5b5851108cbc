// The `signal` of calls: invalid ones, foreign ones, and one that many calls share.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { inspect } from "node:util";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { makeService, request, taskOf } from "../../support/service.mjs";

const { confirmCallback, generateAll, memoryStore, resume, Sd2Client, Sd2Error } = await load();
const clock = installClock();
const noise = [];
const note = what => noise.push(what);
process.on("uncaughtException", note).on("unhandledRejection", note).on("warning", note);
after(() => process.off("uncaughtException", note).off("unhandledRejection", note).off("warning", note));

const clientOf = (service, options) =>
  new Sd2Client({ apiKey: "key", fetch: service.fetch, store: memoryStore(), ...options });
const methods = {
  createTask: (client, options) => client.createTask(request(), options),
  queryTask: (client, options) => client.queryTask("task_0", options),
  getCredits: (client, options) => client.getCredits(options),
  waitForTask: (client, options) => client.waitForTask("task_0", options),
  confirmCallback: (client, options) => confirmCallback(client, taskOf("task_0", "COMPLETED"), options),
  generate: (client, options) => client.generate(request(), options),
  generateAll: async (client, options) => generateAll(client, [request()], options).next(),
  resume: async (client, options) => resume(client, options).next(),
};

const trap = () => {
  throw new Error("trap");
};
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const like = more =>
  Object.defineProperties(new EventTarget(), Object.getOwnPropertyDescriptors({ aborted: false, ...more }));
const thrower = name => Object.defineProperty(like(), name, { get: trap });

/** Values that are not signals, and signals that throw. */
const REFUSED = {
  "a number": () => 7,
  "a text": () => "abort",
  "a controller": () => new AbortController(),
  "no methods": () => ({ aborted: false }),
  "no addEventListener": () => ({ aborted: false, removeEventListener() {} }),
  "methods that are none": () => ({ aborted: false, addEventListener: 1, removeEventListener: {} }),
  "a proxy that throws": () => new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap, ownKeys: trap }),
  "a revoked proxy": revoked,
  "aborted throws": () => thrower("aborted"),
  "addEventListener throws": () => thrower("addEventListener"),
  "removeEventListener throws": () => thrower("removeEventListener"),
  "calling addEventListener throws": () => like({ addEventListener: trap }),
  "a prototype alone": () => Object.create(AbortSignal.prototype),
};

for (const [what, make] of Object.entries(REFUSED)) {
  test(`an invalid signal is refused: ${what}`, async () => {
    const service = makeService(clock);
    const client = clientOf(service);
    const running = client.generate(request());
    await clock.pass(1_000);
    for (const [name, call] of Object.entries(methods)) {
      const error = await clock.run(call(client, { signal: make() })).catch(error => error);
      assert.ok(Sd2Error.is(error), `${name}: ${inspect(error)}`);
      assert.equal(error.code, "invalid_argument", `${name}: ${error.message}`);
      assert.match(error.message, /^signal must be an AbortSignal/, name);
    }
    assert.equal(service.creates, 1);
    // Running calls continue, in the same instance.
    assert.equal((await clock.run(running)).status, "COMPLETED");
  });
}

/** A signal that starts to throw after it was accepted. */
const turning = bad => {
  let isBad = false;
  const target = new EventTarget();
  const signal = new Proxy(target, {
    get(_, name) {
      if (isBad && bad.includes(name)) trap();
      if (name === "aborted") return isBad;
      if (name === "reason") return "mine";
      return typeof target[name] === "function" ? target[name].bind(target) : undefined;
    },
  });
  return {
    signal,
    turn() {
      isBad = true;
      target.dispatchEvent(new Event("abort"));
    },
  };
};

for (const bad of [
  ["aborted"],
  ["reason"],
  ["removeEventListener"],
  ["aborted", "reason", "addEventListener", "removeEventListener"],
]) {
  test(`a signal whose members start to throw breaks no call: ${bad}`, async () => {
    const service = makeService(clock, { spanOf: () => 60_000 });
    const client = clientOf(service);
    const running = client.generate(request());
    await clock.pass(1_000);
    for (const name of ["waitForTask", "generate", "generateAll"]) {
      const { signal, turn } = turning(bad);
      const call = methods[name](client, { signal }).then(
        () => "resolved",
        reason => reason.message ?? reason,
      );
      await clock.pass(1_000);
      turn();
      await clock.settle();
      // The getter of the reason throws, so its error is the reason.
      assert.equal(await Promise.race([call, "late"]), bad.includes("reason") ? "trap" : "mine", name);
    }
    assert.equal((await clock.run(running)).status, "COMPLETED");
  });
}

test("a signal that starts to throw after its check is ignored, and its call continues", async () => {
  const service = makeService(clock, { slots: 1_000 });
  const client = clientOf(service);
  const running = client.generate(request());
  await clock.pass(1_000);
  for (const [name, call] of Object.entries(methods)) {
    // It starts to throw at each of the first accesses.
    for (let good = 1; good < 6; good++) {
      let looks = 0;
      const signal = new Proxy(new EventTarget(), {
        get(target, name) {
          if (++looks > good) trap();
          return name === "aborted" ? false : target[name].bind(target);
        },
      });
      const told = await clock.run(call(client, { signal })).catch(error => error);
      const code = Sd2Error.is(told) ? told.code : "none";
      // This service has no balance.
      assert.ok(["none", "invalid_argument", "not_found"].includes(code), `${name}: ${inspect(told)}`);
    }
  }
  assert.equal((await clock.run(running)).status, "COMPLETED");
});

test("an object like an AbortSignal aborts a call at once or later, with its reason", async () => {
  const service = makeService(clock);
  const client = clientOf(service);
  for (const reason of ["mine", 0, null, new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap })]) {
    for (const [name, call] of Object.entries(methods)) {
      const told = await call(client, { signal: like({ aborted: true, reason }) }).catch(reason => [reason]);
      assert.ok(told[0] === reason, name);
    }
    const signal = like({ reason });
    const call = methods.generate(client, { signal }).catch(reason => [reason]);
    await clock.pass(1_000);
    signal.aborted = true;
    signal.dispatchEvent(new Event("abort"));
    await clock.settle();
    assert.ok((await Promise.race([call, "late"]))[0] === reason);
  }
  await clock.pass(100_000);
});

/** The number of listeners. */
const counting = signal => {
  let listeners = 0;
  for (const [name, step] of [
    ["addEventListener", 1],
    ["removeEventListener", -1],
  ]) {
    const original = signal[name];
    signal[name] = (...all) => ((listeners += step), original.apply(signal, all));
  }
  return () => listeners;
};

test("a signal aborts hundreds of calls at once, without a warning, and keeps no listener", async () => {
  const service = makeService(clock, { slots: 1_000, spanOf: () => Infinity });
  const [one, other] = [clientOf(service, { concurrency: 100 }), clientOf(service)];
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = counting(signal);
  const running = one.generate(request());
  await clock.pass(1_000);
  const calls = [];
  for (let i = 0; i < 100; i++) {
    calls.push(
      one.generate(request(), { signal }),
      other.waitForTask("task_0", { signal }),
      generateAll(other, [request()], { signal }).next(),
    );
  }
  const ended = [];
  calls.forEach((call, i) => call.catch(reason => ended.push([i, reason])));
  await clock.pass(10_000);
  assert.deepEqual([ended.length, listeners()], [0, 1]);
  controller.abort("mine");
  await clock.settle();
  assert.equal(ended.length, 300);
  assert.ok(ended.every(([, reason]) => reason === "mine"));
  assert.equal(listeners(), 0);
  assert.equal(await Promise.race([running.catch(error => error), "runs"]), "runs");
});

test("the listener of a signal is removed when its last call ends", async () => {
  const service = makeService(clock);
  const client = clientOf(service);
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = counting(signal);
  for (let round = 0; round < 2; round++) {
    const first = client.generate(request(), { signal });
    await clock.pass(10_000);
    const second = client.generate(request(), { signal });
    await clock.run(first);
    assert.equal(listeners(), 1);
    await clock.run(second);
    assert.equal(listeners(), 0);
  }
  // A call that is refused before anything is sent removes its listener, too.
  await client.createTask({}, { signal }).catch(() => {});
  await client.generate({}, { signal }).catch(() => {});
  assert.equal(listeners(), 0);
});

test("the signal for fetch aborts with its attempt, whenever fetch reads it, but not after the response", async () => {
  const inits = [];
  const fetch = (_, init) => {
    inits.push(init);
    return inits.length < 3
      ? new Promise(() => {})
      : Promise.resolve(Response.json({ credits: 1, availableCredits: 1 }));
  };
  const client = new Sd2Client({ apiKey: "key", fetch, timeoutMs: 1_000 });
  const call = client.getCredits();
  await clock.settle();
  const { signal: early } = { ...inits[0] };
  assert.equal(early.aborted, false);
  await clock.run(call);
  assert.deepEqual([early.aborted, inits[1].signal.aborted, inits[2].signal.aborted], [true, true, false]);
  assert.equal(inits[0].signal, early);
});

test("a custom fetch may replace the signal", async () => {
  const other = new AbortController().signal;
  let found;
  const fetch = async (_, init) => {
    init.signal = other;
    found = [init.signal, { ...init }.signal];
    delete init.signal;
    return Response.json({ credits: 1, availableCredits: "signal" in init ? 0 : 1 });
  };
  assert.equal((await new Sd2Client({ apiKey: "key", fetch }).getCredits()).availableCredits, 1);
  assert.deepEqual(found, [other, other]);
});

test("the tests of signals caused no uncaught error and no warning", async () => {
  await clock.pass(10_000);
  assert.deepEqual(noise, []);
});
