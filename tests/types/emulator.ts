// Programs with sd2-client/emulator that must compile on any platform.
import { Sd2Client } from "sd2-client";
import { createEmulator, type Emulator, type Fault, type Ledger } from "sd2-client/emulator";

export const service: Emulator = createEmulator({
  speed: 10,
  keys: { "sandbox-key": 1000 },
  fetch: async (url, { method, body }) => ({ status: url.length + method.length + body.length }),
});
export const client = new Sd2Client({ apiKey: "sandbox-key", fetch: service.fetch });

const lost: Fault = { on: "createTask", kind: "reset_after", times: 2 };
export const waiting: Fault[] = service.fault(lost, { on: "any", kind: "status", status: 503, retryAfter: 1 });
export const ledger: Ledger = service.ledger();
export const status: string | undefined = ledger.tasks[0]?.realStatus;
export const done: Promise<void> = service.advance(60_000);
service.task("task_abc123", { finish: "FAILED", error: "No luck" });

// @ts-expect-error not a fault
service.fault({ on: "createTask", kind: "explode" });
// @ts-expect-error no such option
createEmulator({ sped: 2 });
