// What the page says, apart from what stands in index.html and what the library says itself.

export const STATUS = {
  queued: "Waiting for a slot",
  busy: "Waiting for a slot",
  sending: "Sending",
  PENDING: "Pending",
  PROCESSING: "Processing",
  COMPLETED: "Completed",
  FAILED: "Failed",
  refused: "Not made",
  unknown: "Outcome unknown",
  lost: "Not followed",
  stopped: "Stopped waiting",
};

export const MODES = {
  text: "Text",
  image: "Image",
  keyframe: "First and last frame",
  reference: "References",
};

/** What one can do in this page about an error; its message has said the rest. */
export const NEXT_STEP = {
  invalid_request: "Correct the fields and create it again.",
  unauthorized: "Enter another key",
  insufficient_credits: "The fast model, a shorter length or no upscale costs less.",
  forbidden: "Use the key that the task was made with.",
  not_found: "Check the connection",
  concurrency_limit: "Create it again when a video is done.",
  server_error: "Try again in a moment.",
  network: "Try again when the connection is back.",
  timeout: "Try again in a moment.",
  outcome_unknown: "Check the balance before you create it again: you could pay twice.",
  wait_timeout: "The task goes on at the service. Keep its id.",
  task_failed: "Change the prompt or the files and create it again.",
  unexpected_response: "Check the connection",
  invalid_argument: "Check the connection",
  not_initialized: "Use a browser with WebAssembly, and a page policy that allows it.",
};

/** The errors that are mended at the connection. */
export const CONNECTION_CODES = ["unauthorized", "not_found", "unexpected_response", "invalid_argument"];

export const HINT = {
  prompt: "What is seen, what happens, how the camera moves.",
  promptSandbox: "What is seen, what happens, how the camera moves. In the sandbox, [fail] in the prompt makes the task fail.",
  callback: "The service posts the result there too.",
  image: "https://, http:// or asset://",
  clip: "https:// or http://, up to 15 seconds",
  references: "Up to 9 pictures, 3 clips and 3 sounds; 12 files in all.",
  loading: "Looking at the file …",
  unloadable: "This page cannot show the file. The service may still be able to read it.",
};

export const SAMPLE_PROMPT = {
  text: "A lighthouse at dawn. Fog rolls over a calm sea; the camera rises slowly until the sun breaks through.",
  image: "She looks up and smiles; the light moves softly across her face.",
  keyframe: "The camera glides from day into night without a cut.",
  reference: "The person walks through a garden in the rhythm of the music.",
};

export const number = new Intl.NumberFormat("en");

/** `"1 warning"`, `"2 warnings"`. */
export const count = (amount, noun) => `${number.format(amount)} ${noun}${amount === 1 ? "" : "s"}`;

/** Seconds as a clock shows them: `1:05`. */
export const clock = (milliseconds) => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
