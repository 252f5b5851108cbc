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

The outcome of each call under each fault, in ${platforms.join(", ")}. \`npm run test:faults\` measures it with the
emulated service and writes this page; \`npm test\` measures a part of it. [table.mjs](table.mjs) has the expected outcomes: ${all.length} cells,
${all.filter(({ wrong }) => wrong.length).length} of them wrong. In all cells:

- Each request creates at most one task, and no task is paid twice, according to the emulator's ledger. If the caller does not get the id
  of a task, the error is \`outcome_unknown\`.
- A \`wait_timeout\` of a wait names its task.
- No message, stack or cause contains the key. A body in an error has at most 2,000 characters.

## Calls that create a task

The fault applies to the first create. \`outcome_unknown 1/1\` means that the call rejected with this code, and that the service got one request
and created one task. \`generateAll\` has two requests; the fault applies to one of them. In Chromium, a reset (or a 408, which has the same
effect) applies to the first call of a page at the origin of the service. The last table has other situations.

${table(created).join("\n")}

## Calls that are safe to repeat

The outcome if the fault applies once → always, and the number of requests with \`maxRetries: 1\`. (There is no number if Chromium may repeat
a GET by itself.)

${table(asked).join("\n")}

## Waits

The outcome if the fault applies once → until the wait times out.

${table(waited).join("\n")}

## Requests that Chromium repeats by itself

If a reused connection is reset before the response, Chromium repeats the request, even a POST, and scripts cannot notice it. It does the same
after a 421, and over HTTP/1.1 after a 408. \`ok 2/2\` means that a second task was created and paid, and that the caller knows only that
one. Therefore a create uses another connection than polls (\`credentials: "omit"\`), which protects the first create. At another origin,
the preflight has already used that connection. Chromium does not repeat a streamed create (\`streamCreates\`), but streams only over HTTP/2.
Each cell has the outcome of a reset before and after the work, or of the response. ${outcomes.filter(isSafe).length} of these ${outcomes.length} cells are safe.

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
