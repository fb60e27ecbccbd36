/** Who answers on SWD, in which way, and up to which clock: line sequences and reads of DPIDR, which no target minds. */
import { isNothing } from "../../coresight/adi/identity.ts";
import { targetselBits, TARGETSEL_BITS } from "../../coresight/adi/targetsel.ts";
import { DPIDR, field } from "../../coresight/registers.ts";
import type { DapLink, LinkFault, WireOp } from "../../coresight/wire/link.ts";
import type { Tally, Way } from "./sight.ts";

export interface Wake {
  readonly how: Way;
  readonly ops: readonly WireOp[];
  /** Ends with a read of DPIDR, as `ops` does; for a port that has been woken. */
  readonly again: readonly WireOp[];
  readonly dpidr: number;
  readonly targetsel?: number;
}

export interface Speed {
  readonly hz: number;
  readonly ok: boolean;
}

/** As many answers in a row as make a clock a good one. */
const TIMES = 16;
const LADDER_HZ = [100_000, 500_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000, 10_000_000, 20_000_000];

const swj = (count: number, bits: bigint): WireOp => ({ kind: "swj", count, bits });
const LINE_RESET = [swj(51, (1n << 51n) - 1n), swj(8, 0n)];
const READ_DPIDR: WireOp = { kind: "read", register: { port: "DP", address: 0x0 }, words: 1 };

/** ADIv5.2 B5.2.2: JTAG to SWD. */
const SWITCH = [swj(51, (1n << 51n) - 1n), swj(16, 0xe79en), ...LINE_RESET, READ_DPIDR];
/** ADIv5.2 B5.3.4: selection alert, four low cycles, activation code of SW-DP. */
const ALERT = [swj(8, 0xffn), swj(64, 0x86852d956209f392n), swj(64, 0x19bc0ea2e3ddafe9n), swj(12, 0x1a0n)];
const FROM_DORMANT = [...ALERT, ...LINE_RESET, READ_DPIDR];
const AGAIN = [...LINE_RESET, READ_DPIDR];

/** TARGETSEL of parts that answer nothing before they are selected, by their data sheets: core 0 of RP2040, and RP2350. */
const KNOWN_TARGETSEL = [0x0100_2927, 0x0004_0927];

/** Undefined if nothing answers in any of the ways. `targetsel`: those that a description names. */
export async function wakeUp(
  link: DapLink,
  targetsel: readonly number[] = KNOWN_TARGETSEL,
): Promise<Wake | undefined> {
  for (const [how, ops] of [
    ["awake", SWITCH],
    ["from dormant", FROM_DORMANT],
  ] as const) {
    const dpidr = await answer(link, ops);
    if (dpidr !== undefined) return { how, ops, again: AGAIN, dpidr };
  }
  for (const value of targetsel) {
    // TARGETSEL comes right behind the line reset (B4.3.4).
    const again = [swj(51, (1n << 51n) - 1n), swj(3, 0n), selecting(value), READ_DPIDR];
    const ops = [...ALERT, ...again];
    const dpidr = await answer(link, ops);
    if (dpidr !== undefined) return { how: "selected", ops, again, dpidr, targetsel: value };
  }
  return undefined;
}

function selecting(targetsel: number): WireOp {
  return swj(TARGETSEL_BITS, targetselBits(targetsel));
}

/** Up to the first clock at which an answer is missing or another one. */
export async function sweep(link: DapLink, wake: Wake): Promise<readonly Speed[]> {
  const speeds: Speed[] = [];
  for (const hz of LADDER_HZ) {
    const ok = isGood(await tally(link, hz, wake));
    speeds.push({ hz, ok });
    if (!ok) break;
  }
  return speeds;
}

export function fastest(speeds: readonly Speed[]): number | undefined {
  return speeds.findLast(({ ok }) => ok)?.hz;
}

/** The clocks of the ladder that are slower, the fastest first. */
export function slowerThan(hz: number): readonly number[] {
  return LADDER_HZ.filter((one) => one < hz).reverse();
}

/** Reads DPIDR as often as makes a clock a good one. Without a port that was woken, any possible value is right. */
export async function tally(link: DapLink, hz: number, wake?: Wake): Promise<Tally> {
  const ops: readonly WireOp[] = [{ kind: "clock", hz }, ...(wake?.again ?? SWITCH)];
  const counts = { right: 0, parity: 0, silent: 0, other: 0 };
  for (let time = 0; time < TIMES; time++) {
    const { word, fault } = await lastOf(link, ops);
    counts[kindOf(word, fault, wake?.dpidr)] += 1;
  }
  return { hz, ...counts };
}

export function isGood({ right }: Tally): boolean {
  return right === TIMES;
}

function kindOf(
  word: number | undefined,
  fault: LinkFault | undefined,
  dpidr: number | undefined,
): "right" | "parity" | "silent" | "other" {
  if (fault === "PARITY") return "parity";
  if (fault === "NO_ACK") return "silent";
  if (fault !== undefined || word === undefined) return "other";
  const isRight = dpidr === undefined ? field(DPIDR, "RAO", word) === 1 && !isNothing(word) : word === dpidr;
  return isRight ? "right" : "other";
}

/** What the last operation read; undefined if the target did not answer. */
async function answer(link: DapLink, ops: readonly WireOp[]): Promise<number | undefined> {
  const { word, fault } = await lastOf(link, ops);
  return fault !== undefined || word === undefined || isNothing(word) ? undefined : word;
}

async function lastOf(
  link: DapLink,
  ops: readonly WireOp[],
): Promise<{ readonly word: number | undefined; readonly fault: LinkFault | undefined }> {
  const { values, fault } = await link.run(ops, "stop-at-fault");
  return { word: values.at(-1)?.[0], fault };
}
