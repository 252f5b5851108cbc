// `sd2-client/gateway` behind real servers: Node's own, one with a body parser and a mount path as Express has, Hono.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { connect } from "node:net";
import { after, test } from "node:test";
import { Hono } from "hono";
import { startGateway } from "../../support/gateway.mjs";
import { load } from "../../support/project.mjs";
import { request } from "../../support/service.mjs";

const { toNodeHandler } = await load("sd2-client/gateway");
const { Sd2Client } = await load();

/** Tasks end at once, so that a client's first poll finds its video. */
const fast = { emulator: { speed: 10_000 } };

const listen = async handler => {
  const server = createServer(handler);
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
};

/** Does the same as `express.json()`. */
const parsesBodies = handler => async (incoming, outgoing) => {
  let text = "";
  for await (const chunk of incoming) text += chunk;
  incoming.body = text ? JSON.parse(text) : {};
  handler(incoming, outgoing);
};

/** Does the same as `app.use("/api/sd2", handler)`. */
const mounts = handler => (incoming, outgoing) => {
  incoming.originalUrl = incoming.url;
  incoming.url = incoming.url.replace("/api/sd2", "") || "/";
  handler(incoming, outgoing);
};

const SERVERS = {
  "Node's server": ({ gateway }) => listen(toNodeHandler(gateway)),
  "Node's server after a body parser": ({ gateway }) => listen(parsesBodies(toNodeHandler(gateway))),
  "Node's server under a path": ({ gateway }) => listen(mounts(parsesBodies(toNodeHandler(gateway)))),
  Hono: ({ gateway }) => {
    const app = new Hono();
    app.all("/api/sd2/*", context => gateway.fetch(context.req.raw));
    return listen(toNodeHandler({ fetch: app.fetch }));
  },
};

for (const [name, serve] of Object.entries(SERVERS)) {
  test(`a client without gateway: true makes a video through ${name} by polling`, async () => {
    const it = startGateway(fast);
    const url = await serve(it);
    const client = new Sd2Client({ baseUrl: `${url}/api/sd2`, headers: { authorization: "ann" } });
    const task = await client.generate(request("A cat"), { pollIntervalMs: 20 });
    assert.deepEqual([task.status, task.creditsUsed], ["COMPLETED", 200]);
    const stranger = new Sd2Client({ baseUrl: `${url}/api/sd2`, headers: { authorization: "bob" } });
    await assert.rejects(stranger.queryTask(task.taskId), { code: "not_found" });
    assert.equal(it.service.ledger().createRequests, 1);
    assert.deepEqual(it.errors, []);
    await it.gateway.stop();
  });
}

test("Node's server passes a stream on without delay, and ends it when the page leaves", async () => {
  const it = startGateway(fast);
  const url = await listen(toNodeHandler(it.gateway));
  const controller = new AbortController();
  const init = { headers: { authorization: "ann" }, signal: controller.signal };
  const { body } = await fetch(`${url}/api/sd2/jobs/events`, init);
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await reader.read()).value, ": \n\n");
  await it.create(request("A cat"));
  const first = (await reader.read()).value;
  assert.match(first, /^data: \{"taskId":"gw_/);
  controller.abort();
  await assert.rejects(reader.read());
  await it.gateway.stop();
});

for (const [what, serve] of [
  ["HTTP/1.1", createServer],
  ["HTTP/2", createHttp2Server],
]) {
  test(`Node's server ends the stream of a page that leaves before the response, with ${what}`, {
    timeout: 10_000,
  }, async () => {
    let respond;
    const server = serve(toNodeHandler({ fetch: () => new Promise(done => (respond = done)) }));
    await new Promise(done => server.listen(0, "127.0.0.1", done));
    const socket = connect(server.address().port, "127.0.0.1");
    const left = new Promise(done => {
      server.once("request", (_, outgoing) => {
        outgoing.once("close", done);
        socket.destroy();
      });
    });
    if (what === "HTTP/2") {
      const session = connectHttp2("http://127.0.0.1", { createConnection: () => socket });
      session.on("error", () => {});
      session.request({ ":path": "/api/sd2/jobs/events" }).on("error", () => {});
    } else {
      socket.write("GET /api/sd2/jobs/events HTTP/1.1\r\nHost: a.example\r\n\r\n");
    }
    await left;
    await new Promise(cancel => respond(new Response(new ReadableStream({ cancel }))));
    server.close();
  });
}

test("an unknown path is a 404, and an invalid request does not stop the server", async () => {
  const it = startGateway(fast);
  const url = await listen(toNodeHandler(it.gateway));
  assert.equal((await fetch(`${url}/elsewhere`)).status, 404);
  assert.equal((await fetch(`${url}//`)).status, 404);
  assert.equal((await fetch(`${url}/api/sd2/jobs/createTask`, { method: "POST", body: "{" })).status, 401);
  await it.gateway.stop();
});
