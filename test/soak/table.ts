/** What a soak has shown, as numbers, and whether memory stayed. */
import type { Round, Soaked } from "./soak.ts";

/** Compilers and caches of the language warm up for so long; heap in use is compared from then on. */
const WARM_ROUNDS = 20;
/** Between the medians of the first and the last third: far less than one session or client would leave in each round. */
const SLACK_MB = 4;

const mb = (bytes: number): number => bytes / 1e6;

/** Why memory is not taken to have stayed; nothing if there is no reason, or too little to tell by. */
export function grown(rounds: readonly Round[]): string | undefined {
  const [first, last] = thirds(rounds);
  if (first === undefined || last === undefined || last - first <= SLACK_MB) return undefined;
  return `the heap in use grew from ${first.toFixed(1)} MB to ${last.toFixed(1)} MB`;
}

/** Medians of the heap in the first and in the last third. */
function thirds(rounds: readonly Round[]): readonly [first?: number, last?: number] {
  const heaps = rounds.slice(WARM_ROUNDS).flatMap(({ heap }) => (heap === undefined ? [] : [mb(heap)]));
  const third = Math.floor(heaps.length / 3);
  return third === 0 ? [] : [median(heaps.slice(0, third)), median(heaps.slice(-third))];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function table({ rounds, tally, warnings }: Soaked): string {
  const [first, last] = thirds(rounds);
  const heap = first === undefined || last === undefined ? "" : ` (${first.toFixed(1)}, ${last.toFixed(1)})`;
  const rows: readonly (readonly [string, string])[] = [
    ["rounds", String(rounds.length)],
    ...Object.entries(tally).map(([name, count]) => [name, String(count)] as const),
    ["handles", range(rounds.map(({ handles }) => handles))],
    ["listeners", range(rounds.map(({ listeners }) => listeners))],
    ["open files", range(rounds.flatMap(({ files }) => files ?? []))],
    ["warnings of too many listeners", String(warnings)],
    ["settled after ms", range(rounds.map(({ settledMs }) => Math.round(settledMs)))],
    [
      "heap in use, MB (medians of thirds)",
      `${range(rounds.flatMap(({ heap: used }) => (used === undefined ? [] : Math.round(mb(used)))))}${heap}`,
    ],
    ["resident, MB", range(rounds.map(({ rss }) => Math.round(mb(rss))))],
  ];
  return rows.map(([name, value]) => `${name.padEnd(38)}${value}\n`).join("");
}

const range = (values: readonly number[]): string =>
  values.length === 0 ? "not known" : `${Math.min(...values)} to ${Math.max(...values)}`;
