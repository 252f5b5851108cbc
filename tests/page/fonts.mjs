// A narrow and a wide typeface of the tests' own: which ones are installed differs from machine to machine.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const face = (family, file, weight) => {
  const path = fileURLToPath(import.meta.resolve(`@fontsource/${file}-latin-${weight}-normal.woff2`));
  const data = readFileSync(path, "base64");
  return `@font-face { font-family: "${family}"; font-weight: ${weight}; src: url("data:font/woff2;base64,${data}") }`;
};

const style = (family, file) =>
  [400, 700].map(weight => face(family, file, weight)).join("\n") +
  `\n:root { --sans: "${family}"; --mono: "${family}" }`;

/** A style sheet for each, which puts the page into it. */
export const FONTS = {
  narrow: style("Narrow", "roboto-condensed/files/roboto-condensed"),
  wide: style("Wide", "dejavu-sans/files/dejavu-sans"),
};
