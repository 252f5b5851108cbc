// The `ai` package, which needs a newer Node than ours: what sd2-client/ai-sdk promises it.
const row = (how, script) => ({
  group: "AI SDK",
  tool: "ai",
  app: "ai",
  package: "ai",
  how,
  quick: true,
  async run({ app }) {
    await app.script(script);
  },
});

export const ai = [row("one task per wanted video", "paid-once"), row("types", "types")];
