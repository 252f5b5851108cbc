// The types of <sd2-calculator>. They need the "dom" library.

import type { CreditsEstimate, Duration, Model, PriceConfiguration, UpscaleResolution } from "./prices.js";

/** The detail of a `change` event. */
export interface Sd2CalculatorDetail {
  /** The configuration, for `estimateCredits`. */
  configuration: PriceConfiguration;
  /** Its price. */
  estimate: CreditsEstimate;
}

/** The events of the calculator. */
export interface Sd2CalculatorEventMap extends HTMLElementEventMap {
  /** The user has chosen another configuration with a price. `input` events precede it. */
  change: CustomEvent<Sd2CalculatorDetail>;
}

type Seconds<Length> = Length extends `${infer Count extends number}s` ? Count | `${Count}` : never;

/** A duration with or without its unit. */
export type Sd2CalculatorDuration = Duration | Seconds<Duration>;

/**
 * `<sd2-calculator model="sd2" duration="10s" upscale="4k" video-reference>` lets the user choose a configuration and shows its price.
 * Importing this module registers the element. On a server, the import does nothing.
 *
 * A missing or empty attribute has its default. With an invalid attribute, such as `duration="20"`, there is no price: the element says so
 * in the part `error` until another value is chosen.
 *
 * You can style it with the custom properties `--sd2-accent`, `--sd2-background`, `--sd2-border`, `--sd2-color`, `--sd2-font`,
 * `--sd2-muted`, `--sd2-radius`, and the parts `form`, `field`, `label`, `value`, `control`, `result`, `total`,
 * `unit`, `details`, `error`.
 */
export class Sd2Calculator extends HTMLElement {
  /** The attribute `model`, `"sd2"` by default; undefined if it is invalid. */
  get model(): Model | undefined;
  set model(value: Model | null | undefined);
  /** The attribute `duration`, `"5s"` by default; undefined if it is invalid. The unit is optional: `10`. */
  get duration(): Duration | undefined;
  set duration(value: Sd2CalculatorDuration | null | undefined);
  /** The attribute `upscale`, null for none; undefined if it is invalid. */
  get upscale(): UpscaleResolution | null | undefined;
  set upscale(value: UpscaleResolution | null | undefined);
  /** The attribute `video-reference`: whether there is a reference video. */
  videoReference: boolean;
  /** The configuration, for `estimateCredits`; undefined if an attribute is invalid. */
  readonly configuration: PriceConfiguration | undefined;
  /** The price; undefined if an attribute is invalid. */
  readonly estimate: CreditsEstimate | undefined;

  addEventListener<K extends keyof Sd2CalculatorEventMap>(
    type: K,
    listener: (this: Sd2Calculator, event: Sd2CalculatorEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof Sd2CalculatorEventMap>(
    type: K,
    listener: (this: Sd2Calculator, event: Sd2CalculatorEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** The attributes of the tag in JSX, besides those of every element. */
export interface Sd2CalculatorAttributes {
  /** The model. Default: `"sd2"`. */
  model?: Model | undefined;
  /** The length. Default: `"5s"`. */
  duration?: Sd2CalculatorDuration | undefined;
  /** The upscale. Default: none. */
  upscale?: UpscaleResolution | null | undefined;
  /** Whether there is a reference video. In contrast to the property, the attribute is present if a server renders the page. */
  "video-reference"?: boolean | "" | undefined;
  /** Whether there is a reference video, as a property. */
  videoReference?: boolean | undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "sd2-calculator": Sd2Calculator;
  }
}

// React 19. If its types are not installed, both lines are errors without significance.
// @ts-ignore
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      // biome-ignore format: an ignored error is in the next line alone.
      // @ts-ignore
      "sd2-calculator": Sd2CalculatorAttributes & Sd2CalculatorHandlers & Omit<import("react").DetailedHTMLProps<import("react").HTMLAttributes<Sd2Calculator>, Sd2Calculator>, "onChange">;
    }
  }
}

/** React's name for the listener of `change`. */
export interface Sd2CalculatorHandlers {
  /** Called after a change: `event.nativeEvent.detail` has the configuration and its price. */
  onChange?:
    | ((event: {
        readonly nativeEvent: CustomEvent<Sd2CalculatorDetail>;
        readonly currentTarget: Sd2Calculator;
      }) => void)
    | undefined;
}
