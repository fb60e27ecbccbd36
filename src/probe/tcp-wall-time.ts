/** Lets a pipe on virtual time live as long as its clients do. Knows nothing of what the pipe leads to. */
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import { HostClock, type VirtualClock } from "../lib/clock.ts";

/**
 * Before each request virtual time catches up with the time that has passed for the client; where the wire took longer
 * it stays ahead. A client of another process polls and sleeps in its own time, and the target must see that.
 */
export function wallTime(pipe: PacketPipe, clock: VirtualClock): PacketPipe {
  const host = new HostClock();
  const startUs = clock.nowUs();
  return {
    send: (packet) => {
      clock.advance(Math.max(0, startUs + host.nowUs() - clock.nowUs()));
      return pipe.send(packet);
    },
    receive: (limitUs) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
}
