// The result of `authorize`: who sends the request, which account pays, and how much it may cost.
import { misuse } from "../error.js";
import { known } from "../options.js";

const FIELDS = ["user", "account", "budget", "limits", "allow", "assets"];
const LIMITS = { queued: 10, running: 3, createsPerMinute: 10, files: 50, fileBytes: 1_000_000_000 };
const TIMES = ["hour", "day", "month", "ever"];
const MAX_NAME = 200;

/** The grant with its defaults. Throws if it is invalid, because that is a bug of the app and not of its visitor. */
export const toGrant = given => {
  const { user, account = "main", budget, limits, allow, assets = false } = known(given, FIELDS);
  for (const [name, value] of Object.entries({ user, account })) {
    // Databases drop or replace NUL and lone surrogates, so two names with them could become equal.
    if (typeof value !== "string" || !value || value.length > MAX_NAME || /[\0\p{Cs}]/u.test(value)) {
      throw misuse(`authorize must return a ${name} of 1 to ${MAX_NAME} characters, without NUL or lone surrogates.`);
    }
  }
  if (allow !== undefined && typeof allow !== "function") throw misuse("allow must be a function.");
  if (typeof assets !== "boolean") throw misuse("assets must be true or false.");
  return { user, account, budget: toBudget(budget), limits: toLimits(limits), allow, assets };
};

const toBudget = budget => {
  if (budget == null) return null;
  const { credits, per } = known(budget, ["credits", "per"]);
  if (!(typeof credits === "number" && credits >= 0 && credits < Infinity))
    throw misuse("budget.credits must be a number from 0.");
  if (!TIMES.includes(per)) throw misuse(`budget.per must be one of ${TIMES.join(", ")}.`);
  return { credits, per };
};

const toLimits = limits => {
  const all = { ...LIMITS };
  for (const [name, value] of Object.entries(known(limits, Object.keys(LIMITS)))) {
    if (value === undefined) continue;
    // Rust counts jobs in 32 bits.
    const isKnown = name === "fileBytes" ? Number.isSafeInteger(value) : Number.isInteger(value) && value < 2 ** 31;
    if (!isKnown || value < 0) throw misuse(`limits.${name} must be a whole number from 0.`);
    all[name] = value;
  }
  return all;
};
