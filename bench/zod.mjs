import * as z from "zod";
import * as rules from "./rules.mjs";

const add = (context, found) => {
  if (found)
    context.issues.push({
      code: "custom",
      input: context.value,
      path: found.path,
      message: found.message,
      params: found,
    });
};

// With `when`, a check also runs if other checks failed, so that all problems are reported together.
const each = problems => {
  const check = z.check(context => {
    for (const found of problems(context.value)) add(context, found);
  });
  check._zod.def.when = ({ value }) => typeof value === "object" && value !== null;
  return check;
};

const choice = (field, values) =>
  z.enum(values, {
    error: ({ input }) => {
      const meant = rules.suggestion(field, input);
      return `${field} must be one of ${values.join(", ")}.${meant ? ` Did you mean ${meant}?` : ""}`;
    },
  });
const url = problem => z.string().check(context => add(context, problem(context.value)));
const files = list => z.array(url(value => rules.fileIssue(list, value))).optional();

const schema = z
  .looseObject({
    model: choice("model", rules.MODELS),
    inputs: z
      .looseObject({
        prompt: z.string().optional(),
        urls: files("urls"),
        videoUrls: files("videoUrls"),
        audioUrls: files("audioUrls"),
        duration: choice("duration", rules.DURATIONS).optional(),
        resolution: choice("resolution", rules.RESOLUTIONS).optional(),
        videoInputMode: choice("videoInputMode", rules.MODES).optional(),
        upscaleResolution: choice("upscaleResolution", rules.UPSCALES).optional(),
      })
      .check(each(rules.inputsIssues))
      .check(each(inputs => rules.unknownIssues(inputs, rules.INPUT_FIELDS, rules.REQUEST_FIELDS))),
    callBackUrl: url(rules.callBackIssue).optional(),
  })
  .check(each(request => rules.unknownIssues(request, rules.REQUEST_FIELDS, rules.INPUT_FIELDS)));

/** The issues, as `{ path, message, severity }`. */
export const validate = request => {
  const { error } = schema.safeParse(request);
  if (!error) return [];
  return error.issues.map(({ path, message, params }) => ({ path, message, severity: params?.severity ?? "error" }));
};
