// Uses the example's module, which has the crate inside, and prints what came of it.
import { readFileSync } from "node:fs";
import { initSync, mode, price } from "./storyboard/storyboard.js";

initSync({ module: readFileSync("storyboard/storyboard_bg.wasm") });
const messageOf = call => {
  try {
    return call();
  } catch (error) {
    return error.message;
  }
};

console.log(
  JSON.stringify({
    prices: [price(["A cat"]), price(["A cat", "A dog"])],
    mode: mode("A cat"),
    wrong: messageOf(() => price([""])),
  }),
);
