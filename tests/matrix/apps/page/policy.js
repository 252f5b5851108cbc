// What each entry comes to under the policy that the page was served with.
import * as inline from "./node_modules/sd2-client/dist/index.js";
import * as slim from "./node_modules/sd2-client/dist/slim.js";
import { program as inlineProgram } from "./inline.js";
import { program as slimProgram } from "./slim.js";
import { api, tellAll } from "./tell.js";

/** What is wrong with the call, in words; nothing if it works. */
const wrong = async call => {
  try {
    await call();
    return "";
  } catch (error) {
    return `${inline.Sd2Error.is(error)} ${error.code} ${error.message}`;
  }
};

const wasm = "./node_modules/sd2-client/dist/sd2_client.wasm";
const parts = {
  /** Whether the browser holds the page to Trusted Types. */
  trustedTypes: () => wrong(() => (document.createElement("p").innerHTML = "<b></b>")).then(Boolean),
  firstUse: () => wrong(() => inline.estimateCredits({ model: "sd2" })),
  init: () => wrong(() => inline.init()),
  slim: () => wrong(() => slim.init(wasm)),
};
if (!new URLSearchParams(location.search).has("refused")) {
  Object.assign(parts, { inlineProgram: () => inlineProgram(api), slimProgram: () => slimProgram(api) });
}
tellAll(parts);
