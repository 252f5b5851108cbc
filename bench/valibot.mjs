import * as v from "valibot";
import * as rules from "./rules.mjs";

// A raw check also runs if other checks failed, so that all problems are reported together.
const each = problems =>
  v.rawCheck(({ dataset, addIssue }) => {
    const { value } = dataset;
    if (typeof value !== "object" || value === null) return;
    for (const found of problems(value)) {
      addIssue({
        message: found.message,
        received: found,
        path: found.path.map(key => ({ type: "object", origin: "value", input: value, key, value: value[key] })),
      });
    }
  });

const choice = (field, values) =>
  v.picklist(values, ({ input }) => {
    const meant = rules.suggestion(field, input);
    return `${field} must be one of ${values.join(", ")}.${meant ? ` Did you mean ${meant}?` : ""}`;
  });
const url = problem =>
  v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      const found = dataset.typed ? problem(dataset.value) : undefined;
      if (found) addIssue({ message: found.message, received: found });
    }),
  );
const files = list => v.optional(v.array(url(value => rules.fileIssue(list, value))));

const schema = v.pipe(
  v.looseObject({
    model: choice("model", rules.MODELS),
    inputs: v.pipe(
      v.looseObject({
        prompt: v.optional(v.string()),
        urls: files("urls"),
        videoUrls: files("videoUrls"),
        audioUrls: files("audioUrls"),
        duration: v.optional(choice("duration", rules.DURATIONS)),
        resolution: v.optional(choice("resolution", rules.RESOLUTIONS)),
        videoInputMode: v.optional(choice("videoInputMode", rules.MODES)),
        upscaleResolution: v.optional(choice("upscaleResolution", rules.UPSCALES)),
      }),
      each(rules.inputsIssues),
      each(inputs => rules.unknownIssues(inputs, rules.INPUT_FIELDS, rules.REQUEST_FIELDS)),
    ),
    callBackUrl: v.optional(url(rules.callBackIssue)),
  }),
  each(request => rules.unknownIssues(request, rules.REQUEST_FIELDS, rules.INPUT_FIELDS)),
);

/** The issues, as `{ path, message, severity }`. */
export const validate = request => {
  const { issues = [] } = v.safeParse(schema, request);
  return issues.map(({ path = [], message, received }) => ({
    path: path.map(({ key }) => key),
    message,
    severity: received?.severity ?? "error",
  }));
};
