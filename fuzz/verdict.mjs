// Checks what must hold for the validation of any value.
import assert from "node:assert/strict";

const REQUEST = ["model", "inputs", "callBackUrl"];
const INPUTS = [
  "prompt",
  "urls",
  "videoUrls",
  "audioUrls",
  "duration",
  "resolution",
  "videoInputMode",
  "upscaleResolution",
];
const WARNINGS = ["mode_implied", "undocumented", "no_references", "unreachable_url"];
/** Codes of errors and warnings. */
const EITHER = ["media_too_small", "media_too_long", "unknown_field"];
const MODES = ["text", "image", "keyframe", "reference"];
/** The price of 15 s of sd2 with a reference video and 4k. */
const DEAREST = 1800;

/** The place of an issue in the order: documented fields first, then unknown ones. */
const rank = ([first, second]) => {
  if (first === undefined) return -1;
  if (!REQUEST.includes(first)) return 100;
  if (first !== "inputs") return first === "model" ? 0 : 99;
  if (second === undefined) return 98;
  return INPUTS.includes(second) ? 1 + INPUTS.indexOf(second) : 101;
};

const checkIssue = issue => {
  const names = Object.keys(issue);
  assert.deepEqual(names, ["path", "code", "severity", "message", "suggestion"].slice(0, names.length));
  const { path, code, severity, message, suggestion } = issue;
  assert.match(code, /^[a-z_]+$/);
  if (!EITHER.includes(code)) assert.equal(severity, WARNINGS.includes(code) ? "warning" : "error", code);
  if (code === "unknown_field" && "suggestion" in issue) assert.equal(severity, "error");
  assert.ok(
    path.length <= 3 &&
      path.every(step => typeof step === "string" || (Number.isInteger(step) && step >= 0 && step < 12)),
  );
  assert.equal(typeof path[2], path.length === 3 ? "number" : "undefined");
  assert.ok(message.length > 10 && message.length < 300, message);
  assert.ok(!message.includes("{}") || path.some(step => String(step).includes("{}")), message);
  if ("suggestion" in issue) assert.ok(suggestion.length > 0 && suggestion.isWellFormed?.() !== false);
};

/** Checks the results of the package for a value, and returns the codes of the issues. */
export const check = ({ estimateCredits, estimateMany, requestSchema, Sd2Error, validateRequest }, value, options) => {
  const verdict = validateRequest(value, options);
  assert.deepEqual(validateRequest(value, options), verdict);
  assert.deepEqual(Object.keys(verdict), ["valid", "mode", "issues", "credits"]);
  const { valid, mode, issues, credits } = verdict;
  issues.forEach(checkIssue);
  const errors = issues.filter(({ severity }) => severity === "error");
  assert.equal(valid, errors.length === 0);
  assert.ok(MODES.includes(mode) || (mode === null && !valid));
  if (valid || credits !== null) assert.ok(Number.isInteger(credits) && credits >= 128 && credits <= DEAREST);
  const ranks = issues.map(({ path }) => rank(path));
  assert.deepEqual(ranks, ranks.toSorted?.((a, b) => a - b) ?? ranks, "the documented order");
  assert.ok(issues.length < 10_100 && JSON.stringify(verdict).length < 10_000_000);

  // The other functions must agree.
  const bare = options === undefined ? verdict : validateRequest(value);
  const outcome = requestSchema["~standard"].validate(value);
  if (bare.valid) assert.ok("value" in outcome && Object.is(outcome.value, value) && outcome.issues === undefined);
  else assert.deepEqual(outcome, { issues: bare.issues.filter(({ severity }) => severity === "error") });
  for (const estimate of [estimateCredits, value => estimateMany([value])[0]]) {
    try {
      const { total } = estimate(value);
      assert.ok(total >= 128 && total <= DEAREST);
      if (bare.credits !== null) assert.equal(total, bare.credits);
    } catch (error) {
      if (!Sd2Error.is(error)) throw error;
      assert.equal(error.code, "invalid_request");
      assert.ok(bare.credits === null && error.issues.length > 0);
      assert.ok(error.message.length < 500, error.message);
    }
  }
  return issues.map(({ code }) => code);
};
