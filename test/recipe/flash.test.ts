/** Steps of a recipe that erase, program, verify and dump, on the simulated nRF52840. */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseq, type Finished } from "../support/command-line.ts";

const PACK = resolve("examples/05-flash/Example.EX52_DFP.pdsc");

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "dbgseq-"));
  copyFileSync("examples/05-flash/firmware.hex", join(made, "firmware.hex"));
  return made;
}

function run(at: string, steps: string, ...argv: readonly string[]): Promise<Finished> {
  const file = join(at, "recipe.yaml");
  writeFileSync(file, `probe: sim:nrf52840\nsteps:\n${steps}`);
  return dbgseq("recipe", "run", file, "--pack", PACK, ...argv);
}

describe("recipe run", () => {
  test("erases, programs, verifies and dumps; paths are relative to the recipe", async () => {
    const at = folder();
    const { code, out } = await run(
      at,
      `
  - erase: [0x10000, "0x12000:0x2000"]
  - flash: firmware.hex
  - verify: firmware.hex
  - dump: 0:0x5000
    to: dump.hex
`,
    );
    expect(out).toContain("3 sectors blank\n20480 bytes in 5 sectors, 0 of them unchanged, all verified\n");
    expect(out).toContain("20480 bytes are the same\n20480 bytes written to dump.hex\n");
    expect((await run(at, "  - verify: dump.hex\n")).code).toBe(1);
    expect(code).toBe(0);
  });

  test("reads what a step needs before anything is connected", async () => {
    const { code, out, err } = await run(folder(), "  - read: 0\n  - flash: firmwear.hex\n");
    expect(err).toMatch(/recipe\.yaml:4:5: the step "flash" failed: .*firmwear\.hex: there is no such file/);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("takes consent to a mass erase from the command line and not from a recipe", async () => {
    const at = folder();
    const refused = await run(at, "  - read: 0\n  - erase: chip\n");
    expect(refused.err).toContain("allow it with --allow erase");
    expect(refused.out).toBe("");
    expect(refused.code).toBe(5);
    const done = await run(at, "  - erase: chip\n", "--allow", "erase");
    expect(done.out).toContain("256 sectors blank");
    expect(done.code).toBe(0);
    expect((await run(at, "allow: erase\n")).code).toBe(2);
  });

  test("ends with 1 and the step's line at a difference", async () => {
    const at = folder();
    writeFileSync(join(at, "other.bin"), Uint8Array.of(1, 2, 3, 4));
    const { code, err } = await run(at, "  - verify: other.bin\n    base: 0\n");
    expect(err).toMatch(/recipe\.yaml:3:5: the step "verify" failed: 4 of 4 bytes differ/);
    expect(code).toBe(1);
  });

  test("dumps what was there", async () => {
    const at = folder();
    await run(at, '  - dump: "0:8"\n    to: out.bin\n');
    expect([...readFileSync(join(at, "out.bin"))]).toEqual([0, 0, 4, 0x20, 1, 1, 0, 0]);
  });
});
