// The snippets name the service itself. What goes there comes to the emulator, and its videos are one byte.
import { createEmulator } from "sd2-client/emulator";

const service = createEmulator({ speed: 50 });
globalThis.fetch = async (input, init) => {
  const url = String(input.url ?? input);
  return url.includes("/videos/") ? new Response("v") : service.fetch(url, init);
};
