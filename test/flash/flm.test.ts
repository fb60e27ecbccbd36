/** Flash algorithm files: what real ones do, what is made of it, and what is said of those that cannot be used. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { FlashFailure } from "../../src/flash/faults.ts";
import { readFlm } from "../../src/flash/algorithm/flm.ts";
import { layOut } from "../../src/flash/algorithm/layout.ts";
import { sectorsIn } from "../../src/flash/region.ts";
import { regionOf } from "../../src/flash/algorithm/flm.ts";
import { corpus, corpusFiles, describeCorpus } from "../support/corpus.ts";
import { ALL_FUNCTIONS, madeFlm, type MadeFlm } from "./made-flm.ts";

describe("what is read", () => {
  test("code, data and data without content stand as they will in RAM, wherever they were linked", () => {
    const code = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
    const made = { code, data: Uint8Array.of(9, 9, 9, 9), zeroed: 12, loadAddress: 0x2000_0000 };
    const { image, staticBase, functions } = readFlm("a.FLM", madeFlm(made));
    expect([...image]).toEqual([...code, 9, 9, 9, 9, ...new Uint8Array(12)]);
    expect(staticBase).toBe(16);
    expect(functions.get("ProgramPage")).toBe(12);
  });

  test("the device, with pages that are no power of two and an erased byte of zero", () => {
    const made = { name: "Odd flash", address: 0x0800_0000, size: 0x9000, pageSize: 12288, erased: 0 };
    expect(readFlm("a.FLM", madeFlm(made)).device).toMatchObject({ ...made, erasesSectors: true });
  });

  test("entries are global or weak symbols: local ones of the same name are the author's own", () => {
    const functions = { ...ALL_FUNCTIONS, BlankCheck: 16, Verify: 20 };
    const locals = { BlankCheck: 24, ProgramPage: 28, EraseChip: 24 };
    const code = new Uint8Array(32);
    for (const weak of [false, true]) {
      const found = readFlm("a.FLM", madeFlm({ code, functions, locals, weak })).functions;
      expect(Object.fromEntries(found)).toEqual(functions);
    }
    // A file whose symbols were all made local still says where its functions are.
    const stripped = readFlm("a.FLM", madeFlm({ code, functions: {}, locals: functions })).functions;
    expect(Object.fromEntries(stripped)).toEqual(functions);
  });

  test("sector addresses that are absolute are made relative", () => {
    const sectors = [
      [0x800, 0x0100_0000],
      [0x1000, 0x0102_0000],
    ] as const;
    const { device } = readFlm("a.FLM", madeFlm({ address: 0x0100_0000, size: 0x4_0000, sectors }));
    expect(device.sectors).toEqual([
      { start: 0, size: 0x800 },
      { start: 0x2_0000, size: 0x1000 },
    ]);
  });

  test("a file without sector sizes erases as a whole", () => {
    const { device } = readFlm("a.FLM", madeFlm({ sectors: [[0, 0]], size: 0x4000 }));
    expect(device).toMatchObject({ erasesSectors: false, sectors: [{ start: 0, size: 0x4000 }] });
  });
});

describe("what is refused", () => {
  const { Init, UnInit, EraseSector } = ALL_FUNCTIONS;
  test.each<readonly [string, MadeFlm, string]>([
    [
      "functions that are missing",
      { functions: { Init, UnInit, EraseSector } },
      "it has no function ProgramPage",
    ],
    [
      "functions outside of the code",
      { functions: { ...ALL_FUNCTIONS, Init: 0x4000 } },
      "it has no function Init",
    ],
    ["another machine", { machine: 62 }, "it is for another machine than Arm (e_machine 62)"],
    ["another driver interface", { version: 0x0200 }, "its driver version is 0x200, not 0x101"],
    ["no page size", { pageSize: 0 }, "its page size is 0 bytes"],
    ["a page larger than the flash", { pageSize: 0x2_0000 }, "its page size is 131072 bytes"],
    ["no flash", { size: 0 }, "its flash is 0 bytes at 0x0"],
    ["sectors without an end", { endless: true }, "its list of sectors has no end"],
    ["no sectors", { sectors: [] }, "it has no sectors"],
    ["a first sector somewhere else", { sectors: [[0x100, 0x100]] }, "its first sector is not at its start"],
    [
      "sectors in no order",
      {
        sectors: [
          [0x100, 0],
          [0x100, 0],
        ],
      },
      "sector entry 1 (256 bytes at 0x0) does not fit the flash",
    ],
  ])("%s", (_, made, reason) => {
    expect(() => readFlm("a.FLM", madeFlm(made))).toThrow(`a.FLM is not a usable flash algorithm: ${reason}`);
  });

  test("code at the end of the lower half of the addresses, and data elsewhere, is read as any other", () => {
    const lower = readFlm("a.FLM", madeFlm({ loadAddress: 0x7fff_fff0, data: new Uint8Array(4) }));
    const upper = readFlm("a.FLM", madeFlm({ loadAddress: 0x8000_0000, data: new Uint8Array(4) }));
    for (const { functions, staticBase } of [lower, upper]) {
      expect(functions.get("ProgramPage")).toBe(12);
      expect(staticBase).toBe(16);
    }
    const parted = Uint8Array.from(madeFlm({ loadAddress: 0x7fff_fff0, data: new Uint8Array(4) }));
    const view = new DataView(parted.buffer);
    // The address of the third section, which is PrgData.
    view.setUint32(view.getUint32(32, true) + 2 * 40 + 12, 0x2000_0000, true);
    expect(readFlm("a.FLM", parted).staticBase).toBe(16);
  });

  test("sectors of one byte in a flash of 2 GiB are not counted one by one", () => {
    const region = regionOf(readFlm("a.FLM", madeFlm({ size: 0x8000_0000, sectors: [[1, 0]] })));
    expect(sectorsIn(region, 0, 16)).toHaveLength(16);
    expect(() => sectorsIn(region, 0, region.size)).toThrow(
      'the flash "made" cannot be used: the 2147483648 bytes at 0x00000000 have more than 1048576 sectors',
    );
  });

  test("a file that is not an ELF file is refused", () => {
    expect(() => readFlm("a.FLM", new TextEncoder().encode("<html>"))).toThrow("it is not an ELF file");
  });

  test("wherever a file is cut off or one byte is changed, it is read or refused, and nothing else", () => {
    const whole = madeFlm({ data: new Uint8Array(4), zeroed: 8 });
    const damaged = [
      ...Array.from({ length: whole.length }, (_, end) => whole.subarray(0, end)),
      ...[0x00, 0x7f, 0xff].flatMap((byte) =>
        Array.from({ length: whole.length }, (_, at) => {
          const copy = Uint8Array.from(whole);
          copy[at] = byte;
          return copy;
        }),
      ),
    ];
    let refused = 0;
    for (const bytes of damaged)
      try {
        readFlm("a.FLM", bytes);
      } catch (error) {
        refused += 1;
        expect(error).toBeInstanceOf(FlashFailure);
      }
    expect(refused).toBeGreaterThan(whole.length);
  });
});

describeCorpus("vendors' files", () => {
  const REFUSED: Readonly<Record<string, string>> = {
    "ArmTest__ARMCMx_512.FLM": "it has no function ProgramPage",
    "Puya__PY32F071xx_OPT.FLM": "it has no function Init, UnInit, EraseSector, ProgramPage",
  };

  test.each(corpusFiles("flm"))("%s", (path) => {
    const file = basename(path);
    const bytes = readFileSync(corpus(path));
    const reason = REFUSED[file];
    if (reason !== undefined) {
      expect(() => readFlm(file, bytes)).toThrow(`${file} is not a usable flash algorithm: ${reason}`);
      return;
    }
    const { device, image, functions, staticBase } = readFlm(file, bytes);
    expect(device.name).not.toBe("");
    expect(device.sectors[0]?.start).toBe(0);
    expect(device.sectors.every(({ start, size }) => start + size <= device.size)).toBe(true);
    expect(staticBase).toBeLessThanOrEqual(image.length);
    expect([...functions.values()].every((offset) => offset < image.length)).toBe(true);
    const { buffers, code } = layOut({ start: 0x2000_0000, size: 0x1_0000 }, image.length, device.pageSize);
    expect(buffers).toHaveLength(2);
    expect(code + image.length).toBeLessThan(buffers[0] ?? 0);
  });
});
