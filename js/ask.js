// Calls the client's WebAssembly module.
import { Sd2Error } from "./error.js";
import { codeOf } from "./failure.js";
import { invalid } from "./issues.js";
import { lay } from "./memory.js";
import { clear, findings } from "./findings.js";
import { run, wasm } from "./wasm.js";

/** Lays two values out in memory, and calls the module with their addresses. */
const pass = (first, second, work) => {
  wasm();
  return lay(first, second, (...addresses) => {
    clear();
    return run(exports => work(exports, ...addresses));
  });
};

/** The mode's number, 8 more if there is an error, the issues, and the price if there is one. */
export const ask = (input, options, hasPrice) => {
  const code = pass(input, options, ({ check }, first, second) => check(first, second, hasPrice));
  return { code, issues: findings.issues, price: findings.price };
};

/** The error that the module reported. */
const refusal = () => {
  if (!findings.mistake) return invalid(findings.issues);
  const [code, message] = findings.mistake;
  return new Sd2Error(message, codeOf(code));
};

/** Creates a client in the module. Throws if an option is wrong. */
export const openClient = options => {
  const client = pass(options, undefined, ({ open }, first) => open(first));
  if (!client) throw refusal();
  return client;
};

/** Starts a call. Throws if its request or an option is wrong. */
export const beginCall = (client, method, subject, options, call) => {
  call.bell = pass(subject, options, ({ begin }, first, second) =>
    begin(client, method, first, second, call, call.isLogged),
  );
  if (!call.bell) throw refusal();
};

/** Wakes the machine of a call that has not ended, because an answer has arrived or because the current step is to end. */
export const ring = (call, isAnswer = false) => {
  try {
    if (call.bell) run(exports => call.bell && exports.ring(call.bell, isAnswer));
  } catch {
    // `run` has rejected all calls.
  }
};

/** The reason in a response or in its task, as a message quotes it. */
export const reasonIn = (answer, isTask) => {
  pass(answer, undefined, (exports, first) => exports.reason(first, isTask));
  return findings.reason;
};

/** What the body of a callback is: 1 for a task, and 2 more if it keeps its output. */
export const describe = (body, isHint) => pass(body, undefined, (exports, first) => exports.describe(first, isHint));

/** Lays an answer and a task id out in memory, one after the other. Returns their address. */
export const layAnswer = (answer, taskId) => lay(answer, taskId, first => first);
