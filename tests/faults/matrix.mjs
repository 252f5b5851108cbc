// Runs cells of the matrix: each fault, in each call. The sandbox's ledger says what became of them.
import { HTTP2, platforms } from "./platforms.mjs";
import { FAULTS, REFUSED } from "./table.mjs";

const CREDITS = 100_000;
const PRICE = 200;
/** So much patience that nothing uses it up. */
const PATIENT = 30_000;
/** What a wait that has to end by itself gets: time for a create, where there is one, and for some polls. */
const IMPATIENT = { generate: 4_000, waitForTask: 400 };
/** How much more time a cell gets that was wrong and had little: a slow machine is no fault of the client's. */
const SLOW = 5;
/** Nothing here takes as long, also on a machine that has much else to do. */
const AT_LAST = 60_000;

const QUESTIONS = { queryTask: "queryTask", confirmCallback: "queryTask", getCredits: "credits" };

/** What makes a task: the first create meets the fault. */
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
    // One of two requests meets the fault, and leaves the other alone. What both wait for ends both, and so does the end of the
    // connection that both share over HTTP/2.
    { call: "generateAll", expected: isShared ? undefined : `${both} ${requests + 1}/${tasks + 1}` },
  ]
    .filter(({ expected }) => expected)
    .map(cell => ({ ...cell, on: "createTask", times: 1 }));
};

/** What is safe to repeat: the fault comes once, or lasts. */
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

/** Nothing listens, as long as the call lasts. */
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

/** Runs the cells that are wanted on a platform, and gives each with what it `told`, and in `wrong` what should not be. */
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
    // Whatever runs ends now, and is paid.
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
  // An account of its own, so that no cell knows of another.
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

/** Past the client. */
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
  // How often a browser repeats a GET on its own is its business.
  cell.isLoose = platform.startsWith("Chromium") && fault.isReset && !isCreate;
  if (cell.isLoose ? code !== expected.split(" ")[0] : cell.got !== expected)
    wrong.push(`expected ${expected}, got ${cell.got}`);

  // Whatever the fault: one create makes one task at most, and each task is paid once.
  const wanted = call === "generateAll" ? 2 : call === "createTask" || call === "generate" ? 1 : 0;
  if (tasks > wanted) wrong.push(`${tasks} tasks of ${wanted} requests`);
  const paid = CREDITS - ledger.accounts[account].credits;
  if (paid !== (tasks + existing) * PRICE) wrong.push(`${paid} credits for ${tasks + existing} tasks`);
  // A task that nobody is told of was made behind an error that says so.
  const unknown = told.results.filter(({ code }) => code === "outcome_unknown").length;
  if (isCreate && tasks > told.results.filter(({ code, taskId }) => code === "ok" || taskId).length + unknown)
    wrong.push("a task is lost");
  if (isWait && code === "wait_timeout" && !told.results[0].taskId) wrong.push("wait_timeout without a taskId");
  if (told.seen.includes(cell.key)) wrong.push("the key is shown");
  if (told.results.some(({ body }) => body > 2_000)) wrong.push("the body is not cut");
};
