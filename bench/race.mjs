// Short, so that few rounds are interrupted, and many.
const ROUND_MS = 2;
const RACE_MS = 6_000;
const WARM_MS = 500;
const LONG_WARM_MS = 3_000;
const WARM_RUNS = 20_000;

/** The nanoseconds of processor time since `before`: those of this process alone, however busy the machine is. */
const since = before => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1e3;
};

// Keeps what a run gives, so that no engine leaves it out.
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
 * Yields `[run, times]` again and again, and takes the nanoseconds of one run; returns the runners with their rounds.
 * All take turns in short rounds, so that what else the machine does falls on all alike.
 */
function* turns(runs) {
  const runners = [];
  for (const [name, run] of runs) {
    let times = 1;
    let count = 0;
    const began = performance.now();
    const past = ms => performance.now() - began > ms;
    // Warm up, and learn how many make a round. On a busy machine, compilers in the background take their time.
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

/** What is at the tenth, the middle and the ninetieth hundredth of some numbers. */
const quantiles = numbers => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return [0.1, 0.5, 0.9].map(part => sorted[Math.floor(part * sorted.length)]);
};

/**
 * Prints a table of samples that were taken in turns, and gives by name `{ low, median, ratio }`. `ratio` is how many
 * times as long as the row the first one takes: the median of the rounds' ratios.
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

const told = (title, size, runners) =>
  report(
    title,
    "µs",
    Object.fromEntries(runners.map(({ name, rounds }) => [name, rounds.map(each => each / size / 1e3)])),
  );

/** Prints how long each run takes, and gives what `report` found, in µs. A run does `size` things. */
export const race = (title, runs, size) => {
  const all = turns(runs);
  let step = all.next();
  while (!step.done) step = all.next(time(...step.value));
  return told(title, size, step.value);
};

/** The same for runs that give promises. */
export const raceCalls = async (title, runs) => {
  const all = turns(runs);
  let step = all.next();
  while (!step.done) step = all.next(await timeCalls(...step.value));
  return told(title, 1, step.value);
};

/** Of each row, what other programs disturb least. */
export const lows = found => Object.fromEntries(Object.entries(found).map(([name, { low }]) => [name, low]));

/** Holds a figure against the most that it may be, and says so; the program fails if it is more. */
export const hold = (what, figure, most) => {
  const isMissed = figure > most;
  console.log(`  ${isMissed ? "✖" : "✔"} ${what}: ${figure.toFixed(2)}, at most ${most.toFixed(2)}`);
  if (isMissed) process.exitCode = 1;
};

/**
 * Holds the first of some figures against its budget, which also says what the others took when it was set: by as much as they
 * take longer now, because the machine is slower or busy, ours may take longer, too.
 */
export const holdBeside = (what, figures, budget) => {
  const [first, most] = Object.entries(budget)[0];
  const others = Object.keys(budget).slice(1);
  const [, slowness] = quantiles(others.map(name => figures[name] / budget[name]));
  console.log(`  The others take × ${slowness.toFixed(2)} of what they took when the budget was set.`);
  hold(`${what} of ${first}`, figures[first], most * Math.max(1, slowness));
};
