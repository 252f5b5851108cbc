// The view Connect: chooses the connection, and shows its balance or why there is none.

import { failure } from "../errors/errors.js";
import { byId } from "../element.js";
import { number, say } from "../text.js";

const form = byId("connection");
let connection;
let shown;

/** Shows the `connection` of `around`. */
export const enter = (_, around) => {
  if (!connection) {
    ({ connection } = around);
    begin();
  }
  show();
};

/** Moves the focus to the field that needs attention. */
export const edit = () =>
  form
    .querySelector({ sandbox: "[name=account]:checked", key: "#api-key", gateway: "#gateway-url" }[connection.kind])
    .focus();

/** Shows the balance or the error of the connection. */
export const show = () => {
  if (!connection) return;
  const { balance, error, isAsking, isConnected, kind } = connection;
  for (const part of form.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== kind;
  byId("balance").textContent = balance
    ? held(balance)
    : isAsking
      ? say("connection.asking")
      : none(error, isConnected);
  byId("onward").hidden = !isConnected;
  if (error === shown) return;
  shown = error;
  byId("connection-error").replaceChildren(...(error ? [failure(error)] : []));
};

const held = ({ credits, availableCredits }) => {
  const rest = credits - availableCredits;
  return say(rest > 0 ? "connection.held" : "connection.available", { n: availableCredits, held: number(rest) });
};

const none = (error, isConnected) => {
  if (error) return say("connection.unknown");
  return isConnected ? say("connection.unlimited") : "";
};

const begin = () => {
  const { choice, isRemembered } = connection;
  form.elements.kind.value = choice.kind;
  form.elements.account.value = choice.account;
  byId("api-key").value = choice.key;
  byId("gateway-url").value = choice.gateway;
  byId("keeps-queue").checked = choice.keepsQueue;
  byId("remember").checked = isRemembered;
  form.addEventListener("input", ({ target }) => {
    if (target.id === "remember") return connection.remember(target.checked);
    const { kind, account } = form.elements;
    const [key, gateway] = ["api-key", "gateway-url"].map(id => byId(id).value.trim());
    const keepsQueue = byId("keeps-queue").checked;
    connection.choose({ kind: kind.value, account: account.value, key, gateway, keepsQueue });
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    connection.check();
  });
};
