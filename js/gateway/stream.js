// The user's tasks as a stream: all of them, then every change. Each is a line `data: {task}`.

/** A proxy closes what is silent. */
const BEAT = 25_000;
/** Then the page reads another one: a client that went away is noticed late. */
const LIFE = 600_000;
/** Changes that wait for a page that reads too slowly. */
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
        // Several processes may tell the same.
        if (last.get(task.taskId) === text) return;
        last.set(task.taskId, text);
        send(`data: ${text}\n\n`);
      };
      // What changes while the snapshot is read comes after it.
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
