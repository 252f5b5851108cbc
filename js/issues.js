// Turns the numbers of the modules into issues and prices.
import { ERRORS, KINDS, RULES, SCHEMES } from "sd2-client-rules";
import { Sd2Error } from "./error.js";
import { numbersAt, read } from "./memory.js";

/** In the place of a text's length, this says that the number before it is a kind of value, not an address. */
const NO_TEXT = 2 ** 32 - 1;

let rules;

/** An issue from the address of its numbers: see `Issue::numbers` in src/rules/issue.rs. */
export const toIssue = address => {
  const [rule, inInputs, list, listLength, index, field, fieldLength, about, aboutLength, scheme, meant, meantLength] =
    numbersAt(address, 12);
  if (!rules) {
    // Rules with the same code follow each other. Only the first one names it.
    let last;
    rules = RULES.split("\n").map(line => {
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
    message: message.replace("{}", () =>
      aboutLength === NO_TEXT ? KINDS.split("|")[about] : read(about, aboutLength),
    ),
  };
  if (meantLength) issue.suggestion = SCHEMES[scheme] + read(meant, meantLength);
  return issue;
};

/** A price from the address of its numbers: see `Estimate::numbers` in src/rules/pricing.rs. */
export const toPrice = address => {
  const [model, length, total, base, videoReference, upscale, durationSeconds, creditsPerSecond] = numbersAt(
    address,
    8,
  );
  return { total, base, videoReference, upscale, durationSeconds, creditsPerSecond, model: read(model, length) };
};

export const isError = ({ severity }) => severity === "error";

/** The error of a request with these issues. */
export const invalid = issues => {
  const [{ path, message }, more] = issues.filter(isError);
  const first = [...path, message].join(": ");
  return new Sd2Error(`The request is not valid: ${first}${more ? " (More errors: see issues.)" : ""}`, {
    code: "invalid_request",
    retryable: false,
    issues,
  });
};
