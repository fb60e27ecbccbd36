/**
 * Does DAP_SWJ_Pins with a wait: on the probe if its firmware does that right, by polling otherwise (wire
 * rule 10).
 */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { dapSwjPins } from "../../cmsis-dap/swj.ts";
import type { Clock } from "../../lib/clock.ts";
import { exchange } from "./exchange.ts";

export interface PinsWish {
  readonly output: number;
  readonly select: number;
  readonly waitUs: number;
}

/** The firmware cuts longer waits. */
const LONGEST_WAIT_US = 3_000_000;
const POLL_US = 1_000;

/**
 * Sets the pins and waits until the selected ones read as driven, or the time is over; `input` is how all
 * pins read then.
 */
export async function setPins(
  pipe: PacketPipe,
  clock: Clock,
  wish: PinsWish,
  timed: boolean,
): Promise<{ readonly input: number; readonly exchanges: number }> {
  const { select, waitUs } = wish;
  const output = wish.output & select;
  if (oneCommand(wish, timed)) {
    const { input } = await exchange(pipe, dapSwjPins, { output, select, waitUs }, waitUs);
    return { input, exchanges: 1 };
  }
  const endUs = clock.nowUs() + waitUs;
  let { input } = await exchange(pipe, dapSwjPins, { output, select, waitUs: 0 });
  let exchanges = 1;
  while ((input & select) !== output && clock.nowUs() < endUs) {
    await clock.sleep(Math.min(POLL_US, endUs - clock.nowUs()));
    ({ input } = await exchange(pipe, dapSwjPins, { output: 0, select: 0, waitUs: 0 }));
    exchanges += 1;
  }
  return { input, exchanges };
}

/**
 * The reference firmware compares `value >> n` with one pin's level, so it waits in vain for several pins.
 * Without a timer it does not wait at all.
 */
export function oneCommand({ select, waitUs }: PinsWish, timed: boolean): boolean {
  if (waitUs === 0 || select === 0) return true;
  const single = (select & (select - 1)) === 0;
  return single && timed && waitUs <= LONGEST_WAIT_US;
}
