/** Files with what is to be programmed, and those that a dump writes: what comes back, and what is said of damaged ones. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Chunk } from "../../src/flash/file/chunk.ts";
import { dumpFormatOf, encode } from "../../src/flash/file/encode.ts";
import { readImage, type FileToProgram } from "../../src/flash/file/formats.ts";
import { FlashImage } from "../../src/flash/file/image.ts";
import { madeElf } from "./made-elf.ts";

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
    ["half a byte", [":0200000011220", END], "a.hex:1: this is not a complete record of hexadecimal bytes"],
    ["a type that there is not", [":00000009F7", END], "a.hex:1: there is no record type 9"],
    ["no end", [":02000000AABB99"], "a.hex: the end record is missing: the file is cut off"],
    ["something behind the end", [END, ":02000000AABB99"], "a.hex:2: there is more after the end record"],
    ["nothing", [END], "a.hex: the file holds nothing to program"],
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
      "2 data records were announced, found: 1",
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

  test("blocks are counted in the family that is taken", () => {
    const rp2040 = block(0, { flags: 0x2000, family: 0xe48b_ff56, of: 1 });
    const half = block(0, { flags: 0x2000, family: 0xe48b_ff59, address: 0x1000_1000 });
    const both = uf2(rp2040, half);
    expect(parts({ ...both, family: 0xe48b_ff56 }).map(([address]) => address)).toEqual([0x1000_0000]);
    expect(() => parts({ ...both, family: 0xe48b_ff59 })).toThrow("a.uf2: it has 1 of 2 blocks");
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
      "a.uf2: its blocks are for several families of devices: RP2040 (0xE48BFF56), NRF52840 (0xADA52840)",
    ],
    [
      "a block that is there twice",
      [block(0), block(0), block(1)],
      "a.uf2 (block 0) and a.uf2 (block 1) both have 256 bytes at 0x10000000, the same ones",
    ],
    ["a block that is missing", [block(0)], "a.uf2: it has 1 of 2 blocks"],
    ["half a block", [block(0).subarray(0, 100)], "are not a whole number of blocks: it is cut off"],
    ["something else in it", [block(0), block(1, { end: 7 })], "block 1 is not a UF2 block"],
    ["more data than fits", [block(0, { size: 500 })], "block 0 says that it holds 500 bytes"],
  ])("%s", (_, blocks, said) => {
    expect(() => parts(uf2(...blocks))).toThrow(said);
  });
});

describe("the family of a UF2 file", () => {
  const RP2040 = 0xe48b_ff56;
  const NRF52 = 0x1b57_745f;
  const NRF52840 = 0xada5_2840;
  const STM32F4 = 0x5775_5a57;
  const RISCV = 0xe48b_ff5a;
  const ARM_S = 0xe48b_ff59;

  /** One block of each family, at addresses that do not touch, each numbered by itself. */
  function fileOf(families: readonly number[], family?: number): FileToProgram {
    const blocks = families.map((id, index) => {
      const bytes = new Uint8Array(512);
      const view = new DataView(bytes.buffer);
      const words = [0x0a32_4655, 0x9e5d_5157, id === 0 ? 0 : 0x2000, 0x1000 * index, 256, 0, 1, id];
      for (const [at, word] of words.entries()) view.setUint32(4 * at, word, true);
      view.setUint32(508, 0x0ab1_6f30, true);
      return bytes;
    });
    const bytes = new Uint8Array(Buffer.concat(blocks));
    return { name: "a.uf2", bytes, ...(family === undefined ? {} : { family }) };
  }
  const device = (name: string, ...cores: string[]): { name: string; cores: string[] } => ({ name, cores });
  const taken = (file: FileToProgram, to?: { name: string; cores: string[] }): unknown => {
    const { parts: own, notes } = readImage([file], to);
    return { at: own.map(({ address }) => address), notes };
  };

  test.each([
    ["its device", [NRF52840], device("nRF52840_xxAA", "Cortex-M4")],
    ["a device of the wider family", [NRF52], device("nRF52832_xxAA", "Cortex-M4")],
    ["one of several of the device", [STM32F4], device("STM32F407VGTx", "Cortex-M4")],
    ["no family", [0], device("STM32F407VGTx", "Cortex-M4")],
    ["a device that is not known", [RP2040], undefined],
  ])("%s is taken without a word", (_, families, to) => {
    expect(taken(fileOf(families), to)).toEqual({ at: [0], notes: [] });
  });

  test.each([
    [
      "another device by its name",
      [NRF52840],
      device("nRF52832_xxAA", "Cortex-M4"),
      "its blocks are for NRF52840 (0xADA52840), and the device is nRF52832_xxAA (Cortex-M4)",
    ],
    [
      "a device of a name of its own, by its processor",
      [RP2040],
      device("EX52840", "Cortex-M4"),
      "its blocks are for RP2040 (0xE48BFF56), and the device is EX52840 (Cortex-M4)",
    ],
    ["what is no Cortex-M", [RISCV], device("EX1", "Cortex-M33"), "its blocks are for RP2350_RISCV"],
    [
      "two families that are not the device's",
      [RP2040, STM32F4],
      device("nRF52840", "Cortex-M4"),
      "its blocks are for several families of devices: RP2040 (0xE48BFF56), STM32F4 (0x57755A57)",
    ],
    [
      "a family that is not there",
      [RP2040],
      undefined,
      "it has no blocks for STM32F4 (0x57755A57), but for RP2040",
    ],
  ])("%s is refused", (name, families, to, said) => {
    const chosen = name.startsWith("a family") ? STM32F4 : undefined;
    expect(() => taken(fileOf(families, chosen), to)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`a.uf2: ${said}`) as unknown,
        fault: expect.objectContaining({ kind: "other-family", file: "a.uf2" }) as unknown,
      }) as Error,
    );
  });

  test("if it cannot be told, a note says so", () => {
    expect(taken(fileOf([STM32F4]), device("EX1", "Cortex-M4"))).toEqual({
      at: [0],
      notes: ["a.uf2: its blocks are for STM32F4 (0x57755A57); whether EX1 (Cortex-M4) is one is not known"],
    });
    expect(taken(fileOf([0x1234_5678]), device("nRF52840", "Cortex-M4"))).toEqual({
      at: [0],
      notes: [
        "a.uf2: its blocks are for family 0x12345678; whether nRF52840 (Cortex-M4) is one is not known",
      ],
    });
  });

  test("of several, that of the device is taken, and the others are named", () => {
    expect(taken(fileOf([RP2040, ARM_S, RISCV]), device("RP2350", "Cortex-M33"))).toEqual({
      at: [0x1000],
      notes: ["a.uf2: its blocks for RP2040 (0xE48BFF56), RP2350_RISCV (0xE48BFF5A) are left out"],
    });
  });

  test("a chosen one is taken whatever the device is, with a note", () => {
    expect(taken(fileOf([RP2040, ARM_S], RP2040), device("RP2350", "Cortex-M33"))).toEqual({
      at: [0],
      notes: ["a.uf2: RP2040 (0xE48BFF56) was chosen, and the device is RP2350 (Cortex-M33)"],
    });
  });
});

describe("ELF", () => {
  const code = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  test("a segment with the file's own headers and no section is left out, with a note", () => {
    const header = { offset: 0, address: 0, bytes: new Uint8Array(0x74) };
    const bytes = madeElf(
      [header, { offset: 0x80, address: 0x1000, bytes: code }],
      [{ offset: 0x80, address: 0x1000, size: 8 }],
    );
    const image = readImage([{ name: "a.elf", bytes }]);
    expect(image.parts.map(({ address, bytes: own }) => [address, [...own]])).toEqual([[0x1000, [...code]]]);
    expect(image.notes).toEqual([
      "a.elf: 116 bytes at 0x00000000 (segment 0) are left out: they are the ELF file's own headers, and no section is in them",
    ]);
  });

  test("of a segment with headers and sections the headers alone are left out", () => {
    const all = new Uint8Array(0x108);
    all.set(code, 0x100);
    const bytes = madeElf(
      [{ offset: 0, address: 0x7ff_ff00, bytes: all }],
      [{ offset: 0x100, address: 0x800_0000, size: 8 }],
    );
    const image = readImage([{ name: "a.elf", bytes }]);
    expect(image.parts.map(({ address, bytes: own }) => [address, [...own]])).toEqual([
      [0x800_0000, [...code]],
    ]);
    expect(image.notes).toEqual([
      "a.elf: the first 256 bytes at 0x07FFFF00 (segment 0) are left out: they are the ELF file's own headers, before the program",
    ]);
  });

  test("neither a section without content in it nor one that is not loaded makes the headers a program", () => {
    const bytes = madeElf(
      [
        { offset: 0, address: 0, bytes: new Uint8Array(0x80) },
        { offset: 0x80, address: 0x1000, bytes: code },
      ],
      [
        { offset: 0x60, address: 0x60, size: 16, type: 8 },
        { offset: 0x60, address: 0x60, size: 16, flags: 0 },
        { offset: 0x80, address: 0x1000, size: 8 },
      ],
    );
    expect(readImage([{ name: "a.elf", bytes }]).parts.map(({ address }) => address)).toEqual([0x1000]);
  });

  test("without sections the headers end where the table of segments does", () => {
    const all = new Uint8Array(52 + 2 * 32 + 8);
    all.set(code, 52 + 2 * 32);
    const covered = madeElf([
      { offset: 0, address: 0x2000, bytes: all },
      { address: 0x1000, bytes: code },
    ]);
    const headers = madeElf([{ offset: 0, address: 0, bytes: new Uint8Array(52 + 32) }]);
    const image = readImage([{ name: "a.elf", bytes: covered }]);
    expect(image.parts.map(({ address, bytes }) => [address, [...bytes]])).toEqual([
      [0x1000, [...code]],
      [0x2074, [...code]],
    ]);
    expect(image.notes).toEqual([
      "a.elf: the first 116 bytes at 0x00002000 (segment 0) are left out: they are the ELF file's own headers, before the program",
    ]);
    expect(() => readImage([{ name: "b.elf", bytes: headers }])).toThrow(
      "b.elf: the file holds nothing to program",
    );
  });

  test("without headers in a segment all is taken without a word", () => {
    const image = readImage([{ name: "a.elf", bytes: madeElf([{ address: 0x1000, bytes: code }]) }]);
    expect(image.parts.map(({ address, bytes: { length } }) => [address, length])).toEqual([[0x1000, 8]]);
    expect(image.notes).toEqual([]);
  });
});

describe("an image of many parts", () => {
  /** Every other byte, in an order of no use: 7 and 2000 have no common divisor. */
  const image = new FlashImage();
  for (let number = 0; number < 2000; number++)
    image.add(2 * ((number * 7) % 2000), Uint8Array.of(number & 0xff), "many");

  test("they stand by address, whatever order they came in", () => {
    expect(image.parts.map(({ address }) => address)).toEqual(
      Array.from({ length: 2000 }, (_, at) => 2 * at),
    );
    expect(image.within(1, 5).map(({ offset, bytes }) => [offset, bytes.length])).toEqual([
      [1, 1],
      [3, 1],
    ]);
    expect(image.within(3, 1)).toEqual([]);
  });

  test.each([
    [0, 1, 0],
    [1, 2, 2],
    [1, 4000, 2],
    [3998, 1, 3998],
  ])("%i with %i bytes overlaps", (address, size, at) => {
    expect(() => {
      image.add(address, new Uint8Array(size), "other");
    }).toThrow(`have 1 byte at 0x${at.toString(16).toUpperCase().padStart(8, "0")}`);
  });

  test("what fits between them is taken", () => {
    image.add(1, Uint8Array.of(1), "between");
    image.add(4000, Uint8Array.of(1), "behind");
    expect(image.size).toBe(2002);
  });
});

describe("marks and encodings of text", () => {
  const lines = [record("02 0000 00 AABB"), END];
  const srec = ["S1050000AABB95", "S9030000FC"];
  const marked = (name: string, ...given: string[]): FileToProgram =>
    text(name, `\uFEFF${given[0]}`, ...given.slice(1));
  function wide(name: string, given: readonly string[], { big = false, mark = true } = {}): FileToProgram {
    const bytes = Buffer.from(`${mark ? "\uFEFF" : ""}${given.join("\r\n")}`, "utf16le");
    return { name, bytes: new Uint8Array(big ? bytes.swap16() : bytes) };
  }

  test.each([
    ["a.hex", lines],
    ["a.s19", srec],
    ["a.txt", lines],
    ["a", srec],
  ])("the mark of UTF-8 in %s is passed over", (name, given) => {
    expect(parts(marked(name, ...given))).toEqual([[0, "aabb"]]);
  });

  test.each([
    ["a.hex", lines, {}, "UTF-16LE"],
    ["a.s19", srec, { big: true }, "UTF-16BE"],
    ["a.hex", lines, { mark: false }, "UTF-16LE"],
    ["a.txt", srec, { big: true, mark: false }, "UTF-16BE"],
    ["a", lines, {}, "UTF-16LE"],
  ])("%s in UTF-16 is named (%#)", (name, given, how, encoding) => {
    expect(() => parts(wide(name, given, how))).toThrow(
      `${name}: the text is encoded as ${encoding}, which is not read here; save it as UTF-8`,
    );
  });

  test("raw bytes that look like a mark are raw bytes with a base", () => {
    const bytes = Uint8Array.of(0xff, 0xfe, 0x3a, 0, 0x30, 0);
    expect(parts({ name: "a.bin", bytes, base: 0 })).toEqual([[0, "fffe3a003000"]]);
    expect(() => parts({ name: "a.bin", bytes: Uint8Array.of(0, 0, 0, 0x3a) })).toThrow(
      "needs a base address",
    );
  });
});

describe("an overlap", () => {
  const sixteen = record("10 0000 00 00112233445566778899AABBCCDDEEFF");

  test.each([
    [
      [sixteen, record("02 0008 00 0102"), END],
      "a.hex:1 and a.hex:2 both have 2 bytes at 0x00000008, which differ",
    ],
    [
      [sixteen, record("02 0008 00 8899"), END],
      "a.hex:1 and a.hex:2 both have 2 bytes at 0x00000008, the same ones",
    ],
    // The pieces on both sides of the overlap are each part of a longer run.
    [
      [record("02 0000 00 0000"), record("04 0002 00 01020304"), record("02 0004 00 0000"), END],
      "a.hex:2 and a.hex:3 both have 2 bytes at 0x00000004, which differ",
    ],
  ])("in one file names both lines (%#)", (lines, said) => {
    expect(() => parts(text("a.hex", ...lines))).toThrow(said);
  });

  test("in two files names both, with their lines, blocks and segments", () => {
    const srec = text("b.s19", "S0030000FC", "S1050004AABB91", "S9030000FC");
    expect(() => parts(text("a.hex", sixteen, END), srec)).toThrow(
      "a.hex:1 and b.s19:2 both have 2 bytes at 0x00000004, which differ",
    );
    const elf = {
      name: "c.elf",
      bytes: madeElf([
        { address: 0x10, bytes: Uint8Array.of(1) },
        { address: 4, bytes: Uint8Array.of(2) },
      ]),
    };
    expect(() => parts(elf, srec)).toThrow("c.elf (segment 1) and b.s19:2 both have 1 byte at 0x00000004");
    expect(() => parts(elf, { name: "d.bin", bytes: Uint8Array.of(9), base: 4 })).toThrow(
      expect.objectContaining({
        fault: {
          kind: "overlap",
          address: 4,
          size: 1,
          between: ["c.elf (segment 1)", "d.bin"],
          same: false,
        },
      }) as Error,
    );
  });
});

describe("what kind of file it is", () => {
  test("a base is for raw bytes, and does not turn records into raw bytes", () => {
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
  ])("%s with other content is not taken for raw bytes", (name, said) => {
    expect(() => parts({ ...text(name, "<html>"), base: 0x100 })).toThrow();
    expect(() => parts(text(name, "<html>"))).toThrow(said);
  });

  test.each(["a.elf", "a.hex", "a.s19", "a.uf2", "a.bin"])("%s that is empty is refused as empty", (name) => {
    expect(() => parts(text(name, ""))).toThrow(`${name}: the file is empty`);
  });

  test("a flash algorithm is not a program", () => {
    expect(() => parts({ name: "EX52.FLM", bytes: readFileSync("examples/05-flash/EX52.FLM") })).toThrow(
      "EX52.FLM: it is a flash algorithm, not a program",
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
      "one.bin and two.bin both have 1 byte at 0x00000011, which differ",
    );
  });

  test("a raw binary needs a base, and ends inside the address space", () => {
    expect(() => parts({ name: "a.bin", bytes: Uint8Array.of(1) })).toThrow(
      "a raw binary needs a base address",
    );
    expect(() => parts({ name: "a.bin", bytes: Uint8Array.of(1, 2), base: 0xffff_ffff })).toThrow(
      "end beyond the 32-bit address space",
    );
    expect(() => parts({ name: "a.bin", bytes: Uint8Array.of(1), base: 0x1_0000_0000 })).toThrow(
      "1 byte at 0x100000000 ends beyond",
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

  test.each(["hex", "srec"] as const)("ranges that overlap are in a %s file once", (format) => {
    const memory = Uint8Array.from({ length: 32 }, (_, at) => at);
    const given = [[8, 24] as const, [0, 16] as const, [4, 8] as const, [30, 32] as const].map(
      ([start, end]) => ({ address: 0x100 + start, bytes: memory.subarray(start, end) }),
    );
    const bytes = encode(given, format, `a.${format}`);
    const read = readImage([{ name: `a.${format}`, bytes }]).parts;
    expect(read.map((part) => [part.address, [...part.bytes]])).toEqual([
      [0x100, [...memory.subarray(0, 24)]],
      [0x11e, [30, 31]],
    ]);
  });

  test("a raw binary holds one range", () => {
    const one = { address: 0x100, bytes: Uint8Array.of(1, 2, 3) };
    expect([...encode([one], "bin", "a.bin")]).toEqual([1, 2, 3]);
    expect(() => encode([one, one], "bin", "a.bin")).toThrow("cannot hold 2 ranges; .hex and .srec can");
  });
});
