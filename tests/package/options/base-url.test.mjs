// Base URLs that the constructor refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer } from "../../support/service.mjs";

const { Sd2Client } = await load();
const refusal = baseUrl => {
  try {
    new Sd2Client({ apiKey: "key", baseUrl });
  } catch (error) {
    assert.equal(error.code, "invalid_argument");
    return error.message;
  }
  assert.fail(`it was accepted: ${baseUrl}`);
};
/** The URL of a request. */
const asked = async options => {
  let asked;
  const fetch = async url => {
    asked = new URL(url);
    return answer({ credits: 1, availableCredits: 1 });
  };
  await new Sd2Client({ apiKey: "key", ...options, fetch }).getCredits();
  return asked.href;
};

test("what the URL parser rejects is refused", () => {
  for (const host of [
    "example.com:99999",
    "example.com:65536",
    "1.2.3.4.5",
    "256.1.1.1",
    "exa<mple.com",
    "exa mple.com",
    "exa%mple.com",
    "[::1",
    "[::g]",
    "example.com:80a",
    "xn--a",
    "\u00ad",
    "a..\u3002%00",
  ]) {
    for (const path of ["", "/v1"]) {
      const baseUrl = `https://${host}${path}`;
      assert.equal(URL.canParse(baseUrl), false, baseUrl);
      assert.match(refusal(baseUrl), /absolute URL/, baseUrl);
    }
  }
});

test("a port that fetch blocks is refused", async () => {
  for (const port of [1, 22, 25, 587, 990, 2049, 4190, 5060, 6000, 6566, 6667, 6697, 10_080]) {
    for (const host of [
      "https://example.com",
      "http://127.0.0.1",
      "https://[2001:db8::1]",
      "https://b\u00fccher.example",
    ]) {
      assert.match(refusal(`${host}:${port}/v1`), /port that fetch blocks/);
    }
  }
  assert.match(refusal("https://example.com:006000"), /port that fetch blocks/);
});

test("each port that this platform's fetch blocks is refused, and each that is refused is blocked", async () => {
  const accepts = port => {
    try {
      new Sd2Client({ apiKey: "key", baseUrl: `http://127.0.0.1:${port}` });
      return true;
    } catch {
      return false;
    }
  };
  let refused = 0;
  for (let port = 1; port < 11_000; port++) {
    if (accepts(port)) continue;
    refused++;
    await assert.rejects(fetch(`http://127.0.0.1:${port}`), error => /bad port/.test(error.cause?.message), `${port}`);
  }
  assert.equal(refused, 82);
});

test("http is for this machine alone, however its address is written", async () => {
  for (const host of [
    "0127.0.0.1",
    "0x80.0.0.1",
    "128.0.0.1",
    "2130706432.example",
    "127.0.0.1.example.com",
    "[::2]",
    "1.0.0.127",
    "localhost.example",
  ]) {
    assert.match(refusal(`http://${host}`), /must be https/, host);
  }
  for (const host of [
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "017700000001",
    "2130706433",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
  ]) {
    assert.ok(await asked({ baseUrl: `http://${host}/v1` }), host);
  }
});

test("white space around a base URL is removed", async () => {
  for (const baseUrl of [
    " https://example.com/v1",
    "https://example.com/v1 \n",
    "\ufeffhttps://example.com/v1/\u200b",
    "https://example.com/v1/ ",
  ]) {
    assert.equal(await asked({ baseUrl }), "https://example.com/v1/account/credits");
  }
});

test("a URL object is accepted", async () => {
  const baseUrl = new URL("https://example.com/v1/");
  assert.equal(await asked({ baseUrl }), "https://example.com/v1/account/credits");
});
