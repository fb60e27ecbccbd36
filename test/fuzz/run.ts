/** Goes through cases of all kinds, each within a time and all within a memory, and says how to see a failure again. */
import { runInThisContext } from "node:vm";
import type { Kind } from "./cases.ts";
import { Random } from "./random.ts";

/** Of processor time, for others may have the machine. A case takes about a millisecond; a hundred times the slowest that was seen is a hang. */
export const MAX_CASE_MS = 5000;
/** The test runner and the parser take about 200 MB. */
export const MAX_HEAP_MB = 700;
/** What one case may add to the most that was ever in use: inputs are a few KB, archives of a thousand entries a few hundred. */
const MAX_CASE_MB = 500;

export interface Cases {
  /** As FUZZ_ONLY names what the kinds are of; nothing for the first of them. */
  readonly only?: string;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

export interface Done {
  readonly byKind: Readonly<Record<string, number>>;
  readonly slowest: { readonly ms: number; readonly index: number };
  readonly heapMb: number;
  /** The most memory that the process had, as the system counts it. */
  readonly peakMb: number;
}

/** So many failures are enough to begin with. */
const MAX_FAILURES = 10;

/** Throws with what failed, each with the way to see it again. */
export async function runCases(kinds: readonly Kind[], { only, seed, first, count }: Cases): Promise<Done> {
  const byKind: Record<string, number> = {};
  const failures: string[] = [];
  let slowest = { ms: 0, index: first };
  let heapMb = 0;
  let peakMb = process.memoryUsage.rss() / 1e6;
  for (let index = first; index < first + count && failures.length < MAX_FAILURES; index++) {
    const kind = kindOf(kinds, index);
    byKind[kind.name] = (byKind[kind.name] ?? 0) + 1;
    const start = process.cpuUsage();
    const failure = await failureOf(kind, new Random(seed, index));
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > slowest.ms) slowest = { ms, index };
    if (index % 500 === 0) heapMb = Math.max(heapMb, process.memoryUsage().heapUsed / 1e6);
    const residentMb = process.memoryUsage.rss() / 1e6;
    const grownMb = residentMb - peakMb;
    peakMb = Math.max(peakMb, residentMb);
    const greedy = grownMb > MAX_CASE_MB ? `took ${grownMb.toFixed(0)} MB` : undefined;
    const slow = ms > MAX_CASE_MS ? `took ${ms.toFixed(0)} ms` : undefined;
    const large = heapMb > MAX_HEAP_MB ? `left ${heapMb.toFixed(0)} MB` : undefined;
    const why = failure ?? slow ?? greedy ?? large;
    if (why !== undefined) failures.push(`${kind.name}: ${why}\n${again(seed, index, only)}`);
  }
  if (failures.length > 0) throw new Error(failures.join("\n\n"));
  return { byKind, slowest, heapMb, peakMb };
}

const again = (seed: number, index: number, only: string | undefined): string =>
  `${only === undefined ? "" : `FUZZ_ONLY=${only} `}FUZZ_SEED=${seed} FUZZ_FIRST=${index} FUZZ_CASES=1 npm run fuzz`;

/** Shares are spread evenly, so that a few cases have some of each kind. */
function kindOf(kinds: readonly Kind[], index: number): Kind {
  // 37 and 100 have no common divisor, so that a hundred cases hit each place once.
  let place = (index * 37) % 100;
  for (const kind of kinds) {
    if (place < kind.share) return kind;
    place -= kind.share;
  }
  throw new Error("the shares are not a hundred");
}

async function failureOf(kind: Kind, random: Random): Promise<string | undefined> {
  let input = "";
  const note = (text: string): void => {
    input = text;
  };
  try {
    await bounded(() => kind.judge(random, note));
    return undefined;
  } catch (error) {
    const reason = told(error);
    return `${reason}\n${JSON.stringify(input.slice(0, 4000))}`;
  }
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\n${told(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

declare global {
  var fuzzCase: (() => void | Promise<void>) | undefined;
}

/** Only the machine itself can stop a loop that never gives way; its watchdog reaches into everything that is called. */
function bounded(action: () => void | Promise<void>): void | Promise<void> {
  globalThis.fuzzCase = action;
  return runInThisContext("globalThis.fuzzCase()", { timeout: MAX_CASE_MS }) as void | Promise<void>;
}
