/**
 * A pipe that gives up after it could not be brought back in step. A caller that still has something to send,
 * for example to release the target, is told at once instead of waiting for a silent probe.
 */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";

export function lastingPipe(pipe: PacketPipe): PacketPipe {
  let lost: Error | undefined;
  const unlessLost = async <T>(work: () => Promise<T>): Promise<T> => {
    if (lost !== undefined) throw lost;
    return work();
  };
  return {
    ...(pipe.over === undefined ? {} : { over: pipe.over }),
    ...(pipe.limits === undefined ? {} : { limits: pipe.limits }),
    ...(pipe.repeats === undefined ? {} : { repeats: pipe.repeats }),
    ...(pipe.notes === undefined ? {} : { notes: pipe.notes }),
    send: (packet) => unlessLost(() => pipe.send(packet)),
    receive: (limitUs) => unlessLost(() => pipe.receive(limitUs)),
    resync: () =>
      unlessLost(async () => {
        try {
          await pipe.resync();
        } catch (error) {
          lost = error instanceof Error ? error : new Error(String(error));
          throw error;
        }
      }),
    close: () => pipe.close(),
  };
}
