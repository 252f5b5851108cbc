// The user's tasks as an event stream: a snapshot, then every change. Each task is a line `data: {task}`.

/** The pause between comments. Proxies close silent connections. */
const BEAT = 25_000;
/** How long a stream lives before the page must open the next one, because it may take long to notice that a page has left. */
const LIFE = 600_000;
/** The most changes that wait for a slow page. */
const MOST_WAITING = 1_000;

export const streamOf = (engine, user) => {
  const encoder = new TextEncoder();
  let end;
  return new ReadableStream({
    async start(controller) {
      let beat;
      let waiting = [];
      const last = new Map();
      const send = text => {
        if (controller.desiredSize < -MOST_WAITING) return end();
        controller.enqueue(encoder.encode(text));
      };
      const tell = task => {
        const text = JSON.stringify(task);
        // Several processes may report the same change.
        if (last.get(task.taskId) === text) return;
        last.set(task.taskId, text);
        send(`data: ${text}\n\n`);
      };
      // Changes during the snapshot are sent after it.
      const hear = task => (waiting ? waiting.push(task) : tell(task));
      const unlisten = engine.listen(user, hear, () => end());
      const life = setTimeout(() => end(), LIFE);
      end = isCancelled => {
        unlisten();
        clearTimeout(life);
        clearTimeout(beat);
        if (!isCancelled) controller.close();
        end = () => {};
      };
      const say = () => {
        beat = setTimeout(say, BEAT);
        send(": \n\n");
      };
      try {
        say();
        for (const task of await engine.snapshot(user)) tell(task);
        for (const task of waiting) tell(task);
        waiting = undefined;
      } catch {
        end();
      }
    },
    cancel: () => end(true),
  });
};
