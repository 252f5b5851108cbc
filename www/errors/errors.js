// An error as the user gets it: its code, what happened, and what to do.

import { Sd2Error } from "sd2-client";
import { byId, html } from "../element.js";
import { find, say } from "../text.js";

/** The errors that are mended at the connection. */
const AT_CONNECTION = ["unauthorized", "forbidden", "not_found", "unexpected_response", "invalid_argument"];

/** The lines to show; `connect()` is offered where the error is mended at the connection. */
export const failure = (error, connect) => {
  const code = Sd2Error.is(error) ? error.code : "error";
  const step = find(`errors.${code}`)?.[1] ?? "";
  const status = error?.status ? ` HTTP ${error.status}` : "";
  return html(
    "div",
    { class: "failure" },
    html("p", { class: "failure-code" }, html("code", {}, code), status),
    html("p", {}, String(error?.message ?? error)),
    step && html("p", { class: "failure-step" }, step),
    connect && AT_CONNECTION.includes(code)
      ? html("button", { type: "button", class: "suggestion", onclick: connect }, say("connect"))
      : null,
  );
};

// At the foot of Connect, a line for each code, with what happened and the next step.
byId("errors").replaceChildren(
  ...Object.entries(find("errors")).map(([code, [happened, step]]) =>
    html(
      "div",
      {},
      html("dt", {}, html("code", {}, code)),
      html("dd", {}, happened),
      html("dd", { class: "failure-step" }, step),
    ),
  ),
);
