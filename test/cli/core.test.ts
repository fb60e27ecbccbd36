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
    expect(none.err).toContain("expected 1 to 100000 steps, not 0");
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

  test("an unknown name is wrong usage", async () => {
    const { code, err } = await dbgseq("regs", "r99", ...M4);
    expect(code).toBe(2);
    expect(err).toContain('"r99" is not a core register');
  });
});

describe("a request for something that does not exist", () => {
  test("--pname without a pack is a question, not ignored", async () => {
    const { code, err } = await dbgseq("regs", "pc", "--pname", "cm7", ...M4);
    expect(code).toBe(2);
    expect(err).toContain('processor "cm7" needs a pack');
  });

  test.each([
    ["0x2000", "0xE000ED00", "0x410FD214"],
    ["0xA000/0x10000", "0xE000ED00", "0x411CD200"],
  ])("--ap %s: an access port of ADIv6 by its base address", async (ap, address, value) => {
    const { out, code } = await dbgseq("read", address, "--ap", ap, "--probe", "sim:adiv6", "--no-config");
    expect(out).toBe(`${address}  ${value}\n`);
    expect(code).toBe(0);
  });

  test.each([
    ["1", "sim:adiv6", "have base addresses, as `info` shows them, not 1"],
    ["0x2000", "sim:generic-m4", "are 0 to 255, and not 0x00002000"],
    ["0x2010", "sim:adiv6", "a multiple of 0x1000"],
  ])("--ap %s on %s is refused", async (ap, probe, said) => {
    const { err, code } = await dbgseq("read", "0", "--ap", ap, "--probe", probe, "--no-config");
    expect(err).toContain(said);
    expect(code).toBe(2);
  });
});

describe("reset --type", () => {
  test.each(["NSRST", "sysresetreq", "vectreset", "emulated", "core", "processor", "hardware"])(
    "%s, halted at the reset vector",
    async (type) => {
      const { code, err } = await dbgseq("reset", "--type", type, "--halt", ...M4);
      expect(err).toContain("the core is left halted");
      expect(code).toBe(0);
    },
  );

  test("another word is refused, with the valid ones", async () => {
    const { code, err } = await dbgseq("reset", "--type", "bogus", ...M4);
    expect(err).toContain("default, hardware, system, processor, nsrst, sysresetreq, vectreset, emulated");
    expect(code).toBe(2);
  });
});
