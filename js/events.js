// The event stream of a gateway, shared by all waiting calls of a client.
import { parse } from "./exchange.js";

/** A stream that is silent for so long has failed: a gateway sends something every 25 s. */
const SILENCE = 60_000;
/** The longest pause before the next stream. It doubles, up to four minutes, with each stream in a row that had no event. */
const PAUSE = 4_000;
const DOUBLINGS = 6;

/** Opens a stream while any call waits. An event about a task replaces the response to the next poll of its calls. */
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
      // After a stream with events, the next one soon begins with a snapshot. Otherwise the calls poll now.
      if (failures++) for (const call of calls) call.endPause();
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
        for (const line of lines) if (line.startsWith("data:")) push(secret.result(line.slice(5)));
      }
    } catch {
      // The calls go on polling.
    }
    end();
  };

  const push = text => {
    const value = parse(text);
    failures = 0;
    events.isPushing = true;
    for (const call of calls) {
      if (call.taskId !== value?.taskId) continue;
      call.pushed = { status: 200, text, value };
      call.endPause();
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
      events.isPushing = undefined;
    },
  };
  return events;
};
