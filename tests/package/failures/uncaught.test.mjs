// The output of Node for an uncaught error is short and readable, and does not contain the bundle.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dist, run, write } from "../../support/project.mjs";

const start = `import { estimateCredits, estimateMany, generateAll, Sd2Client, verifyCallbackUrl } from "sd2-client";
  const fetch = async () => ({ status: 401, headers: { get: () => null }, text: async () => '{"message":"No such key"}' });
  const client = new Sd2Client({ apiKey: "key", fetch });`;
const programs = {
  "a constructor that refuses its options": [`new Sd2Client({ apiKey: "key", fetch: 5 });`, "fetch must be a function"],
  "a price that there is none of": [`estimateCredits({ model: "sd3" });`, "model"],
  "a list with a wrong request": [`estimateMany([{ model: "sd2" }, {}]);`, "model is missing"],
  "a rejection of a call": [`await client.getCredits();`, "No such key"],
  "a rejection that nobody waits for": [`client.createTask({ model: "sd2", inputs: { prompt: "a" } });`, "No such key"],
  "a request that is not valid": [`await client.generate({ model: "sd2", inputs: {} });`, "prompt"],
  "a batch without a list": [`generateAll(client, 7);`, "requests must be"],
  "a secret that is missing": [`await verifyCallbackUrl("https://example.com/");`, "secret must be"],
};

for (const [name, [program, words]] of Object.entries(programs)) {
  test(`the output of Node is short for ${name}`, async () => {
    const path = write(`uncaught/${name.replaceAll(" ", "-")}.mjs`, `${start}\n${program}\n`);
    const { code, output } = await run(process.execPath, [path]);
    assert.notEqual(code, 0);
    assert.ok(output.includes(words), output);
    assert.ok(output.length < 3_000, `${output.length} characters`);
  });
}

for (const [name, program, words] of [
  ["the slim entry before init", "priceTable();", /await init/],
  ["a WebAssembly that is none", "await init(new Uint8Array(8));", /could not be loaded/],
]) {
  test(`the output of Node is short for ${name}`, async () => {
    const path = write("uncaught/slim.mjs", `import { init, priceTable } from "sd2-client/slim";\n${program}\n`);
    const { code, output } = await run(process.execPath, [path]);
    assert.equal(code, 1);
    assert.match(output, words);
    assert.ok(output.length < 3_000, `${output.length} characters`);
  });
}

for (const file of readdirSync(dist).filter(name => name.endsWith(".js"))) {
  test(`no line of ${file} is longer than 500 characters`, () => {
    const lines = readFileSync(join(dist, file), "utf8").split("\n");
    assert.deepEqual(
      lines.filter(({ length }) => length > 500).map(line => line.slice(0, 60)),
      [],
    );
  });
}
