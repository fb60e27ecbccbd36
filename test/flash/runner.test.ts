/** Algorithms that return errors, crash, hang or use too much stack: made of a few instructions, called on the simulated core. */
import { expect, test } from "vitest";
import { Failure } from "../../src/lib/fault.ts";
import { main } from "../../src/cli/program.ts";
import { dbgseq, type Finished } from "../support/command-line.ts";
import { madeFlm, type MadeFlm } from "./made-flm.ts";
import { byFile, EX52, fileOf, flash, noise } from "./support.ts";

const RETURN_0 = [0x2000, 0x4770]; // movs r0, #0; bx lr
const RETURN_5 = [0x2005, 0x4770];
const HANG = [0xe7fe]; // b .
/** wfi; b .-2: a core that sleeps costs the simulator nothing. */
const SLEEP = [0xbf30, 0xe7fd];
const UNDEFINED = [0xde00];
/** movs r0, #15; lsls r0, r0, #28; ldr r0, [r0]: nothing answers at 0xF0000000. */
const BUS_FAULT = [0x200f, 0x0700, 0x6800, 0x4770];
/** movs r0, #15; lsls r0, r0, #28; adds r0, #1; blx r0 */
const JUMP_AWAY = [0x200f, 0x0700, 0x3001, 0x4780, 0x4770];
/** mov r4, sp; movs r1, #75; lsls r1, r1, #3; loop: push {r2}; subs r1, #1; bne loop; mov sp, r4; movs r0, #0; bx lr: 2400 bytes. */
const DEEP = [0x466c, 0x214b, 0x00c9, 0xb404, 0x3901, 0xd1fc, 0x46a5, 0x2000, 0x4770];
/** add r0, r1; bx lr: what Verify yields for success. */
const RETURN_END = [0x4408, 0x4770];

/** Each function has 32 bytes; what is behind them is only room. */
function algorithm(
  functions: Readonly<Record<string, readonly number[]>>,
  { address = 0x1_0000, ...made }: MadeFlm = {},
): readonly string[] {
  const all = {
    Init: RETURN_0,
    UnInit: RETURN_0,
    EraseSector: RETURN_0,
    ProgramPage: RETURN_0,
    BlankCheck: [0x2001, 0x4770],
    ...functions,
  };
  const code = new Uint8Array(1024);
  const view = new DataView(code.buffer);
  const places = Object.entries(all).map(([name, halves], index) => {
    for (const [at, half] of halves.entries()) view.setUint16(32 * index + 2 * at, half, true);
    return [name, 32 * index] as const;
  });
  const bytes = madeFlm({ code, functions: Object.fromEntries(places), address, ...made });
  return byFile(fileOf("made.FLM", bytes), "0x20000000:0x4000");
}

function run(functions: Readonly<Record<string, readonly number[]>>, made: MadeFlm = {}): Promise<Finished> {
  return flash(noise(0x100), { ...EX52, algorithm: algorithm(functions, made) }, "--no-reset", "--force");
}

test("no call takes more than 15 minutes, whatever its file says", async () => {
  const { code, err } = await run({ EraseSector: SLEEP }, { eraseTimeoutMs: 0xffff_ffff });
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringContaining("EraseSector of made.FLM did not return within its 900000 ms") as string,
  });
});

test.each<readonly [string, Readonly<Record<string, readonly number[]>>, RegExp]>([
  [
    "an error of Init",
    { Init: RETURN_5 },
    /error: Init failed: made\.FLM returned 0x5, and only 0 is success/,
  ],
  ["an error of UnInit", { UnInit: RETURN_5 }, /error: UnInit failed: made\.FLM returned 0x5/],
  [
    "an error of EraseSector",
    { EraseSector: RETURN_5 },
    /error: EraseSector at 0x00010000 failed: made\.FLM returned 0x5/,
  ],
  [
    "a hang",
    { EraseSector: HANG },
    /EraseSector of made\.FLM did not return within its 1000 ms; it was in EraseSector\+0x0/,
  ],
  [
    "an undefined instruction",
    { ProgramPage: UNDEFINED },
    /ProgramPage of made\.FLM stopped in ProgramPage\+0x0 .*UNDEFINSTR/,
  ],
  [
    "a bus fault",
    { ProgramPage: BUS_FAULT },
    /ProgramPage of made\.FLM stopped in ProgramPage\+0x4 .*PRECISERR.*; it accessed 0xF0000000/,
  ],
  [
    "a jump to nowhere",
    { ProgramPage: JUMP_AWAY },
    /stopped in PC 0xF000000\w, outside of the algorithm, called from ProgramPage\+0x/,
  ],
  ["too much stack", { EraseSector: DEEP, Verify: RETURN_END }, /made\.FLM used all 2048 bytes of its stack/],
  ["success that is none", {}, /nothing was programmed there|the flash holds 0xFF at 0x00010000 instead of/],
  [
    "a Verify that says yes to what was never programmed",
    { Verify: RETURN_END },
    /the flash holds 0xFF at 0x00010000 instead of 0x\w\w; nothing was programmed there/,
  ],
  ["Verify that yields 0", { Verify: RETURN_0 }, /the flash holds 0xFF at 0x00010000 instead of/],
])("%s fails and says why", async (_, functions, said) => {
  const { code, err, out } = await run(functions);
  expect(err).toMatch(said);
  expect(out).not.toContain("all verified");
  expect(code).toBe(1);
});

/** The vectors of the simulated device stand at 0. */
const SAYS_BLANK = { BlankCheck: RETURN_0 };

test("a BlankCheck that always says yes: the first sector is not taken for erased ones that are wanted", async () => {
  const erased = new Uint8Array(0x1000).fill(0xff);
  const { code, err, out } = await flash(erased, {
    ...EX52,
    base: "0",
    algorithm: algorithm(SAYS_BLANK, { address: 0 }),
  });
  expect(err).toMatch(/the flash holds 0x\w\w at 0x0000000\w instead of 0xFF/);
  expect(out).not.toContain("all verified");
  expect(code).toBe(1);
});

test.each([[[]], [["--force"]]])("... and nothing is reported as blank, with %j", async (more) => {
  const argv = [
    "erase",
    "0",
    ...algorithm(SAYS_BLANK, { address: 0 }),
    "--probe",
    EX52.probe,
    "--no-config",
    ...more,
  ];
  const { code, err, out } = await dbgseq(...argv);
  expect(err).toMatch(/after 0x00000000 was erased, 0x0000000\w holds 0x\w\w and not 0xFF/);
  expect(out).toBe("");
  expect(code).toBe(1);
});

test("Ctrl-C while programming is reported with its place, and ends with 130", async () => {
  const controller = new AbortController();
  let err = "";
  const image = fileOf("image.bin", noise(0x8000));
  const argv = ["flash", image, "--base", EX52.base, ...EX52.algorithm, "--probe", EX52.probe, "--no-config"];
  const code = await main(argv, {
    out: () => undefined,
    err: (text) => {
      err += text;
      if (/programming .*8 KiB of 32 KiB/.test(text))
        controller.abort(new Failure({ kind: "interrupted" }, "interrupted"));
    },
    cwd: process.cwd(),
    env: {},
    terminal: true,
    color: false,
    signal: controller.signal,
  });
  expect(err).toMatch(
    /it ended while programming, in the sector 0x0001[23]000, at the page 0x0001[23]000; flashing again completes it/,
  );
  expect(code).toBe(130);
});
