// Several processes of a gateway behind one address, which passes each request to a running process.
import { spawn } from "node:child_process";
import { createServer, request as send } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));

export const startFleet = async (size, kind, place, baseUrl) => {
  const workers = new Map();
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const ports = [...workers.values()];
    const port = ports[turn++ % ports.length];
    const { method, url, headers } = incoming;
    const fail = () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(503).end("{}"));
    if (port === undefined) return fail();
    const passed = send({ host: "127.0.0.1", port, method, path: url, headers, agent: false }, answer => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.on("error", fail).pipe(outgoing);
    });
    passed.on("error", fail);
    incoming.on("error", fail).pipe(passed);
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const add = async () => {
    const child = spawn(process.execPath, [WORKER, kind, place, baseUrl, origin], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", data => (said += data));
    const port = await new Promise((done, failed) => {
      createInterface(child.stdout).once("line", done);
      child.once("exit", () => failed(new Error(`A worker ended: ${said}`)));
    });
    workers.set(child, port);
    child.once("exit", () => workers.delete(child));
    return child;
  };
  await Promise.all(Array.from({ length: size }, add));
  return {
    origin,
    add,
    workers: () => [...workers.keys()],
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await Promise.all(
        [...workers.keys()].map(child => {
          const ended = new Promise(done => child.once("exit", done));
          child.kill("SIGTERM");
          return ended;
        }),
      );
    },
  };
};

/** Creates a job like a page: with an idempotency key, repeated until there is a response. */
export const createJob = async (origin, user, number) => {
  const body = JSON.stringify({ model: "sd2-fast", inputs: { prompt: `job ${number}`, duration: "4s" } });
  const headers = { "content-type": "application/json", authorization: user, "idempotency-key": `key-${number}` };
  for (;;) {
    try {
      const response = await fetch(`${origin}/api/sd2/jobs/createTask`, { method: "POST", headers, body });
      if (response.ok) return (await response.json()).taskId;
      if (response.status < 500) throw Object.assign(new Error(await response.text()), { isFinal: true });
    } catch (error) {
      if (error.isFinal) throw error;
    }
    await new Promise(done => setTimeout(done, 20));
  }
};
