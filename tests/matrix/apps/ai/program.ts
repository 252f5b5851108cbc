// The types of sd2-client/ai-sdk fit those of `ai`.
import { experimental_generateVideo as generateVideo, experimental_getVideoStatus as getVideoStatus } from "ai";
import { createSd2, type Sd2ProviderOptions, type Sd2VideoModel } from "sd2-client/ai-sdk";

const sd2 = createSd2({ apiKey: "key", onCreated: (taskId, request) => [taskId.length, request.inputs.prompt] });
const model: Sd2VideoModel = sd2.video("sd2-fast");
const options: Sd2ProviderOptions = { upscaleResolution: "2k" };

export const make = async (): Promise<Uint8Array> => {
  const { video } = await generateVideo({ model, prompt: "A cat", providerOptions: { sd2: { ...options } } });
  return video.uint8Array;
};

export const look = async (): Promise<"pending" | "completed" | "error"> =>
  (await getVideoStatus(model, { operation: "task_1" })).status;

// @ts-expect-error There is no such model.
sd2.video("sd3");
// @ts-expect-error There is no such option.
createSd2({ apiKey: "key", onCreate: () => {} });
