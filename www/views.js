// Shows the view that the address names, and sets the title of the page.

import { read, VIEWS } from "./address.js";
import { byId } from "./element.js";
import { say } from "./text.js";

let shown;
let running = 0;

const showTitle = () => {
  const view = say(`views.${shown}`);
  document.title = running ? say("title.running", { view, n: running }) : say("title.view", { view });
};

/** Shows the number of running videos in the title. */
export const showRunning = count => {
  if (count === running) return;
  running = count;
  showTitle();
};

export class Views {
  #entered;
  #gone;

  /** `entered` has a function for each view that must be called with the state when the view is shown. */
  constructor(entered) {
    this.#entered = entered;
    addEventListener("hashchange", async () => {
      const before = shown;
      await this.show();
      if (shown === before) return;
      scrollTo(0, 0);
      byId(`${shown}-title`)?.focus({ preventScroll: true });
      this.#gone?.();
    });
  }

  /** Goes to a view. Resolves when it is shown. */
  go(view) {
    if (shown === view) return undefined;
    return new Promise(done => {
      this.#gone = done;
      location.hash = `#${view}`;
    });
  }

  /** Shows the view in the address as soon as it is loaded. */
  async show() {
    const { view, state } = read();
    // At the start, no other view is shown while this one loads.
    if (!shown) byId("create-view").hidden = view !== "create";
    shown = view;
    for (const name of VIEWS) {
      const link = document.querySelector(`.views [href="#${name}"]`);
      if (name === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    showTitle();
    let isThere = true;
    try {
      await this.#entered[view]?.(state);
    } catch (error) {
      isThere = false;
      console.error(error);
    }
    if (shown !== view) return;
    for (const name of VIEWS) byId(`${name}-view`).hidden = name !== view || !isThere;
    byId("unloaded").hidden = isThere;
  }
}
