// What has to move glides to its new place, so that nobody loses sight of it.

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const SELECTOR = "[data-moves], .queue li";

/** Makes a change, and lets what it moved start from where it was. */
export const moving = change => {
  if (isCalm.matches) return change();
  const places = new Map();
  for (const element of document.querySelectorAll(SELECTOR)) places.set(element, element.getBoundingClientRect());
  change();
  for (const [element, before] of places) {
    const after = element.getBoundingClientRect();
    const [x, y] = [before.left - after.left, before.top - after.top];
    const isSeen = after.width && before.width && after.top < innerHeight && after.bottom > 0;
    if (!isSeen || (!x && !y)) continue;
    element.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
      duration: 300,
      easing: "ease",
    });
  }
};
