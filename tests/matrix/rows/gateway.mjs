// The servers of examples/ with a gateway.
import assert from "node:assert/strict";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "../app.mjs";

/** The text of an example. */
export const example = name => readFileSync(join(root, "examples", name), "utf8");

/** Makes a video through a gateway at this address, by polling as in the service's documentation. */
export const checkGateway = async (url, headers) => {
  const base = `${url}/api/sd2`;
  const init = {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify({ model: "sd2-fast", inputs: { prompt: "A cat", duration: "4s" } }),
  };
  const stranger = await fetch(`${base}/jobs/createTask`, { ...init, headers: { "content-type": "application/json" } });
  assert.equal(stranger.status, 401, await stranger.text());
  const answers = await Promise.all([1, 2].map(async () => (await fetch(`${base}/jobs/createTask`, init)).json()));
  const [{ taskId }] = answers;
  assert.match(String(taskId), /^gw_/, JSON.stringify(answers));
  assert.equal(answers[1].taskId, taskId);
  await checkUpload(base, headers);
  for (let polls = 0; polls < 300; polls++) {
    const response = await fetch(`${base}/jobs/queryTask?taskId=${taskId}`, { headers });
    const task = await response.json();
    assert.equal(response.status, 200, JSON.stringify(task));
    if (task.status === "COMPLETED") return assert.equal(task.output.length, 1);
    assert.notEqual(task.status, "FAILED", JSON.stringify(task));
    await new Promise(done => setTimeout(done, 100));
  }
  assert.fail("The video was not made.");
};

const PHOTO = readFileSync(join(root, "tests/fixtures/media/jpg-baseline.jpg"));

/** Uploads a photo, and fetches it as the service does; what is only named like one is refused. */
const checkUpload = async (base, headers) => {
  const post = async (path, body, more) => {
    const init = { method: "POST", headers: { ...headers, ...more }, body };
    const response = await fetch(`${base}/uploads${path}`, init);
    return { status: response.status, ...(await response.json()) };
  };
  const start = size => post("", JSON.stringify({ size }), { "content-type": "application/json" });
  const { uploadId, ...started } = await start(PHOTO.length);
  assert.equal(started.status, 200, JSON.stringify(started));
  assert.equal((await post(`/${uploadId}/0`, PHOTO)).received, 1);
  const { url, ...ended } = await post(`/${uploadId}`);
  assert.match(String(url), /\.jpg$/, JSON.stringify(ended));
  const file = await fetch(url);
  assert.equal(file.headers.get("content-type"), "image/jpeg");
  assert.deepEqual(Buffer.from(await file.arrayBuffer()), PHOTO);
  const part = await fetch(url, { headers: { range: "bytes=2-5" } });
  assert.deepEqual([part.status, Buffer.from(await part.arrayBuffer())], [206, PHOTO.subarray(2, 6)]);
  const page = "<!doctype html><script></script>";
  const wrong = await post(`/${(await start(page.length)).uploadId}/0`, page);
  assert.deepEqual([wrong.status, wrong.code], [400, "media_unsupported"]);
};

const row = (tool, script, file, source) => ({
  group: "Gateway",
  tool,
  app: "gateway",
  package: script,
  how: "example",
  async run({ app, api }) {
    app.clean("jobs.sqlite");
    app.write(file, example(source));
    const env = { PORT: "0", SD2_API_KEY: "sandbox-key", SD2_BASE_URL: api };
    const server = await app.serve(script, [], env);
    try {
      await checkGateway(server.url, { "x-user": "ann" });
    } catch (error) {
      error.message += `\n${server.said()}`;
      throw error;
    } finally {
      await server.stop();
    }
  },
});

/** The example for Workers as wrangler runs it: its configuration, build, page and object. */
const wrangler = {
  group: "Gateway",
  tool: "wrangler dev",
  app: "workers",
  package: "wrangler",
  how: "example",
  async run({ app, api }) {
    app.clean("gateway");
    for (const file of ["worker.js", "wrangler.jsonc", "public/index.html"]) {
      app.write(`gateway/${file}`, example(`gateway-worker/${file}`));
    }
    app.write("gateway/.dev.vars", `SD2_API_KEY=sandbox-key\nSD2_BASE_URL=${api}\n`);
    symlinkSync(app.path("node_modules"), app.path("gateway/node_modules"));
    const server = await app.serve("gateway", ["--port", "0"]);
    try {
      assert.match(await (await fetch(server.url)).text(), /sd2-client\.js/);
      assert.equal((await fetch(`${server.url}/sd2-client.js`)).status, 200);
      const signedIn = await fetch(`${server.url}/sign-in`, { method: "POST", body: "Ann" });
      const [cookie] = signedIn.headers.get("set-cookie").split(";");
      await checkGateway(server.url, { cookie, origin: server.url });
    } catch (error) {
      error.message += `\n${server.said()}`;
      throw error;
    } finally {
      await server.stop();
    }
  },
};

export const gateways = [
  wrangler,
  row("Express", "express", "express.mjs", "gateway-express/server.mjs"),
  row("Hono and SQLite", "hono", "hono.mjs", "gateway-hono/server.mjs"),
  row("Deno", "deno", "deno.ts", "gateway-deno/server.ts"),
];
