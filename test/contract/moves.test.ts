/** Memory both ways over the packets that a probe has: much of it, at any alignment, and around each limit of a packet. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConnectHelper } from "../../src/index.ts";
import { blockWords } from "../../src/probe/cmsis-dap/packets.ts";
import { RAM } from "./raw/states.ts";
import { isLong, leftOut, packetLimits, probesUnderTest, type UnderTest } from "./under-test.ts";

const SIZE = isLong ? 0x1_0000 : 0x800;
/** What stands on each side of the range that is written, and must stay. */
const MARGIN = 8;
const OFFSETS = isLong ? [0, 1, 2, 3] : [0, 3];

test.skipIf(isLong)(leftOut, () => {
  expect(process.env["DBGSEQ_TEST_PROBE"]).toBeUndefined();
});

function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16);
}

const probes = Object.entries(probesUnderTest(["bulk-fs"]));

describe.each(probes)("%s", (_name, open) => {
  let underTest: UnderTest;
  let limits = { size: 64, count: 1 };

  beforeAll(async () => {
    underTest = await open();
    limits = await packetLimits(underTest);
  });
  afterAll(() => underTest.close());

  /** Writes and reads back each of these ranges of RAM, and looks at what stands around it. */
  async function move(
    protocol: "swd" | "jtag",
    ranges: readonly { readonly at: number; readonly length: number }[],
  ): Promise<void> {
    const { probe } = underTest;
    await using session = await ConnectHelper.sessionWithChosenProbe({
      probe,
      protocol,
      connect: "halt",
      config: false,
    });
    const core = session?.target.selectedCore;
    if (core === undefined) throw new Error("nobody cancelled");
    const size = Math.max(...ranges.map(({ at, length }) => at + length)) + MARGIN;
    const before = await core.readMemoryBlock8(RAM, size);
    try {
      const expected = before.slice();
      for (const [seed, { at, length }] of ranges.entries()) {
        const data = noise(length, seed + 1);
        await core.writeMemoryBlock8(RAM + at, data);
        expected.set(data, at);
        expect(await core.readMemoryBlock8(RAM + at, length)).toEqual(data);
      }
      expect(await core.readMemoryBlock8(RAM, size)).toEqual(expected);
    } finally {
      await core.writeMemoryBlock8(RAM, before);
    }
  }

  describe.each(["swd", "jtag"] as const)("wire rules 1, 11, 12: by %s", (protocol) => {
    test(`moves ${SIZE / 1024} KiB each way`, async () => {
      await move(protocol, [{ at: MARGIN, length: SIZE }]);
    });

    test("moves blocks at every alignment, with every end", async () => {
      const ends = OFFSETS.flatMap((start) =>
        [0, 1, 2, 3].map((end) => ({ at: MARGIN + start, length: 400 + end })),
      );
      const small = OFFSETS.flatMap((start) =>
        [1, 2, 3, 4, 5, 7].map((length) => ({ at: MARGIN + start, length })),
      );
      await move(protocol, [...ends, ...small, { at: MARGIN + 1, length: SIZE - 2 }]);
    });

    test("moves as much as one packet holds, or all packets together, and a little more or less", async () => {
      const { read, write } = blockWords(limits.size);
      const together = [1, 2, limits.count - 1, limits.count, limits.count + 1].filter((count) => count > 0);
      const words = [read, write].flatMap((one) =>
        together.flatMap((count) => [-1, 0, 1].map((more) => one * count + more)),
      );
      const most = SIZE / 4;
      await move(
        protocol,
        [...new Set(words)]
          .filter((count) => count <= most)
          .map((count) => ({ at: MARGIN, length: 4 * count })),
      );
    });
  });
});
