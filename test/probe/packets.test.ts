/** How operations are cut into commands: few of them, none too long, nothing lost and nothing moved (wire rule 11). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Register, WireOp } from "../../src/coresight/wire/link.ts";
import { packets, type Packet } from "../../src/probe/cmsis-dap/packets.ts";

const DRW: Register = { port: "AP", address: 0xc };
const TAR: Register = { port: "AP", address: 0x4 };

const write = (words: number, register = DRW): WireOp => ({
  kind: "write",
  register,
  words: Uint32Array.from({ length: words }, (_, index) => index),
});
const read = (words: number, register = DRW): WireOp => ({ kind: "read", register, words });

/** `transfer 12`, `block 14`: the commands and how many operations each carries. */
function shown(list: readonly Packet[]): string {
  return list
    .map((packet) => `${packet.kind} ${packet.pieces.reduce((sum, { count }) => sum + count, 0)}`)
    .join(", ");
}

describe("at 64 bytes", () => {
  test.each<[string, readonly WireOp[], string]>([
    ["twelve writes fit", [write(12)], "transfer 12"],
    ["thirteen are a block", [write(13)], "block 13"],
    ["fifteen reads fit", [read(15)], "transfer 15"],
    ["a block of reads", [read(31)], "block 15, block 15, transfer 1"],
    ["a block of writes", [write(40)], "block 14, block 14, transfer 12"],
    ["TAR travels with its first words", [write(1, TAR), write(25)], "transfer 12, block 14"],
    ["and the last words with the next TAR", [write(20), write(1, TAR), write(3)], "block 14, transfer 10"],
    ["different registers share", [write(1, TAR), read(1), write(1, TAR), read(1)], "transfer 4"],
  ])("%s", (_what, ops, expected) => {
    expect(shown(packets(ops, 64))).toBe(expected);
  });
});

test.each([
  [64, 14, 15],
  [512, 126, 127],
  [1024, 254, 255],
])("a packet of %i bytes carries a block of %i written or %i read words", (size, writes, reads) => {
  const first = (ops: readonly WireOp[]): string => shown(packets(ops, size).slice(0, 1));
  expect(first([write(2000)])).toBe(`block ${writes}`);
  expect(first([read(2000)])).toBe(`block ${reads}`);
});

test("a match needs its number of tries first, and is one operation of two transfers", () => {
  const match: WireOp = { kind: "match", register: DRW, mask: 1, value: 1, limitUs: 500 };
  const list = packets([write(1, TAR), match, match, read(1)], 64);
  // What stood before it in the same packet stays there: the limit means nothing to it.
  expect(shown(list)).toBe("match limit 0, transfer 4");
  expect(list[1]).toMatchObject({
    transfers: [
      { kind: "write" },
      { kind: "mask", value: 1 },
      { kind: "match", port: "AP", address: 0xc, value: 1 },
      { kind: "mask" },
      { kind: "match" },
      { kind: "read" },
    ],
  });
});

test("delays are split at 16 bits, and the last part stands for the whole", () => {
  const list = packets([{ kind: "delay", us: 600_000 }], 64);
  expect(list.map((packet) => (packet.kind === "delay" ? packet.us : 0))).toEqual([
    ...new Array<number>(9).fill(65_535),
    600_000 - 9 * 65_535,
  ]);
  expect(list.flatMap(({ pieces }) => pieces)).toEqual([{ op: 0, count: 1, each: 1 }]);
  expect(shown(packets([{ kind: "delay", us: 0 }], 64))).toBe("delay 1");
});

test("line sequences are joined bit after bit, up to 256", () => {
  const [joined] = packets(
    [
      { kind: "swj", count: 3, bits: 0xffn },
      { kind: "swj", count: 4, bits: 0n },
      { kind: "swj", count: 2, bits: 1n },
    ],
    64,
  );
  expect(joined).toMatchObject({ kind: "swj", count: 9, bits: 0b01_0000_111n });
  const ones: WireOp = { kind: "swj", count: 100, bits: 1n };
  expect(shown(packets([ones, ones, ones], 64))).toBe("swj 2, swj 1");
});

const anyOp: fc.Arbitrary<WireOp> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom(DRW, TAR))
    .map(([n, register]) => write(n, register)),
  fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom(DRW, TAR))
    .map(([n, register]) => read(n, register)),
  fc.constant<WireOp>({ kind: "abort", value: 0x1e }),
);

test("order and count of any list are kept, and no packet is too long", () => {
  fc.assert(
    fc.property(fc.array(anyOp, { maxLength: 12 }), fc.constantFrom(64, 512, 1024), (ops, size) => {
      const list = packets(ops, size);
      const carried = list.flatMap(({ pieces }) =>
        pieces.flatMap(({ op, count }) => new Array<number>(count).fill(op)),
      );
      const wanted = ops.flatMap((op, index) => new Array<number>(sizeOf(op)).fill(index));
      expect(carried).toEqual(wanted);
      for (const packet of list) {
        expect(bytes(packet).request).toBeLessThanOrEqual(size);
        expect(bytes(packet).answer).toBeLessThanOrEqual(size);
      }
    }),
  );
});

function sizeOf(op: WireOp): number {
  return op.kind === "read" ? op.words : op.kind === "write" ? op.words.length : 1;
}

/** From the layouts in the CMSIS-DAP documentation. */
function bytes(packet: Packet): { readonly request: number; readonly answer: number } {
  if (packet.kind === "transfer") {
    const reads = packet.transfers.filter(({ kind }) => kind === "read").length;
    return { request: 3 + reads + 5 * (packet.transfers.length - reads), answer: 3 + 4 * reads };
  }
  if (packet.kind !== "block") return { request: 0, answer: 0 };
  return packet.words === undefined
    ? { request: 5, answer: 4 + 4 * packet.count }
    : { request: 5 + 4 * packet.count, answer: 4 };
}
