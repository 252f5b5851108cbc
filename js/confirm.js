// A webhook's body is a hint: only the service says what became of a task.
import { callbackTaskId } from "./body.js";
import { QUERY_TASK } from "./call.js";
import { partsOf } from "./client.js";

export const confirmCallback = async (client, body, options) =>
  partsOf(client).run(QUERY_TASK, callbackTaskId(body), options);
