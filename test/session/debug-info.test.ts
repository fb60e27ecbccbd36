/** What LoadDebugInfo finds in an executable, and where a user sees it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Failure } from "../../src/lib/fault.ts";
import { DebugInfo } from "../../src/session/debug-info.ts";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

function fixture(name: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));
}

describe.each(["blink2.axf", "blink4.axf", "blink5.axf"])("%s", (name) => {
  test("names functions with their lines and variables, and leaves unknown addresses unnamed", () => {
    const info = new DebugInfo();
    expect(info.isEmpty).toBe(true);
    expect(info.load(name, fixture(name))).toMatch(/^5 symbols, \d+ ranges of source lines$/);
    expect(
      [0x8, 0x10, 0x18, 0x1a, 0x1f, 0x20, 0x2000_0000, 0x2000_0003].map((at) => info.describe(at)),
    ).toEqual([
      "tick (blink.c:3)",
      "tick+0x8 (blink.c:4)",
      "main (blink.c:5)",
      "main+0x2 (blink.c:7)",
      "main+0x7 (blink.c:6)",
      "Reset_Handler (start.s:12)",
      "counter",
      "counter+0x3",
    ]);
    expect([0, 0x24, 0x2000_0004, 0xffff_ffff].map((at) => info.describe(at))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("gives a reason or fewer names when it is cut off or changed, and is never a defect", () => {
    const whole = fixture(name);
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = at % 2 === 0 ? whole.slice(0, at) : Uint8Array.from(whole);
      if (at % 2 !== 0) damaged.fill(0xff, at, at + 3);
      try {
        new DebugInfo().load("x", damaged);
      } catch (error) {
        expect(error, `at ${at}`).toBeInstanceOf(Failure);
      }
    }
  });
});

/** A pack whose device loads debug information as soon as its port is there, and halts its core inside of main. */
const PDSC = `<package><vendor>V</vendor><name>N</name><devices><family Dfamily="F" Dvendor="V:1">
  <processor Dcore="Cortex-M4" Dclock="1000000"/><device Dname="D">
  <sequences>
    <sequence name="DebugDeviceUnlock"><block>LoadDebugInfo("blink5.axf");</block></sequence>
    <sequence name="DebugCoreStart"><block>
      Write32(0xE000EDF0, 0xA05F0003);
      Write32(0xE000EDF8, 0x1A);
      Write32(0xE000EDF4, 0x1000F);
    </block></sequence>
  </sequences>
  </device></family></devices></package>`;

test("a failed access and a halted core are named", async () => {
  const root = folderWith({ "V.N.pdsc": PDSC, "blink5.axf": fixture("blink5.axf") });
  const pack = ["--pack", `${root}/V.N.pdsc`, "--device", "D", "--probe", "sim:generic-m4"];
  const failed = await dbgseqIn({ cwd: root, env: {} }, "run", "-e", "Read32(0x60000004);", ...pack);
  expect(failed.code).toBe(4);
  expect(failed.err).toContain("  seen: 0x60000004 is gone+0x4\n");
  const halted = await dbgseqIn(
    { cwd: root, env: {} },
    ...["run", "-e", "__var x = 1;", "--connect", "halt", "--trace", ...pack],
  );
  expect(halted.out).toContain("halt: the core is halted at main+0x2 (blink.c:7)\n");
  expect(halted.out).toMatch(/LoadDebugInfo\("blink5\.axf"\) -> 0x0 +5 symbols, \d+ ranges of source lines/);
});
