// What a gateway tells of tasks by itself, for all calls of a client that wait.
import { parse } from "./exchange.js";

/** A gateway says something every 25 s. */
const SILENCE = 60_000;
/** The longest pause before the next stream, doubled for each one in a row that told nothing, to four minutes at most. */
const PAUSE = 4_000;
const DOUBLINGS = 6;

/** One stream while any call waits. What it tells of a task is the next answer to the calls that wait for it. */
export const eventsOf = client => {
  const calls = new Set();
  let attempt;
  let timer;
  let failures;

  const after = (span, work) => {
    clearTimeout(timer);
    timer = setTimeout(work, span);
  };

  const open = async () => {
    const { signal } = (attempt = new AbortController());
    const end = () => {
      if (signal.aborted) return;
      events.close();
      after((PAUSE * 2 ** Math.min(failures, DOUBLINGS) * (1 + Math.random())) / 2, open);
      // After a stream that told something, the snapshot of the next one comes soon. Else there are only the polls.
      if (failures++) for (const call of calls) call.rouse();
    };
    after(SILENCE, end);
    try {
      const { baseUrl, fetch, headers, secret } = client;
      const { body } = await fetch(`${baseUrl}/jobs/events`, { headers, redirect: "manual", signal });
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ""; ; ) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) break;
        after(SILENCE, end);
        const lines = (text + value).split("\n");
        text = lines.pop();
        for (const line of lines) if (line.startsWith("data:")) tell(secret.result(line.slice(5)));
      }
    } catch {
      // The polls go on.
    }
    end();
  };

  const tell = text => {
    const value = parse(text);
    failures = 0;
    events.isTelling = true;
    for (const call of calls) {
      if (call.taskId !== value?.taskId) continue;
      call.told = { status: 200, text, value };
      call.rouse();
    }
  };

  const events = {
    join(call) {
      if (!calls.size) open((failures = 0));
      calls.add(call);
    },
    leave(call) {
      if (calls.delete(call) && !calls.size) events.close();
    },
    close() {
      clearTimeout(timer);
      attempt.abort();
      events.isTelling = undefined;
    },
  };
  return events;
};
