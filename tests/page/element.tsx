// Compiled by element.test.mjs with the types of React 19: what must compile, and, behind @ts-expect-error, what must not.
import type { ReactNode } from "react";
import type { Sd2Calculator } from "../../js/calculator-element.js";

export const bare: ReactNode = <sd2-calculator />;
export const full: ReactNode = (
  <sd2-calculator
    model="sd2-fast"
    duration="10s"
    upscale="4k"
    video-reference
    className="wide"
    id="price"
    key="price"
    ref={(element: Sd2Calculator | null) => {
      element?.estimate?.total satisfies number | undefined;
    }}
    onChange={({ nativeEvent: { detail }, currentTarget }) => {
      detail.estimate.total satisfies number;
      currentTarget satisfies Sd2Calculator;
    }}
    onClick={event => event.clientX satisfies number}
  />
);
export const seconds: ReactNode[] = [
  <sd2-calculator duration={10} />,
  <sd2-calculator duration="10" upscale={null} videoReference />,
];
export const wrong: ReactNode[] = [
  // @ts-expect-error: there is no such model.
  <sd2-calculator model="sd3" />,
  // @ts-expect-error: videos have at most 15 seconds.
  <sd2-calculator duration="20" />,
  // @ts-expect-error: the same in a number.
  <sd2-calculator duration={20} />,
  // @ts-expect-error: there is no such upscale.
  <sd2-calculator upscale="8k" />,
  // @ts-expect-error: there is no such property.
  <sd2-calculator colour="red" />,
];
