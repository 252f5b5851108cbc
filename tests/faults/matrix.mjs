// Runs cells of the matrix: each fault in each call. Checks them with the sandbox's ledger.
import { HTTP2, platforms } from "./platforms.mjs";
import { FAULTS, REFUSED } from "./table.mjs";

const CREDITS = 100_000;
const PRICE = 200;
/** A timeout that is never reached. */
const PATIENT = 30_000;
/** The timeout of a wait that must time out: enough for a create and some polls. */
const IMPATIENT = { generate: 4_000, waitForTask: 400 };
/** The factor for repeating a wrong cell with a short timeout, because the machine may be slow. */
const SLOW = 5;
/** Longer than any cell takes, even on a busy machine. */
const AT_LAST = 60_000;

const QUESTIONS = { queryTask: "queryTask", confirmCallback: "queryTask", getCredits: "credits" };

/** Calls that create a task. The fault applies to the first create. */
const creates = (fault, platform) => {
  const create = (platform === HTTP2 && fault.streamed) || fault.create;
  const generate = fault.generate ?? create;
  const [code, made] = generate.split(" ");
  const [requests, tasks] = made.split("/").map(Number);
  const isShared = code === "wait_timeout" || (platform === HTTP2 && fault.isReset);
  const both = [code, "ok"].sort().join("+");
  return [
    { call: "createTask", expected: create },
    { call: "generate", expected: generate },
    // The fault applies to one of two requests. Both fail if they share a wait or, over HTTP/2, a connection.
    { call: "generateAll", expected: isShared ? undefined : `${both} ${requests + 1}/${tasks + 1}` },
  ]
    .filter(({ expected }) => expected)
    .map(cell => ({ ...cell, on: "createTask", times: 1 }));
};

/** Calls that are safe to repeat. The fault applies once or always. */
const safe = fault =>
  [1, 0].flatMap(times => [
    ...Object.entries(QUESTIONS).map(([call, on]) => ({
      call,
      on,
      times,
      expected: times ? fault.once : fault.lasting,
    })),
    ...["waitForTask", "generate"].map(call => ({
      call,
      on: "queryTask",
      times,
      expected: times ? fault.waitOnce : fault.waitLasting,
    })),
  ]);

/** Nothing listens during the call. */
const refused = platform => [
  ...["createTask", "generate"].map(call => ({ call, on: "createTask", times: 0, expected: REFUSED.create(platform) })),
  ...Object.entries(QUESTIONS).map(([call, on]) => ({ call, on, times: 0, expected: REFUSED.lasting })),
  { call: "waitForTask", on: "queryTask", times: 0, expected: REFUSED.waitLasting },
];

const cellsOf = (platform, isWanted) =>
  [
    ...FAULTS.flatMap(fault => [...creates(fault, platform), ...safe(fault)].map(cell => ({ ...cell, fault }))),
    ...refused(platform).map(cell => ({ ...cell, fault: REFUSED })),
  ].filter(isWanted);

/** Runs the wanted cells on a platform. Returns each with its report in `told` and errors in `wrong`. */
export const run = async ({ sandbox, secure, down }, platform, isWanted = () => true) => {
  const { attempt, atOnce, baseUrl = sandbox.baseUrl } = await platforms[platform]({ sandbox, secure });
  const cells = cellsOf(platform, isWanted);
  const round = async (cells, atOnce, slow) => {
    const queue = [...cells];
    const work = async () => {
      for (let cell = queue.shift(); cell; cell = queue.shift())
        await runCell({ sandbox, baseUrl, down }, platform, attempt, cell, slow);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    // End and charge all running tasks.
    await sandbox.advance(3_600_000);
    const ledger = await sandbox.ledger();
    for (const cell of cells) judge(cell, platform, ledger);
  };
  await round(cells, atOnce, 1);
  await round(
    cells.filter(({ wrong, isHurried }) => wrong.length && isHurried),
    1,
    SLOW,
  );
  return cells;
};

const runCell = async ({ sandbox, baseUrl, down }, platform, attempt, cell, slow) => {
  const { fault, call, on, times } = cell;
  // A separate account, so that cells do not affect each other.
  cell.key = `key-of-${platform.replaceAll(" ", "-")}-${Math.random().toString(36).slice(2)}`;
  cell.account = await sandbox.addKey(cell.key, CREDITS);
  const taskId = on === "queryTask" && call !== "generate" ? await createDirectly(sandbox, cell.key) : undefined;
  if (fault.fault) await sandbox.faults({ ...fault.fault, on, times, key: cell.key });
  cell.existing = taskId ? 1 : 0;
  const endsByItself = cell.expected.startsWith("wait_timeout");
  cell.isHurried = endsByItself || fault.attemptMs !== undefined;
  const spec = {
    baseUrl: fault === REFUSED ? down : baseUrl,
    key: cell.key,
    call,
    taskId,
    attemptMs: fault.attemptMs === undefined ? PATIENT : slow * fault.attemptMs,
    patienceMs: endsByItself ? slow * IMPATIENT[call] : PATIENT,
  };
  let timer;
  const late = new Promise(
    done => (timer = setTimeout(done, AT_LAST, { results: [{ code: "never ended" }], seen: "" })),
  );
  cell.told = await Promise.race([attempt(spec, fault.isReset || fault.isAlone), late]).catch(error => ({
    results: [{ code: String(error) }],
    seen: "",
  }));
  clearTimeout(timer);
};

/** Sends a request without the client. */
const createDirectly = async (sandbox, key) => {
  const response = await fetch(`${sandbox.baseUrl}/jobs/createTask`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ model: "sd2", inputs: { prompt: "A cat" } }),
  });
  return (await response.json()).taskId;
};

const judge = (cell, platform, ledger) => {
  const { call, on, fault, told, account, existing, expected } = cell;
  const requests = ledger.requests.filter(request => request.account === account);
  const asked = requests.filter(({ endpoint }) => endpoint === on).length - (on === "createTask" ? existing : 0);
  const tasks = ledger.tasks.filter(task => task.account === account).length - existing;
  const code = told.results
    .map(({ code }) => code)
    .sort()
    .join("+");
  cell.ms = told.ms;
  const isCreate = on === "createTask";
  const isWait = !isCreate && (call === "waitForTask" || call === "generate");
  cell.got = isCreate ? `${code} ${asked}/${tasks}` : isWait ? code : `${code} ${asked}`;
  const wrong = (cell.wrong = []);
  // A browser may repeat a GET by itself.
  cell.isLoose = platform.startsWith("Chromium") && fault.isReset && !isCreate;
  if (cell.isLoose ? code !== expected.split(" ")[0] : cell.got !== expected)
    wrong.push(`expected ${expected}, got ${cell.got}`);

  // With any fault, a create makes at most one task, and each task is paid once.
  const wanted = call === "generateAll" ? 2 : call === "createTask" || call === "generate" ? 1 : 0;
  if (tasks > wanted) wrong.push(`${tasks} tasks of ${wanted} requests`);
  const paid = CREDITS - ledger.accounts[account].credits;
  if (paid !== (tasks + existing) * PRICE) wrong.push(`${paid} credits for ${tasks + existing} tasks`);
  // A task is unknown to the caller only if an error says that it may exist.
  const unknown = told.results.filter(({ code }) => code === "outcome_unknown").length;
  if (isCreate && tasks > told.results.filter(({ code, taskId }) => code === "ok" || taskId).length + unknown)
    wrong.push("a task is lost");
  if (isWait && code === "wait_timeout" && !told.results[0].taskId) wrong.push("wait_timeout without a taskId");
  if (told.seen.includes(cell.key)) wrong.push("the key is shown");
  if (told.results.some(({ body }) => body > 2_000)) wrong.push("the body is not cut");
};
