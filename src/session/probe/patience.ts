/** Tries again to open a probe that is busy or missing, until it can be opened or the time is over. */
import { asFailure } from "../../lib/fault.ts";
import { sleepUntilAborted } from "../../lib/sleep.ts";

export interface Patience {
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** It is called once, with the reason, when there is something to wait for. */
  readonly onWait: (reason: string) => void;
}

const RETRY_MS = 200;
/** These may pass by themselves: another session ends, a cable is plugged in, a server comes up. */
const PASSING: ReadonlySet<string> = new Set([
  "busy",
  "no-probe",
  "no-connection",
  "connection-closed",
  "unplugged",
]);

/** Throws the last failure when the time is over, and a failure that cannot pass at once. */
export async function patiently<T>({ waitMs, signal, onWait }: Patience, open: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (let told = false; ; told = true) {
    signal?.throwIfAborted();
    try {
      return await open();
    } catch (error) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || !PASSING.has(passingKind(error))) throw error;
      if (!told) onWait(error instanceof Error ? error.message : String(error));
      await sleepUntilAborted(Math.min(RETRY_MS, leftMs), signal);
    }
  }
}

function passingKind(error: unknown): string {
  return asFailure(error)?.fault.kind ?? "";
}
