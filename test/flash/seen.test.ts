/** What looks right and proves nothing: erased bytes of a bus on which nobody answers; a region that a later one reached into. */
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { madeElf } from "./made-elf.ts";
import { madeFlm } from "./made-flm.ts";
import { fileOf, noise } from "./support.ts";

const [ONE, TWO, WINDOW] = [0x6000_0000, 0x6100_0000, 0x9000_0000];
const SIZE = 0x4000;

const MODEL = `
model: fixture
about: an invented Cortex-M4 with memory that stands for flash, and a window that shows erased bytes for ever
sources: ["invented for this test"]
debugPort: { dpidr: 0x2BA01477 }
accessPorts: [{ index: 0, kind: ahb, idr: 0x24770011, base: 0xE00FF003 }]
processors: [{ name: cm4, type: Cortex-M4, vectors: 0x00000000 }]
memories:
  - { name: rom, start: 0, size: 0x1000, access: rx, content: [{ at: 0, words: [0x20001000, 0x00000101] }, { at: 0x100, words: [0xE7FEE7FE] }] }
  - { name: ram, start: 0x20000000, size: 0x4000, access: rwx }
  - { name: one, start: ${ONE}, size: ${SIZE}, access: rwx, fill: 0x55 }
  - { name: two, start: ${TWO}, size: ${SIZE}, access: rwx, fill: 0x55 }
  - { name: window, start: ${WINDOW}, size: ${SIZE}, access: rx, fill: 0xFF }
`;

const PROBE = ["--probe", `sim:${fileOf("bench.yaml", MODEL)}`, "--no-config"];

/** movs r0, #0; bx lr */
const SUCCESS = [0x2000, 0x4770];
/** ldmia r2!, {r3}; stmia r0!, {r3}; subs r1, #4; bne */
const COPY = [0xca08, 0xc008, 0x3904, 0xd1fb];
/** movs r3, #0x60; lsls r3, r3, #24; movs r1, #0; str r1, [r3]: a word of the region `one` */
const STRAY = [0x2360, 0x061b, 0x2100, 0x6019];

interface Made {
  readonly address: number;
  readonly type?: number;
  /** What the function does before it says success. */
  readonly program?: readonly number[];
  readonly erase?: readonly number[];
}

function algorithm(name: string, { address, type = 1, program = [], erase = [] }: Made): string {
  // Verify: adds r0, r0, r1; bx lr: the same, whatever is there.
  const parts = [SUCCESS, [0x1840, 0x4770], [...program, ...SUCCESS], [...erase, ...SUCCESS]];
  const at = (index: number): number => 2 * parts.slice(0, index).flat().length;
  const functions = { Init: 0, UnInit: 0, Verify: at(1), ProgramPage: at(2), EraseSector: at(3) };
  const code = new Uint8Array(new Uint16Array(parts.flat()).buffer);
  const sectors = [[0x1000, 0]] as const;
  return fileOf(name, madeFlm({ code, functions, type, address, size: SIZE, pageSize: 0x100, sectors }));
}

describe("a window that need not show the flash, and shows erased bytes", () => {
  const own = ["--algorithm", algorithm("window.FLM", { address: WINDOW, type: 5 })];
  const rest = [...own, "--ram", "0x20000000:0x4000", ...PROBE];
  const erased = fileOf("erased.bin", new Uint8Array(0x1000).fill(0xff));

  test.each([
    ["erase", ["erase", "0x90000000"]],
    ["erase --force", ["erase", "0x90000000", "--force"]],
    ["flash", ["flash", erased, "--base", "0x90000000"]],
    ["flash --read-back", ["flash", erased, "--base", "0x90000000", "--read-back"]],
  ])("%s: only the algorithm vouches for it", async (_, argv) => {
    const any = await dbgseq(...argv, ...rest);
    expect(any.out).toContain("verified by the vendor's algorithm only");
    expect(any.out).not.toMatch(/already|unchanged, all verified/);
    expect(any.code).toBe(0);
    const required = await dbgseq(...argv, ...rest, "--proof", "required");
    expect(required.err).toContain("cannot be read: only window.FLM says that it");
    expect(required.code).toBe(1);
  });
});

describe("a window that need not show the flash, and does", () => {
  // str r1, [r0] and on: 0x1000 bytes of ones from r0 on.
  const wipe = [0x2101, 0x0309, 0x2300, 0x43db, 0xc008, 0x3904, 0xd1fc];
  const own = ["--algorithm", algorithm("shown.FLM", { address: ONE, type: 5, program: COPY, erase: wipe })];
  const rest = [...own, "--ram", "0x20000000:0x4000", "--proof", "required", ...PROBE];

  test("what an erase changed there was seen", async () => {
    const { code, out } = await dbgseq("erase", "0x60000000", ...rest);
    expect(out).toBe("1 sector blank, 4096 bytes between 0x60000000 and 0x60000FFF\n");
    expect(code).toBe(0);
  });

  test("so are erased bytes beside an image that reads as programmed", async () => {
    const image = new Uint8Array(0x1_0000 / 4).fill(0xff);
    image.set(noise(0x100));
    const { code, out } = await dbgseq("flash", fileOf("part.bin", image), "--base", "0x60000000", ...rest);
    expect(out).toContain("all verified (crc)");
    expect(code).toBe(0);
  });
});

test("a region that another one's algorithm changes afterwards is found out", async () => {
  algorithm("one.FLM", { address: ONE, program: COPY });
  algorithm("two.FLM", { address: TWO, program: COPY });
  const pack = (two: string): string =>
    fileOf(
      "Example.T_DFP.pdsc",
      `<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.60"><vendor>Example</vendor><name>T_DFP</name><description>invented</description><url>https://example.com/</url>
<releases><release version="1.0.0" date="2026-01-01">first</release></releases>
<devices><family Dfamily="F" Dvendor="Generic:5"><device Dname="T1">
<processor Dcore="Cortex-M4" Dfpu="0" Dmpu="0" Dendian="Little-endian" Dclock="1"/>
<memory name="RAM" access="rwx" start="0x20000000" size="0x4000" default="1"/>
<memory name="One" access="rx" start="${ONE}" size="${SIZE}" default="1"/><memory name="Two" access="rx" start="${TWO}" size="${SIZE}" default="1"/>
<algorithm name="one.FLM" start="${ONE}" size="${SIZE}" default="1"/><algorithm name="${two}" start="${TWO}" size="${SIZE}" default="1"/>
</device></family></devices></package>`,
    );
  algorithm("stray.FLM", { address: TWO, program: COPY, erase: STRAY });
  const both = fileOf(
    "both.elf",
    madeElf([
      { address: ONE, bytes: noise(0x1000, 1) },
      { address: TWO, bytes: noise(0x1000, 2) },
    ]),
  );
  const honest = await dbgseq("flash", both, "--pack", pack("two.FLM"), ...PROBE);
  expect(honest.out).toContain("2 sectors: 8192 bytes programmed, 0 sectors unchanged, all verified (crc)");
  expect(honest.code).toBe(0);
  const stray = await dbgseq("flash", both, "--pack", pack("stray.FLM"), ...PROBE);
  expect(stray.err).toMatch(/the flash holds 0x00 at 0x6000000\d instead of 0x\w\w/);
  expect(stray.err).toContain("it ended while verifying, in the sector 0x60000000");
  expect(stray.out).toContain("1 sector not verified, the rest verified (crc)");
  expect(stray.code).toBe(1);
});
