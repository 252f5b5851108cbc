// Asks the client's module.
import { Sd2Error } from "./error.js";
import { codeOf } from "./failure.js";
import { invalid } from "./issues.js";
import { lay } from "./memory.js";
import { listen, told } from "./told.js";
import { run, wasm } from "./wasm.js";

/** Lays two values out, and calls the module with their addresses. */
const tell = (first, second, work) => {
  wasm();
  return lay(first, second, (...addresses) => {
    listen();
    return run(exports => work(exports, ...addresses));
  });
};

/** The mode's number, 8 more if there is an error, the issues, and the price if there is one. */
export const ask = (input, options, hasPrice) => {
  const code = tell(input, options, ({ check }, first, second) => check(first, second, hasPrice));
  return { code, issues: told.issues, price: told.price };
};

/** The error of what was told. */
const refusal = () => {
  if (!told.mistake) return invalid(told.issues);
  const [code, message] = told.mistake;
  return new Sd2Error(message, codeOf(code));
};

/** Sets a client up; throws if an option is wrong. */
export const openClient = options => {
  const client = tell(options, undefined, ({ open }, first) => open(first));
  if (!client) throw refusal();
  return client;
};

/** Starts a call, or throws why not. */
export const beginCall = (client, method, subject, options, call) => {
  call.bell = tell(subject, options, ({ begin }, first, second) =>
    begin(client, method, first, second, call, call.isHeard),
  );
  if (!call.bell) throw refusal();
};

/** Tells a call, unless it has ended, that there is an answer, or else that its time is over. */
export const ring = (call, isAnswer = false) => {
  try {
    if (call.bell) run(exports => call.bell && exports.ring(call.bell, isAnswer));
  } catch {
    // All calls have been told.
  }
};

/** The reason that an answer or its task gives, as a message quotes it. */
export const reasonIn = (answer, isTask) => {
  tell(answer, undefined, (exports, first) => exports.said(first, isTask));
  return told.said;
};

/** What a value is as the body of a callback: 1 for a task, and 2 more if its output is shown as it came. */
export const describe = (body, isHint) => tell(body, undefined, (exports, first) => exports.describe(first, isHint));

/** Lays an answer and a task's id out for the machine, and gives their address. */
export const layAnswer = (answer, taskId) => lay(answer, taskId, first => first);
