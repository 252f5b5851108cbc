// Prints where in the package a mistake is found, as source maps tell it.
import { estimateCredits, Sd2Client } from "sd2-client";

estimateCredits({ model: "sd2" });
try {
  new Sd2Client({ apiKey: "a", fetch: 5 });
} catch (error) {
  console.log(error.stack);
}
