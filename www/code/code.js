// The view with code to copy. The code sends the request from Create, and reads the key from the environment.

import "sd2-client/calculator-element";
import { write } from "../address.js";
import { copy } from "../copy.js";
import { byId } from "../element.js";
import { say } from "../text.js";
import { curl } from "./curl.js";
import { highlight } from "./highlight.js";
import { javascript } from "./javascript.js";
import { python } from "./python.js";
import { rust } from "./rust.js";

const LANGUAGES = { javascript, curl, python, rust };

const languages = document.querySelector(".languages");
const embedded = byId("embedded");
let others;

/** Shows the code in the language from the address. `around` has the `connection` and the request's `form`. */
export const enter = (state, around) => {
  others = around;
  const language = languages.querySelector(`[value="${CSS.escape(state.get("language"))}"]`);
  if (language) language.checked = true;
  show();
};

const show = () => {
  const { connection, form } = others;
  const { value: language } = languages.querySelector(":checked");
  const errors = form.validation.issues.filter(issue => issue.severity === "error").length;
  const code = LANGUAGES[language](form.request, connection, form.validation.credits);
  byId("snippet").replaceChildren(...highlight(code, language));
  byId("code-note").textContent = say(`code.${language}`);
  byId("code-issues").textContent = errors ? say("code.issues", { n: errors }) : "";
};

const showEmbed = () => {
  byId("embed-code").textContent = `<script type="module">
  import "sd2-client/calculator-element";

  document.querySelector("sd2-calculator").addEventListener("change", ({ detail }) => {
    console.log(detail.estimate.total); // ${embedded.estimate.total}
  });
</script>

${embedded
  .cloneNode()
  .outerHTML.replace(/ id="\w+"/, "")
  .replaceAll('=""', "")}`;
};

languages.addEventListener("change", ({ target }) => {
  write("code", new URLSearchParams({ language: target.value }));
  show();
});
embedded.addEventListener("input", showEmbed);
byId("copy-code").addEventListener("click", event => copy(event.target, byId("snippet").textContent));
byId("copy-embed").addEventListener("click", event => copy(event.target, byId("embed-code").textContent));
showEmbed();
