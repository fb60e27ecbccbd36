/** Does DAP_SWJ_Pins: driving, reading and waiting as the reference firmware does (DAP.c). */
import { PIN } from "../../cmsis-dap/swj.ts";
import type { VirtualClock } from "../../lib/clock.ts";
import type { Bit, Lines } from "../port/lines.ts";

/** A bit of `select` for TDO has no effect, because TDO is an input. */
export function writePins(lines: Lines, output: number, select: number): void {
  const level = (pin: number): Bit => ((output & pin) === 0 ? 0 : 1);
  if ((select & PIN.swclk) !== 0) lines.swclk = level(PIN.swclk);
  if ((select & PIN.swdio) !== 0) lines.swdio = level(PIN.swdio);
  if ((select & PIN.tdi) !== 0) lines.tdi = level(PIN.tdi);
  if ((select & PIN.ntrst) !== 0) lines.ntrst = level(PIN.ntrst);
  if ((select & PIN.nreset) !== 0) lines.nreset = level(PIN.nreset);
}

export function readPins(lines: Lines): number {
  return (
    (lines.swclk ? PIN.swclk : 0) |
    (lines.swdio ? PIN.swdio : 0) |
    (lines.tdi ? PIN.tdi : 0) |
    (lines.tdo ? PIN.tdo : 0) |
    (lines.ntrst ? PIN.ntrst : 0) |
    (lines.nreset ? PIN.nreset : 0)
  );
}

const LONGEST_WAIT_US = 3_000_000;
/** The simulated firmware looks at the pins this often. */
const LOOK_US = 1;

/**
 * The firmware compares `output >> bit` whole with the level, not its lowest bit. If a higher bit is also set
 * in `output`, only the highest pin ever compares equal, and the wait runs to its end.
 */
export function waitForPins(
  lines: Lines,
  clock: VirtualClock,
  wait: {
    readonly output: number;
    readonly select: number;
    readonly waitUs: number;
    readonly hasNreset: boolean;
    /** Returns the earliest time at which a pin may change by itself. */
    readonly nextUs: () => number;
  },
): void {
  if (wait.waitUs === 0) return;
  const end = clock.nowUs() + Math.min(wait.waitUs, LONGEST_WAIT_US);
  const checks: readonly (readonly [number, number, () => Bit])[] = [
    [PIN.swclk, 0, () => lines.swclk],
    [PIN.swdio, 1, () => lines.swdio],
    [PIN.tdi, 2, () => lines.tdi],
    [PIN.ntrst, 5, () => lines.ntrst],
    [PIN.nreset, 7, () => (wait.hasNreset ? lines.nreset : 0)],
  ];
  const settled = (): boolean =>
    checks.every(
      ([pin, shift, level]) => (wait.select & pin) === 0 || ((wait.output >> shift) ^ level()) === 0,
    );
  while (!settled() && clock.nowUs() < end) {
    // Earlier looks would find the same.
    const looks = (Math.min(wait.nextUs(), end) - clock.nowUs()) / LOOK_US;
    clock.delay(LOOK_US * Math.max(1, Math.floor(looks)));
  }
}
