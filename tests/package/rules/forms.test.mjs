// `requestSchema` with a form library and a router that accept Standard Schemas.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sValidator } from "@hono/standard-validator";
import { FieldApi, FormApi } from "@tanstack/form-core";
import { Hono } from "hono";
import { load } from "../../support/project.mjs";

const { requestSchema } = await load();

/** A form that uses the schema as its validator. */
const openForm = inputs => {
  const submitted = [];
  const form = new FormApi({
    defaultValues: { model: "sd2", inputs },
    validators: { onChange: requestSchema },
    onSubmit: ({ value }) => submitted.push(value),
  });
  form.mount();
  const open = name => {
    const field = new FieldApi({ form, name });
    field.mount();
    return { field, messages: () => field.state.meta.errors.map(({ message }) => message) };
  };
  return { form, open, submitted };
};

test("a form shows each error at its field and cannot be submitted until all are fixed", async () => {
  const { form, open, submitted } = openForm({
    prompt: "A cat",
    duration: "5s",
    urls: ["https://example.com/a.jpg", "b.jpg"],
    videoInputMode: "keyframe",
  });
  const duration = open("inputs.duration");
  const image = open("inputs.urls[1]");

  duration.field.handleChange("16s");
  assert.match(duration.messages().join(), /"4s" to "15s"/);
  assert.match(image.messages().join(), /absolute/);
  await form.handleSubmit();
  assert.deepEqual([form.state.canSubmit, submitted], [false, []]);

  duration.field.handleChange("15s");
  assert.deepEqual(duration.messages(), []);
  image.field.handleChange("asset://b");
  assert.deepEqual(image.messages(), []);
  await form.handleSubmit();
  assert.deepEqual(submitted, [
    {
      model: "sd2",
      inputs: {
        prompt: "A cat",
        duration: "15s",
        urls: ["https://example.com/a.jpg", "asset://b"],
        videoInputMode: "keyframe",
      },
    },
  ]);
});

test("a form with a warning can be submitted", async () => {
  const { form, open, submitted } = openForm({ prompt: "A cat" });
  open("inputs.prompt").field.handleChange("A dog");
  form.setFieldValue("inputs.seed", 7);
  await form.handleSubmit();
  assert.equal(submitted.length, 1);
});

test("a router accepts a valid request and refuses an invalid one with its issues", async () => {
  const app = new Hono().post("/videos", sValidator("json", requestSchema), context =>
    context.json(context.req.valid("json")),
  );
  const post = body =>
    app.request("/videos", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const request = { model: "sd2", inputs: { prompt: "A cat", seed: 7 } };

  const right = await post(request);
  assert.deepEqual([right.status, await right.json()], [200, request]);

  const wrong = await post({ model: "sd2", inputs: { prompt: "A cat", duration: 5 } });
  assert.equal(wrong.status, 400);
  const { error } = await wrong.json();
  assert.deepEqual(
    error.map(({ path, code, suggestion }) => ({ path, code, suggestion })),
    [{ path: ["inputs", "duration"], code: "bad_duration", suggestion: "5s" }],
  );
});
