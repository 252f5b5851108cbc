// Reads and writes CSV, as in RFC 4180 and as spreadsheets and people write it: any separator or line ending, missing quotes.

/** The start of a formula in a spreadsheet, possibly after apostrophes that escape it. */
const FORMULA = /^'*[=+\-@\t\r]/;
const END_OF_LINE = /\r\n|\n|\r/;

/**
 * The rows of a text, `{ line, cells }`, and the problems with its quotes, `{ line, code }`: `stray` inside a quoted cell,
 * `unclosed`, or `joined` (up to line `to`) if a cell of several lines looks like rows. So no row is lost in another one silently.
 */
export const readCsv = text => {
  const source = text.replace(/^\uFEFF/, "");
  // Excel's line with the separator.
  const hint = /^"?sep=([^"\r\n])"?[,;\t|]*(?:\r\n|\n|\r|$)/i.exec(source);
  const separator = hint?.[1] ?? separatorOf(source);
  const plain = new RegExp(`[^${separator.replace(/[\\\]^-]/, "\\$&")}\r\n]*`, "y");
  const rows = [];
  const problems = [];
  let at = hint?.[0].length ?? 0;
  let line = hint ? 2 : 1;

  const isEnd = index => index >= source.length || /[\r\n]/.test(source[index]) || source[index] === separator;
  const skipBlanks = index => {
    while ((source[index] === " " || source[index] === "\t") && source[index] !== separator) index++;
    return index;
  };
  /** The text of the quoted cell that begins here, or `undefined` if its quote is never closed. */
  const readQuoted = begin => {
    let hasStray = false;
    for (let end = source.indexOf('"', begin); end >= 0; end = source.indexOf('"', end + 1)) {
      if (source[end + 1] === '"') {
        end++;
        continue;
      }
      const raw = source.slice(begin, end);
      const after = skipBlanks(end + 1);
      const lines = raw.split(END_OF_LINE);
      if (isEnd(after)) {
        if (hasStray && lines.length > 1) return undefined;
        if (hasStray) problems.push({ line, code: "stray" });
        const isLikeRow = part => part.split(separator).length >= rows[0].cells.length;
        if (rows.length > 1 && lines.slice(1).some(isLikeRow))
          problems.push({ line, code: "joined", to: line + lines.length - 1 });
        line += lines.length - 1;
        at = after;
        return raw.replaceAll('""', '"');
      }
      // On a later line it is probably the first quote of another cell.
      if (lines.length > 1) return undefined;
      hasStray = true;
    }
    return undefined;
  };
  const readCell = () => {
    const begin = skipBlanks(at);
    if (source[begin] === '"') {
      const cell = readQuoted(begin + 1);
      if (cell !== undefined) return cell;
      problems.push({ line, code: "unclosed" });
      at = begin + 1;
    }
    plain.lastIndex = at;
    const [cell] = plain.exec(source);
    at += cell.length;
    return cell;
  };

  while (at < source.length) {
    const row = { line, cells: [] };
    rows.push(row);
    for (;;) {
      const cell = readCell();
      row.cells.push(/^'/.test(cell) && FORMULA.test(cell) ? cell.slice(1) : cell);
      if (source[at] !== separator) break;
      at++;
    }
    at += source[at] === "\r" && source[at + 1] === "\n" ? 2 : 1;
    line++;
    if (row.cells.length === 1 && !row.cells[0].trim()) rows.pop();
  }
  return { rows, problems };
};

/** The most frequent separator in the first line. */
const separatorOf = source => {
  const [first] = source
    .replace(/"[^"]*"/g, "")
    .trim()
    .split(END_OF_LINE, 1);
  const count = separator => first.split(separator).length;
  return [",", ";", "\t", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
};

/** Writes rows as CSV. A cell that a spreadsheet would read as a formula gets an apostrophe in front, as OWASP advises. */
export const writeCsv = rows => rows.map(row => `${row.map(cellOf).join(",")}\r\n`).join("");

const cellOf = value => {
  const text = String(value ?? "");
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /["',\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
