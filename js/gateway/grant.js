// What `authorize` gives: who asks, whose account pays, and how much that may cost.
import { misuse } from "../error.js";
import { known } from "../options.js";

const FIELDS = ["user", "account", "budget", "limits", "allow", "assets"];
const LIMITS = { queued: 10, running: 3, createsPerMinute: 10, files: 50, fileBytes: 1_000_000_000 };
const TIMES = ["hour", "day", "month", "ever"];
const MAX_NAME = 200;

/** The grant with its defaults. What is wrong with it throws: the app is wrong, not its visitor. */
export const toGrant = given => {
  const { user, account = "main", budget, limits, allow, assets = false } = known(given, FIELDS);
  for (const [name, value] of Object.entries({ user, account })) {
    // No database keeps NUL or half of a character, so two such names could become one.
    if (typeof value !== "string" || !value || value.length > MAX_NAME || /[\0\p{Cs}]/u.test(value)) {
      throw misuse(`authorize must give a ${name} of 1 to ${MAX_NAME} whole characters.`);
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
