// What people paste into the page: CSV and JSON in the ways in which programs write them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readCsv, writeCsv } from "../../www/calculate/csv.js";
import { cells, COLUMNS, readRequests } from "../../www/calculate/requests.js";

test("CSV is read as RFC 4180 has it", () => {
  assert.deepEqual(readCsv('a,"b, ""c""",\r\n"two\nlines",,x\r\n'), [["a", 'b, "c"', ""], ["two\nlines", "", "x"]]);
  assert.deepEqual(readCsv('a,b"c'), [["a", 'b"c']], "a quote inside is a character");
  assert.deepEqual(readCsv(""), []);
});

test("spreadsheets' CSV is read: a mark at the start, semicolons, tabs, empty lines, any end of line", () => {
  const rows = [["a", "b"], ["1", "2"]];
  for (const text of ["\uFEFFa,b\n1,2\n", "a;b\r1;2\r", "a\tb\r\n\r\n1\t2"]) assert.deepEqual(readCsv(text), rows);
  assert.deepEqual(readCsv('"a,b,c";d\n1;2'), [["a,b,c", "d"], ["1", "2"]], "what is quoted separates nothing");
});

test("what is written is read again, and no cell becomes a formula", () => {
  const rows = [["plain", 'with "quotes"', "a, b", "two\nlines", ""], ["1", "2", "3", "4", "5"]];
  assert.deepEqual(readCsv(writeCsv(rows)), rows);
  assert.equal(writeCsv([["=1+1", "-x", "+y", "@z", 5, null]]), "'=1+1,'-x,'+y,'@z,5,\r\n");
});

const request = {
  model: "sd2",
  inputs: { prompt: "A, b", duration: "5s", videoInputMode: "keyframe", urls: ["https://a.example/1", "https://a.example/2"] },
  callBackUrl: "https://b.example",
};

test("a request survives the way through CSV", () => {
  assert.deepEqual(readRequests(writeCsv([COLUMNS, cells(request)])), [request]);
});

test("columns are known by name in any case and order; an unknown one goes to the validator", () => {
  const text = "Prompt;MODEL;inputs.duration;promt\nA cat;sd2;4s;x";
  assert.deepEqual(readRequests(text), [{ model: "sd2", inputs: { prompt: "A cat", duration: "4s", promt: "x" } }]);
  assert.equal(readRequests("hello\nworld"), null);
});

test("JSON is read as a list, as one request, as an object with requests, and line by line", () => {
  const json = JSON.stringify(request);
  assert.deepEqual(readRequests(`[${json}]`), [request]);
  assert.deepEqual(readRequests(json), [request]);
  assert.deepEqual(readRequests(`{"requests":[${json}]}`), [request]);
  assert.deepEqual(readRequests(`${json}\n\n${json}\n`), [request, request]);
  assert.throws(() => readRequests("[1,"), SyntaxError);
  assert.deepEqual(readRequests("  "), []);
});
