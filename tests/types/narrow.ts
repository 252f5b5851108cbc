// Exact types after narrowing. expect-type also finds types that are too wide.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expectTypeOf } from "expect-type";
import {
  estimateCredits,
  requestSchema,
  validateRequest,
  type CompletedTask,
  type CreditsEstimate,
  type FailedTask,
  type ImageInputs,
  type Inputs,
  type Issue,
  type KeyframeInputs,
  type Mode,
  type Model,
  type ReferenceInputs,
  type Resolution,
  type Task,
  type TaskRequest,
  type TextInputs,
  type Video,
} from "sd2-client";

export function narrowTask(task: Task): void {
  expectTypeOf(task.output).toEqualTypeOf<null | [Video, ...Video[]]>();
  expectTypeOf(task.error).toEqualTypeOf<null | string>();
  if (task.status === "COMPLETED") {
    expectTypeOf(task).toEqualTypeOf<CompletedTask>();
    expectTypeOf(task.output[0]).toEqualTypeOf<Video>();
    expectTypeOf(task.error).toBeNull();
    expectTypeOf(task.completeTime).toBeNumber();
  } else if (task.status === "FAILED") {
    expectTypeOf(task).toEqualTypeOf<FailedTask>();
    expectTypeOf(task.output).toBeNull();
    expectTypeOf(task.error).toBeString();
    expectTypeOf(task.completeTime).toBeNumber();
  } else {
    expectTypeOf(task.output).toBeNull();
    expectTypeOf(task.error).toBeNull();
    expectTypeOf(task.completeTime).toBeNull();
  }
}

export function narrowInputs(inputs: Inputs): void {
  if (inputs.videoInputMode === "reference") {
    expectTypeOf(inputs).toEqualTypeOf<ReferenceInputs>();
    expectTypeOf(inputs.resolution).toEqualTypeOf<Resolution>();
    expectTypeOf(inputs.videoUrls).toEqualTypeOf<readonly string[] | undefined>();
  } else if (inputs.videoInputMode === "keyframe") {
    expectTypeOf(inputs).toEqualTypeOf<KeyframeInputs>();
    expectTypeOf(inputs.urls).toEqualTypeOf<readonly [first: string, last: string]>();
    expectTypeOf(inputs.resolution).toBeUndefined();
    expectTypeOf(inputs.audioUrls).toBeUndefined();
  } else {
    expectTypeOf(inputs).toEqualTypeOf<TextInputs | ImageInputs>();
    expectTypeOf(inputs.videoUrls).toBeUndefined();
    if (inputs.urls) {
      expectTypeOf(inputs).toEqualTypeOf<ImageInputs>();
      expectTypeOf(inputs.urls).toEqualTypeOf<readonly [image: string]>();
    } else {
      expectTypeOf(inputs).toEqualTypeOf<TextInputs>();
      expectTypeOf(inputs.prompt).toBeString();
    }
  }
}

export function narrowVerdict(value: unknown): void {
  const verdict = validateRequest(value);
  expectTypeOf(verdict.issues).toEqualTypeOf<Issue[]>();
  expectTypeOf(verdict.mode).toEqualTypeOf<Mode | null>();
  if (verdict.valid) {
    expectTypeOf(verdict.mode).toEqualTypeOf<Mode>();
    expectTypeOf(verdict.credits).toBeNumber();
  } else {
    expectTypeOf(verdict.credits).toEqualTypeOf<number | null>();
  }
}

export function narrowOutcome(value: unknown): void {
  const outcome = requestSchema["~standard"].validate(value);
  if (outcome.issues) expectTypeOf(outcome.issues).toEqualTypeOf<readonly Issue[]>();
  else expectTypeOf(outcome.value).toEqualTypeOf<TaskRequest>();
}

// The types that a form or a router reads from a schema.
expectTypeOf(requestSchema).toExtend<StandardSchemaV1<TaskRequest>>();
expectTypeOf<StandardSchemaV1.InferInput<typeof requestSchema>>().toEqualTypeOf<TaskRequest>();
expectTypeOf<StandardSchemaV1.InferOutput<typeof requestSchema>>().toEqualTypeOf<TaskRequest>();

// A wrong mix of fields is not `Inputs`.
type Urls = readonly [string, string];
expectTypeOf<{ urls: Urls }>().not.toExtend<Inputs>();
expectTypeOf<{ prompt: string; videoInputMode: "reference" }>().not.toExtend<Inputs>();
expectTypeOf<{ prompt: string; videoInputMode: "keyframe" }>().not.toExtend<Inputs>();
expectTypeOf<{ urls: Urls; videoInputMode: "keyframe"; videoUrls: string[] }>().not.toExtend<Inputs>();
expectTypeOf<{ urls: Urls; videoInputMode: "keyframe"; resolution: Resolution }>().not.toExtend<Inputs>();
expectTypeOf<{ urls: Urls; videoInputMode: "keyframe" }>().toExtend<Inputs>();
expectTypeOf<{ urls: string[]; videoInputMode: "reference"; resolution: Resolution }>().toExtend<Inputs>();

expectTypeOf(estimateCredits).returns.toEqualTypeOf<CreditsEstimate>();
expectTypeOf<CreditsEstimate["model"]>().toEqualTypeOf<Model>();
