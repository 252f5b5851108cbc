// The entry point `sd2-client/gateway/cloudflare`: the protocol in a Worker, the jobs of each account in a Durable Object.
import { misuse } from "../error.js";
import { referenceOf } from "./callbacks.js";
import { createCore } from "./core.js";
import { GatewayObject } from "./durable-object.js";
import { checkOptions, toService, valueOf } from "./options.js";
import { createProtocol } from "./protocol.js";
import { RemoteEngine } from "./remote-engine.js";
import { checkBucket, checkUploads } from "./upload-options.js";

export { Sd2Error } from "../error.js";

export const createGateway = options => {
  const checked = check(options);
  const { authorize, origins, basePath, callbacks, uploads, onError, binding } = checked;
  let core;
  const decide = (order, details) => (core ??= createCore())(order, details);
  const respond = createProtocol({
    authorize,
    origins,
    basePath,
    onError,
    check: (request, assets) => decide("check", { request, assets }),
    uploads: uploads && { ...uploads, judge: details => decide("judgeFile", details) },
    engineOf: (account, env) => new RemoteEngine(objectOf(env, binding, account), account),
    referenceOf:
      callbacks &&
      (async (request, env) =>
        referenceOf(request, await valueOf(callbacks.origin, env), await valueOf(callbacks.secret, env))),
  });
  return {
    fetch: (request, env, ctx) => respond(request, env, ctx),
    DurableObject: class extends GatewayObject {
      constructor(ctx, env) {
        super(ctx, env, checked);
      }
    },
  };
};

/** The Durable Object of an account. */
const objectOf = (env, binding, account) => {
  const namespace = env?.[binding];
  if (typeof namespace?.idFromName !== "function") {
    throw misuse(`env.${binding} must be a Durable Object binding to the class that createGateway returned.`);
  }
  return namespace.get(namespace.idFromName(account));
};

const check = options => {
  const { binding, uploads, ...shared } = checkOptions(options, ["binding", "uploads"], true);
  if (typeof binding !== "string" || !binding) {
    throw misuse('createGateway needs binding: the name of its Durable Object binding, such as "SD2".');
  }
  if (typeof shared.baseUrl !== "function") toService(shared.baseUrl);
  const checkedUploads = checkUploads(uploads, "bucket", checkBucket, shared.callbacks?.origin, true);
  return { ...shared, binding, uploads: checkedUploads };
};
