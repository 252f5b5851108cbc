// Asks the client's module, and hears what it tells.
import { WORDS } from "sd2-client-words";
import { Sd2Error } from "./error.js";
import { codeOf } from "./failure.js";
import { invalid, toIssue, toPrice } from "./issues.js";
import { lay, read } from "./memory.js";
import { run, wasm } from "./wasm.js";

// What the module tells during a call.
let issues;
let price;
let mistake;
let said;

const sink = {
  issue(address) {
    issues.push(toIssue(address));
  },
  price(address) {
    price = toPrice(address);
  },
  mistake(code, words, about, length) {
    mistake = [code, WORDS[words].replace("{}", () => read(about, length))];
  },
  say(address, length) {
    said = read(address, length);
  },
};

/** Lays two values out, and calls the module with their addresses. */
const tell = (first, second, work) => {
  wasm();
  return lay(first, second, (...addresses) => {
    issues = [];
    price = mistake = said = undefined;
    return run(exports => work(exports, ...addresses));
  });
};

/** The mode's number, 8 more if there is an error, the issues, and the price if there is one. */
export const ask = (input, options, hasPrice) => {
  const code = tell(input, options, ({ check }, first, second) => check(sink, first, second, hasPrice));
  return { code, issues, price };
};

/** The error of what was told. */
const refusal = () => {
  if (!mistake) return invalid(issues);
  const [code, message] = mistake;
  return new Sd2Error(message, codeOf(code));
};

/** Sets a client up; throws if an option is wrong. */
export const openClient = options => {
  const client = tell(options, undefined, ({ open }, first) => open(sink, first));
  if (!client) throw refusal();
  return client;
};

/** Starts a call, or throws why not. */
export const beginCall = (client, method, subject, options, call) => {
  call.bell = tell(subject, options, ({ begin }, first, second) =>
    begin(sink, client, method, first, second, call, call.isHeard),
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
  tell(answer, undefined, (exports, first) => exports.said(sink, first, isTask));
  return said;
};

/** What a value is as the body of a callback: 1 for a task, and 2 more if its output is shown as it came. */
export const describe = (body, isHint) => tell(body, undefined, (exports, first) => exports.describe(first, isHint));

/** Lays an answer and a task's id out for the machine, and gives their address. */
export const layAnswer = (answer, taskId) => lay(answer, taskId, first => first);
