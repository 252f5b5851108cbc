// Short, so that few rounds are interrupted, and many.
const ROUND_MS = 2;
const RACE_MS = 6_000;

let sink;
const time = (run, times) => {
  const began = process.hrtime.bigint();
  for (let i = 0; i < times; i++) sink = run();
  return Number(process.hrtime.bigint() - began) / times;
};

/**
 * Prints how long each run takes: the median of many short rounds, in which all take turns, so that what else the
 * machine does falls on all alike. A run does `size` things.
 */
export const race = (title, runs, size) => {
  const runners = runs.map(([name, run]) => {
    let times = 1;
    const warm = performance.now() + 500;
    // Warm up, and learn how many make a round.
    while (performance.now() < warm) times = Math.max(1, Math.round((ROUND_MS * 1e6) / time(run, times)));
    return { name, run, times, rounds: [] };
  });
  const end = performance.now() + RACE_MS;
  for (let round = 0; performance.now() < end; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const runner = runners[(turn + round) % runners.length];
      runner.rounds.push(time(runner.run, runner.times) / size);
    }
  }
  console.log(`\n${title}`);
  let first;
  for (const { name, rounds } of runners) {
    rounds.sort((a, b) => a - b);
    const [low, median, high] = [0.1, 0.5, 0.9].map((part) => rounds[Math.floor(part * rounds.length)] / 1e3);
    first ??= median;
    console.log(
      `  ${name.padEnd(18)}${median.toFixed(2).padStart(8)} µs   (${low.toFixed(2)} to ${high.toFixed(2)})   × ${(median / first).toFixed(2)}`,
    );
  }
  return sink;
};
