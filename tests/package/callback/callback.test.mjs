// Callbacks through the installed package: signed URLs, bodies, and confirmation by the service.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mock, test } from "node:test";
import { inspect } from "node:util";
import { load, root, write } from "../../support/project.mjs";

const { confirmCallback, parseCallback, Sd2Client, signCallbackUrl, validateRequest, verifyCallbackUrl } = await load();
const SECRET = "a secret of nobody's, 32 bytes long";
const URL_OF_MINE = "https://example.com/hook";
const payload = readFileSync(join(root, "tests/fixtures/answers/queryTask.json"), "utf8");
const task = JSON.parse(payload);

/** The error that a call rejects with. */
const failure = promise =>
  promise.then(
    value => assert.fail(`it resolved to ${inspect(value)}`),
    error => error,
  );

const urls = [
  URL_OF_MINE,
  new URL(URL_OF_MINE),
  { href: URL_OF_MINE },
  "https://example.com",
  "http://example.com:8080/a/b/",
  "HTTPS://EXAMPLE.com:443/../Hook?B=2&a=1&a=2",
  "https://example.com/?",
  "https://example.com/a?&&=&x==&y",
  "https://example.com/a#part",
  "https://example.com/a?b#part?c",
  "https://example.com/a&sd2_token=1..b",
  "https://example.com/a?sd2_token=old",
  "https://bücher.example/ünï/✓?q=ß&r=%C3%9F",
  "https://example.com/%7euser/%2f%2F/a%20b+c?x=%7E%2b+%20&y=[1]|{2}^`\\'",
  "http://[::1]:3000/hook",
  "http://127.0.0.1:8787/hook?tenant=7",
];
const refs = [
  "order-17",
  "",
  " ",
  ".",
  "a.b.c",
  "a&b=c#d?e/f%20",
  "ünï ✓ 🎹",
  "\u0000\n\ufeff",
  "\ufeff",
  "𝒳".repeat(512),
  "x".repeat(2_048),
];

test("a signed URL is verified, for any URL and any reference", async () => {
  for (const url of urls) {
    for (const ref of refs) {
      const expiresAt = Date.now() + 60_000;
      const signed = await signCallbackUrl(url, SECRET, { ref, expiresAt });
      assert.deepEqual(await verifyCallbackUrl(signed, SECRET), { ref, expiresAt }, signed);
      assert.deepEqual(await verifyCallbackUrl(new URL(signed), SECRET), { ref, expiresAt });
    }
  }
});

test("a signed URL is the original URL with one more parameter, and passes validation", async () => {
  for (const url of urls) {
    const signed = await signCallbackUrl(url, SECRET, { ref: "ünï" });
    const [before, after] = [new URL(url.href ?? url), new URL(signed)];
    assert.deepEqual(
      [after.origin, decodeURIComponent(after.pathname), after.hash],
      [before.origin, decodeURIComponent(before.pathname), ""],
    );
    const parameters = [...after.searchParams];
    assert.equal(parameters.pop()[0], "sd2_token");
    assert.deepEqual(parameters, [...before.searchParams]);
    assert.ok(!signed.includes(SECRET));
    const { issues } = validateRequest({ model: "sd2", inputs: { prompt: "a" }, callBackUrl: signed });
    assert.deepEqual(
      issues.filter(({ severity }) => severity === "error"),
      [],
      signed,
    );
  }
  assert.match(
    await signCallbackUrl("https://example.com/hook?a=1", SECRET, { ref: "r" }),
    /^https:\/\/example\.com\/hook\?a=1&sd2_token=/,
  );
});

test("a signed URL has nothing that a proxy would normalize", async () => {
  for (const url of urls) {
    const signed = await signCallbackUrl(url, SECRET, { ref: "a b/c" });
    assert.equal(new URL(signed).href, signed);
    // Only characters of RFC 3986, upper-case escapes, and no unnecessary escapes.
    assert.match(signed, /^https?:\/\/[^/]+\/(?:[\w.~!$&'()*+,;=:@/?-]|%[\dA-F]{2})*$/);
    for (const [, digits] of signed.matchAll(/%(..)/g))
      assert.doesNotMatch(String.fromCharCode(parseInt(digits, 16)), /[\w.~-]/);
  }
});

test("a signed URL is valid in equivalent spellings of a platform", async () => {
  const signed = await signCallbackUrl("https://example.com/a/hook?b=1", SECRET, { ref: "r" });
  for (const [from, to] of [
    ["https:", "HTTPS:"],
    ["example.com", "EXAMPLE.com"],
    ["example.com", "example.com:443"],
    ["/a/", "/x/../a/./"],
  ]) {
    assert.equal((await verifyCallbackUrl(signed.replace(from, to), SECRET))?.ref, "r", to);
  }
});

test("changing any single character invalidates a signed URL", async () => {
  const signed = await signCallbackUrl("http://example.com:8080/a/hook?b=1&c=2", SECRET, { ref: "ref" });
  for (let at = 0; at < signed.length; at++) {
    const [head, tail] = [signed.slice(0, at), signed.slice(at + 1)];
    const character = signed[at];
    const others = [
      "A",
      "b",
      "0",
      "1",
      "9",
      "-",
      "_",
      ".",
      "/",
      "?",
      "&",
      "=",
      "#",
      "%",
      String.fromCharCode(character.charCodeAt(0) ^ 1),
    ];
    for (const changed of [
      head + tail,
      `${head}${character}${character}${tail}`,
      ...others.map(other => head + other + tail),
    ]) {
      // `http:///` is another spelling of the same URL.
      if (URL.canParse(changed) && new URL(changed).href === signed) continue;
      // Only a path or a query: the caller's mistake, which throws.
      if (!URL.canParse(changed) && !/^[^/?#.][^?#]*(:|\/\/)/.test(changed)) continue;
      assert.equal(await verifyCallbackUrl(changed, SECRET), null, changed);
    }
  }
  // Three other last characters decode to the same bytes.
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const last of alphabet.replace(signed.at(-1), ""))
    assert.equal(await verifyCallbackUrl(signed.slice(0, -1) + last, SECRET), null, last);
});

test("changing, adding, removing or moving a part invalidates a signed URL", async () => {
  const base = "https://example.com/a/hook?b=1&c=2";
  const expiresAt = Date.now() + 60_000;
  const signed = await signCallbackUrl(base, SECRET, { ref: "mine", expiresAt });
  const token = /sd2_token=(.*)$/.exec(signed)[1];
  const other = /sd2_token=(.*)$/.exec(await signCallbackUrl(base, SECRET, { ref: "yours", expiresAt }))[1];
  const [time, ref, code] = token.split(".");
  for (const changed of [
    signed.replace("https", "http"),
    signed.replace("example.com", "example.org"),
    signed.replace("example.com", "example.com:8443"),
    signed.replace("example.com", "user@example.com"),
    signed.replace("/a/hook", "/a/hook/"),
    signed.replace("/a/hook", "/b/hook"),
    signed.replace("/a/", "//a/"),
    signed.replace("hook", "%68ook"),
    signed.replace("b=1", "b=2"),
    signed.replace("b=1&", ""),
    signed.replace("b=1&c=2", "c=2&b=1"),
    signed.replace("b=1", "b=1&b=1"),
    signed.replace("&sd2_token", "&d=3&sd2_token"),
    signed.replace("&sd2_token", "?sd2_token"),
    signed.replace("?b=1&c=2&", "?"),
    signed.replace("sd2_token", "SD2_TOKEN"),
    `${signed}&status=COMPLETED`,
    `${signed}&sd2_token=${other}`,
    `${signed}#`,
    `${signed}#part`,
    `${signed}=`,
    `${base}&sd2_token=${other}&sd2_token=${token}`,
    `https://example.com/a/hook?sd2_token=${token}&b=1&c=2`,
    `${base}#&sd2_token=${token}`,
    `${base}&sd2_token=${time}.${other.split(".")[1]}.${code}`,
    `${base}&sd2_token=${Number(time) + 1}.${ref}.${code}`,
    `${base}&sd2_token=0${token}`,
    `${base}&sd2_token=${time}.${ref}=.${code}`,
    `${base}&sd2_token=${time}.${ref}.`,
    `${base}&sd2_token=${time}..${code}`,
    `${base}&sd2_token=`,
    base,
  ]) {
    assert.equal(await verifyCallbackUrl(changed, SECRET), null, changed);
  }
  assert.notEqual(await verifyCallbackUrl(signed, SECRET), null);
});

test("replacing or doubling the separator of the query invalidates a signed URL", async () => {
  const signed = await signCallbackUrl(URL_OF_MINE, SECRET, { ref: "r" });
  assert.equal(await verifyCallbackUrl(signed.replace("?", "&"), SECRET), null);
  assert.equal(await verifyCallbackUrl(signed.replace("?", "?&"), SECRET), null);
});

test("a URL that was signed with another secret is invalid", async () => {
  const signed = await signCallbackUrl(URL_OF_MINE, SECRET, { ref: "r" });
  for (const secret of [
    `${SECRET} `,
    SECRET.toUpperCase(),
    SECRET.slice(1),
    "\u0000".repeat(16),
    "another secret of 16",
  ]) {
    assert.equal(await verifyCallbackUrl(signed, secret), null);
  }
});

test("an HMAC of the same secret for another purpose is not a valid signature", async () => {
  const text = `${URL_OF_MINE}?sd2_token=${Date.now() + 60_000}.cg.`;
  const bytes = what => new TextEncoder().encode(what);
  const key = await crypto.subtle.importKey("raw", bytes(SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const code = Buffer.from(await crypto.subtle.sign("HMAC", key, bytes(text))).toString("base64url");
  assert.equal(await verifyCallbackUrl(text + code, SECRET), null);
});

test("a signed URL is valid for 24 hours, or until expiresAt, and not a millisecond longer", async context => {
  const now = 1_711_234_567_890;
  context.mock.timers.enable({ apis: ["Date"], now });
  for (const [options, span] of [
    [{}, 86_400_000],
    [{ expiresAt: undefined }, 86_400_000],
    [{ expiresAt: now + 5 }, 5],
  ]) {
    context.mock.timers.setTime(now);
    const signed = await signCallbackUrl(URL_OF_MINE, SECRET, { ref: "r", ...options });
    const said = { ref: "r", expiresAt: now + span };
    assert.deepEqual(await verifyCallbackUrl(signed, SECRET), said);
    context.mock.timers.setTime(now + span - 1);
    assert.deepEqual(await verifyCallbackUrl(signed, SECRET), said);
    context.mock.timers.setTime(now + span);
    assert.equal(await verifyCallbackUrl(signed, SECRET), null);
  }
});

test("an expiresAt in the past or in seconds is refused", async context => {
  const now = 1_711_234_567_890;
  context.mock.timers.enable({ apis: ["Date"], now });
  for (const expiresAt of [0, now, now - 1, Math.floor(now / 1_000) + 3_600]) {
    const error = await failure(signCallbackUrl(URL_OF_MINE, SECRET, { ref: "r", expiresAt }));
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, /^expiresAt must be .*Unix milliseconds/);
  }
});

test("errors about wrong arguments never contain the secret", async () => {
  const options = { ref: "r" };
  const calls = [
    ...[undefined, null, "", 7, {}, new Uint8Array(32), Symbol("a")].flatMap(secret => [
      () => signCallbackUrl(URL_OF_MINE, secret, options),
      () => verifyCallbackUrl(URL_OF_MINE, secret),
      () => verifyCallbackUrl("no url", secret),
    ]),
    ...[
      undefined,
      null,
      "",
      7,
      {},
      Symbol("a"),
      "/hook",
      "//example.com/hook",
      "example.com",
      "https://",
      "ftp://example.com/",
      "data:text/plain,a",
      "https://user:word@example.com/",
      "https://user@example.com/",
      "https://:word@example.com/",
    ].map(url => () => signCallbackUrl(url, SECRET, options)),
    ...[
      undefined,
      null,
      {},
      { ref: undefined },
      { ref: null },
      { ref: 7 },
      { ref: ["a"] },
      { ref: "\ud800" },
      { ref: "x".repeat(2_049) },
      { ref: "é".repeat(1_025) },
    ].map(wrong => () => signCallbackUrl(URL_OF_MINE, SECRET, wrong)),
    ...[null, "tomorrow", "1711234567890", NaN, Infinity, -1, 1.5, 2 ** 53, new Date(), 5n].map(
      expiresAt => () => signCallbackUrl(URL_OF_MINE, SECRET, { ...options, expiresAt }),
    ),
  ];
  for (const call of calls) {
    const error = await failure(call());
    assert.deepEqual([error.name, error.code, error.retryable], ["Sd2Error", "invalid_argument", false], `${call}`);
    assert.match(error.message, /must be/);
    assert.ok(!inspect(error, { showHidden: true, depth: 9 }).includes(SECRET));
  }
});

test("verifyCallbackUrl returns null for a URL that is not signed", async () => {
  for (const url of [
    "https://",
    "https://exa mple.com/?sd2_token=1",
    "ftp://example.com/",
    "https//example.com/hook?sd2_token=1",
    `https://example.com/?${"&sd2_token=1.a.".repeat(20_000)}`,
  ]) {
    assert.equal(await verifyCallbackUrl(url, SECRET), null);
  }
});

test("verifyCallbackUrl throws for a path or a value that is not a URL", async () => {
  const path = (await signCallbackUrl(URL_OF_MINE, SECRET, { ref: "r" })).replace("https://example.com", "");
  const strange = [
    undefined,
    null,
    "",
    7,
    {},
    [],
    Symbol("a"),
    new Proxy(
      {},
      {
        get: () => () => {
          throw 1;
        },
      },
    ),
  ];
  for (const url of [
    path,
    path.slice(1),
    `//example.com${path}`,
    `.${path}`,
    path.replace("/hook", ""),
    `/hook?next=https://example.com/&sd2_token=1`,
    { url: path },
    ...strange,
  ]) {
    const error = await failure(verifyCallbackUrl(url, SECRET));
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, /whole URL/);
  }
});

test("verifyCallbackUrl takes a Request", async () => {
  const signed = await signCallbackUrl(URL_OF_MINE, SECRET, { ref: "r" });
  assert.equal((await verifyCallbackUrl(new Request(signed, { method: "POST", body: "{}" }), SECRET)).ref, "r");
  assert.equal((await verifyCallbackUrl({ url: signed, headers: {} }, SECRET)).ref, "r");
  assert.equal(await verifyCallbackUrl(new Request(`${signed}x`), SECRET), null);
});

test("a short secret is refused by both functions", async () => {
  const signed = await signCallbackUrl(URL_OF_MINE, "x".repeat(16), { ref: "r" });
  for (const secret of [
    "s",
    "secret",
    "x".repeat(15),
    ` ${"x".repeat(15)}\n`,
    " ".repeat(40),
    "\ud83c\udfb9".repeat(15),
  ]) {
    for (const call of [signCallbackUrl(URL_OF_MINE, secret, { ref: "r" }), verifyCallbackUrl(signed, secret)]) {
      const error = await failure(call);
      assert.equal(error.code, "invalid_argument");
      assert.match(error.message, /at least 16 characters/);
    }
  }
});

test("a bundle that only signs and verifies contains no WebAssembly", async () => {
  const { build } = await import("esbuild");
  const entry = write(
    "signing.mjs",
    `import { signCallbackUrl, verifyCallbackUrl } from "sd2-client"; console.log(signCallbackUrl, verifyCallbackUrl);`,
  );
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  const [{ text }] = outputFiles;
  assert.ok(!text.includes("WebAssembly"));
  assert.ok(text.length < 4_000, `${text.length}`);
});

const bytes = new TextEncoder().encode(payload);
const shapes = {
  text: payload,
  bytes,
  "a part of some bytes": new Uint8Array([123, ...bytes, 125]).subarray(1, -1),
  "an ArrayBuffer": bytes.buffer,
  "a DataView": new DataView(bytes.buffer),
  "a Buffer": Buffer.from(payload),
  "bytes with a mark": Buffer.from(`\ufeff${payload}`),
  "an object": task,
};
for (const [name, body] of Object.entries(shapes)) {
  test(`parseCallback reads the documented payload as ${name}`, () => {
    assert.deepEqual(parseCallback(body), task);
  });
}

const changed = change => ({ ...task, ...change });

test("parseCallback keeps unknown fields and states", () => {
  const later = changed({ seed: 7, cost: { credits: 200 }, output: [{ ...task.output[0], codec: "av1" }] });
  assert.deepEqual(parseCallback(JSON.stringify(later)), later);
  const archived = { taskId: "task_1", status: "ARCHIVED" };
  assert.deepEqual(parseCallback(archived), archived);
  const failed = changed({ status: "FAILED", output: null, error: "blocked" });
  assert.deepEqual(parseCallback(failed), failed);
});

test("a body that is not a task is an unexpected_response", () => {
  const wrong = [
    undefined,
    null,
    "",
    " ",
    "null",
    "[]",
    "{}",
    "7",
    "task_abc123",
    "{",
    payload.slice(0, -3),
    `${payload}x`,
    "taskId=a&status=COMPLETED",
    "<html>",
    new Uint8Array(),
    new ArrayBuffer(0),
    bytes.subarray(0, -3),
    new Uint16Array(8),
    7,
    true,
    5n,
    Symbol("a"),
    () => task,
    Promise.resolve(task),
    [task],
    new Map(),
    changed({ taskId: undefined }),
    changed({ taskId: "" }),
    changed({ taskId: 7 }),
    changed({ status: undefined }),
    changed({ status: null }),
    changed({ status: 200 }),
    changed({ output: null }),
    changed({ output: [] }),
    changed({ output: {} }),
    changed({ output: [{}] }),
    changed({ output: ["https://example.com/a.mp4"] }),
    ...["javascript:alert(1)", "data:text/html,a", "blob:https://example.com/a", "/a.mp4", ""].flatMap(url => [
      changed({ output: [{ ...task.output[0], url }] }),
      changed({ output: [...task.output, { url }] }),
    ]),
    changed({ creditsUsed: "200" }),
    changed({ createTime: "now" }),
    changed({ completeTime: {} }),
    changed({ model: 2 }),
    changed({ error: { message: "a" } }),
    {
      get taskId() {
        throw new Error("mine");
      },
    },
  ];
  for (const body of wrong) {
    for (const given of typeof body === "object" && !ArrayBuffer.isView(body) && !inspect(body).includes("Getter")
      ? [body, JSON.stringify(body)]
      : [body]) {
      assert.throws(
        () => parseCallback(given),
        error => error.name === "Sd2Error" && error.code === "unexpected_response" && !error.retryable,
        inspect(given),
      );
    }
  }
});

test("the error about a Request or a Promise says what to pass", async () => {
  const request = new Request("https://example.com", { method: "POST", body: payload });
  for (const given of [request, request.text(), {}, { body: payload, headers: {} }, undefined, null, ""]) {
    assert.throws(() => parseCallback(given), { code: "unexpected_response", message: /await request\.text\(\)/ });
    const { client } = clientOf(200, task);
    assert.match((await failure(confirmCallback(client, given))).message, /await request\.text\(\)/);
  }
  for (const body of ["<html>", "{}", "[]", changed({ output: null })]) {
    assert.throws(() => parseCallback(body), { message: /Do not trust/ });
  }
});

test("the error about a callback contains the start of its body", () => {
  for (const body of ["é".repeat(5_000), Buffer.from("é".repeat(5_000))]) {
    assert.throws(() => parseCallback(body), { body: "é".repeat(1_000) });
  }
  assert.throws(() => parseCallback("<html>"), { body: "<html>" });
});

test("a callback of more than 4 MB is refused", () => {
  const padded = length => payload.trimEnd().padEnd(length, " ");
  assert.deepEqual(parseCallback(padded(4 << 20)), task);
  for (const body of [padded((4 << 20) + 1), Buffer.from(padded((4 << 20) + 1))]) {
    assert.throws(() => parseCallback(body), { code: "unexpected_response" });
  }
});

/** A client whose service always sends this response, and the URLs of its requests. */
const clientOf = (status, answer) => {
  const asked = [];
  const fetch = async (url, { method }) => {
    asked.push(`${method} ${url.replace("https://seegen.ai/api/v1", "")}`);
    return new Response(JSON.stringify(answer), { status });
  };
  return { asked, client: new Sd2Client({ apiKey: "key-of-mine", fetch, maxRetries: 0 }) };
};

test("confirmCallback returns what the service says, not the body", async () => {
  const running = {
    taskId: "task_1",
    model: "sd2",
    status: "PROCESSING",
    creditsUsed: 200,
    output: null,
    error: null,
    createTime: 1,
    completeTime: null,
  };
  const forged = changed({ taskId: "task_1", output: [{ url: "https://evil.example/a.mp4", width: 1, height: 1 }] });
  for (const body of [
    forged,
    JSON.stringify(forged),
    Buffer.from(JSON.stringify(forged)),
    { taskId: "task_1", status: "COMPLETED" },
    changed({ taskId: "task_1", output: [{ url: "javascript:alert(1)" }] }),
  ]) {
    const { asked, client } = clientOf(200, running);
    assert.deepEqual(await confirmCallback(client, body), running);
    assert.deepEqual(asked, ["GET /jobs/queryTask?taskId=task_1"]);
  }
});

test("confirmCallback encodes the task id in its request", async () => {
  const { asked, client } = clientOf(200, { ...task, taskId: "a&key=b#/../c" });
  await confirmCallback(client, { taskId: "a&key=b#/../c", status: "COMPLETED" });
  assert.deepEqual(asked, ["GET /jobs/queryTask?taskId=a%26key%3Db%23%2F..%2Fc"]);
});

test("confirmCallback sends no request for a body without a task id", async () => {
  const { asked, client } = clientOf(200, task);
  for (const body of [
    "",
    "{}",
    "<html>",
    undefined,
    null,
    { taskId: 7, status: "COMPLETED" },
    { taskId: "", status: "COMPLETED" },
  ]) {
    assert.equal((await failure(confirmCallback(client, body))).code, "unexpected_response");
  }
  assert.deepEqual(asked, []);
});

test("confirmCallback rejects with the task id if the task belongs to another account", async () => {
  for (const [status, code] of [
    [403, "forbidden"],
    [404, "not_found"],
    [401, "unauthorized"],
    [500, "server_error"],
  ]) {
    const { client } = clientOf(status, { message: "no" });
    const error = await failure(confirmCallback(client, task));
    assert.deepEqual([error.code, error.status, error.taskId], [code, status, task.taskId]);
  }
});

test("confirmCallback refuses an output URL that is not http(s), even from the service", async () => {
  const { client } = clientOf(200, changed({ output: [{ url: "javascript:alert(1)" }] }));
  for (const call of [confirmCallback(client, task), client.queryTask(task.taskId)]) {
    assert.equal((await failure(call)).code, "unexpected_response");
  }
});

test("confirmCallback can be aborted", async () => {
  const fetch = mock.fn(() => new Promise(() => undefined));
  const client = new Sd2Client({ apiKey: "key-of-mine", fetch });
  assert.equal(await failure(confirmCallback(client, task, { signal: AbortSignal.abort("mine") })), "mine");
  assert.equal(fetch.mock.callCount(), 0);
  const controller = new AbortController();
  const call = confirmCallback(client, task, { signal: controller.signal });
  controller.abort("mine");
  assert.equal(await failure(call), "mine");
});
