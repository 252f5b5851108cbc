// How long the import takes, and the first call of all, which compiles the WebAssembly.
const before = performance.now();
const { estimateCredits } = await import("sd2-client");
const imported = performance.now();
estimateCredits({ model: "sd2" });
console.log(JSON.stringify({ import: imported - before, call: performance.now() - imported }));
