// Browsers repeat a POST themselves if a reused connection breaks. Sent directly to the service, this makes two tasks; through a gateway,
// one.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { newAccount, startGatewayWorker } from "../../support/gateway-worker.mjs";
import { dist } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { placeOf, startSession } from "../../support/webdriver.mjs";

const it = await startGatewayWorker();
after(() => it.stop());
const sandbox = await startSandbox();

/** A page's server that forwards requests below `/api` to `target`. After a create on a reused connection, it resets the connection. */
const startServer = async (target, headers) => {
  const used = new WeakSet();
  const counts = { creates: 0, resets: 0 };
  const server = createServer(async (incoming, outgoing) => {
    const { method, url, socket } = incoming;
    if (url === "/package/index.js") {
      outgoing.writeHead(200, { "content-type": "text/javascript" }).end(readFileSync(join(dist, "index.js")));
      return;
    }
    if (!url.startsWith("/api/")) {
      outgoing.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Page</title>");
      return;
    }
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const given = Object.fromEntries(
      ["content-type", "authorization", "idempotency-key"].flatMap(name =>
        incoming.headers[name] ? [[name, incoming.headers[name]]] : [],
      ),
    );
    const response = await fetch(target + url.slice("/api".length), {
      method,
      headers: { ...given, ...headers },
      body: body || undefined,
    });
    const text = await response.text();
    if (url.endsWith("/createTask")) {
      counts.creates++;
      if (used.has(socket)) {
        counts.resets++;
        return socket.resetAndDestroy();
      }
    }
    used.add(socket);
    outgoing.writeHead(response.status, { "content-type": "application/json" }).end(text);
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, counts };
};

/** The outcomes of two creates of a page, one after the other. */
const twoCreates = async (driver, url, options) => {
  await driver.get(`${url}/`);
  return driver.executeAsyncScript(
    `const [options, done] = arguments;
     (async () => {
       const { Sd2Client } = await import("/package/index.js");
       const client = new Sd2Client({ baseUrl: "/api", ...options });
       const ends = [];
       for (const prompt of ["first", "second"]) {
         ends.push(await client.createTask({ model: "sd2", inputs: { prompt } }).then(() => "ok", error => error.code));
       }
       return ends;
     })().then(done, error => done(String(error)));`,
    options,
  );
};

for (const name of ["chromium", "firefox"]) {
  const place = placeOf(name);
  const skip = !(place.browser && place.driver) && `There is no ${name}, or no driver for it.`;
  test(`in ${name}, a broken connection makes two tasks directly, but one through the gateway`, {
    skip,
    timeout: 120_000,
  }, async () => {
    const { driver, end } = await startSession(name, place);
    try {
      await sandbox.reset();
      const direct = await startServer(`${sandbox.url}/api/v1`);
      await twoCreates(driver, direct.url, { apiKey: "sandbox-key" });
      assert.ok(direct.counts.resets > 0, "a connection was used again");
      const { tasks } = await sandbox.ledger();
      assert.ok(tasks.filter(({ prompt }) => prompt === "second").length > 1, "the browser sent it again");

      const own = newAccount(it, "calls");
      const user = { authorization: JSON.stringify({ user: "ann", account: own.account }) };
      const gateway = await startServer(`${it.url}/calls`, user);
      assert.deepEqual(await twoCreates(driver, gateway.url, { gateway: true }), ["ok", "ok"]);
      assert.ok(gateway.counts.resets > 0 && gateway.counts.creates > 2, JSON.stringify(gateway.counts));
      while (own.ledger().tasks.length < 2) await new Promise(done => setTimeout(done, 50));
      assert.deepEqual(
        own
          .ledger()
          .tasks.map(({ prompt }) => prompt)
          .sort(),
        ["first", "second"],
      );
      assert.equal(own.ledger().creates, 2);
    } finally {
      await end();
    }
  });
}
