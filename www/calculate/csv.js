// CSV as RFC 4180 has it, and as spreadsheets write it: also with semicolons or tabs, and with any end of line.

/** The rows of a text, each a list of cells. */
export const readCsv = (text) => {
  const source = text.replace(/^\uFEFF/, "");
  const separator = separatorOf(source);
  const rows = [];
  let row = [];
  let cell = "";
  let isQuoted = false;
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (row.length > 1 || row[0].trim()) rows.push(row);
    row = [];
  };
  for (let i = 0; i < source.length; i++) {
    const character = source[i];
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (source[i + 1] === '"') cell += source[++i];
      else isQuoted = false;
    } else if (character === '"' && cell === "") isQuoted = true;
    else if (character === separator) endCell();
    else if (character === "\n" || character === "\r") {
      if (character === "\r" && source[i + 1] === "\n") i++;
      endRow();
    } else cell += character;
  }
  endRow();
  return rows;
};

/** What separates the cells of the first line most often. */
const separatorOf = (source) => {
  const [line] = source.replace(/"[^"]*"/g, "").split(/[\r\n]/, 1);
  const count = (separator) => line.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
};

/** A text of rows. A cell that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP advises. */
export const writeCsv = (rows) => rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");

const cellOf = (value) => {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
