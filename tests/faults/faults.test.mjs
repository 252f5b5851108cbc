// Each fault, each call, each platform: a part of it by default, all with LONG=1 (`npm run test:faults`), which
// writes README.md beside this file.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { dist } from "../package/project.mjs";
import { startSandbox } from "../package/sandbox.mjs";
import { run } from "./matrix.mjs";
import { page } from "./platforms.mjs";
import { report } from "./report.mjs";
import { measure } from "./resend.mjs";

const isAll = process.env.LONG === "1";
const isCreate = ({ on, call }) => on === "createTask" && call === "createTask";
const WANTED = { Node: () => true, Chromium: isCreate, workerd: isCreate };

const start = () => startSandbox("--speed", "400", "--www", page, "--mount", `/package=${dist}`);
const stopped = await startSandbox();
await stopped.stop();

const cells = {};
describe("what must be true after each fault", { concurrency: !isAll, timeout: 600_000 }, () => {
  for (const platform of Object.keys(WANTED)) {
    test(`is true in ${platform}`, async (t) => {
      const began = Date.now();
      const ran = await run(await start(), stopped.baseUrl, platform, isAll ? undefined : WANTED[platform]);
      cells[platform] = ran;
      t.diagnostic(`${ran.length} cells in ${Math.round((Date.now() - began) / 1000)} s`);
      const wrong = ran.filter((cell) => cell.wrong.length);
      const say = ({ fault, call, on, times, wrong }) => `${fault.name}, ${call} (${on}, ${times || "lasting"}): ${wrong.join("; ")}`;
      assert.deepEqual(wrong.map(say), []);
    });
  }

  if (isAll) {
    test("a page's first create is not sent twice by Chromium", async () => {
      const resends = await measure(await start(), await start());
      const text = report(cells, resends);
      writeFileSync(new URL("README.md", import.meta.url), text);
      after(() => console.log(text));
      for (const { name, isSafe, ...kinds } of resends) {
        if (isSafe) assert.deepEqual(kinds, { reset_before: "outcome_unknown 1/0", reset_after: "outcome_unknown 1/1" }, name);
      }
    });
  }
});
