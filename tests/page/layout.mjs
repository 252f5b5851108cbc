// What is wrong with a layout, as far as geometry tells. These functions run in the page.

/** Waits until what a change of size or style sets off is done. */
export const settle = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));

/** Puts a style sheet over the page and over the shadows in it. */
export const restyle = css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const roots = [document, ...[...document.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
  for (const root of roots) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter(other => !other.isOfTest), sheet];
  }
  sheet.isOfTest = true;
  return document.fonts.ready.then(() => true);
};

/** Makes a text a third longer, as a translation would be: its words, but no names, numbers and addresses. */
export const lengthen = text =>
  text.replace(/[^\s{}]+(?![^{}]*\})/g, word =>
    /[\d/:@ö]./.test(word)
      ? word
      : word.replace(/\p{L}{2,}/gu, letters => letters + "ö".repeat(Math.ceil(letters.length / 3))),
  );

/** A document with longer texts, also those that its scripts say. */
export const longer = html => {
  const deep = value => {
    if (typeof value === "string") return lengthen(value);
    return Array.isArray(value)
      ? value.map(deep)
      : Object.fromEntries(Object.entries(value).map(([name, part]) => [name, deep(part)]));
  };
  const [before, json, after] = html.split(/(?<=id="text">)([^]*?)(?=<\/script>)/);
  const markup = part => part.replace(/>([^<{]+)(?=<)/g, (_, text) => `>${lengthen(text)}`);
  return markup(before) + JSON.stringify(deep(JSON.parse(json))) + markup(after);
};

/** The same for what only the library says: `lengthen` comes as source text. */
export const lengthenAll = source => {
  const lengthen = (0, eval)(source);
  const visit = root => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) visit(element.shadowRoot);
      if (element.matches("script, style, template, svg *")) continue;
      if (element.placeholder) element.placeholder = lengthen(element.placeholder);
      for (const node of element.childNodes) {
        if (node.nodeType === Node.TEXT_NODE && lengthen(node.data) !== node.data) node.data = lengthen(node.data);
      }
    }
  };
  visit(document);
};

/** Each text, field and button that is cut off, lies over another, or sticks out of what holds it or of the page. */
export const faults = isNormal => {
  const found = new Set();
  const parent = node => node.parentElement ?? node.getRootNode().host ?? null;
  const ancestors = node => {
    const list = [];
    for (let element = parent(node); element; element = parent(element)) list.push(element);
    return list;
  };
  const every = root =>
    [...root.querySelectorAll("*")].flatMap(element => [
      element,
      ...(element.shadowRoot ? every(element.shadowRoot) : []),
    ]);
  const page = document.documentElement;
  const name = element => {
    const own = element.id
      ? `#${element.id}`
      : (element.className?.baseVal ?? String(element.className).trim().replaceAll(" ", "."));
    return `${element.localName} ${own}`.trim();
  };
  const excerpt = ({ data }) => JSON.stringify(data.trim().slice(0, 40));
  const hasBorder = ({ borderLeftWidth, borderLeftStyle }) =>
    borderLeftStyle !== "none" && parseFloat(borderLeftWidth) > 0;
  const cut = (box, other) => {
    const [left, top] = [Math.max(box.left, other.left), Math.max(box.top, other.top)];
    const [right, bottom] = [Math.min(box.right, other.right), Math.min(box.bottom, other.bottom)];
    return right > left && bottom > top ? { left, top, right, bottom } : null;
  };
  /** A line's box is higher than its letters, and may touch the next one. */
  const letters = ({ left, top, right, bottom, height }) => ({
    left: left + 1,
    top: top + height / 4,
    right: right - 1,
    bottom: bottom - height / 4,
  });
  const isOver = (ancestor, style) => style.position === "sticky" || style.position === "fixed";

  if (page.scrollWidth > page.clientWidth) found.add(`the page is ${page.scrollWidth} wide`);

  const things = [];
  for (const element of every(document.body)) {
    if (element.matches("script, style, template, option") || element.closest(".visually-hidden, .skip")) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const isField = element.matches("input, select, textarea, progress, video");
    const isControl = isField || element.matches("button, a, summary");
    const texts = isField
      ? []
      : [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!isControl && !texts.length) continue;
    const chain = [element, ...ancestors(element)];
    const styles = chain.map(ancestor => getComputedStyle(ancestor));
    const layer = chain.find((ancestor, index) => isOver(ancestor, styles[index])) ?? null;
    const add = (box, what, node, from) => {
      let seen = box;
      for (let index = from; index < chain.length; index++) {
        const [holder, style] = [chain[index], styles[index]];
        if (holder === page || holder === document.body) break;
        if (style.display === "inline" || style.display === "contents") continue;
        const outer = holder.getBoundingClientRect();
        const rolls = style.overflowX === "auto" || style.overflowX === "scroll";
        if (!rolls && (hasBorder(style) || style.overflowX !== "visible")) {
          const isShortened = style.webkitLineClamp !== "none";
          const sticksOut =
            box.left < outer.left - 1 ||
            box.right > outer.right + 1 ||
            box.top < outer.top - 1 ||
            box.bottom > outer.bottom + 1;
          if (sticksOut && !isShortened) found.add(`${what} sticks out of ${name(holder)}`);
          if (isShortened) seen = cut(seen, outer);
        }
        // What is out of a scroller's sight can be scrolled to.
        if (rolls) {
          seen = cut(seen, outer);
          box = seen;
        }
        if (!seen) return;
      }
      if (box.left < -1 || box.right > page.clientWidth + 1) found.add(`${what} is out of the page`);
      things.push({ ...seen, what, node, element, layer });
    };
    for (const text of texts) {
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const { 0: word, index } of text.data.matchAll(/[\p{L}\d,.]+/gu)) {
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        const boxes = [...range.getClientRects()].filter(({ width }) => width > 0);
        const isShort = word.length <= 12 && (isNormal || /^[\d,.]+$/.test(word));
        if (
          isShort &&
          boxes.length > 1 &&
          boxes[0].bottom <= boxes.at(-1).top + 1 &&
          !chain.some(holder => holder.matches(".address, code"))
        )
          found.add(`${word} is broken in ${excerpt(text)}`);
      }
      range.selectNodeContents(text);
      for (const box of range.getClientRects())
        if (box.width > 2 && box.height > 2) add(letters(box), excerpt(text), text, 0);
    }
    if (!isControl) continue;
    const { left, top, right, bottom } = element.getBoundingClientRect();
    if (right - left < 1) found.add(`${name(element)} has no width`);
    if (!element.matches("a"))
      add({ left: left + 1, top: top + 1, right: right - 1, bottom: bottom - 1 }, name(element), element, 1);
    if (element.matches("select")) {
      const room = element.offsetWidth;
      element.style.width = "max-content";
      if (element.offsetWidth > room + 1) found.add(`the options do not fit into ${name(element)}`);
      element.style.width = "";
    }
    if (element.placeholder && element.matches("input")) {
      const { font, letterSpacing, paddingLeft, paddingRight } = styles[0];
      const canvas = (window.measure ??= document.createElement("canvas").getContext("2d"));
      Object.assign(canvas, { font, letterSpacing });
      const room = element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      if (canvas.measureText(element.placeholder).width > room + 1)
        found.add(`the placeholder does not fit into ${name(element)}`);
    }
  }

  things.sort((a, b) => a.top - b.top);
  things.forEach((thing, index) => {
    for (let next = index + 1; next < things.length && things[next].top < thing.bottom; next++) {
      const other = things[next];
      if (thing.node === other.node || thing.layer !== other.layer) continue;
      if (thing.element.contains(other.element) && thing.node === thing.element) continue;
      if (other.element.contains(thing.element) && other.node === other.element) continue;
      if (cut(thing, other)) found.add(`${thing.what} and ${other.what} overlap`);
    }
  });
  return [...found];
};
