// Calls the module of `sd2-client/offline`, which is instantiated at the first use.
import { source } from "sd2-client-module";
import { compile, isModule, unavailable } from "../compile.js";
import { writeHost } from "../host.js";
import { toIssue, toPrice } from "../issues.js";
import { lay, open } from "../memory.js";

let check;
/** What the module reported about a value. */
let issues;
let price;

const imports = {
  issue(address) {
    issues.push(toIssue(address));
  },
  price(address) {
    price = toPrice(address);
  },
  host: writeHost,
};

const start = given => {
  try {
    let module = given();
    if (!isModule(module)) module = new WebAssembly.Module(module);
    const { check: loaded, memory, __heap_base } = new WebAssembly.Instance(module, { env: imports }).exports;
    let free = __heap_base.value;
    open(memory, bytes => {
      const address = free;
      free += (bytes + 15) & ~15;
      const missing = free - memory.buffer.byteLength;
      if (missing > 0) memory.grow((missing >> 16) + 1);
      return address;
    });
    check = loaded;
  } catch (error) {
    throw unavailable(error);
  }
};

/** Compiles off the main thread, ahead of the first use. */
export const init = async given => {
  if (check) return;
  const module = await compile(given ?? source);
  if (!check) start(() => module);
};

/** The mode's number, 8 more if there is an error, the issues, and the price if there is one. */
export const ask = (input, options, hasPrice) => {
  if (!check) start(source);
  return lay(input, options, (first, second) => {
    issues = [];
    price = undefined;
    return { code: check(first, second, hasPrice), issues, price };
  });
};
