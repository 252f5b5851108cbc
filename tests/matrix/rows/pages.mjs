// Pages without a bundler in each browser, and the tests of the boundary there.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { programFrom, root } from "../app.mjs";
import { browser, findBrowser } from "../browser.mjs";
import { checkPage, reportIn } from "../page.mjs";
import { checkReport } from "../row.mjs";

const PACKAGE = "./node_modules/sd2-client/dist";

/** The files of the program with each entry. */
const prepare = app => {
  app.write("inline.js", programFrom(`${PACKAGE}/index.js`, `${PACKAGE}/media.js`));
  app.write("slim.js", programFrom(`${PACKAGE}/slim.js`));
  cpSync(app.path("node_modules/sd2-client"), app.path("copy"), { recursive: true });
  app.write("copy.js", programFrom("./copy/dist/index.js", "./copy/dist/media.js"));
};

/** A page with the package from the tarball and the program in one script. */
const oneFile = app => {
  const own = (programFrom("") + app.read("tell.js") + app.read("main.js"))
    .replaceAll(/^import .*$/gm, "")
    .replaceAll(/^export /gm, "");
  // Exports with other names than the local ones.
  const text = app.read(`${PACKAGE}/index.js`);
  const names = [...text.match(/\bexport\s*{(.*?)}/s)[1].matchAll(/([\w$]+) as (\w+)/g)].map(
    ([, inner, name]) => `${name} = ${inner}`,
  );
  const script = `${text}\n{const ${names};\n${own}}`;
  assert.doesNotMatch(script, /<\/script|<!--/i);
  const page = app.read("index.html").replace(/<script.*<\/script>/, () => `<script type="module">${script}</script>`);
  app.write("one-file.html", page);
};

/** The report of each part of a page. */
const parts = told => {
  for (const [name, part] of Object.entries(told)) assert.equal(part?.failed, undefined, `${name}: ${part?.failed}`);
  return told;
};

const ALLOWED = "script-src 'self' 'wasm-unsafe-eval'";
const policy = value => ({ "content-security-policy": value });

const TRIES = {
  async "import map"(app, api, name) {
    await checkPage(app.folder, api, { name, path: "importmap.html" });
  },
  async "one file"(app, api, name) {
    oneFile(app);
    await checkPage(app.folder, api, { name, path: "one-file.html" });
  },
  async "worker + frame + two copies"(app, api, name) {
    const { worker, frame, mixed, errors, copies } = parts(
      await reportIn(app.folder, api, { name, path: "realms.html" }),
    );
    for (const told of [worker, frame, ...copies]) checkReport(told);
    assert.deepEqual(mixed, { price: 200, aborted: "mine" });
    assert.deepEqual(errors, Array(2).fill([true, false, "invalid_request"]));
  },
  async init(app, api, name) {
    const told = parts(await reportIn(app.folder, api, { name, path: "start.html" }));
    assert.deepEqual(told, {
      withoutInit: 200,
      twiceAndAtOnce: 200,
      usedWhileStarting: 201,
      usedAfterFailure: ["not_initialized", 200],
      again: [...Array(5).fill("not_initialized"), 200],
      eachItsOwnSource: ["not_initialized", "resolved", "not_initialized", 200],
      everySource: Array(7).fill(200),
    });
  },
  async CSP(app, api, name) {
    const told = parts(await reportIn(app.folder, api, { name, path: "policy.html", headers: policy(ALLOWED) }));
    assert.deepEqual([told.firstUse, told.init, told.slim], ["", "", ""]);
    checkReport(told.inlineProgram);
    checkReport(told.slimProgram);
  },
  async "Trusted Types"(app, api, name) {
    const headers = policy(`${ALLOWED}; require-trusted-types-for 'script'; trusted-types 'none'`);
    const told = parts(await reportIn(app.folder, api, { name, path: "policy.html", headers }));
    assert.equal(told.trustedTypes, true, "The browser does not know Trusted Types.");
    checkReport(told.inlineProgram);
    checkReport(told.slimProgram);
  },
  async "CSP that forbids it"(app, api, name) {
    const told = parts(
      await reportIn(app.folder, api, {
        name,
        path: "policy.html",
        headers: policy("script-src 'self'"),
        query: "&refused",
      }),
    );
    for (const said of [told.firstUse, told.init, told.slim])
      assert.match(said, /^true not_initialized [^]*script-src 'wasm-unsafe-eval'/);
  },
};

const rowsOf = name =>
  [
    ...Object.entries(TRIES).map(([how, tryIt]) => ({
      how,
      app: "page",
      quick: name === "Chromium",
      async run({ app, api }) {
        const { version } = await browser(name);
        prepare(app);
        await tryIt(app, api, name);
        return { version };
      },
    })),
    {
      how: "the boundary's tests",
      app: "page",
      async run({ app }) {
        const { version } = await browser(name);
        const { driver, through, browser: program } = findBrowser(name);
        // The runner treats WebKit's driver as Safari's and needs the path of the browser.
        const variable = { Chromium: "CHROMEDRIVER", Firefox: "GECKODRIVER", WebKitGTK: "SAFARIDRIVER" }[name];
        const capabilities = { "webkitgtk:browserOptions": { binary: program, args: ["--automation"] } };
        const env = {
          CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: process.env.TEST_RUNNER,
          CHROMEDRIVER: undefined,
          [variable]: driver,
          WASM_BINDGEN_TEST_WEBDRIVER_JSON:
            name === "WebKitGTK" ? app.write("webdriver.json", JSON.stringify(capabilities)) : undefined,
        };
        const test = [
          "cargo",
          "test",
          "--package",
          "sd2-client",
          "--test",
          "wasm_browser",
          "--target",
          "wasm32-unknown-unknown",
        ];
        const [command, ...args] = [...through, ...test];
        const said = await app.run(command, args, { env, cwd: root, seconds: 900 });
        assert.match(said, /test result: ok\. [1-9]\d* passed; 0 failed/);
        return { version };
      },
    },
    {
      how: "the demo page, as a person uses it",
      app: "page",
      async run({ app }) {
        const { version } = await browser(name);
        const { driver, through, browser: program } = findBrowser(name);
        const [browserVariable, driverVariable] = {
          Chromium: ["CHROMIUM", "CHROMEDRIVER"],
          Firefox: ["FIREFOX", "GECKODRIVER"],
          WebKitGTK: ["MINIBROWSER", "WEBKITDRIVER"],
        }[name];
        const files = ["videos", "queue", "spending", "views", "stage", "keeping", "files", "gateway"].map(
          file => `tests/page/${file}.test.mjs`,
        );
        const [command, ...args] = [...through, "node", "--test", "--test-reporter=spec", ...files];
        const env = {
          BROWSER: name.toLowerCase(),
          [browserVariable]: program,
          [driverVariable]: driver,
          NODE_TEST_CONTEXT: undefined,
        };
        const said = await app.run(command, args, { env, cwd: root, seconds: 900 });
        assert.match(said, /^ℹ pass [1-9]\d*$/m);
        assert.match(said, /^ℹ fail 0$/m);
        return { version };
      },
    },
  ].map(row => ({ group: "Browsers, no bundler", tool: name, ...row }));

export const pages = ["Chromium", "Firefox", "WebKitGTK"].flatMap(rowsOf);
