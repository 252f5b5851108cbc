// The known exception: Chromium resends a POST by itself if a reused connection is reset before the response, and after a 408 or
// 421. Scripts cannot notice that. This measures in which situations it happens to a create.
import { startChromium } from "../support/chromium.mjs";
import { startHttp2 } from "./http2.mjs";

const KEY = "sandbox-key";

/** What the page does before the create with the fault, and the address of the service. */
const SITUATIONS = [
  { name: "the page's first create", before: "nothing", isSafe: true },
  { name: "the first create after polls", before: "polls", isSafe: true },
  { name: "a create after another one", before: "create" },
  { name: "the page's first create, the service at another origin", before: "nothing", isElsewhere: true },
  { name: "a create after another one, the service at another origin", before: "create", isElsewhere: true },
];

/** The safe results of a reset before and after the work. */
export const SAFE = ["outcome_unknown 1/0", "outcome_unknown 1/1"];

/** The faults after which Chromium may resend a request. */
const ANSWERS = [408, 421];

/**
 * Measures each situation over each transport. Returns `{ name, outcomes: [{ transport, isSafe, got }] }`, where `got` is like
 * {@link SAFE}, or has a single result for a response.
 */
export const measure = async (sandbox, elsewhere) => {
  const browser = await startChromium("--ignore-certificate-errors");
  const services = [sandbox, elsewhere];
  const secure = await Promise.all(services.map(service => startHttp2(service)));
  const transports = [
    { transport: "HTTP/1.1", services },
    { transport: "HTTP/2", services: secure },
    { transport: "HTTP/2, `streamCreates`", services: secure, streamCreates: true },
  ];
  const rows = [];
  for (const { name, isSafe, ...situation } of SITUATIONS) {
    const outcomes = [];
    for (const { transport, streamCreates, services } of transports) {
      const got = [];
      for (const kind of ["reset_before", "reset_after"])
        got.push(await outcome(browser, { kind }, services, { streamCreates, ...situation }));
      outcomes.push({ transport, isSafe: isSafe || streamCreates, got });
    }
    rows.push({ name, outcomes });
  }
  for (const status of ANSWERS) {
    const outcomes = [];
    for (const { transport, streamCreates, services } of transports) {
      const fault = { kind: "status", status, after: true };
      outcomes.push({ transport, got: [await outcome(browser, fault, services, { streamCreates, before: "create" })] });
    }
    rows.push({ name: `a create after another one, with a ${status} after the work`, outcomes });
  }
  return rows;
};

const outcome = async (browser, fault, [home, elsewhere], { before, isElsewhere, streamCreates }) => {
  const service = isElsewhere ? elsewhere : home;
  await service.reset();
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${home.url}/`);
  await page.evaluate(prepare, { options: { apiKey: KEY, baseUrl: service.baseUrl, streamCreates }, before });
  const made = await service.ledger();
  await service.faults({ on: "createTask", ...fault });
  const code = await page.evaluate(create);
  const ledger = await service.ledger();
  await page.context().close();
  return `${code} ${ledger.createRequests - made.createRequests}/${ledger.tasksMade - made.tasksMade}`;
};

const prepare = async ({ options, before }) => {
  globalThis.client = new Sd2Client(options);
  globalThis.request = { model: "sd2", inputs: { prompt: "A cat playing piano" } };
  if (before === "create") await client.createTask(request);
  if (before === "polls") for (let i = 0; i < 3; i++) await client.getCredits();
};

const create = () =>
  client.createTask(request).then(
    () => "ok",
    error => error.code,
  );
