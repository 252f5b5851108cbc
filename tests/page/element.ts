// Compiled by element.test.mjs: what must compile, and, behind @ts-expect-error, what must not.
import type { Sd2Calculator, Sd2CalculatorDetail } from "../../js/calculator-element.js";

const element = document.createElement("sd2-calculator");
element satisfies Sd2Calculator;
element.model = "sd2-fast";
element.upscale = null;
element.duration = 10;
element.duration = "10";
element.model = undefined;
element.estimate?.total satisfies number | undefined;
element.addEventListener("change", ({ detail }) => {
  detail satisfies Sd2CalculatorDetail;
  detail.configuration.videoReference satisfies boolean | undefined;
});
element.addEventListener("click", event => event.clientX satisfies number);
// @ts-expect-error: there is no such model.
element.model = "sd3";
// @ts-expect-error: videos have at most 15 seconds.
element.duration = 20;
// @ts-expect-error: what cannot be read has no estimate.
element.estimate.total;
// @ts-expect-error: the estimate follows from the rest.
element.estimate = element.estimate;
