/** A probe that is busy or not there yet is tried again, until it can be opened or the time is over. */
import { asFailure } from "../../lib/fault.ts";
import { sleepUntilAborted } from "../../lib/sleep.ts";

export interface Patience {
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once, with why, when there is something to wait for. */
  readonly onWait: (reason: string) => void;
}

const RETRY_MS = 200;
/** What may pass by itself: somebody else's session ends, a cable is plugged in, a server comes up. */
const PASSING: ReadonlySet<string> = new Set([
  "busy",
  "no-probe",
  "no-connection",
  "connection-closed",
  "unplugged",
]);

/** Throws the last failure when the time is over, and what cannot pass at once. */
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
