// Animates elements to their new places after a change of the lists.

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const SELECTOR = ".queue > *, .queue li, .foot";
const GLIDE = { duration: 300, easing: "ease" };

/** Makes a change and animates whatever it moved from its old place. */
export const moving = change => {
  if (isCalm.matches) return change();
  const places = [...document.querySelectorAll(SELECTOR)].map(element => [element, element.getBoundingClientRect()]);
  change();
  // Children already move with their parent, so subtract the parent's movement.
  const moved = new Map();
  const glides = [];
  for (const [element, before] of places) {
    const after = element.getBoundingClientRect();
    if (!after.width || !before.width) continue;
    const by = [before.left - after.left, before.top - after.top];
    moved.set(element, by);
    const [x, y] = moved.get(element.parentElement) ?? [0, 0];
    const isSeen = Math.min(before.top, after.top) < innerHeight && Math.max(before.bottom, after.bottom) > 0;
    if (isSeen && (by[0] !== x || by[1] !== y)) glides.push([element, by[0] - x, by[1] - y]);
  }
  for (const [element, x, y] of glides) {
    element.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], GLIDE);
  }
};
