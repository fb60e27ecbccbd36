/** How often each default sequence waits for the probe, and why (wire rule 17). Counts, so the same on every machine. */
import { fixture } from "../session/support.ts";

export interface Exchanges {
  readonly sequence: string;
  /** Reason and number of request/response pairs, in order of first appearance. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Places where the run waited for an answer, as the interpreter says. */
  readonly syncs: readonly string[];
}

const CONNECT = ["DebugPortSetup", "DebugPortStart", "DebugCoreStart"];
const OTHERS = [
  "ResetSystem",
  "ResetProcessor",
  "ResetHardware",
  "ResetHardwareAssert",
  "ResetHardwareDeassert",
  "ResetCatchSet",
  "ResetCatchClear",
  "DebugCoreStop",
  "DebugPortStop",
];

/** Exchanges that happened between entering and leaving the outermost form of a sequence. */
export async function exchangesPerSequence(): Promise<readonly Exchanges[]> {
  const found: Exchanges[] = [];
  for (const sequence of [...CONNECT, ...OTHERS]) {
    const { session, events } = await fixture();
    await session.runOnce(sequence);
    found.push({ sequence, ...count(sequence, events) });
  }
  return found;
}

function count(
  sequence: string,
  events: Awaited<ReturnType<typeof fixture>>["events"],
): Omit<Exchanges, "sequence"> {
  const reasons = new Map<string, number>();
  const syncs: string[] = [];
  let inside = false;
  for (const event of events) {
    if (event.kind === "enter" && event.name === sequence) inside = true;
    if (event.kind === "exchange" && inside)
      reasons.set(event.reason, (reasons.get(event.reason) ?? 0) + event.exchanges);
    if (event.kind === "sync" && inside) syncs.push(event.reason);
    if (event.kind === "leave" && event.name === sequence) inside = false;
  }
  return { reasons, syncs };
}

export function exchangesText(all: readonly Exchanges[]): string {
  return all
    .map(({ sequence, reasons }) => {
      const total = [...reasons.values()].reduce((sum, number) => sum + number, 0);
      const why = [...reasons].map(([reason, number]) => `${number} ${reason}`).join(", ");
      return `${sequence.padEnd(22)} ${String(total).padStart(4)}  ${why}`;
    })
    .join("\n");
}
