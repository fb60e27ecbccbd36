/**
 * Finds out which ports answer on SWD, and up to which clock. Sends only line sequences and reads of DPIDR, which
 * do no harm to a target.
 */
import { isNothing } from "../coresight/adi/identity.ts";
import type { DapLink, WireOp } from "../coresight/wire/link.ts";

export interface Wake {
  readonly how: "awake" | "from dormant";
  readonly ops: readonly WireOp[];
  readonly dpidr: number;
}

export interface Speed {
  readonly hz: number;
  readonly ok: boolean;
}

/** So many answers in a row make a clock a good one. */
const TIMES = 16;
const LADDER_HZ = [100_000, 500_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000, 10_000_000, 20_000_000];

const swj = (count: number, bits: bigint): WireOp => ({ kind: "swj", count, bits });
const LINE_RESET = [swj(51, (1n << 51n) - 1n), swj(8, 0n)];
const READ_DPIDR: WireOp = { kind: "read", register: { port: "DP", address: 0x0 }, words: 1 };

/** Switches from JTAG to SWD (ADIv5.2 B5.2.2). */
const SWITCH = [swj(51, (1n << 51n) - 1n), swj(16, 0xe79en), ...LINE_RESET, READ_DPIDR];
/** Wakes a dormant port (ADIv5.2 B5.3.4): selection alert, four low cycles, activation code of SW-DP. */
const FROM_DORMANT = [
  swj(8, 0xffn),
  swj(64, 0x86852d956209f392n),
  swj(64, 0x19bc0ea2e3ddafe9n),
  swj(12, 0x1a0n),
  ...LINE_RESET,
  READ_DPIDR,
];

/** Wakes the port; undefined if nothing answers in any of the ways. */
export async function wakeUp(link: DapLink): Promise<Wake | undefined> {
  for (const [how, ops] of [
    ["awake", SWITCH],
    ["from dormant", FROM_DORMANT],
  ] as const) {
    const dpidr = await answer(link, ops);
    if (dpidr !== undefined) return { how, ops, dpidr };
  }
  return undefined;
}

/** Raises the clock until an answer is missing or differs. */
export async function sweep(link: DapLink, { dpidr }: Wake): Promise<readonly Speed[]> {
  const speeds: Speed[] = [];
  for (const hz of LADDER_HZ) {
    const ok = await holds(link, hz, dpidr);
    speeds.push({ hz, ok });
    if (!ok) break;
  }
  return speeds;
}

export function fastest(speeds: readonly Speed[]): number | undefined {
  return speeds.findLast(({ ok }) => ok)?.hz;
}

async function holds(link: DapLink, hz: number, dpidr: number): Promise<boolean> {
  const ops: readonly WireOp[] = [{ kind: "clock", hz }, ...LINE_RESET, READ_DPIDR];
  for (let time = 0; time < TIMES; time++) if ((await answer(link, ops)) !== dpidr) return false;
  return true;
}

/** Returns what the last operation read; undefined if the target did not answer. */
async function answer(link: DapLink, ops: readonly WireOp[]): Promise<number | undefined> {
  const { values, fault } = await link.run(ops, "stop-at-fault");
  const word = values.at(-1)?.[0];
  return fault !== undefined || word === undefined || isNothing(word) ? undefined : word;
}
