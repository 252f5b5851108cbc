// Times what a client adds to a call, for ours and for published SDKs, each over a `fetch` in the same process.
import { answering, respondingWith } from "./answer.mjs";
import budget from "./budget.json" with { type: "json" };
import { holdBeside, lows, raceCalls } from "./race.mjs";
import { sdks } from "./sdks.mjs";

/** The two calls of each SDK over such a service. */
const open = async service => {
  const clients = {};
  for (const [name, { from, answers, open }] of Object.entries(sdks))
    clients[name] = open(await import(from), service(...answers));
  return clients;
};

const runs = (clients, call) => Object.entries(clients).map(([name, client]) => [name, client[call]]);

const light = await open(answering);
for (const call of ["create", "query"]) {
  const found = await raceCalls(`One ${call}: client time`, runs(light, call));
  holdBeside("µs", lows(found), budget.calls[call]);
}

// A client's own time is the difference to the last row.
const real = await open(respondingWith);
for (const call of ["create", "query"]) {
  const [created, queried] = sdks["sd2-client"].answers;
  const fetch = respondingWith(created, queried);
  const method = call === "create" ? "POST" : "GET";
  const bare = async () => (await fetch("https://example.com", { method })).json();
  await raceCalls(`One ${call}, with the platform's Response`, [...runs(real, call), ["no client", bare]]);
}
