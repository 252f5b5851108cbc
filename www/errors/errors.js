// Shows an error: what happened, the service's own message, the next step, and the code in the details.

import { html } from "../element.js";
import { find, say } from "../text.js";

/** The errors that the user can solve in the view Connect. */
const AT_CONNECTION = ["unauthorized", "forbidden", "not_found", "unexpected_response", "invalid_argument"];
/** The fields of a response body that may have the service's own message. */
const WORDS = ["message", "error", "detail", "title", "msg"];

/** The service's own message, if an error has it. */
export const reasonOf = error => {
  if (typeof error?.task?.error === "string") return error.task.error;
  try {
    const body = JSON.parse(error.body);
    return WORDS.map(name => body[name]?.message ?? body[name]).find(
      words => typeof words === "string" && words.trim(),
    );
  } catch {
    return undefined;
  }
};

/** The lines to show. `connect()` is offered for the errors that the user can solve in the view Connect. */
export const failure = (error, connect) => {
  const code = find(`errors.${error?.code}`) ? error.code : undefined;
  const [happened, step] = find(`errors.${code}`) ?? [say("failure.other")];
  const reason = error?.reason ?? reasonOf(error);
  const status = error?.status ? ` ${say("failure.status", { status: String(error.status) })}` : "";
  return html(
    "div",
    { class: "failure" },
    html("p", { class: "failure-title" }, happened),
    reason ? html("p", { class: "failure-reason", dir: "auto" }, say("failure.reason", { reason })) : null,
    step ? html("p", { class: "failure-step" }, step) : null,
    connect && AT_CONNECTION.includes(code)
      ? html("button", { type: "button", class: "quiet", onclick: connect }, say("connect"))
      : null,
    html(
      "details",
      { class: "failure-details" },
      html("summary", {}, say("failure.details")),
      html("p", {}, html("code", {}, code ?? "error"), status),
      html("p", {}, String(error?.message ?? error)),
    ),
  );
};
