/** The request in JavaScript, with this package. `credits` is its price, or null if unknown. */
export const javascript = (request, { kind, baseUrl, keepsQueue }, credits) => {
  const options = [];
  if (kind !== "gateway") options.push("apiKey: process.env.SD2_API_KEY");
  if (kind !== "key") options.push(`baseUrl: ${JSON.stringify(baseUrl)}`);
  if (keepsQueue) options.push("gateway: true");
  return `import { ${credits === null ? "" : "estimateCredits, "}Sd2Client } from "sd2-client";

const client = new Sd2Client({ ${options.join(", ")} });
const request = ${literal(request)};
${credits === null ? "" : `console.log(estimateCredits(request).total, "credits"); // ${credits}\n`}
const task = await client.generate(request, {
  onCreated: (taskId) => console.log("Task", taskId),
  onUpdate: ({ task, message, progress }) => console.log(task?.status ?? message, Math.round(100 * progress), "%"),
});
console.log(task.output[0].url);
`;
};

/** A value as JavaScript: JSON without quotes around the keys. */
const literal = value => JSON.stringify(value, null, 2).replace(/^( *)"(\w+)":/gm, "$1$2:");
