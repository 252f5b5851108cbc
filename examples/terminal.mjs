// A video from a text, in the terminal: `npm start` runs this against the emulator of the service.
// With SD2_API_KEY set and SD2_BASE_URL left out it runs against the service itself, and costs credits.
import { estimateCredits, Sd2Client, Sd2Error } from "sd2-client";

const request = {
  model: "sd2",
  inputs: {
    prompt: process.argv[2] ?? "A golden retriever running on the beach at sunset",
    duration: "5s",
    resolution: "1280x720",
  },
};

const client = new Sd2Client({ apiKey: process.env.SD2_API_KEY, baseUrl: process.env.SD2_BASE_URL });

/** Draws over the last line in a terminal; elsewhere each state gets a line of its own. */
let shown;
const show = ({ task, progress, elapsedMs }) => {
  // No slot of the account is free yet.
  const status = task?.status ?? "WAITING";
  const bar = "█".repeat(Math.round(progress * 30)).padEnd(30, "░");
  const line = `  ${status.padEnd(10)} ${bar} ${String(Math.round(progress * 100)).padStart(3)} %  ${Math.round(elapsedMs / 1000)} s`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${status === "COMPLETED" ? "\n" : ""}`);
  else if (status !== shown) console.log(line);
  shown = status;
};

const balance = async () => {
  const { credits, availableCredits } = await client.getCredits();
  return `${credits} credits, ${availableCredits} of them available`;
};

try {
  console.log(`Request:  ${request.inputs.prompt}`);
  console.log(`Price:    ${estimateCredits(request).total} credits`);
  console.log(`Before:   ${await balance()}`);
  const task = await client.generate(request, {
    onCreated: taskId => console.log(`Task:     ${taskId}`),
    onUpdate: show,
  });
  console.log(`After:    ${await balance()}`);
  const [video] = task.output;
  console.log(`Video:    ${video.url} (${video.width} × ${video.height})`);
} catch (error) {
  if (!Sd2Error.is(error)) throw error;
  console.error(`\n${error.code}: ${error.message}`);
  process.exitCode = 1;
}
