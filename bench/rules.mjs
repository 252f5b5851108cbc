// The rules that schema libraries cannot express, in plain JavaScript. All three validators call these, and express the other rules in
// their own ways.

export const MODELS = ["sd2", "sd2-fast"];
export const DURATIONS = Array.from({ length: 12 }, (_, index) => `${index + 4}s`);
export const RESOLUTIONS = ["720x720", "720x960", "960x720", "1280x720", "720x1280", "1280x540"];
export const UPSCALES = ["2k", "4k"];
export const MODES = ["keyframe", "reference"];
export const LISTS = ["urls", "videoUrls", "audioUrls"];
export const REQUEST_FIELDS = ["model", "inputs", "callBackUrl"];
export const INPUT_FIELDS = ["prompt", ...LISTS, "duration", "resolution", "videoInputMode", "upscaleResolution"];

const issue = (path, code, message, suggestion) => ({ path, code, severity: "error", message, suggestion });
const warning = (path, code, message, suggestion) => ({ path, code, severity: "warning", message, suggestion });

const URL_PARTS = /^(https?):\/\/(?:[^/\\?#\s]*@)?(\[[^\]\s]+\]|[^/\\?#\s:@]+)(?::\d*)?(?:[/\\?#]\S*)?$/i;
const UNREACHABLE =
  /^(localhost|.*\.localhost|.*\.local|(0|10|127)\.\d+\.\d+\.\d+|172\.(1[6-9]|2\d|3[01])\.\d+\.\d+|192\.168\.\d+\.\d+|169\.254\.\d+\.\d+|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+\.\d+|\[::1\]|\[f[cd].*\]|\[fe[89ab].*\])\.?$/i;

const reachable = (host, path) =>
  UNREACHABLE.test(host)
    ? warning(path, "unreachable_url", `The service cannot reach ${host} from the internet.`)
    : undefined;

/** The problem of a file in a list, if any. */
export const fileIssue = (list, url) => {
  const parts = URL_PARTS.exec(url);
  if (parts) return reachable(parts[2], []);
  if (/^asset:\/\/\S+$/i.test(url)) {
    return list === "urls" ? undefined : warning([], "undocumented", "asset:// is documented for images only.");
  }
  if (/^(data|blob|file):/i.test(url)) {
    return issue([], "bad_url", "The service cannot read data:, blob: or file: URLs. Host the file first.");
  }
  return badUrl(url);
};

/** The problem of a callback URL, if any. */
export const callBackIssue = url => {
  const parts = URL_PARTS.exec(url);
  return parts ? reachable(parts[2], []) : badUrl(url);
};

const badUrl = url => {
  const fixed = /^[^:.]+\.[^:]*$/.test(url.trim()) ? `https://${url.trim()}` : url.trim();
  return issue(
    [],
    "bad_url",
    "Give an absolute http:// or https:// URL without spaces.",
    URL_PARTS.test(fixed) ? fixed : undefined,
  );
};

/** The problems that concern several fields of `inputs`. */
export const inputsIssues = inputs => {
  const issues = [];
  const { prompt, urls, videoInputMode: named, resolution } = inputs;
  const images = urls === undefined ? 0 : Array.isArray(urls) ? urls.length : undefined;
  let mode;
  if (named === "reference") mode = "reference";
  else if (named === undefined || named === "keyframe") {
    if (images === 0) mode = "text";
    else if (images === 1 && named === undefined) mode = "image";
    else if (images !== undefined) mode = "keyframe";
  }
  if (mode === "text" && (prompt === undefined || (typeof prompt === "string" && !prompt.trim()))) {
    issues.push(issue(["prompt"], "prompt_required", "Describe the video: without images a prompt is needed."));
  }
  const limits = mode === "reference" ? { urls: 9, videoUrls: 3, audioUrls: 3 } : mode ? { urls: 2 } : {};
  let total = 0;
  for (const list of LISTS) {
    const count = Array.isArray(inputs[list]) ? inputs[list].length : 0;
    total += count;
    if (count > limits[list]) issues.push(issue([list], "too_many", `At most ${limits[list]} files.`));
    if (list !== "urls" && count && mode && mode !== "reference") {
      issues.push(issue([list], "reference_only", `${list} works only with videoInputMode "reference".`));
    }
  }
  if (mode === "reference") {
    if (resolution === undefined) {
      issues.push(
        issue(["resolution"], "resolution_required", `Reference mode needs a resolution: ${RESOLUTIONS.join(", ")}.`),
      );
    }
    if (total > 12) issues.push(issue([], "too_many", "At most 12 files in all: images, videos and audio together."));
    if (total === 0)
      issues.push(warning([], "no_references", "Reference mode has no reference: add urls, videoUrls or audioUrls."));
  } else if ((mode === "image" || mode === "keyframe") && RESOLUTIONS.includes(resolution)) {
    issues.push(warning(["resolution"], "undocumented", "resolution is not documented for videos from images."));
  }
  if (images === 2 && named === undefined) {
    issues.push(
      warning(["videoInputMode"], "mode_implied", "Two images are taken as the first and the last frame.", "keyframe"),
    );
  }
  if (named === "keyframe" && (images === 0 || images === 1)) {
    issues.push(warning(["videoInputMode"], "undocumented", "Keyframe mode is documented for two images."));
  }
  return issues;
};

/** The problems of undocumented fields. */
export const unknownIssues = (object, known, elsewhere) => {
  const issues = [];
  for (const name in object) {
    if (known.includes(name) || object[name] === undefined) continue;
    issues.push(
      elsewhere.includes(name)
        ? issue([name], "unknown_field", `${name} is not read here.`)
        : unknownIssue(name, nearest(name, known)),
    );
  }
  return issues;
};

const unknownIssue = (name, meant) =>
  (meant ? issue : warning)([name], "unknown_field", `The documentation has no field ${name}.`, meant);

/** The name that was probably meant: at most two edits away. */
const nearest = (name, names) =>
  names.find(known => known.toLowerCase() === name.toLowerCase()) ?? names.find(known => distance(name, known) <= 2);

const distance = (a, b) => {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
};

/** The suggestion for a wrong value of a field. */
export const suggestion = (field, value) => {
  switch (field) {
    case "model":
      return typeof value === "string" ? nearest(value, MODELS) : undefined;
    case "duration":
      return DURATIONS.find(duration => parseInt(duration) === parseInt(value));
    case "upscaleResolution":
      return UPSCALES.find(upscale => upscale === String(value).toLowerCase());
    case "videoInputMode":
      return typeof value === "string" ? nearest(value, MODES) : undefined;
    case "resolution": {
      const [width, height] = String(value).split(/\D+/).map(Number);
      return RESOLUTIONS.find(resolution => {
        const [w, h] = resolution.split("x").map(Number);
        return Math.abs(width / height / (w / h) - 1) < 0.02;
      });
    }
  }
};
