// `sd2-client/ai-sdk` with the `ai` package, which needs a newer Node than the other tests, and the snippets of docs/ai-sdk.md.
import { snippets } from "../../support/snippets.mjs";

const row = (how, run) => ({ group: "AI SDK", tool: "ai", app: "ai", package: "ai", how, quick: true, run });

/** The page's snippets as files of the project. */
const write = app =>
  snippets("docs/ai-sdk.md").map(({ id, source }) => {
    app.write(`snippets/${id}.ts`, source);
    return `snippets/${id}.ts`;
  });

export const ai = [
  row("one task per wanted video", async ({ app }) => {
    await app.script("paid-once");
  }),
  row("types", async ({ app }) => {
    write(app);
    await app.script("types");
  }),
  row("docs/ai-sdk.md", async ({ app }) => {
    for (const file of write(app)) {
      await app.script("snippet", { args: [file], env: { SD2_API_KEY: "sandbox-key" } });
    }
  }),
];
