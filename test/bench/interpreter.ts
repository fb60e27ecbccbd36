/** How fast plans run on a port that costs nothing. Knows no target and prints nothing. */
import { VirtualClock } from "../../src/lib/clock.ts";
import { Source } from "../../src/lib/source.ts";
import type { U64 } from "../../src/lib/u64.ts";
import type { DebugAccess, Environment, Operator } from "../../src/interpreter/ports.ts";
import { runSequence } from "../../src/interpreter/run/run.ts";
import { parseScript } from "../../src/language/text/parse.ts";
import type { Sequence } from "../../src/language/tree.ts";

export interface Rate {
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  readonly count: number;
  readonly seconds: number;
}

interface Workload {
  readonly name: string;
  readonly unit: string;
  /** Loops until `i` is `turns`. */
  readonly text: string;
  readonly turns: number;
  readonly perTurn: number;
}

const WORKLOADS: readonly Workload[] = [
  {
    name: "simple statements",
    unit: "statements",
    text: `while (i < TURNS) {
      i += 1; x = x + y; x ^= i; y = (x & 0xFF) | 1; x += y * 3; x = x >> 1; x -= 1; y += 2; x |= 1; y = x;
    }`,
    turns: 200_000,
    perTurn: 10,
  },
  {
    name: "posted writes",
    unit: "writes",
    text: "while (i < TURNS) { i += 1; Write32(0x20000000 + i, i); }",
    turns: 500_000,
    perTurn: 1,
  },
  {
    name: "poll turns, one read each",
    unit: "turns",
    text: "while ((i += 1) < TURNS && Read32(0xE000EDF0)) ;",
    turns: 200_000,
    perTurn: 1,
  },
];

/** Runs each workload once to warm up and once for the clock. */
export async function interpreterRates(): Promise<readonly Rate[]> {
  const rates: Rate[] = [];
  for (const workload of WORKLOADS) {
    await secondsOf(workload);
    const { name, unit, turns, perTurn } = workload;
    rates.push({ name, unit, count: turns * perTurn, seconds: await secondsOf(workload) });
  }
  return rates;
}

async function secondsOf({ name, text, turns }: Workload): Promise<number> {
  const source = new Source(name, `__var i; __var x; __var y = 3; ${text.replace("TURNS", String(turns))}`);
  const sequence = parseScript(source).script.items.find((item) => item.kind === "sequence");
  if (sequence === undefined) throw new Error(`the workload "${name}" cannot be parsed`);
  const startMs = performance.now();
  await runOnce(sequence);
  return (performance.now() - startMs) / 1000;
}

/** Runs a sequence on the port that costs nothing. */
export async function runOnce(sequence: Sequence): Promise<void> {
  await runSequence(sequence.name.text, {
    access: NOWHERE,
    sequences: { find: () => ({ sequence, origin: "bench" }) },
    environment: ENVIRONMENT,
    debugVars: new Map(),
    operator: NOBODY,
    clock: new VirtualClock(),
    deadlineUs: 60_000_000,
  });
}

/** Takes everything at once and answers 1. */
const NOWHERE: DebugAccess = {
  pending: false,
  post: () => undefined,
  ask: () => Promise.resolve(1n),
  settle: () => Promise.resolve(),
  readBlock: ({ length }) => Promise.resolve(new Uint8Array(length)),
  writeBlock: () => Promise.resolve(undefined),
  atomic: (list): Promise<readonly U64[]> => Promise.resolve(list.map(() => 1n)),
};

const NOBODY: Operator = {
  query: (_type, _message, fallback) => Promise.resolve(fallback),
  queryValue: (_message, fallback) => Promise.resolve(fallback),
};

const ENVIRONMENT: Environment = {
  __protocol: 0n,
  __connection: 0n,
  __dp: 0n,
  __ap: 0n,
  __apid: 0n,
  __traceout: 0n,
  __traceclockin: 0n,
  __traceclockout: 0n,
  __FlashOp: 0n,
  __FlashAddr: 0n,
  __FlashLen: 0n,
  __FlashArg: 0n,
};
