/** Lets a pipe on virtual time live as long as its clients do. Knows of the pipe's target only that it lives. */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { DAP_TRANSFER_ABORT } from "../../cmsis-dap/transfer.ts";
import { HostClock, type Clock, type VirtualClock } from "../../lib/clock.ts";
import type { LivingTarget } from "./living-target.ts";

/**
 * The time between a request and its answer. Clients bear some tenths of a second, and a busy host needs the
 * rest.
 */
const REQUEST_US = 3_000;
/** The length of a turn while there is no request; it is short, so that the next request does not wait long. */
const TURN_US = 5_000;
/**
 * The least pause, which lasts as long as the previous turn: a process that always works comes last on a busy
 * host, and so do its answers.
 */
const BETWEEN_TURNS_US = 2_000;
/** A client that asks nothing for so long does not look at the target either. */
const LONGEST_TURNS_US = 2_000_000;

/**
 * Virtual time follows the time that passes for the client. If the wire took longer it stays ahead, and if
 * the probe was told to wait its answer waits too. A client of another process polls and sleeps in its own
 * time, and the target must see that. The target also runs while the client sleeps, but never so long that it
 * keeps the client waiting: on a slow host the target is slow.
 */
export function wallTime(
  pipe: PacketPipe,
  clock: VirtualClock,
  target: LivingTarget,
  host: Clock = new HostClock(),
): PacketPipe {
  const aheadUs = clock.nowUs() - host.nowUs();
  const hostUs = (): number => host.nowUs();
  const closed = new AbortController();
  let askedUs = 0;
  let turning = false;
  let paidUs = clock.delayedUs;
  let delay = new AbortController();
  let failure: unknown;

  function catchUp(grantUs: number): void {
    target.grant(grantUs, hostUs);
    clock.advance(Math.max(0, aheadUs + hostUs() - clock.nowUs()));
    target.live();
  }

  /** The next request reports what goes wrong meanwhile. */
  async function takeTurns(): Promise<void> {
    if (turning) return;
    turning = true;
    try {
      for (let tookUs = 0; target.running && hostUs() - askedUs < LONGEST_TURNS_US;) {
        await host.sleep(Math.max(BETWEEN_TURNS_US, tookUs), closed.signal);
        const startUs = hostUs();
        catchUp(TURN_US);
        tookUs = hostUs() - startUs;
      }
    } catch (error) {
      failure = error;
    } finally {
      turning = false;
    }
  }

  /**
   * As on a real probe, the answer to a DAP_Delay comes when its time is over, or with an abort. A signal
   * that was made of others for each delay would be kept as long as the longest-lived of them.
   */
  async function waitAsTold(): Promise<void> {
    const owedUs = clock.delayedUs - paidUs;
    if (owedUs <= 0) return;
    paidUs = clock.delayedUs;
    await host.sleep(owedUs, delay.signal).catch(() => undefined);
  }

  function endDelays(): void {
    paidUs = clock.delayedUs;
    delay.abort();
    delay = new AbortController();
  }

  return {
    send: async (packet) => {
      if (packet[0] === DAP_TRANSFER_ABORT) endDelays();
      if (failure !== undefined) throw failure as Error;
      catchUp(REQUEST_US);
      await pipe.send(packet);
      askedUs = hostUs();
      void takeTurns();
    },
    receive: async (limitUs) => {
      const answer = await pipe.receive(limitUs);
      await waitAsTold();
      return answer;
    },
    resync: () => pipe.resync(),
    close: () => {
      closed.abort();
      delay.abort();
      return pipe.close();
    },
  };
}
