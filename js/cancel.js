// Takes a task out of a gateway's queue.
import { CANCEL_TASK } from "./call.js";
import { partsOf } from "./client.js";
import { misuse } from "./error.js";

export const cancelTask = async (client, taskId, options) => {
  const parts = partsOf(client);
  if (!parts.gateway)
    throw misuse("cancelTask needs a client with gateway: true. The service itself cannot cancel a task.");
  await parts.run(CANCEL_TASK, taskId, options);
};
