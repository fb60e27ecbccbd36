/** halt, resume, step and regs, from the command line to the simulated core. */
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";

const M4 = ["--probe", "sim:generic-m4", "--no-config"] as const;

describe("core commands", () => {
  test("halt shows where the core is and says that it stays halted", async () => {
    const { code, out, err } = await dbgseq("halt", ...M4);
    expect(code).toBe(0);
    expect(out).toBe("pc        0x00000100\n");
    expect(err).toContain("the core is left halted");
  });

  test("resume leaves it running", async () => {
    const { code, err } = await dbgseq("resume", ...M4);
    expect(code).toBe(0);
    expect(err).not.toContain("halted");
  });

  test("step: so many instructions, at least one", async () => {
    expect((await dbgseq("step", "3", ...M4)).out).toBe("pc        0x00000100\n");
    const none = await dbgseq("step", "0", ...M4);
    expect(none.code).toBe(2);
    expect(none.err).toContain("1 to 100000 steps are possible, not 0");
  });

  test("regs shows what every core has, or those that are named, and leaves the core as it was", async () => {
    const all = await dbgseq("regs", ...M4);
    expect(all.out.split("\n")).toHaveLength(22);
    expect(all.err).not.toContain("left halted");
    const named = await dbgseq("regs", "msp", "pc", ...M4, "--json");
    expect(JSON.parse(named.out)).toMatchObject({
      registers: { msp: "0x20040000", pc: "0x00000100" },
      exitCode: 0,
    });
  });

  test("--leave wins over what the command means", async () => {
    expect((await dbgseq("regs", "pc", ...M4, "--leave", "halted")).err).toContain("the core is left halted");
    expect((await dbgseq("halt", ...M4, "--leave", "running")).err).not.toContain("left halted");
  });

  test("a name that is none is wrong usage", async () => {
    const { code, err } = await dbgseq("regs", "r99", ...M4);
    expect(code).toBe(2);
    expect(err).toContain('"r99" is no core register');
  });
});
