// What the client's module tells during a call.
import { WORDS } from "sd2-client-words";
import { writeHost } from "./host.js";
import { toIssue, toPrice } from "./issues.js";
import { read } from "./memory.js";

export let told;

/** Forgets what was told. */
export const listen = () => {
  told = { issues: [] };
};

/** What the module imports. */
export const teller = {
  host: writeHost,
  issue(address) {
    told.issues.push(toIssue(address));
  },
  price(address) {
    told.price = toPrice(address);
  },
  mistake(code, words, about, length) {
    told.mistake = [code, WORDS[words].replace("{}", () => read(about, length))];
  },
  say(address, length) {
    told.said = read(address, length);
  },
};
