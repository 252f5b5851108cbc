import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { program } from "./program.js";

test("the program runs", async () => {
  writeFileSync("told.json", JSON.stringify(await program(process.env.SD2_BASE_URL)));
});
