// Measures the time that a client adds to a call: sd2-client next to published SDKs, each with a `fetch` in the same process.
import { answering, respondingWith } from "./answer.mjs";
import limits from "./limits.json" with { type: "json" };
import { checkBeside, lows, raceCalls } from "./race.mjs";
import { sdks } from "./sdks.mjs";

/** The two calls of each SDK, with a service made by `service`. */
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
  checkBeside("µs", lows(found), limits.calls[call]);
}

// The time of a client alone is its difference to the last row.
const real = await open(respondingWith);
for (const call of ["create", "query"]) {
  const [created, queried] = sdks["sd2-client"].answers;
  const fetch = respondingWith(created, queried);
  const method = call === "create" ? "POST" : "GET";
  const bare = async () => (await fetch("https://example.com", { method })).json();
  await raceCalls(`One ${call}, with the platform's Response`, [...runs(real, call), ["no client", bare]]);
}
