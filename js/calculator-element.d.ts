// The types of <sd2-calculator>. They need the "dom" library.

import type { CreditsEstimate, Duration, Model, PriceConfiguration, UpscaleResolution } from "./index.js";

/** What a `change` event of the calculator says. */
export interface Sd2CalculatorDetail {
  /** What is chosen, as `estimateCredits` takes it. */
  configuration: PriceConfiguration;
  /** What it costs. */
  estimate: CreditsEstimate;
}

/** Which listeners the calculator has besides those of every element. */
export interface Sd2CalculatorEventMap extends HTMLElementEventMap {
  /** Somebody chose something else; `input` comes at each step before. */
  change: CustomEvent<Sd2CalculatorDetail>;
}

/**
 * `<sd2-calculator model="sd2" duration="5s" upscale="4k" video-reference>`: lets one choose how a video is made, and
 * says what it costs. Importing this module registers it; on a server, importing does nothing.
 *
 * It is styled by the custom properties `--sd2-accent`, `--sd2-background`, `--sd2-border`, `--sd2-color`, `--sd2-font`,
 * `--sd2-muted`, `--sd2-radius`, and by the parts `form`, `field`, `label`, `value`, `control`, `result`, `total`,
 * `unit`, `details`.
 */
export class Sd2Calculator extends HTMLElement {
  /** The attribute `model`; a value that does not exist reads as `"sd2"`. */
  model: Model;
  /** The attribute `duration`; a value that does not exist reads as `"5s"`. */
  duration: Duration;
  /** The attribute `upscale`; null for none. */
  upscale: UpscaleResolution | null;
  /** The attribute `video-reference`: whether there is a reference video. */
  videoReference: boolean;
  /** What is chosen, as `estimateCredits` takes it. */
  readonly configuration: PriceConfiguration;
  /** What it costs. */
  readonly estimate: CreditsEstimate;

  addEventListener<K extends keyof Sd2CalculatorEventMap>(
    type: K,
    listener: (this: Sd2Calculator, event: Sd2CalculatorEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof Sd2CalculatorEventMap>(
    type: K,
    listener: (this: Sd2Calculator, event: Sd2CalculatorEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "sd2-calculator": Sd2Calculator;
  }
}
