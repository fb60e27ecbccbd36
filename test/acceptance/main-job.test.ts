/** Vendors' own sequences on the simulated probe, from the command line. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { corpus, describeCorpus } from "../support/corpus.ts";

const path = (name: string): string => fileURLToPath(corpus(`pdsc/${name}`));
const lpc = ["--pack", path("pyOCDtest__NXP.LPC55S36_DFP.13.0.0.pdsc"), "--device", "LPC55S36"];
const h7 = ["--pack", path("ST__Keil.STM32H7xx_DFP.pdsc"), "--device", "STM32H743ZITx"];

describeCorpus("LPC55S36: the debug mailbox opens AP 0", () => {
  test("ResetSystem connects by the vendor's DebugPortStart and runs the vendor's reset", async () => {
    const { code, out } = await dbgseq("run", "ResetSystem", ...lpc, "--probe", "sim:lpc55s36", "--trace");
    expect(code).toBe(0);
    expect(out).toMatch(/> DebugPortStart +pack, family LPC55S36/);
    expect(out).toContain("message: AP0 DIS: 1");
  });

  test("without the mailbox: code 4, the first failing access, why, and the port that opens it", async () => {
    const { code, err } = await dbgseq("run", "ResetSystem", ...lpc, "--probe", "sim:lpc55s36?mailbox=off");
    expect(code).toBe(4);
    expect(err).toContain("error: the LPC55 is locked");
    expect(err).toContain('the connection failed at the step "read CPUID"');
    expect(err).toContain("AP 2 is the debug mailbox of an LPC55 (IDR 0x002A0000)");
    expect(err).not.toMatch(/^\s+at /m);
  });

  test("--json is one document with the failure as data", async () => {
    const { code, out } = await dbgseq(
      "run",
      "ResetSystem",
      ...lpc,
      "--probe",
      "sim:lpc55s36?mailbox=off",
      "--json",
    );
    const document = JSON.parse(out) as { version: number; exitCode: number; error: { sentences: string[] } };
    expect(document).toMatchObject({ version: 1, exitCode: code, sequence: "ResetSystem" });
    expect(document.error.sentences.join(" ")).toContain("DeviceEn = 0");
  });

  test("--jsonl is one event a line", async () => {
    const { out } = await dbgseq("run", "ResetSystem", ...lpc, "--probe", "sim:lpc55s36", "--jsonl");
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { version: number; event?: { kind: string } });
    expect(lines.every(({ version }) => version === 1)).toBe(true);
    expect(lines.filter(({ event }) => event?.kind === "message").length).toBeGreaterThan(3);
  });
});

describeCorpus("STM32H743: the debug unit is behind AP 2 only", () => {
  test("DebugDeviceUnlock runs exactly once and writes DBGMCU_CR through AP 2", async () => {
    const { code, out } = await dbgseq(
      "run",
      "DebugDeviceUnlock",
      ...h7,
      "--probe",
      "sim:stm32h743",
      "--trace",
    );
    expect(code).toBe(0);
    expect(out.match(/> DebugDeviceUnlock /g)).toHaveLength(1);
    expect(out).toMatch(/Read32\(0xE00E0FE4\) {2}AP 2/);
    expect(out).toMatch(/Read32\(0xE00E0FE8\) {2}AP 2/);
    const writes = out.match(/Write32\(0xE00E1004, .*AP \d/g) ?? [];
    expect(writes.length).toBeGreaterThan(0);
    expect(writes.every((line) => line.endsWith("AP 2"))).toBe(true);
  });

  test("a device of another maker ends with the vendor's own message", async () => {
    const { code, err } = await dbgseq(
      "run",
      "DebugDeviceUnlock",
      ...h7,
      "--probe",
      "sim:stm32h743?jep106=0x3B",
    );
    expect(code).toBe(1);
    expect(err).toContain("Not a genuine ST Device! Abort connection.");
  });

  test("list names the winner and its place for every predefined sequence", async () => {
    const { code, out } = await dbgseq("list", ...h7);
    expect(code).toBe(0);
    expect(out).toMatch(
      /DebugDeviceUnlock +pack, subFamily STM32H743 \(.*ST__Keil.STM32H7xx_DFP.pdsc:866:11\)/,
    );
    expect(out).toMatch(/ResetSystem +default \(sequences\/default\/ResetSystem.seq:\d+:1\)/);
  });
});

describeCorpus("RP2040: the pack selects each core's debug port by raw bits in atomic blocks", () => {
  const rp = ["--pack", path("RaspberryPi__RaspberryPi.RP2xxx_DFP.pdsc"), "--device", "RP2040"];

  test.each(["Core0", "Core1"])("ResetSystem for %s, each block in one piece", async (core) => {
    const { code, err } = await dbgseq(
      "run",
      "ResetSystem",
      ...rp,
      "--core",
      core,
      "--probe",
      "sim:rp2040",
      "--atomic",
      "strict",
    );
    expect(err).not.toContain("atomic");
    expect(code).toBe(0);
  });

  test("a probe without DAP_ExecuteCommands is told so before a bit is sent", async () => {
    const { code, err } = await dbgseq("run", "ResetSystem", ...rp, "--probe", "sim:rp2040?execute=no");
    expect(code).toBe(1);
    expect(err).toMatch(/atomic/);
    expect(err).toMatch(/pdsc:\d+:\d+/);
  });
});
