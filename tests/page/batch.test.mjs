// CSV and JSON that users paste into the page, as people and programs write them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { startChromium } from "../support/chromium.mjs";
import { root } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { readCsv, writeCsv } from "../../www/calculate/csv.js";
import { decode } from "../../www/calculate/encoding.js";
import { cells, COLUMNS, readRequests, WHOLE } from "../../www/calculate/requests.js";

/** The cells alone, of a text whose quotes are in order. */
const table = text => {
  const { rows, problems } = readCsv(text);
  assert.deepEqual(problems, []);
  return rows.map(({ cells }) => cells);
};
/** The requests of a text, and every problem with its line. */
const read = text => {
  const { rows, notes } = readRequests(text);
  const problems = [...notes, ...rows.flatMap(row => row.problems)];
  return {
    requests: rows.map(({ request }) => request),
    problems: problems.map(({ code, line, severity }) => `${line} ${severity} ${code}`),
  };
};
/** The requests of a text that has no problem. */
const requestsOf = text => {
  const { requests, problems } = read(text);
  assert.deepEqual(problems, []);
  return requests;
};
const cat = inputs => ({ model: "sd2", inputs: { prompt: "A cat", ...inputs } });

test("CSV is read as RFC 4180 defines it", () => {
  assert.deepEqual(table('a,"b, ""c""",\r\n"two\nlines",,x\r\n'), [
    ["a", 'b, "c"', ""],
    ["two\nlines", "", "x"],
  ]);
  assert.deepEqual(table('a,b"c'), [["a", 'b"c']], "a quote inside is a character");
  assert.deepEqual(table(""), []);
});

test("CSV of spreadsheets is read: byte order marks, semicolons, tabs, bars, empty lines, any line ends", () => {
  const rows = [
    ["a", "b"],
    ["1", "2"],
  ];
  for (const text of ["\uFEFFa,b\n1,2\n", "a;b\r1;2\r", "a\tb\r\n\r\n1\t2", "a|b\n1|2"])
    assert.deepEqual(table(text), rows);
  assert.deepEqual(
    table('"a,b,c";d\n1;2'),
    [
      ["a,b,c", "d"],
      ["1", "2"],
    ],
    "a separator in quotes does not separate cells",
  );
});

test("a sep= line in a CSV file names the separator", () => {
  const rows = [
    ["a,x,y", "b"],
    ["1", "2"],
  ];
  for (const text of ["sep=;\r\na,x,y;b\r\n1;2", '\uFEFF"sep=|"\na,x,y|b\n1|2', "SEP=^\na,x,y^b\n1^2"])
    assert.deepEqual(table(text), rows, text);
  assert.equal(readCsv("sep=;\na;b").rows[0].line, 2);
});

test("spaces around a quoted cell are not part of it", () => {
  assert.deepEqual(table('a, "b, c" ,d'), [["a", "b, c", "d"]]);
});

test("an unclosed quote hides no rows", () => {
  const header = "model,prompt,duration\n";
  for (const [text, at, prompts] of [
    ['sd2,"A cat,5s\nsd2,A dog,5s\nsd2,A bird,5s\n', 2, ["A cat", "A dog", "A bird"]],
    ['sd2,A cat,5s\nsd2,"A dog,5s\nsd2,"A bird",5s\n', 3, ["A cat", "A dog", "A bird"]],
    ['sd2,A cat,5s\nsd2,A dog,5s\nsd2,"A bird,5s', 4, ["A cat", "A dog", "A bird"]],
    ['sd2,"A ""cat,5s\nsd2,A dog,5s\nsd2,A bird,5s\n', 2, ['A ""cat', "A dog", "A bird"]],
  ]) {
    const { requests, problems } = read(header + text);
    assert.deepEqual(
      requests.map(({ inputs }) => inputs.prompt),
      prompts,
      text,
    );
    assert.deepEqual(
      requests.map(({ inputs }) => inputs.duration),
      ["5s", "5s", "5s"],
      text,
    );
    assert.deepEqual(problems, [`${at} warning unclosed`], text);
  }
});

test("a cell of several lines that look like rows is reported", () => {
  const { requests, problems } = read('model,prompt\nsd2,"A cat\nsd2,A dog"\nsd2,A bird\n');
  assert.equal(requests.length, 2);
  assert.deepEqual(problems, ["2 warning joined"]);
  assert.deepEqual(
    requestsOf('model,prompt,duration\nsd2,"A cat,\nand a dog",5s\n')[0].inputs.prompt,
    "A cat,\nand a dog",
  );
});

test("a quote that is not doubled is kept and reported", () => {
  const { requests, problems } = read('model,prompt,duration\nsd2,"A "big" cat",6s\nsd2,A dog,5s');
  assert.deepEqual(requests[0], cat({ prompt: 'A "big" cat', duration: "6s" }));
  assert.deepEqual(problems, ["2 warning stray"]);
});

test("cells without a column are reported with their line", () => {
  assert.deepEqual(read("model,prompt\n\nsd2,A cat, on a mat\nsd2,A dog").problems, ["3 error extra"]);
  assert.deepEqual(read("model,prompt,\nsd2,A cat,5s").problems, ["2 error extra"], "a column without a name");
  assert.deepEqual(requestsOf("model,prompt\nsd2,A cat,,,\n"), [cat()], "empty ones hold nothing");
});

test("rows of empty cells are counted, but are not requests", () => {
  const { rows, notes } = readRequests("model,prompt\nsd2,A cat\n,\n , \n,,,,\n\n");
  assert.equal(rows.length, 1);
  assert.deepEqual(notes, [{ severity: "warning", code: "blank", line: undefined, n: 3 }]);
});

test("two columns with the same name do not hide each other", () => {
  assert.deepEqual(read("model,prompt,prompt\nsd2,A cat,A dog\n").problems, ["1 warning twice", "2 error conflict"]);
  assert.deepEqual(read("model,prompt,inputs.Prompt\nsd2,,A cat\n").requests, [cat()]);
  assert.deepEqual(requestsOf("model,prompt,urls,URLs\nsd2,A cat,https://a.example,https://b.example"), [
    cat({ urls: ["https://a.example", "https://b.example"] }),
  ]);
});

test("the column mode sets videoInputMode", () => {
  const [frames, text] = readRequests("model,prompt,mode\nsd2,A cat,keyframe\nsd2,A cat,Text").rows;
  assert.equal(frames.request.inputs.videoInputMode, "keyframe");
  assert.deepEqual([text.request, text.mode], [cat(), "text"]);
  assert.deepEqual(read("model,prompt,mode,videoInputMode\nsd2,A cat,keyframe,reference").problems, [
    "2 error conflict",
  ]);
  assert.equal(
    readRequests("model,mode\nsd2,frames").rows[0].request.inputs.videoInputMode,
    "frames",
    "invalid requests have the issues of the validator",
  );
});

test("several URLs in a cell are separated by spaces, commas, semicolons, bars or lines", () => {
  const urls = ["https://a.example/1.jpg", "http://b.example/2.jpg", "asset://3"];
  for (const separator of [" ", ",", ", ", ";", " ; ", "|", " | ", "\n", "\t"]) {
    assert.deepEqual(
      requestsOf(`model,prompt,urls\nsd2,A cat,"${urls.join(separator)}"`),
      [cat({ urls })],
      JSON.stringify(separator),
    );
  }
  assert.deepEqual(requestsOf(`model,prompt,urls\nsd2,A cat,"${JSON.stringify(urls).replaceAll('"', '""')}"`), [
    cat({ urls }),
  ]);
  assert.deepEqual(requestsOf(`model,prompt,urls\nsd2,A cat,"${urls[0]},"`), [cat({ urls: [urls[0]] })]);
});

test("a URL keeps separators that are part of it", () => {
  for (const url of [
    "https://e.com/w_200,h_100/a.jpg",
    "https://e.com/a b.jpg",
    "https://e.com/?a=1;b=2|3",
    "https://e.com/?next=https://f.com",
  ]) {
    assert.deepEqual(requestsOf(`model,prompt,urls\nsd2,A cat,"${url}"`), [cat({ urls: [url] })]);
  }
});

test("the text of a file is read in its encoding", () => {
  const text = "model,prompt\nsd2,Ein Café in Köln\n";
  const utf16 = swap => {
    const bytes = Buffer.from(text, "utf16le");
    return new Uint8Array(swap ? bytes.swap16() : bytes);
  };
  const marked =
    (...mark) =>
    bytes =>
      new Uint8Array([...mark, ...bytes]);
  const utf8 = new TextEncoder().encode(text);
  for (const bytes of [
    utf8,
    marked(0xef, 0xbb, 0xbf)(utf8),
    marked(0xff, 0xfe)(utf16()),
    marked(0xfe, 0xff)(utf16(true)),
    utf16(),
    utf16(true),
  ]) {
    assert.deepEqual(decode(bytes), { text });
  }
  const windows = Uint8Array.from(text, letter => letter.charCodeAt(0));
  assert.deepEqual(decode(windows), { text, note: "encoding" });
  assert.deepEqual(decode(new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 0])), { text: "", note: "binary" });
  assert.deepEqual(decode(new Uint8Array()), { text: "" });
});

test("written CSV is read back unchanged, and no cell becomes a formula", () => {
  const rows = [
    ["plain", 'with "quotes"', "a, b", "two\nlines", ""],
    ["=1", "'=1", "''-", "\t@", "'"],
    ["1", "2", "3", "4", " 5 "],
  ];
  assert.deepEqual(table(writeCsv(rows)), rows);
  assert.equal(writeCsv([["=1+1", "-x", "+y", "@z", 5, null]]), `"'=1+1","'-x","'+y","'@z",5,\r\n`);
});

const written = (...requests) =>
  writeCsv([["#", ...COLUMNS, WHOLE], ...requests.map((request, index) => [index + 1, ...cells(request)])]);
const request = {
  model: "sd2",
  inputs: {
    prompt: "A, b",
    duration: "5s",
    videoInputMode: "keyframe",
    urls: ["https://a.example/1", "https://a.example/2"],
  },
  callBackUrl: "https://b.example",
};

test("a request that is written as CSV is read back unchanged", () => {
  assert.deepEqual(requestsOf(written(request)), [request]);
  assert.equal(cells(request).at(-1), "", "in cells that a person can edit");
});

test("any JSON value in a request that is written as CSV is read back unchanged", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom(
      "toString",
      "'=1",
      "=1",
      " a ",
      "",
      "\r\n",
      "https://e.com/a b.jpg",
      "a;b",
      '"',
      "[",
      "[1]",
      "null",
      "5s",
      "\ud800",
      "#",
      "\uFEFF",
    ),
  );
  const field = fc.oneof(word, fc.array(word, { maxLength: 3 }), fc.jsonValue({ maxDepth: 1 }));
  const inputs = fc.dictionary(fc.oneof(fc.constantFrom(...COLUMNS, "mode", "json", "__proto__"), word), field, {
    maxKeys: 4,
  });
  const any = fc.oneof(
    fc.jsonValue(),
    fc.record({ model: field, inputs, callBackUrl: field, seed: field }, { requiredKeys: [] }),
  );
  fc.assert(
    fc.property(
      fc.array(
        any.map(value => JSON.parse(JSON.stringify(value))),
        { minLength: 1, maxLength: 3 },
      ),
      requests => {
        const { requests: again, problems } = read(written(...requests));
        assert.deepEqual(
          problems.filter(problem => !problem.endsWith("joined")),
          [],
        );
        assert.deepEqual(again, requests);
      },
    ),
    { numRuns: 300 },
  );
});

test("any text is read without an exception, and each of its lines is in a row", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('"', '"', ",", ";", "\n", "\r", "a", " ", "'"), maxLength: 60 }),
      text => {
        const { rows, problems } = readCsv(text);
        const lines = rows.map(({ line }) => line);
        assert.deepEqual(
          lines,
          [...lines].sort((a, b) => a - b),
        );
        for (const { line } of problems) assert.ok(line >= 1 && line <= text.split(/\r\n|\n|\r/).length);
      },
    ),
    { numRuns: 2000 },
  );
});

test("a request of which only the cells or only the JSON were edited is reported", () => {
  const text = written({ model: "sd2", inputs: { prompt: " A cat " }, seed: 5 });
  assert.deepEqual(read(text.replace(",sd2,", ",sd2-fast,")).problems, ["2 error differs"]);
  assert.deepEqual(read(text.replace('""seed"":', '""seed""')).problems.at(-1), "2 error json");
});

test("columns are recognized by name, in any case and order, and unknown ones are left to the validator", () => {
  assert.deepEqual(requestsOf("Prompt;MODEL;inputs.duration;promt;# our number\nA cat;sd2;4s;x;17"), [
    cat({ duration: "4s", promt: "x" }),
  ]);
  assert.equal(readRequests("hello\nworld"), null);
});

test("JSON may be a list, a request, an object with requests, or a request on each line", () => {
  const json = JSON.stringify(request);
  assert.deepEqual(requestsOf(`[${json}]`), [request]);
  assert.deepEqual(requestsOf(json), [request]);
  assert.deepEqual(requestsOf(`{"requests":[${json}]}`), [request]);
  assert.deepEqual(requestsOf(`${json}\n\n${json}\n`), [request, request]);
  assert.throws(() => readRequests("[1,"), SyntaxError);
  assert.deepEqual(requestsOf("  "), []);
});

test("a line that is not JSON is reported, and the others are read", () => {
  const json = JSON.stringify(request);
  const { requests, problems } = read(`${json}\n\n{"model":\n${json}\n`);
  assert.deepEqual(requests, [request, undefined, request]);
  assert.deepEqual(problems, ["3 error json"]);
});

test("many rows are read quickly", () => {
  const rows = 'sd2,"A ""cat"", b"\n'.repeat(100_000);
  assert.equal(readCsv(`model,prompt\n${rows}`).rows.length, 100_001);
  // Each quote is never closed.
  assert.equal(readCsv(`model,prompt\n${'sd2,"A cat\n'.repeat(100_000)}`).rows.length, 100_001);
});

const sandbox = await startSandbox("--www", join(root, "www"), "--mount", `/dist=${join(root, "dist")}`);
const browser = await startChromium();

/** Somebody at "Many at once"; `give` puts bytes or a text into the page as a file, and `says` waits for a summary. */
const visit = (name, run) =>
  test(name, { timeout: 120_000 }, async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${sandbox.url}/#calculate`);
    const summary = page.locator("#batch-summary");
    await summary.waitFor();
    await run(page, {
      give: content =>
        page
          .locator("#batch-file")
          .setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from(content) }),
      says: text => summary.filter({ hasText: text }).waitFor(),
      problems: () => page.locator("#batch-problems p").allTextContents(),
      download: async () => {
        const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#batch-download").click()]);
        return readFileSync(await download.path(), "utf8");
      },
    });
    await page.close();
  });

visit("the page reports the line of an unclosed quote, and loses no request", async (page, { says, problems }) => {
  await page.locator("#batch").fill('model,prompt\nsd2,"A cat\nsd2,A dog\nsd2,A bird\n');
  await says("3 requests, 3 valid. Total: 600 credits.");
  assert.deepEqual(await problems(), ["Warning: Line 2: A quote is never closed, so the cell was read without it."]);
});

visit("the page reports invalid requests, and leaves them out of the total", async (page, { says, problems }) => {
  await page.locator("#batch").fill("model,prompt\nsd2,A cat\nsd2,A cat, on a mat\nsd2,\n");
  await says("3 requests, 1 valid. Total: 200 credits. Not in it: 2 rows that are not valid.");
  assert.match((await problems()).join(), /^Error: Line 3: No column for: on a mat\./);
});

visit("the credits in the download add up to the total", async (page, { give, says, download }) => {
  await give("model,prompt,duration\nsd2,A cat,5s\nsd2,,6s\nsd2-fast,A dog,4s\n");
  await says("3 requests, 2 valid. Total: 328 credits.");
  const [header, ...rows] = table(await download());
  const column = header.indexOf("# credits");
  assert.deepEqual(
    rows.map(cells => cells[column]),
    ["200", "", "128"],
  );
});

visit("the page reports a mode that does not match the other cells", async (page, { says, problems }) => {
  await page
    .locator("#batch")
    .fill("model,prompt,mode,urls\nsd2,A cat,text,https://e.com/a.jpg\nsd2,A cat,image,https://e.com/a.jpg\n");
  await says("2 requests, 1 valid.");
  assert.match((await problems()).join(), /^Error: Line 2: The mode is said to be text/);
});

visit("the page reads files in the encodings of spreadsheets", async (page, { give, says, problems }) => {
  await give(Buffer.from("\uFEFFsep=;\r\nmodel;prompt\r\nsd2;Café\r\n", "utf16le"));
  await says("1 request, 1 valid. Total: 200 credits.");
  assert.deepEqual(await problems(), []);
  await give(Buffer.from("model;prompt\nsd2;Caf\xe9 \x96 d\xfcster\n", "latin1"));
  await page.getByText("Café – düster", { exact: true }).waitFor();
  assert.match((await problems()).join(), /was read as Windows-1252/);
  await give(Buffer.from("PK\x03\x04\x14\0\0\0", "latin1"));
  await says("Nothing to price yet.");
  assert.match((await problems()).join(), /This is not text/);
});

visit("the page reads its own download, and offers the same download again", async (page, { give, says, download }) => {
  const requests = [
    cat({ prompt: "=SUM(A1)", urls: ["https://e.com/a b.jpg"] }),
    cat({ prompt: "'=1\r\nand more" }),
    cat({ urls: ["https://e.com/1.jpg", "https://e.com/2.jpg"] }),
    { model: "sd2", inputs: { prompt: " A cat ", duration: 5, seed: null }, callbackUrl: "https://e.com" },
    null,
  ];
  await give(JSON.stringify(requests));
  await says("5 requests");
  const sum = await page.locator("#batch-summary").textContent();
  const first = await download();
  assert.match(first, /^\uFEFF#,# mode,# credits,model,/);
  await give(first);
  await page.waitForFunction(() => document.querySelector("#batch").value.startsWith("#,"));
  await says(sum);
  assert.equal(await download(), first);
  assert.deepEqual(requestsOf(first), requests);
});
