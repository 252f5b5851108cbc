// The browser in which the demo page is tested: Chromium, or what BROWSER says (firefox, webkitgtk).
import assert from "node:assert/strict";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Key } from "selenium-webdriver";
import { placeOf, startSession } from "../support/webdriver.mjs";

export { Key };

export const BROWSER = process.env.BROWSER ?? "chromium";

/** Starts the browser; it ends after the file's tests. */
export const startBrowser = async () => {
  const place = placeOf(BROWSER);
  assert.ok(place.driver, `There is no driver for ${BROWSER}.`);
  const { driver, end } = await startSession(BROWSER, place);
  after(end);
  return new Person(driver);
};

/** What somebody does with a page: sees, presses, types. Each step waits until it is possible, for twenty seconds at most. */
export class Person {
  constructor(driver) {
    this.driver = driver;
  }

  async open(url) {
    await this.driver.get(url);
  }

  /** Runs a function in the page. */
  ask(question, ...values) {
    return this.driver.executeScript(question, ...values);
  }

  /** Waits until a function of the page gives something true, and gives that. */
  async until(question, ...values) {
    const end = Date.now() + 60_000;
    for (;;) {
      const answer = await this.ask(question, ...values);
      if (answer) return answer;
      if (Date.now() > end) {
        const text = await this.ask(() => document.querySelector("main").innerText);
        assert.fail(`Waited in vain for ${question} with ${values}. The page says:\n${text}`);
      }
      await sleep(20);
    }
  }

  /** Waits until an element shows a text. */
  sees(text, selector = "main") {
    return this.until(
      (selector, text) =>
        [...document.querySelectorAll(selector)].some(
          element => element.checkVisibility() && element.innerText.includes(text),
        ),
      selector,
      text,
    );
  }

  /** The text of an element. */
  read(selector) {
    return this.ask(selector => document.querySelector(selector).textContent, selector);
  }

  /** The first visible element of a selector. */
  async element(selector) {
    return this.until(
      selector => [...document.querySelectorAll(selector)].find(element => element.checkVisibility()),
      selector,
    );
  }

  /** Presses a button or a link by the name that it has for everybody; within `scope`. */
  async press(name, scope = "body") {
    const element = await this.until(
      (name, scope) =>
        [...document.querySelectorAll(scope)]
          .flatMap(part => [...part.querySelectorAll("button, a, summary")])
          .find(
            element =>
              element.checkVisibility() &&
              (element.textContent.trim() === name || element.getAttribute("aria-label") === name),
          ),
      name,
      scope,
    );
    await this.click(element);
  }

  /** Chooses a radio by the name on it. */
  async choose(name, scope = "main") {
    const element = await this.until(
      (name, scope) =>
        [...document.querySelectorAll(`${scope} .choice`)].find(
          choice => choice.checkVisibility() && choice.querySelector(".name").textContent === name,
        ),
      name,
      scope,
    );
    await this.click(element);
  }

  async click(element) {
    await this.ask(element => element.scrollIntoView({ block: "center" }), element);
    // Waits until the element has arrived at its place, and no other part that moves can cover it.
    await this.until(
      element =>
        !document
          .getAnimations()
          .some(animation =>
            animation instanceof CSSTransition
              ? animation.effect.target.contains(element)
              : !(animation instanceof CSSAnimation),
          ),
      element,
    );
    await element.click();
  }

  /** The field with a label. */
  field(label) {
    return this.until(label => {
      const found = [...document.querySelectorAll("label")].find(
        element => element.checkVisibility() && element.textContent.trim().startsWith(label),
      );
      return found && (found.control ?? document.getElementById(found.htmlFor));
    }, label);
  }

  /** Types into the field with a label, in place of what is there. */
  async fill(label, text) {
    const field = await this.field(label);
    await this.ask(element => element.scrollIntoView({ block: "center" }), field);
    await field.clear();
    await field.sendKeys(text);
  }

  /** Presses keys where the focus is. */
  async keys(...keys) {
    // Not to an element: of one that takes files, a driver would take the keys for the name of one.
    await this.driver
      .actions()
      .sendKeys(...keys)
      .perform();
  }

  /** Whether the focus is at a selector. */
  isAt(selector) {
    return this.ask(selector => document.activeElement.matches(selector), selector);
  }

  /** Presses Tab until the focus is at a selector: the order of the page is what is tried. */
  async tabTo(selector) {
    for (let i = 0; i < 60; i++) {
      await this.keys(Key.TAB);
      if (await this.isAt(selector)) return;
    }
    assert.fail(`Tab never reaches ${selector}.`);
  }

  /** What the console complains of; only Chromium tells. */
  async complaints() {
    if (BROWSER !== "chromium") return [];
    const entries = await this.driver.manage().logs().get("browser");
    return entries.filter(({ level }) => ["WARNING", "SEVERE"].includes(level.name)).map(({ message }) => message);
  }
}
