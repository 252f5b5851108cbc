import { estimateCredits } from "sd2-client";

export default {
  fetch: () => Response.json(estimateCredits({ model: "sd2" })),
};
