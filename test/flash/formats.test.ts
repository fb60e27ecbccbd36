/** Files with what is to be programmed, and those that a dump writes: what comes back, and what is said of damaged ones. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Chunk } from "../../src/flash/chunk.ts";
import { dumpFormatOf, encode } from "../../src/flash/encode.ts";
import { readImage, type FileToProgram } from "../../src/flash/formats.ts";

function text(name: string, ...lines: string[]): FileToProgram {
  return { name, bytes: new TextEncoder().encode(lines.join("\n")) };
}

function parts(...files: FileToProgram[]): readonly (readonly [number, string])[] {
  return readImage(files).parts.map(({ address, bytes }) => [address, Buffer.from(bytes).toString("hex")]);
}

/** With its sum. */
function record(digits: string): string {
  const bytes = Buffer.from(digits.replaceAll(" ", ""), "hex");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return `:${bytes.toString("hex")}${Buffer.of(-sum).toString("hex")}`;
}

const END = ":00000001FF";

describe("Intel HEX", () => {
  test("addresses by segment and by upper half; neighbours become one part", () => {
    const lines = [
      record("02 0000 02 1000"),
      record("02 0004 00 1122"),
      record("02 0000 04 0800"),
      record("02 0000 00 AABB"),
      record("02 0002 00 CCDD"),
      END,
    ];
    expect(parts(text("a.hex", ...lines))).toEqual([
      [0x1_0004, "1122"],
      [0x0800_0000, "aabbccdd"],
    ]);
  });

  test.each([
    ["a wrong sum", [":020000041000EB", END], "a.hex:1: the record's checksum is wrong"],
    ["a length that lies", [":030000001122CB", END], "a.hex:1: the record says 3 bytes and has 2"],
    ["no record", ["hello", END], "a.hex:1: a record begins with a colon"],
    ["half a byte", [":0200000011220", END], "a.hex:1: this is no complete record of hexadecimal bytes"],
    ["a type that there is not", [":00000009F7", END], "a.hex:1: there is no record type 9"],
    ["no end", [":02000000AABB99"], "a.hex: the end record is missing: the file is cut off"],
    ["something behind the end", [END, ":02000000AABB99"], "a.hex:2: there is more behind the end record"],
    ["nothing", [END], "a.hex: it holds nothing to program"],
    [
      "more than its segment holds",
      [record("02 0000 02 1000"), record("02 FFFF 00 AABB"), END],
      "a.hex:2: the record goes beyond the end of its 64 KiB segment",
    ],
  ])("%s", (_, lines, said) => {
    expect(() => parts(text("a.hex", ...lines))).toThrow(said);
  });
});

describe("S-record", () => {
  test.each([
    ["a wrong sum", ["S1050000AABB96", "S9030000FC"], "a.s19:1: the record's checksum is wrong"],
    ["a length that lies", ["S1060000AABB94", "S9030000FC"], "a.s19:1: the record says 6 bytes and has 5"],
    [
      "a count that lies",
      ["S1050000AABB95", "S5030002FA", "S9030000FC"],
      "2 data records were announced, there are 1",
    ],
    ["no end", ["S1050000AABB95"], "the end record (S7, S8 or S9) is missing"],
  ])("%s", (_, lines, said) => {
    expect(() => parts(text("a.s19", ...lines))).toThrow(said);
  });
});

describe("UF2", () => {
  function block(
    number: number,
    { of = 2, address = 0x1000_0000, flags = 0, size = 256, end = 0x0ab1_6f30, family = 0 } = {},
  ): Uint8Array {
    const bytes = new Uint8Array(512);
    const view = new DataView(bytes.buffer);
    const words = [0x0a32_4655, 0x9e5d_5157, flags, address, size, number, of, family];
    for (const [index, word] of words.entries()) view.setUint32(4 * index, word, true);
    bytes.fill(number + 1, 32, 32 + Math.min(size, 476));
    view.setUint32(508, end, true);
    return bytes;
  }
  const uf2 = (...blocks: Uint8Array[]): FileToProgram => ({
    name: "a.uf2",
    bytes: new Uint8Array(Buffer.concat(blocks)),
  });

  test("blocks by their addresses; comments are left out", () => {
    const image = readImage([
      uf2(block(0), block(1, { address: 0x1000_0100 }), block(0, { of: 1, flags: 1 })),
    ]);
    expect(image.parts.map(({ address, bytes }) => [address, bytes.length])).toEqual([[0x1000_0000, 512]]);
  });

  test("the block for the boot ROM of the RP2350 is left out", () => {
    const boot = block(0, { family: 0xe48b_ff57, flags: 0x2000, address: 0x10ff_ff00 });
    const own = block(0, { of: 1, family: 0xe48b_ff59, flags: 0x2000 });
    expect(readImage([uf2(boot, own)]).parts.map(({ address }) => address)).toEqual([0x1000_0000]);
  });

  test.each([
    [
      "blocks for two devices",
      [block(0, { flags: 0x2000, family: 0xe48b_ff56 }), block(1, { flags: 0x2000, family: 0xada5_2840 })],
      "a.uf2: its blocks are for several families of devices (0xE48BFF56, 0xADA52840); split it",
    ],
    [
      "a block that is there twice",
      [block(0), block(0), block(1)],
      "a.uf2 has 256 bytes at 0x10000000 twice",
    ],
    ["a block that is missing", [block(0)], "a.uf2: it has 1 of 2 blocks"],
    ["half a block", [block(0).subarray(0, 100)], "are no whole number of blocks: it is cut off"],
    ["something else in it", [block(0), block(1, { end: 7 })], "block 1 is no UF2 block"],
    ["more data than fits", [block(0, { size: 500 })], "block 0 says that it holds 500 bytes"],
  ])("%s", (_, blocks, said) => {
    expect(() => parts(uf2(...blocks))).toThrow(said);
  });
});

describe("what kind of file it is", () => {
  test("a base is for raw bytes, and no reason to take records for some", () => {
    const hex = text("a.hex", record("02 0000 00 AABB"), END);
    expect(() => parts({ ...hex, base: 0x100 })).toThrow(
      "a.hex: it has addresses of its own; a base address is for raw binaries",
    );
    const raw = { name: "b.bin", bytes: Uint8Array.of(1), base: 0x100 };
    expect(parts({ ...hex, base: 0x100 }, raw)).toEqual([
      [0, "aabb"],
      [0x100, "01"],
    ]);
    expect(parts({ ...hex, name: "a.bin", base: 0x100 })[0]?.[0]).toBe(0x100);
  });

  test.each([
    ["a.elf", "a.elf: offset 0: it does not begin as an ELF file does"],
    ["a.axf", "a.axf: offset 0: it does not begin as an ELF file does"],
    ["a.uf2", "a.uf2: it does not begin as a UF2 file does"],
  ])("%s that is none is not taken for raw bytes", (name, said) => {
    expect(() => parts({ ...text(name, "<html>"), base: 0x100 })).toThrow();
    expect(() => parts(text(name, "<html>"))).toThrow(said);
  });

  test.each(["a.elf", "a.hex", "a.s19", "a.uf2", "a.bin"])("%s that is empty is said to be", (name) => {
    expect(() => parts(text(name, ""))).toThrow(`${name}: the file is empty`);
  });

  test("a flash algorithm is no program", () => {
    expect(() => parts({ name: "EX52.FLM", bytes: readFileSync("examples/05-flash/EX52.FLM") })).toThrow(
      "EX52.FLM: it is a flash algorithm, not a program: --algorithm takes it",
    );
  });

  test("an ELF file for another machine is refused", () => {
    const bytes = new Uint8Array(52);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
    const view = new DataView(bytes.buffer);
    for (const [at, half] of [
      [16, 2],
      [18, 62],
      [40, 52],
      [42, 32],
      [46, 40],
    ] as const)
      view.setUint16(at, half, true);
    expect(() => parts({ name: "a.elf", bytes })).toThrow(
      "a.elf: it is a program for another machine than Arm (e_machine 62)",
    );
  });
});

describe("several files", () => {
  test("their parts are joined by address; an overlap names both", () => {
    const one = { name: "one.bin", bytes: Uint8Array.of(1, 2), base: 0x10 };
    expect(parts({ ...one, name: "two.bin", base: 0x20 }, one)).toEqual([
      [0x10, "0102"],
      [0x20, "0102"],
    ]);
    expect(() => parts(one, { ...one, name: "two.bin", base: 0x11 })).toThrow(
      "two.bin and one.bin both have 1 bytes at 0x00000011",
    );
  });

  test("a raw binary needs a base, and ends inside the address space", () => {
    expect(() => parts({ name: "a.bin", bytes: Uint8Array.of(1) })).toThrow(
      "a raw binary needs a base address",
    );
    expect(() => parts({ name: "a.bin", bytes: Uint8Array.of(1, 2), base: 0xffff_ffff })).toThrow(
      "end behind the 32-bit address space",
    );
    expect(() => parts({ name: "a.bin", bytes: Uint8Array.of(1), base: 0x1_0000_0000 })).toThrow(
      "1 bytes at 0x100000000 end behind",
    );
  });
});

describe("what a dump writes", () => {
  test("the ending tells the format", () => {
    expect(["a.hex", "a.IHX", "b.s19", "c.SREC", "d.mot", "e.bin", "f"].map(dumpFormatOf)).toEqual([
      "hex",
      "hex",
      "srec",
      "srec",
      "srec",
      "bin",
      "bin",
    ]);
  });

  /** Ranges that do not touch, anywhere. */
  const chunks = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 0xffff }), fc.uint8Array({ minLength: 1, maxLength: 300 })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((list): readonly Chunk[] =>
      list.map(([place, bytes], index) => ({ address: index * 0x4000_0000 + place * 0x1000 + 0xff8, bytes })),
    );

  test.each(["hex", "srec"] as const)("%s is read back as it was", (format) => {
    fc.assert(
      fc.property(chunks, (given) => {
        const bytes = encode(given, format, `a.${format}`);
        const read = readImage([{ name: `a.${format}`, bytes }]).parts;
        expect(read.map((part) => [part.address, [...part.bytes]])).toEqual(
          given.map((part) => [part.address, [...part.bytes]]),
        );
      }),
    );
  });

  test("a raw binary holds one range", () => {
    const one = { address: 0x100, bytes: Uint8Array.of(1, 2, 3) };
    expect([...encode([one], "bin", "a.bin")]).toEqual([1, 2, 3]);
    expect(() => encode([one, one], "bin", "a.bin")).toThrow("cannot hold 2 ranges; .hex and .srec can");
  });
});
