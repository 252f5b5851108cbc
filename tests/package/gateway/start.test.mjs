// The gateway that `npm start` puts in front of the emulator, in a Worker.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { load, project, root } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { request } from "../../support/service.mjs";
import { fixture } from "../../support/uploads.mjs";

const { Sd2Client, upload } = await load();

test("the emulator's page makes a video through the gateway without a key, but no other site can", {
  timeout: 120_000,
}, async () => {
  const sandbox = await startSandbox();
  const child = spawn(process.execPath, ["scripts/gateway.mjs", project, sandbox.url], {
    cwd: root,
    env: { ...process.env, SD2_API_KEY: "sandbox-key" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const ended = new Promise(done => child.on("exit", done));
    const line = await new Promise(done => createInterface(child.stdout).once("line", done));
    const [, baseUrl] = /^gateway listening on (http:\/\/127\.0\.0\.1:\d+\/api\/sd2)$/.exec(line);
    const client = new Sd2Client({ baseUrl, gateway: true, headers: { origin: sandbox.url } });
    assert.equal((await client.generate(request("A cat"))).status, "COMPLETED");
    assert.equal((await client.getCredits()).availableCredits, 1_800);
    // The page may learn of the end before the response to the callback.
    for (;;) {
      const { callbacks, createRequests } = await sandbox.ledger();
      assert.equal(createRequests, 1);
      if (callbacks.length === 1 && callbacks[0].delivered) break;
      await sleep(20);
    }
    const photo = fixture("jpg-baseline.jpg");
    const file = await fetch(await upload(client, photo));
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), photo);
    const stranger = new Sd2Client({ baseUrl, gateway: true, headers: { origin: "https://evil.example" } });
    await assert.rejects(stranger.getCredits(), { code: "forbidden" });
    // As when `npm start` ends.
    child.stdin.end();
    assert.equal(await ended, 0);
  } finally {
    child.kill();
  }
});
