// One view at a time, as the address says.

import { read, VIEWS } from "./address.js";
import { byId } from "./element.js";
import { say } from "./text.js";

export class Views {
  #shown;
  #entered;

  /** `entered` has a function for each view that wants to know that it is shown, and with which state. */
  constructor(entered) {
    this.#entered = entered;
    addEventListener("hashchange", async () => {
      const before = this.#shown;
      await this.show();
      if (this.#shown === before) return;
      scrollTo(0, 0);
      byId(`${this.#shown}-title`).focus({ preventScroll: true });
    });
  }

  /** Shows what the address says, as soon as it is there. */
  async show() {
    const { view, state } = read();
    this.#shown = view;
    for (const name of VIEWS) {
      const link = document.querySelector(`.views [href="#${name}"]`);
      if (name === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${say(`views.${view}`)} · sd2-client`;
    let isThere = true;
    try {
      await this.#entered[view]?.(state);
    } catch (error) {
      isThere = false;
      console.error(error);
    }
    if (this.#shown !== view) return;
    for (const name of VIEWS) byId(`${name}-view`).hidden = name !== view || !isThere;
    byId("unloaded").hidden = isThere;
  }
}
