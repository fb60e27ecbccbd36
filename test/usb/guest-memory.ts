/** Part of the guest's script: moves blocks through a link to a simulated target's memory and back. */
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { Dp } from "../../src/coresight/adi/dp.ts";
import { MemAp } from "../../src/coresight/adi/mem-ap.ts";
import { Wire } from "../../src/coresight/wire/wire.ts";
import { HostClock } from "../../src/lib/clock.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";

const RAM = 0x20000000;
const BLOCK_WORDS = 0x10000;
const POWER_UP = 0x50000000;
const LINE_RESET = { kind: "swj", count: 51, bits: (1n << 51n) - 1n } as const;

/** Writes `blocks` of 256 KiB and reads them back; how many words differed, and KiB a second each way. */
export async function moveMemory(pipe: PacketPipe, blocks: number): Promise<unknown> {
  const clock = new HostClock();
  const link = await openLink(pipe, clock);
  await link.connect({ protocol: "swd", clockHz: 10_000_000, idleCycles: 0, waitRetries: 100 });
  const select = { kind: "swj", count: 16, bits: 0xe79en } as const;
  const idle = { kind: "swj", count: 8, bits: 0n } as const;
  await link.run([LINE_RESET, select, LINE_RESET, idle], "stop-at-fault");
  const dp = new Dp(new Wire({ link, clock }));
  await dp.readReg(0x0);
  await dp.writeReg(0x8, 0);
  await dp.writeReg(0x4, POWER_UP);
  const memory = new MemAp(dp, 0);
  let wrong = 0;
  let writeMs = 0;
  let readMs = 0;
  for (let block = 0; block < blocks; block++) {
    const words = Uint32Array.from({ length: BLOCK_WORDS }, (_, at) => (at * 0x9e3779b1 + block) >>> 0);
    const startMs = performance.now();
    await memory.writeWords(RAM, words);
    const writtenMs = performance.now();
    const back = await memory.readWords(RAM, BLOCK_WORDS);
    writeMs += writtenMs - startMs;
    readMs += performance.now() - writtenMs;
    wrong += words.filter((word, at) => word !== back[at]).length;
  }
  await link.disconnect();
  const rate = (ms: number): number => Math.round((blocks * BLOCK_WORDS * 4 * 1000) / 1024 / ms);
  return { wrong, writeKiBPerSecond: rate(writeMs), readKiBPerSecond: rate(readMs) };
}
