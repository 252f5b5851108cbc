// The package's WebAssembly, changed so that some calls trap.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import binaryen from "binaryen";
import { root, wasmBytes } from "./project.mjs";

/** The module, changed to trap in `parseCallback` and `getCredits`. */
export const trapping = () => {
  // The glue before minification, which still has the names of the exports.
  const glue = readFileSync(join(root, "target/glue/sd2_client.js"), "utf8");
  const module = binaryen.readBinary(wasmBytes());
  const { BulkMemory, BulkMemoryOpt, Multivalue, MutableGlobals, NontrappingFPToInt, ReferenceTypes, SignExt } =
    binaryen.Features;
  module.setFeatures(
    BulkMemory | BulkMemoryOpt | Multivalue | MutableGlobals | NontrappingFPToInt | ReferenceTypes | SignExt,
  );
  const trap = (exported, parameter, value) => {
    const [, name] = glue.match(new RegExp(`${exported}: wasm\\.([\\w$]+)`));
    const found = Array.from({ length: module.getNumExports() }, (_, i) =>
      binaryen.getExportInfo(module.getExportByIndex(i)),
    );
    const inner = module.getFunction(found.find(each => each.name === name).value);
    const { body, results } = binaryen.getFunctionInfo(inner);
    const isIt = module.i32.eq(module.local.get(parameter, binaryen.i32), module.i32.const(value));
    binaryen.Function.setBody(inner, module.block(null, [module.if(isIt, module.unreachable()), body], results));
  };
  trap("describe", 1, 0);
  trap("begin", 1, 2);
  return module.emitBinary();
};
