// What the rules find, in words.
import { ERRORS, KINDS, RULES, SCHEMES } from "sd2-client-rules";
import { read } from "./memory.js";

let rules;

/** An issue from the numbers by which the module tells it: see offline/src/memory.rs. */
export const toIssue = (rule, inInputs, list, listLength, index, field, fieldLength, about, aboutLength, scheme, meant, meantLength) => {
  if (!rules) {
    // A code stands before the first of its rules.
    let last;
    rules = RULES.split("\n").map((line) => {
      const [message, code] = line.split("|").reverse();
      return [(last = code ?? last), message];
    });
  }
  const [code, message] = rules[rule];
  const path = inInputs ? ["inputs"] : [];
  if (list) path.push(read(list, listLength), index);
  if (field) path.push(read(field, fieldLength));
  const issue = {
    path,
    code,
    severity: rule < ERRORS ? "error" : "warning",
    message: message.replace("{}", () => (aboutLength < 0 ? KINDS.split("|")[about] : read(about, aboutLength))),
  };
  if (meantLength) issue.suggestion = SCHEMES[scheme] + read(meant, meantLength);
  return issue;
};
