// An error as the user gets it: its code, what happened, and what to do.

import { Sd2Error } from "sd2-client";
import { CONNECTION_CODES, NEXT_STEP } from "./text.js";

/** The lines to show; `openConnection` is offered where the error is mended there. */
export const failure = (error, openConnection) => {
  const code = Sd2Error.is(error) ? error.code : "error";
  const box = document.createElement("div");
  box.className = "failure";
  const name = document.createElement("p");
  name.className = "failure-code";
  name.append(Object.assign(document.createElement("code"), { textContent: code }));
  if (error?.status) name.append(` HTTP ${error.status}`);
  const message = document.createElement("p");
  message.textContent = String(error?.message ?? error);
  box.append(name, message);
  const step = document.createElement("p");
  step.className = "failure-step";
  if (CONNECTION_CODES.includes(code)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "suggestion";
    button.textContent = NEXT_STEP[code];
    button.addEventListener("click", openConnection);
    step.append(button);
  } else if (NEXT_STEP[code]) {
    step.textContent = NEXT_STEP[code];
  }
  box.append(step);
  return box;
};
