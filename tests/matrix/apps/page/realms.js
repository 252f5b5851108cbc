// One page, several realms and several copies of the package.
import * as one from "./node_modules/sd2-client/dist/index.js";
import * as other from "./copy/dist/index.js";
import { program as programOfOne } from "./inline.js";
import { program as programOfOther } from "./copy.js";
import { api, tellAll } from "./tell.js";

const worker = () =>
  new Promise((done, failed) => {
    const worker = new Worker("./worker.js", { type: "module" });
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = failed;
    worker.postMessage(api);
  });

let frame;
const openFrame = () =>
  new Promise(done => {
    const element = document.createElement("iframe");
    element.src = "./frame.html";
    addEventListener("message", () => setTimeout(() => done((frame = element.contentWindow))), { once: true });
    document.body.append(element);
  });

const errorOf = call => {
  try {
    call();
  } catch (error) {
    return error;
  }
};

tellAll({
  worker,
  frame: async () => (await openFrame()).program(api),
  /** A frame's objects in this realm's client. */
  async mixed() {
    const client = new one.Sd2Client({ apiKey: "sandbox-key", baseUrl: api });
    const controller = new frame.AbortController();
    const request = frame.JSON.parse(`{ "model": "sd2", "inputs": { "prompt": "a" } }`);
    const { taskId } = await client.createTask(request, { signal: controller.signal });
    const wait = client
      .waitForTask(taskId, { signal: controller.signal, pollIntervalMs: 3_600_000 })
      .catch(reason => reason);
    controller.abort("mine");
    return { price: one.estimateCredits(request).total, aborted: await wait };
  },
  /** An error of another realm, and of another copy. */
  async errors() {
    const theirs = [frame.sd2, other].map(({ estimateCredits }) => errorOf(() => estimateCredits({})));
    return theirs.map(error => [one.Sd2Error.is(error), error instanceof one.Sd2Error, error.code]);
  },
  /** Both copies at once, in the midst of each other's calls. */
  copies: async () => Promise.all([programOfOne(api), programOfOther(api), programOfOne(api), programOfOther(api)]),
});
