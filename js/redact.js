// Hides the API key in all text that leaves the library.

import { trim } from "./text.js";

/** Replaces the key. */
const MARK = "[key]";
/** Shorter keys would match ordinary words. */
const SHORTEST = 6;
/** In a result, only keys of this length are replaced: a shorter one may be an ordinary word. */
const UNMISTAKABLE = 16;
/** The longest text that is searched for the key. An error shows much less. */
const MOST = 262_144;

/** A character as JSON, a URL or HTML escapes it. */
const ESCAPED =
  /\\u([\da-f]{1,4})|\\([^])|%([\da-f]{1,2})|&#x([\da-f]{1,7});?|&#(\d{1,7});?|&(amp|lt|gt|quot|apos);?/gi;
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescape = (_, json, plain, url, hex, decimal, name) =>
  plain ?? NAMED[name?.toLowerCase()] ?? String.fromCharCode(decimal ?? parseInt(json ?? url ?? hex, 16));

/** How often an escaped text may have been escaped again. */
const LAYERS = 8;

/** The text without its escapes. Most texts have none. */
const bare = text => {
  if (!["\\", "%", "&"].some(mark => text.includes(mark))) return text;
  for (let layer = 0; layer < LAYERS; layer++) text = text.replace(ESCAPED, unescape);
  return text;
};

/** The text without its escapes, and the position that each of its characters has in the original. */
const located = text => {
  let places = Array.from({ length: text.length + 1 }, (_, i) => i);
  for (let layer = 0; layer < LAYERS; layer++) {
    let less = "";
    let end = 0;
    const next = [];
    const keep = until => {
      less += text.slice(end, until);
      while (end < until) next.push(places[end++]);
    };
    for (const match of text.matchAll(ESCAPED)) {
      keep(match.index);
      less += unescape(...match);
      next.push(places[end]);
      end += match[0].length;
    }
    keep(text.length + 1);
    [text, places] = [less, next];
  }
  return [text, places];
};

/** `text` hides the key in any text, `result` in a result of the service. `isIn` says whether an id contains the key. */
export const redactor = (key = "") => {
  const isSecret = key.length >= SHORTEST;
  const plain = bare(key);
  const text = given => {
    if (!isSecret) return given;
    const clean = given.slice(0, MOST).replaceAll(key, MARK);
    if (!plain || !bare(clean).includes(plain)) return clean;
    const [without, places] = located(clean);
    let hidden = "";
    let end = 0;
    for (let at = without.indexOf(plain); at >= 0; at = without.indexOf(plain, at + plain.length)) {
      hidden += clean.slice(end, places[at]) + MARK;
      end = places[at + plain.length];
    }
    return hidden + clean.slice(end);
  };
  const result = given =>
    key.length >= UNMISTAKABLE && (given.includes(key) || bare(given).includes(plain)) ? text(given) : given;
  return { text, result, isIn: id => key !== "" && (trim(id) === key || result(id) !== id) };
};
