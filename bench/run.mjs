// Runs benchmarks one after the other: `node bench/run.mjs validate prices`. What is above budget.json fails.
for (const name of process.argv.slice(2)) await import(`./${name}.mjs`);
