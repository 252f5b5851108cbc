// Probes a file of the emulator from every kind of source, and checks a request with such a file.
import { Sd2Client } from "sd2-client";
import { checkMedia, probeMedia } from "sd2-client/media";

export const files = async baseUrl => {
  const client = new Sd2Client({ apiKey: "sandbox-key", baseUrl });
  const { output } = await client.generate({ model: "sd2", inputs: { prompt: "A cat" } }, { pollIntervalMs: 40 });
  const { url } = output[0];
  const bytes = await (await fetch(url)).arrayBuffer();
  const sources = [url, new URL(url), bytes, new Uint8Array(bytes), new Blob([bytes]), await fetch(url)];
  const told = [];
  for (const source of sources) told.push(await probeMedia(source));
  const refused = await probeMedia(`${new URL(url).origin}/nothing`).catch(error => error);
  const address = "https://files.example.com/clip.mp4";
  const inputs = {
    videoInputMode: "reference",
    resolution: "1280x720",
    videoUrls: [address],
    audioUrls: ["https://files.example.com/gone"],
  };
  const fetches = (asked, init) =>
    asked === address ? fetch(url, init) : Promise.resolve(new Response("", { status: 404 }));
  const { valid, issues } = await checkMedia({ model: "sd2", inputs }, { fetch: fetches });
  return { told, refused: [refused.code, refused.status], valid, codes: issues.map(({ code }) => code) };
};
