// The types of <sd2-calculator>. They need the "dom" library.

import type { CreditsEstimate, Duration, Model, PriceConfiguration, UpscaleResolution } from "./prices.js";

/** What a `change` event of the calculator says. */
export interface Sd2CalculatorDetail {
  /** What is chosen, as `estimateCredits` takes it. */
  configuration: PriceConfiguration;
  /** What it costs. */
  estimate: CreditsEstimate;
}

/** Which listeners the calculator has besides those of every element. */
export interface Sd2CalculatorEventMap extends HTMLElementEventMap {
  /** Somebody chose something else, and it has a price; `input` comes at each step before. */
  change: CustomEvent<Sd2CalculatorDetail>;
}

type Seconds<Length> = Length extends `${infer Count extends number}s` ? Count | `${Count}` : never;

/** A length as the calculator reads it: `"10s"`, or the seconds alone. */
export type Sd2CalculatorDuration = Duration | Seconds<Duration>;

/**
 * `<sd2-calculator model="sd2" duration="10s" upscale="4k" video-reference>`: lets one choose how a video is made, and
 * says what it costs. Importing this module registers it; on a server, importing does nothing.
 *
 * An attribute that is left out or empty has its default. One that cannot be read, such as `duration="20"`, has no
 * price: the calculator says so, with the part `error`, until another value is chosen.
 *
 * It is styled by the custom properties `--sd2-accent`, `--sd2-background`, `--sd2-border`, `--sd2-color`, `--sd2-font`,
 * `--sd2-muted`, `--sd2-radius`, and by the parts `form`, `field`, `label`, `value`, `control`, `result`, `total`,
 * `unit`, `details`, `error`.
 */
export class Sd2Calculator extends HTMLElement {
  /** The attribute `model`, `"sd2"` by default; undefined if it cannot be read. */
  get model(): Model | undefined;
  set model(value: Model | null | undefined);
  /** The attribute `duration`, `"5s"` by default; undefined if it cannot be read. Seconds alone will do: `10`. */
  get duration(): Duration | undefined;
  set duration(value: Sd2CalculatorDuration | null | undefined);
  /** The attribute `upscale`, null for none; undefined if it cannot be read. */
  get upscale(): UpscaleResolution | null | undefined;
  set upscale(value: UpscaleResolution | null | undefined);
  /** The attribute `video-reference`: whether there is a reference video. */
  videoReference: boolean;
  /** What is chosen, as `estimateCredits` takes it; undefined as long as an attribute cannot be read. */
  readonly configuration: PriceConfiguration | undefined;
  /** What it costs; undefined as long as an attribute cannot be read. */
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

/** What the tag takes in JSX besides what every element takes. */
export interface Sd2CalculatorAttributes {
  /** The model. Default: `"sd2"`. */
  model?: Model | undefined;
  /** The length. Default: `"5s"`. */
  duration?: Sd2CalculatorDuration | undefined;
  /** The upscale. Default: none. */
  upscale?: UpscaleResolution | null | undefined;
  /** Whether there is a reference video. As an attribute it is also there when a server renders the page. */
  "video-reference"?: boolean | "" | undefined;
  /** The same as a property. */
  videoReference?: boolean | undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "sd2-calculator": Sd2Calculator;
  }
}

// React 19. Where its types are not installed, both lines are errors that mean nothing.
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
  /** Called when somebody chose something else: `event.nativeEvent.detail` has it. */
  onChange?:
    | ((event: {
        readonly nativeEvent: CustomEvent<Sd2CalculatorDetail>;
        readonly currentTarget: Sd2Calculator;
      }) => void)
    | undefined;
}
