import { describe, expect, test } from "vitest";
import { PROFILES } from "../../src/simulator/thumb/profile.ts";
import { CODE, DATA, Program } from "../support/thumb-program.ts";

interface Case {
  readonly name: string;
  readonly code: readonly number[];
  readonly given?: Readonly<Record<number, number>>;
  readonly expected: Readonly<Record<number, number>>;
  readonly flags?: string;
}

const CASES: readonly Case[] = [
  { name: "movs r0, #0", code: [0x2000], given: { 0: 9 }, expected: { 0: 0 }, flags: "nZcvq" },
  { name: "adds r0, r1, r2 carries", code: [0x1888], given: { 1: 0xffff_ffff, 2: 1 }, expected: { 0: 0 }, flags: "nZCvq" },
  { name: "adds r0, #1 overflows", code: [0x3001], given: { 0: 0x7fff_ffff }, expected: { 0: 0x8000_0000 }, flags: "NzcVq" },
  { name: "subs r0, r1, r2 borrows", code: [0x1a88], given: { 1: 1, 2: 2 }, expected: { 0: 0xffff_ffff }, flags: "Nzcvq" },
  { name: "adds; adcs is 64 bits", code: [0x1880, 0x4159], given: { 0: 0xffff_ffff, 1: 1, 2: 1, 3: 2 }, expected: { 0: 0, 1: 4 }, flags: "nzcvq" },
  { name: "subs; sbcs is 64 bits", code: [0x1a80, 0x4199], given: { 0: 0, 1: 5, 2: 1, 3: 2 }, expected: { 0: 0xffff_ffff, 1: 2 }, flags: "nzCvq" },
  { name: "lsrs r0, r1, #32", code: [0x0808], given: { 1: 0x8000_0000 }, expected: { 0: 0 }, flags: "nZCvq" },
  { name: "asrs r0, r1, #31", code: [0x17c8], given: { 1: 0x8000_0000 }, expected: { 0: 0xffff_ffff }, flags: "Nzcvq" },
  { name: "rors r0, r1 by 36", code: [0x41c8], given: { 0: 0x0000_000f, 1: 36 }, expected: { 0: 0xf000_0000 }, flags: "NzCvq" },
  { name: "muls r0, r1", code: [0x4348], given: { 0: 0x1_0001, 1: 0x1_0001 }, expected: { 0: 0x2_0001 }, flags: "nzcvq" },
  { name: "add r0, pc; mov r8, r0", code: [0xbf00, 0x4478, 0x4680], given: { 0: 0 }, expected: { 8: CODE + 6 } },
  { name: "revsh r0, r1", code: [0xbac8], given: { 1: 0x1234_80ff }, expected: { 0: 0xffff_ff80 } },
  { name: "mov.w r0, #0x00ff00ff", code: [0xf04f_10ff], expected: { 0: 0x00ff_00ff } },
  { name: "movw; movt", code: [0xf241_2034, 0xf6cb_60ef], expected: { 0: 0xbeef_1234 } },
  { name: "ands.w r0, r1, r2, lsl #1 carries out", code: [0xea11_0042], given: { 1: 0xf, 2: 0x8000_0003 }, expected: { 0: 6 }, flags: "nzCvq" },
  { name: "ubfx r0, r1, #8, #12", code: [0xf3c1_200b], given: { 1: 0x0012_3456 }, expected: { 0: 0x234 } },
  { name: "bfi r0, r1, #4, #8", code: [0xf361_100b], given: { 0: 0xffff_ffff, 1: 0x12 }, expected: { 0: 0xffff_f12f } },
  { name: "ssat r0, #8, r1 saturates", code: [0xf301_0007], given: { 1: 1000 }, expected: { 0: 127 }, flags: "nzcvQ" },
  { name: "udiv; mls is a remainder", code: [0xfbb0_f2f1, 0xfb02_0311], given: { 0: 1000, 1: 7 }, expected: { 2: 142, 3: 6 } },
  { name: "sdiv of the smallest by -1", code: [0xfb90_f0f1], given: { 0: 0x8000_0000, 1: 0xffff_ffff }, expected: { 0: 0x8000_0000 } },
  { name: "udiv by 0 gives 0", code: [0xfbb0_f0f1], given: { 0: 5, 1: 0 }, expected: { 0: 0 } },
  { name: "smull r0, r1, r2, r3", code: [0xfb82_0103], given: { 2: 0xffff_fffe, 3: 3 }, expected: { 0: 0xffff_fffa, 1: 0xffff_ffff } },
  { name: "umlal r0, r1, r2, r3", code: [0xfbe2_0103], given: { 0: 1, 1: 1, 2: 0xffff_ffff, 3: 0xffff_ffff }, expected: { 0: 2, 1: 0xffff_ffff } },
  { name: "clz; rbit", code: [0xfab1_f081, 0xfa91_f2a1], given: { 1: 0x0000_8000 }, expected: { 0: 16, 2: 0x0001_0000 } },
  { name: "uadd8; sel", code: [0xfa82_f043, 0xfaa2_f183], given: { 2: 0xff01_ff01, 3: 0x0101_0202 }, expected: { 0: 0x0002_0103, 1: 0xff01_ff02 } },
  { name: "qadd r0, r1, r2 saturates", code: [0xfa82_f081], given: { 1: 0x7fff_ffff, 2: 5 }, expected: { 0: 0x7fff_ffff }, flags: "nzcvQ" },
  { name: "smlad r0, r1, r2, r3", code: [0xfb21_3002], given: { 1: 0x0002_0003, 2: 0x0004_0005, 3: 1 }, expected: { 0: 24 } },
]; // prettier-ignore

describe("data processing", () => {
  test.each(CASES)("$name", ({ code, given = {}, expected, flags }) => {
    const program = new Program(code).set(given);
    program.core.xpsr = 0x0100_0000;
    expect(program.run()).toBe("bkpt");
    const registers = Object.fromEntries(
      Object.keys(expected).map((number) => [number, program.core.register(Number(number))]),
    );
    expect(registers).toEqual(expected);
    if (flags !== undefined) expect(program.flags).toBe(flags);
  });

  test("makes 16-bit instructions conditional by IT and keeps the flags", () => {
    const code = [
      0x2801, // cmp r0, #1
      0xbf0c, // ite eq
      0x2102, // moveq r1, #2
      0x2103, // movne r1, #3
    ];
    const equal = new Program(code).set({ 0: 1 });
    equal.run();
    expect([equal.core.register(1), equal.flags]).toEqual([2, "nZCvq"]);
    const other = new Program(code).set({ 0: 5 });
    other.run();
    expect([other.core.register(1), other.flags]).toEqual([3, "nzCvq"]);
  });

  test("lets flags that a debugger wrote decide a branch", () => {
    const program = new Program([0xd400, 0x2001]).set({ 0: 0 }); // bmi over movs r0, #1
    program.core.xpsr = 0x8100_0000;
    program.run();
    expect(program.core.register(0)).toBe(0);
  });

  test("gives the same result by single steps through an IT block as by running", () => {
    const program = new Program([0x2801, 0xbf0c, 0x2102, 0x2103]).set({ 0: 1, 1: 0 });
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) {
      expect(program.core.step(1)).toBe("budget");
      seen.push(program.core.register(15) - CODE);
    }
    expect(seen).toEqual([2, 4, 6, 8]);
    expect(program.core.register(1)).toBe(2);
  });

  test("raises a fault with the opcode for an instruction that the variant does not have", () => {
    const program = new Program([0xfbb0_f0f1], PROFILES["Cortex-M0+"]);
    program.core.stopsAtFaults = true;
    expect(program.run()).toBe("fault");
    expect(program.core.fault).toEqual({ kind: "undefined", pc: CODE, address: 0, opcode: 0xfbb0_f0f1 });
  });
});

describe("an invalid instruction", () => {
  test.each([
    { name: "str.w r2, [pc]", opcode: 0xf8cf_2000, kind: "undefined" },
    { name: "strexd of the A-profile", opcode: 0xe8c1_6374, kind: "undefined" },
    { name: "usat with asr #32, without DSP", opcode: 0xf3a7_0000, core: "Cortex-M3", kind: "undefined" },
    { name: "usat16 with a bit that should be zero", opcode: 0xf3a7_0010, kind: "unpredictable" },
  ] as const)("is a fault: $name", ({ opcode, kind, ...other }) => {
    const program = new Program([opcode], PROFILES["core" in other ? other.core : "Cortex-M4"]);
    program.core.stopsAtFaults = true;
    expect(program.run()).toBe("fault");
    expect(program.core.fault).toMatchObject({ kind, pc: CODE, opcode });
  });
});

describe("loads and stores", () => {
  test.each([0xf82d_ab01, 0xf83d_ab01])("keep SP a multiple of 4 when it is written back: %i", (opcode) => {
    const program = new Program([opcode]).set({ 13: DATA, 10: 0 });
    expect(program.run()).toBe("bkpt");
    expect(program.core.register(13)).toBe(DATA);
  });

  test.each([
    { name: "ldrsb", code: [0x5608 + 0x80], expected: 0xffff_ff88 }, // ldrsb r0, [r1, r2]
    { name: "ldrh unaligned", code: [0xf8b1_0001], expected: 0x6677 },
    { name: "ldr post-indexed", code: [0xf851_0b04], expected: 0x5566_7788 },
    { name: "ldrd", code: [0xe9d1_0300], expected: 0x5566_7788 },
  ])("$name", ({ code, expected }) => {
    const program = new Program(code).set({ 1: DATA, 2: 0 });
    program.view.setUint32(DATA - CODE, 0x5566_7788, true);
    expect(program.run()).toBe("bkpt");
    expect(program.core.register(0)).toBe(expected);
  });

  test("keep the order of push and pop, and let pop return", () => {
    const program = new Program([
      0xf000_f801, // bl +2
      0xe001, // b to the end
      0xb510, // push {r4, lr}
      0xbd10, // pop {r4, pc}
    ]).set({ 4: 7 });
    expect(program.run()).toBe("bkpt");
    expect(program.core.register(15)).toBe(CODE + 10);
  });

  test("run the instruction that code has just written", () => {
    const program = new Program([
      0x4802, // ldr r0, [pc, #8]
      0x8008, // strh r0, [r1]
      0x2201, // movs r2, #1: becomes movs r2, #9
      0xbe00,
      0xbf00,
      0xbf00,
      0x2209,
      0x0000,
    ]).set({ 1: CODE + 4 });
    expect(program.run()).toBe("bkpt");
    expect(program.core.register(2)).toBe(9);
  });
});
