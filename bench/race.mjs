// Short, so that there are many rounds and few are interrupted.
const ROUND_MS = 2;
const RACE_MS = 6_000;
const WARM_MS = 500;
const LONG_WARM_MS = 3_000;
const WARM_RUNS = 20_000;

/** The processor time of this process since `before`, in nanoseconds. It does not depend on other processes. */
const since = before => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1e3;
};

// Keeps the result of a run, so that no engine optimizes the run away.
export let sink;
const time = (run, times) => {
  const began = process.cpuUsage();
  for (let i = 0; i < times; i++) sink = run();
  return since(began) / times;
};
const timeCalls = async (run, times) => {
  const began = process.cpuUsage();
  for (let i = 0; i < times; i++) sink = await run();
  return since(began) / times;
};

/**
 * Yields `[run, times]`, and is resumed with the nanoseconds of one run. Returns the runners with their rounds. All take turns in
 * short rounds, so that other load on the machine affects all alike.
 */
function* turns(runs) {
  const runners = [];
  for (const [name, run] of runs) {
    let times = 1;
    let count = 0;
    const began = performance.now();
    const past = ms => performance.now() - began > ms;
    // Warms up, and finds the number of runs for a round. On a busy machine, the engine's compiler threads need longer.
    while (!past(WARM_MS) || (count < WARM_RUNS && !past(LONG_WARM_MS))) {
      count += times;
      times = Math.max(1, Math.round((ROUND_MS * 1e6) / Math.max(10, yield [run, times])));
    }
    runners.push({ name, run, times, rounds: [] });
  }
  const end = performance.now() + RACE_MS;
  for (let round = 0; performance.now() < end; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const { run, times, rounds } = runners[(turn + round) % runners.length];
      rounds.push(yield [run, times]);
    }
  }
  return runners;
}

/** The 10th, 50th and 90th percentile. */
const quantiles = numbers => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return [0.1, 0.5, 0.9].map(part => sorted[Math.floor(part * sorted.length)]);
};

/**
 * Prints a table of samples that were taken in turn. Returns `{ low, median, ratio }` for each name. `ratio` is the time of the first
 * row divided by that of the row: the median over all rounds.
 */
export const report = (title, unit, samples) => {
  const [[first, ours]] = Object.entries(samples);
  const found = {};
  console.log(`\n${title}`);
  for (const [name, numbers] of Object.entries(samples)) {
    const [low, median, high] = quantiles(numbers);
    const [, ratio] = quantiles(numbers.map((number, round) => ours[round] / number));
    found[name] = { low, median, ratio };
    const compared = name === first ? "" : `   ${first} takes × ${ratio.toFixed(2)} of it`;
    console.log(
      `  ${name.padEnd(18)}${median.toFixed(2).padStart(8)} ${unit}   (${low.toFixed(2)} to ${high.toFixed(2)})${compared}`,
    );
  }
  return found;
};

const reportRuns = (title, size, runners) =>
  report(
    title,
    "µs",
    Object.fromEntries(runners.map(({ name, rounds }) => [name, rounds.map(each => each / size / 1e3)])),
  );

/** Measures runs, prints a table, and returns the result of `report` in µs. A run handles `size` items. */
export const race = (title, runs, size) => {
  const all = turns(runs);
  let step = all.next();
  while (!step.done) step = all.next(time(...step.value));
  return reportRuns(title, size, step.value);
};

/** The same for runs that return promises. */
export const raceCalls = async (title, runs) => {
  const all = turns(runs);
  let step = all.next();
  while (!step.done) step = all.next(await timeCalls(...step.value));
  return reportRuns(title, 1, step.value);
};

/** The low percentile of each row, which other processes affect least. */
export const lows = found => Object.fromEntries(Object.entries(found).map(([name, { low }]) => [name, low]));

/** Compares a figure with its limit, and prints both. If it is above, the program fails. */
export const check = (what, figure, most) => {
  const isMissed = figure > most;
  console.log(`  ${isMissed ? "✖" : "✔"} ${what}: ${figure.toFixed(2)}, at most ${most.toFixed(2)}`);
  if (isMissed) process.exitCode = 1;
};

/**
 * Compares the first figure with its limit. `limits` also has the figures of the others at the time when the limit was set. If these
 * are higher now, because the machine is slower or busy, the limit is higher, too.
 */
export const checkBeside = (what, figures, limits) => {
  const [first, most] = Object.entries(limits)[0];
  const others = Object.keys(limits).slice(1);
  const [, slowness] = quantiles(others.map(name => figures[name] / limits[name]));
  console.log(`  The others take × ${slowness.toFixed(2)} of the time that they took when the limit was set.`);
  check(`${what} of ${first}`, figures[first], most * Math.max(1, slowness));
};
