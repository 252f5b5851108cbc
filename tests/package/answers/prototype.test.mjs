// A field named `__proto__` must not become the prototype of an object.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer, taskOf } from "../../support/service.mjs";

const { parseCallback, Sd2Client, validateRequest } = await load();
const EVIL = `{"output":[{"url":"javascript:alert(1)"}],"error":"mine","toString":1}`;
const withPrototype = (value, name = "__proto__") => JSON.stringify(value).replace(/}$/, `,"${name}":${EVIL}}`);

/** Fails if a value, or one inside it, has an unusual prototype. */
const isPlain = value => {
  if (Object(value) !== value) return;
  assert.ok([Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)), "another prototype");
  assert.ok(!Object.hasOwn(value, "__proto__"));
  for (const name of Object.keys(value)) isPlain(value[name]);
};

test("a callback's task inherits nothing from its body", () => {
  const { output, ...bare } = taskOf("task_1", "PENDING");
  const texts = [
    withPrototype(bare),
    withPrototype(bare, "\\u005f_proto__"),
    withPrototype({ ...bare, more: 1 }),
    `{"later":${withPrototype({ a: 1 })},${JSON.stringify(bare).slice(1)}`,
  ];
  for (const text of texts) {
    for (const body of [text, Buffer.from(text), JSON.parse(text)]) {
      const task = parseCallback(body);
      isPlain(task);
      assert.deepEqual([task.taskId, task.output], ["task_1", undefined]);
    }
  }
});

test("responses, tasks of waits and errors inherit nothing from a body", async () => {
  const events = [];
  let text = withPrototype(taskOf("task_1", "PENDING"));
  const fetch = async () => answer(text);
  const client = new Sd2Client({ apiKey: "key", fetch });
  const onUpdate = ({ task }) => {
    events.push(task);
    text = withPrototype(taskOf("task_1", "FAILED"));
  };
  isPlain(await client.queryTask("task_1"));
  text = withPrototype(taskOf("task_1", "PENDING"), "__prot\\u006f__");
  isPlain(await client.queryTask("task_1"));
  const error = await client.waitForTask("task_1", { pollIntervalMs: 1, onUpdate }).catch(error => error);
  assert.equal(error.code, "task_failed");
  isPlain([...events, error.task]);
  text = `{"credits":1,"availableCredits":2,"__proto__":{"credits":9,"more":1}}`;
  const credits = await client.getCredits();
  isPlain(credits);
  assert.equal(credits.more, undefined);
});

test("a __proto__ field of a request is ignored", async () => {
  const bodies = [];
  const fetch = async (url, { body }) => (bodies.push(body), answer({ taskId: "task_1" }));
  const text = `{"model":"sd2","inputs":{"prompt":"a","__proto__":{"duration":"15s"}}}`;
  assert.equal(validateRequest(JSON.parse(text)).credits, 200);
  await new Sd2Client({ apiKey: "key", fetch }).createTask(JSON.parse(text));
  assert.deepEqual(bodies, [`{"model":"sd2","inputs":{"prompt":"a"}}`]);
});
