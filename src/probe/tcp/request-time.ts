/**
 * Lets time pass on a running target by its clients' requests and by no clock, so that the same requests see
 * the same target.
 */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import type { VirtualClock } from "../../lib/clock.ts";
import type { LivingTarget } from "./living-target.ts";

/** The time that passes before a request. */
const LEAST_US = 200;
/**
 * The time before a request that was repeated often. It is as long as a client may be kept waiting for the
 * work of a core in that time.
 */
const MOST_US = 10_000;

/**
 * Lets a little time pass before each request, and twice as much with each repetition: a client that repeats
 * its question waits for something. A target on which nothing runs has only the time of the wire.
 */
export function requestTime(pipe: PacketPipe, clock: VirtualClock, target: LivingTarget): PacketPipe {
  let last: Uint8Array = new Uint8Array();
  let passUs = LEAST_US;

  function pass(): void {
    for (let leftUs = passUs; leftUs > 0 && target.running; leftUs -= LEAST_US) {
      clock.advance(Math.min(leftUs, LEAST_US));
      target.live();
    }
  }

  return {
    send: (packet) => {
      passUs = isSame(packet, last) ? Math.min(2 * passUs, MOST_US) : LEAST_US;
      last = packet.slice();
      pass();
      return pipe.send(packet);
    },
    receive: (limitUs) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
