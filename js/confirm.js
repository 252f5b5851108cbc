// The body of a webhook is only a hint. The service is asked for the task.
import { callbackTaskId } from "./body.js";
import { QUERY_TASK } from "./call.js";
import { partsOf } from "./client.js";

export const confirmCallback = async (client, body, options) =>
  partsOf(client).run(QUERY_TASK, callbackTaskId(body), options);
