/** Every end of a reset is looked at: the core is out of it again, and where nRESET was pulled it saw one. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { dbgseq, type Finished, unwrapped } from "../support/command-line.ts";
import { plainModel } from "./identity-models.ts";

const folder = mkdtempSync(join(tmpdir(), "dbgseq-reset-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function on(model: string, ...args: readonly string[]): Promise<Finished> {
  const path = join(folder, "model.yaml");
  writeFileSync(path, model);
  return dbgseq(...args, "--probe", `sim:${path}`, "--no-config");
}

const LONG = `${plainModel("v1")}\nresetUs: 3000000\n`;

describe("a core that stays in reset", () => {
  test.each(["reset", "reset --halt"])("%s", async (command) => {
    const seq = join(folder, "ResetSystem.seq");
    writeFileSync(
      seq,
      "sequence ResetSystem {\n  Write32(0xE000ED0C, 0x05FA0004);\n  while (Read32(0xE000EDF0) & 0x02000000) timeout 2ms;\n}\n",
    );
    const { code, err } = await on(LONG, ...command.split(" "), "--seq", seq);
    expect(code).toBe(1);
    expect(unwrapped(err)).toContain("the core is still in reset 500 ms after the reset");
    // The wait of ResetSystem that expired before: place, condition, register.
    expect(err).toMatch(
      /warning: \S+ResetSystem\.seq:3:10: timed out after 2 ms, waiting for Read32\(0xE000EDF0\) & 0x02000000 to become 0; it is 0x2000000; Read32\(0xE000EDF0\) read DHCSR 0x0[0-9A-F]+: .*S_RESET_ST/,
    );
  });

  test("is reported if nRESET rises too late, by a sequence of the project", async () => {
    const seq = join(folder, "short.seq");
    writeFileSync(
      seq,
      "sequence ResetHardware {\n  DAP_SWJ_Pins(0x00, 0x80, 0);\n  DAP_Delay(1000);\n  DAP_SWJ_Pins(0x80, 0x80, 0);\n}\n",
    );
    const model = `${plainModel("v1")}\nnresetRiseUs: 3000000\n`;
    const { code, err } = await on(model, "reset", "--type", "hardware", "--seq", seq);
    expect(code).toBe(1);
    expect(err).toContain("still in reset");
  });
});

test.each([
  [20_000, 0],
  [3_000_000, 1],
])("a sequence that resets by itself is waited for: %d us in reset end with %d", async (us, wanted) => {
  const model = `${plainModel("v1")}\nresetUs: ${us}\n`;
  const { code, err } = await on(model, "run", "-e", "Write32(0xE000ED0C, 0x05FA0004);");
  expect(code).toBe(wanted);
  if (wanted === 1) expect(err).toContain("the core is still in reset");
});

describe("nRESET that is not wired", () => {
  test.each([
    ["hardware", 1],
    ["nsrst", 1],
    ["system", 0],
    ["sysresetreq", 0],
  ])("reset --type %s ends with %d", async (type, wanted) => {
    const open = ["reset", "--type", type, "--probe", "sim:generic-m4?nreset=open", "--no-config"];
    const { code, err } = await dbgseq(...open);
    expect(code).toBe(wanted);
    if (wanted === 1)
      expect(unwrapped(err)).toContain("the core saw no reset (DHCSR.S_RESET_ST is 0): nRESET is not wired");
    const wired = ["reset", "--type", type, "--probe", "sim:generic-m4", "--no-config"];
    expect((await dbgseq(...wired)).code).toBe(0);
  });
});

test.each(["pre-reset", "under-reset"])(
  "nRESET that rises slowly is waited for although the project's sequences do not: --connect %s",
  async (connect) => {
    const seq = join(folder, "hasty.seq");
    writeFileSync(
      seq,
      "sequence ResetHardware {\n  DAP_SWJ_Pins(0x00, 0x80, 0);\n  DAP_Delay(1000);\n  DAP_SWJ_Pins(0x80, 0x80, 0);\n}\n" +
        "sequence ResetHardwareDeassert {\n  DAP_SWJ_Pins(0x80, 0x80, 0);\n}\n",
    );
    const model = `${plainModel("v1")}\nnresetRiseUs: 100000\n`;
    const { code, err } = await on(model, "run", "ResetSystem", "--connect", connect, "--seq", seq);
    expect(err).not.toContain("error");
    expect(code).toBe(0);
  },
);

test("a sequence that leaves nRESET low is not waited for", async () => {
  const { code, err } = await dbgseq(
    "run",
    "ResetHardwareAssert",
    "--probe",
    "sim:generic-m4",
    "--no-config",
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
});

describe("a core that was halted before", () => {
  const state = (): string => `latency=bulk-hs&nreset=open&state=${join(folder, "halted.json")}`;

  test("does not pass for one that a connection under reset has halted", async () => {
    const probe = ["--probe", `sim:generic-m4?${state()}`, "--no-config", "--allow", `write=${folder}`];
    expect((await dbgseq("halt", ...probe)).code).toBe(0);
    const { code, err } = await dbgseq("run", "ResetSystem", "--connect", "under-reset", ...probe);
    expect(unwrapped(err)).toContain("the core saw no reset");
    expect(code).toBe(1);
  });

  // The default DebugCoreStart lets a halted core run.
  test("does not pass for one either if the project's DebugCoreStart keeps it halted", async () => {
    const seq = join(folder, "halting-start.seq");
    writeFileSync(seq, "sequence DebugCoreStart {\n  Write32(0xE000EDF0, 0xA05F0003);\n}\n");
    const probe = ["--probe", "sim:generic-m4?nreset=open", "--no-config", "--seq", seq];
    const { code, err } = await dbgseq("read", "0x20000000", "--connect", "under-reset", ...probe);
    expect(err).toContain("the core saw no reset");
    expect(code).toBe(1);
  });
});

test("a core that was reset and does not halt is said not to halt", async () => {
  const seq = join(folder, "no-catch.seq");
  writeFileSync(seq, "sequence ResetCatchSet {\n}\n");
  const { code, err } = await on(plainModel("v1"), "reset", "--type", "hardware", "--halt", "--seq", seq);
  expect(err).toMatch(/did not halt within 500 ms after the reset; it is running/);
  expect(code).toBe(4);
});
