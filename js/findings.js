// Collects the issues, prices and errors that the WebAssembly module reports during a call.
import { WORDS } from "sd2-client-words";
import { writeHost } from "./host.js";
import { toIssue, toPrice } from "./issues.js";
import { read } from "./memory.js";

export let findings;

export const clear = () => {
  findings = { issues: [] };
};

/** The functions that the module imports. */
export const imports = {
  host: writeHost,
  issue(address) {
    findings.issues.push(toIssue(address));
  },
  price(address) {
    findings.price = toPrice(address);
  },
  mistake(code, words, about, length) {
    findings.mistake = [code, WORDS[words].replace("{}", () => read(about, length))];
  },
  say(address, length) {
    findings.reason = read(address, length);
  },
};
