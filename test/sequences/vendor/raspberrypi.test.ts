/** RP2040 and RP2350: cores behind several debug ports on one pair of wires, and the rescue of one whose firmware shuts the debugger out. */
import { describe, expect, test } from "vitest";
import { dbgseq } from "../../support/command-line.ts";
import { sequencesOf, statementsWith } from "./vendor.ts";

const FILE = "raspberrypi/rp2040.seq";

describe("RP2040", () => {
  const run = sequencesOf(FILE);
  const statements = statementsWith(FILE);
  const REACH = `Sequence("DebugPortSetup"); Sequence("DebugPortStart"); Message(0, "CPUID %x, flash %x", Read32(0xE000ED00), Read32(0x10000000));`;

  test("every connection wakes core 0 up, and goes over to core 1 on request", async () => {
    const { code, out } = await dbgseq(
      "run",
      "-e",
      `Message(0, "core %d", Read32(0xD0000000)); Sequence("SelectCore1"); Sequence("DebugPortStart"); Message(0, "core %d", Read32(0xD0000000)); Sequence("SelectCore0");`,
      "--seq",
      `sequences/vendor/${FILE}`,
      "--probe",
      "sim:rp2040",
    );
    expect({ code, out }).toEqual({ code: 0, out: "core 0\ncore 1\n" });
  });

  test("Status tells what reset the chip", async () => {
    expect((await run("Status", "sim:rp2040")).out).toBe("the last reset came from the supply\n");
    const after = `Sequence("ResetHardware"); Sequence("Status");`;
    expect((await statements(after, "sim:rp2040")).out).toBe("the last reset came from the RUN pin\n");
  });

  test("firmware that blocks the buses lets nobody in; after Rescue the chip is reached, and its flash is as it was", async () => {
    expect((await statements(REACH, "sim:rp2040?firmware=blocks")).code).toBe(4);
    const { code, out } = await statements(
      `Sequence("Rescue"); ${REACH} Sequence("Status");`,
      "sim:rp2040?firmware=blocks",
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: "the boot ROM keeps both cores from the firmware until the next reset\nCPUID 410cc601, flash ffffffff\nthe last reset came from the rescue port: the boot ROM keeps both cores\n",
    });
  });

  test("the next reset ends the rescue", async () => {
    const { code } = await statements(
      `Sequence("Rescue"); Sequence("ResetHardware"); ${REACH}`,
      "sim:rp2040?firmware=blocks",
    );
    expect(code).toBe(4);
  });

  test("a rescue port that does nothing", async () => {
    const { code, err } = await run("Rescue", "sim:rp2040?firmware=blocks&rescue=dead");
    expect(code).toBe(1);
    expect(err).toContain("the rescue port did not reset the chip");
  });

  test("a part that has no such port does not answer", async () => {
    expect((await run("Rescue", "sim:generic-m4")).code).toBe(4);
  });
});

describe("RP2350", () => {
  const own = "raspberrypi/rp2350.seq";
  const run = sequencesOf(own);
  const statements = statementsWith(own);
  const REACH = `Sequence("DebugPortSetup"); Sequence("DebugPortStart"); WriteAccessAP(0x2D04, 0xE000ED00); Message(0, "CPUID %x", ReadAccessAP(0x2D0C));`;

  test("every connection wakes its port up among others", async () => {
    const argv = ["read", "0xE000ED00", "--probe", "sim:rp2350", "--no-config"];
    expect((await dbgseq(...argv)).code).toBe(4);
    const { code, out } = await dbgseq(...argv, "--seq", `sequences/vendor/${own}`);
    expect({ code, out }).toEqual({ code: 0, out: "0xE000ED00  0x410FD214\n" });
  });

  test("Status tells what reset the chip", async () => {
    expect((await run("Status", "sim:rp2350")).out).toBe("the last reset came from the supply\n");
    const after = `Sequence("ResetHardware"); Sequence("Status");`;
    expect((await statements(after, "sim:rp2350")).out).toBe("the last reset came from the RUN pin\n");
  });

  test("firmware that blocks the buses lets nobody in; after Rescue the chip is reached, until the next reset", async () => {
    const BLOCKS = "sim:rp2350?firmware=blocks";
    expect((await statements(REACH, BLOCKS)).code).toBe(4);
    const { code, out } = await statements(`Sequence("Rescue"); ${REACH} Sequence("Status");`, BLOCKS);
    expect({ code, out }).toEqual({
      code: 0,
      out: "the boot ROM keeps both cores from the firmware until the next reset\nCPUID 410fd214\nthe last reset was a rescue: the boot ROM keeps both cores\n",
    });
    expect((await statements(`Sequence("Rescue"); Sequence("ResetHardware"); ${REACH}`, BLOCKS)).code).toBe(
      4,
    );
  });

  test("an RP-AP that does nothing", async () => {
    const { code, err } = await run("Rescue", "sim:rp2350?firmware=blocks&rescue=dead");
    expect(code).toBe(1);
    expect(err).toContain("the RP-AP did not reset the chip");
  });

  test("a part without such a port", async () => {
    expect((await run("Rescue", "sim:generic-m4")).code).toBe(4);
  });
});
