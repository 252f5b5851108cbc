// The sandbox: the emulated service over HTTP. Each file of tests starts its own.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = process.env.SANDBOX ?? fileURLToPath(new URL("../../target/debug/sandbox", import.meta.url));

/** Starts a sandbox whose clock runs fifty times as fast as real time. It ends with this process. */
export const startSandbox = async (...flags) => {
  const child = spawn(program, ["--port", "0", "--admin", "--speed", "50", "--until-stdin-ends", ...flags], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const line = await new Promise((done, failed) => {
    child.on("error", failed);
    child.on("exit", code => failed(new Error(`The sandbox ended with ${code}.`)));
    createInterface(child.stdout).once("line", done);
  });
  for (const held of [child, child.stdin, child.stdout]) held.unref();
  const url = line.replace("sandbox listening on ", "");
  const admin = async (method, path, body) => {
    const response = await fetch(`${url}/admin/${path}`, { method, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    baseUrl: `${url}/api/v1`,
    /** The ledger: what happened since the last reset. */
    ledger: () => admin("GET", "ledger"),
    /** Adds faults, as sandbox/README.md lists them. */
    faults: (...faults) => admin("POST", "faults", faults),
    /** Ends a task, or replaces fields in responses about it. */
    task: (id, change) => admin("POST", `tasks/${id}`, change),
    /** Adds an API key, and resolves to the number of its account. */
    addKey: async (key, credits) => (await admin("POST", "keys", { key, credits })).account,
    /** Moves the emulated clock forward. */
    advance: ms => admin("POST", "advance", { ms }),
    reset: () => admin("POST", "reset"),
    /** Stops the sandbox. */
    stop: () =>
      new Promise(done => {
        child.on("close", done).ref();
        child.stdin.end();
      }),
  };
};
