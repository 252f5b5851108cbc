// Runs benchmarks one after the other: `node bench/run.mjs validate prices`. With `--check`, what is too slow fails.
for (const name of process.argv.slice(2)) {
  if (!name.startsWith("--")) await import(`./${name}.mjs`);
}
