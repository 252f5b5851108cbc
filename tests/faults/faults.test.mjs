// Each fault in each call on each platform: some by default, all with LONG=1 (`npm run test:faults`), which writes README.md in
// this folder.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { dist } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { startHttp2 } from "./http2.mjs";
import { run } from "./matrix.mjs";
import { HTTP2, page } from "./platforms.mjs";
import { report } from "./report.mjs";
import { measure, SAFE } from "./resend.mjs";

const isAll = process.env.LONG === "1";
const isCreate = ({ on, call }) => on === "createTask" && call === "createTask";
/** The cells that run by default and with LONG=1. Without an entry, all run. */
const PLATFORMS = {
  Node: {},
  Chromium: { byDefault: isCreate },
  // Only creates are streamed.
  [HTTP2]: { byDefault: isCreate, long: ({ on }) => on === "createTask" },
  workerd: { byDefault: isCreate },
};

const start = () => startSandbox("--speed", "400", "--www", page, "--mount", `/package=${dist}`);
const stopped = await startSandbox();
await stopped.stop();

const cells = {};
describe("what must be true after each fault", { concurrency: !isAll, timeout: 600_000 }, () => {
  for (const [platform, { byDefault, long }] of Object.entries(PLATFORMS)) {
    test(`the table of faults is right in ${platform}`, async t => {
      const began = Date.now();
      const sandbox = await start();
      const services = { sandbox, secure: await startHttp2(sandbox), down: stopped.baseUrl };
      const ran = await run(services, platform, isAll ? long : byDefault);
      cells[platform] = ran;
      t.diagnostic(`${ran.length} cells in ${Math.round((Date.now() - began) / 1000)} s`);
      const wrong = ran.filter(cell => cell.wrong.length);
      const say = ({ fault, call, on, times, wrong }) =>
        `${fault.name}, ${call} (${on}, ${times || "lasting"}): ${wrong.join("; ")}`;
      assert.deepEqual(wrong.map(say), []);
    });
  }

  if (isAll) {
    test("Chromium does not resend the first create of a page, nor a streamed one", async () => {
      const resends = await measure(await start(), await start());
      const text = report(cells, resends);
      writeFileSync(new URL("README.md", import.meta.url), text);
      after(() => console.log(text));
      for (const { name, outcomes } of resends) {
        for (const { transport, isSafe, got } of outcomes)
          if (isSafe) assert.deepEqual(got, SAFE, `${name}, ${transport}`);
      }
    });
  }
});
