// Uses the example's module, which has the client inside, and prints what came of it.
import { readFileSync } from "node:fs";
import { film, initSync, price } from "./storyboard/storyboard.js";

initSync({ module: readFileSync("storyboard/storyboard_bg.wasm") });
const base = process.env.SD2_BASE_URL;
const platform = { fetch: (...request) => fetch(...request) };
const errorOf = async (call) => {
  try {
    return await call();
  } catch (error) {
    return [error instanceof Error, error.code];
  }
};

console.log(
  JSON.stringify({
    prices: [price(["A cat"]), price(["A cat", "A dog"])],
    url: await film("A cat playing piano", "sandbox-key", base, platform),
    wrong: await errorOf(() => price([""])),
    refused: await errorOf(() => film("A cat", "wrong-key", base, platform)),
  }),
);
