// Runs benchmarks one after the other: `node bench/run.mjs validate prices`. A figure above its limit in limits.json is a failure.
for (const name of process.argv.slice(2)) await import(`./${name}.mjs`);
