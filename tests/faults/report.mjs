// Writes README.md in this folder from the results of a run.
import { SAFE } from "./resend.mjs";

/** The matrix as Markdown. A cell has one result, or one for each platform if they differ. */
export const report = (cells, resends) => {
  const outcomes = resends.flatMap(({ outcomes }) => outcomes);
  const isSafe = ({ got }) => got.every(each => SAFE.includes(each));
  const platforms = Object.keys(cells);
  const all = platforms.flatMap(platform => cells[platform].map(cell => ({ ...cell, platform })));
  const faults = [...new Set(all.map(({ fault }) => fault))];
  const table = columns => [
    `| fault | ${columns.map(({ title }) => title).join(" | ")} |`,
    `|---|${columns.map(() => "---").join("|")}|`,
    ...faults.map(fault => {
      const own = all.filter(cell => cell.fault === fault);
      const row = columns.map(({ select }) => together(own.filter(select), platforms));
      return `| ${fault.name} | ${row.join(" | ")} |`;
    }),
  ];
  const created = ["createTask", "generate", "generateAll"].map(call => ({
    title: `\`${call}\``,
    select: cell => cell.on === "createTask" && cell.call === call,
  }));
  const asked = ["queryTask", "confirmCallback", "getCredits"].map(call => ({
    title: `\`${call}\``,
    select: cell => cell.call === call,
  }));
  const waited = [
    { title: "`waitForTask`", select: cell => cell.call === "waitForTask" },
    { title: "`generate`, its polls", select: cell => cell.on === "queryTask" && cell.call === "generate" },
  ];
  return `# Faults

What becomes of each call under each fault, in ${platforms.join(", ")}. \`npm run test:faults\` measured it against the
emulator and wrote this page; \`npm test\` runs a part of it. What must be true stands in [table.mjs](table.mjs), and is
checked: ${all.length} cells, ${all.filter(({ wrong }) => wrong.length).length} of them wrong. In all of them, too:

- A request made one task at most, and no task was paid twice; no task was made whose id is not told and whose error is not
  \`outcome_unknown\`. The emulator's ledger says so.
- A \`wait_timeout\` of a wait names its task.
- The key is in no message, stack or cause. A body in an error has at most 2,000 characters.

## What makes a task

The fault meets the first create. \`outcome_unknown 1/1\`: the call rejected so, the service saw one request and made one task.
\`generateAll\` has two requests, of which one meets the fault. In Chromium, a reset (or a 408, which
it takes like one) meets the first call of a page at the service's own origin; what it does elsewhere is at the end.

${table(created).join("\n")}

## Questions

The fault comes once → lasts. The number is that of the requests, with \`maxRetries: 1\`. (None where Chromium may repeat a GET
by itself.)

${table(asked).join("\n")}

## Waits

The fault comes once → lasts until the time for the wait is over.

${table(waited).join("\n")}

## What Chromium does by itself

When a connection that was used before is reset before the answer comes, Chromium sends a request again, a POST, too, and no
script learns of it. It does so after a 421, too, and over HTTP/1.1 after a 408. Where the table says \`ok 2/2\`, a second task was made and paid, and only that one is known. A create therefore
takes another connection than polls (\`credentials: "omit"\`), which helps the first one. At another origin, the preflight has used that
connection already. A streamed create (\`streamCreates\`) is not sent again; Chromium streams over HTTP/2 only. Each cell has the outcome of a
reset before the work and after it, or of the answer. ${outcomes.filter(isSafe).length} of these ${outcomes.length} are safe.

| the create | ${resends[0].outcomes.map(({ transport }) => transport).join(" | ")} |
|---|${resends[0].outcomes.map(() => "---").join("|")}|
${resends.map(({ name, outcomes }) => `| ${name} | ${outcomes.map(({ got }) => got.join(", ")).join(" | ")} |`).join("\n")}
`;
};

/** The results for a fault that applies once and one that applies always. */
const together = (cells, platforms) => {
  // The number of GETs that Chromium repeats by itself varies.
  const isLoose = cells.some(cell => cell.isLoose);
  const parts = [1, 0].map(times => {
    const got = platforms.map(platform => {
      const cell = cells.find(cell => cell.platform === platform && cell.times === times);
      return isLoose ? cell?.got.replace(/ \d+$/, "") : cell?.got;
    });
    const known = [...new Set(got.filter(Boolean))];
    if (known.length < 2) return known[0];
    return platforms.flatMap((platform, i) => (got[i] ? [`${platform}: ${got[i]}`] : [])).join(", ");
  });
  const said = parts.filter(Boolean);
  if (!said.length) return "";
  return said[0] === said[1] ? said[0] : said.join(" → ");
};
