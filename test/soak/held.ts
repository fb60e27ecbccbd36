/** What this process holds: handles, listeners, open files, memory. Knows nothing of what was done with them. */
import { getEventListeners } from "node:events";
import { readdirSync } from "node:fs";

export interface Held {
  readonly handles: Readonly<Record<string, number>>;
  /** Of the process by event, and of the signal that lasts as long as the soak. */
  readonly listeners: Readonly<Record<string, number>>;
  /** Undefined on a system that does not list them. */
  readonly files: number | undefined;
}

export function held(lasting: AbortSignal): Held {
  const listeners = Object.fromEntries(
    process.eventNames().map((name) => [`process ${String(name)}`, process.listenerCount(name)]),
  );
  return {
    handles: counted(process.getActiveResourcesInfo()),
    listeners: { ...listeners, "lasting signal": getEventListeners(lasting, "abort").length },
    files: openFiles(),
  };
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function openFiles(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}

/** What is there beyond, or short of, what was there at first; nothing if both are the same. */
export function difference(first: Partial<Held>, now: Held): readonly string[] {
  return [
    ...(first.handles === undefined ? [] : changed(first.handles, now.handles)),
    ...(first.listeners === undefined ? [] : changed(first.listeners, now.listeners)),
    ...(first.files === undefined || first.files === now.files
      ? []
      : [`open files: ${first.files}, now ${now.files ?? "?"}`]),
  ];
}

function changed(
  first: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): readonly string[] {
  return [...new Set([...Object.keys(first), ...Object.keys(now)])]
    .filter((name) => (first[name] ?? 0) !== (now[name] ?? 0))
    .map((name) => `${name}: ${first[name] ?? 0}, now ${now[name] ?? 0}`);
}

/** A handle that a minute does not let go is kept. */
const KEPT_MS = 60_000;

/** Resolves when the process holds again what it held at first, with how long that took; rejects with what it keeps. */
export async function settled(first: Partial<Held>, lasting: AbortSignal): Promise<number> {
  const start = performance.now();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const kept = difference(first, held(lasting));
    const tookMs = performance.now() - start;
    if (kept.length === 0) return tookMs;
    if (tookMs > KEPT_MS) throw new Error(`the process keeps\n${kept.join("\n")}`);
  }
}

/** Bytes in use after a collection; undefined unless the process runs with --expose-gc. */
export function heapInUse(): number | undefined {
  if (globalThis.gc === undefined) return undefined;
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
