// The texts of the scripts. They are in #text of the HTML documents, next to all other English.

const texts = {};

/** Adds the texts of a document. */
export const learn = from => Object.assign(texts, JSON.parse(from.getElementById("text").textContent));
learn(document);

const locale = document.documentElement.lang;

const numbers = new Intl.NumberFormat(locale);

/** A formatted number: `4,800`. */
export const number = value => numbers.format(value);

/** Seconds in the format `1:05`. */
export const clock = milliseconds => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** The text at a path such as `"status.queued"`, or `undefined`. */
export const find = path => path.split(".").reduce((part, name) => part?.[name], texts);

/** The sentence at a path, with its values filled in. `n` selects the singular or the plural. */
export const say = (path, values = {}) => {
  const found = find(path);
  if (found === undefined) throw new Error(`There is no text ${path}.`);
  const sentence = Array.isArray(found) ? found[values.n === 1 ? 0 : 1] : found;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : value;
  });
};
