import Ajv from "ajv";
import * as rules from "./rules.mjs";

const ajv = new Ajv({ allErrors: true, verbose: true });

// A keyword for rules that a schema cannot express. Ajv reads the errors from a property of the function.
const keyword = (name, type, problems) => {
  const validate = (parameter, value) => {
    const found = problems(value, parameter);
    if (!found.length) return true;
    validate.errors = found.map(found => ({ keyword: name, message: found.message, params: found }));
    return false;
  };
  ajv.addKeyword({ keyword: name, type, errors: "full", validate });
};
const one = found => (found ? [found] : []);
keyword("file", "string", (url, list) => one(rules.fileIssue(list, url)));
keyword("callBack", "string", url => one(rules.callBackIssue(url)));
keyword("mode", "object", rules.inputsIssues);
keyword("known", "object", (object, [known, elsewhere]) => rules.unknownIssues(object, known, elsewhere));

const files = list => ({ type: "array", items: { type: "string", file: list } });
const check = ajv.compile({
  type: "object",
  required: ["model", "inputs"],
  known: [rules.REQUEST_FIELDS, rules.INPUT_FIELDS],
  properties: {
    model: { enum: rules.MODELS },
    inputs: {
      type: "object",
      mode: true,
      known: [rules.INPUT_FIELDS, rules.REQUEST_FIELDS],
      properties: {
        prompt: { type: "string" },
        urls: files("urls"),
        videoUrls: files("videoUrls"),
        audioUrls: files("audioUrls"),
        duration: { enum: rules.DURATIONS },
        resolution: { enum: rules.RESOLUTIONS },
        videoInputMode: { enum: rules.MODES },
        upscaleResolution: { enum: rules.UPSCALES },
      },
    },
    callBackUrl: { type: "string", callBack: true },
  },
});

/** The issues, as `{ path, message, severity }`. */
export const validate = request => {
  if (check(request)) return [];
  return check.errors.map(({ keyword, instancePath, params, message, data }) => {
    const path = instancePath
      .split("/")
      .slice(1)
      .map(step => (/^\d+$/.test(step) ? Number(step) : step));
    if (keyword === "required") path.push(params.missingProperty);
    if (params.path) path.push(...params.path);
    const meant = keyword === "enum" ? rules.suggestion(path.at(-1), data) : undefined;
    return {
      path,
      message: meant ? `${message}. Did you mean ${meant}?` : message,
      severity: params.severity ?? "error",
    };
  });
};
