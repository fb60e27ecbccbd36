/** SAM C, D, L: cold plugging, and the chip erase of a secured part. */
import { describe, expect, test } from "vitest";
import { sequencesOf, statementsWith } from "./vendor.ts";

const CONSENT = ["--allow", "erase"] as const;
const FILE = "microchip/sam-d-l.seq";
const REACH = `Sequence("DebugPortSetup"); Sequence("DebugPortStart"); Message(0, "CPUID %x, flash %x", Read32(0xE000ED00), Read32(0));`;
const PULLS = "pulling nRESET low, and SWCLK with it\n";

describe("SAM D21", () => {
  const run = sequencesOf(FILE);
  const statements = statementsWith(FILE);

  test.each([
    ["no", "not secured\n"],
    ["yes", "warning: secured: only the DSU answers; Recover opens the part by erasing everything in it\n"],
  ])("Status of a part with secured=%s", async (secured, out) => {
    expect(await run("Status", `sim:atsamd21j18?secured=${secured}`)).toMatchObject({ code: 0, out });
  });

  test("a secured part lets nobody reach its memory", async () => {
    expect((await statements(REACH, "sim:atsamd21j18?secured=yes")).code).toBe(4);
  });

  test("Recover erases it, and then its memory is reached", async () => {
    const { code, out } = await statements(
      `Sequence("Recover"); ${REACH}`,
      "sim:atsamd21j18?secured=yes",
      ...CONSENT,
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: `${PULLS}everything was erased; the part is open\nCPUID 410cc601, flash ffffffff\n`,
    });
  });

  test("an open part keeps what it holds", async () => {
    const { code, out } = await statements(`Sequence("Recover"); ${REACH}`, "sim:atsamd21j18", ...CONSENT);
    expect({ code, out }).toEqual({
      code: 0,
      out: `${PULLS}not secured; nothing was erased\nCPUID 410cc601, flash 20008000\n`,
    });
  });

  test("without consent no line moves", async () => {
    const { code, all } = await run("Recover", "sim:atsamd21j18?secured=yes", "--trace");
    expect(code).toBe(5);
    expect(all).not.toContain("DAP_SWJ_Pins");
  });

  test("a chip erase that never ends", async () => {
    const { code, err } = await run("Recover", "sim:atsamd21j18?secured=yes&flash=busy", ...CONSENT);
    expect(code).toBe(1);
    expect(err).toContain("the chip erase had not ended after 5 s");
  });

  test("another part is told apart before anything is written", async () => {
    const { code, err } = await run("Recover", "sim:stm32f407", ...CONSENT);
    expect(code).not.toBe(0);
    expect(err).toMatch(/there is no DSU|Read32|failed: the target answered/);
  });
});

describe("cold plugging", () => {
  const statements = statementsWith(FILE);
  /** DHCSR.S_RESET_ST is cleared by reading it, unless the core is still held. */
  const IN_RESET = `Read32(0xE000EDF0); Message(0, "in reset %d", (Read32(0xE000EDF0) >> 25) & 1);`;

  test("holds the core in reset until it is let go", async () => {
    const { code, out } = await statements(
      `Sequence("HoldInReset"); ${IN_RESET} Sequence("ReleaseCore"); ${IN_RESET}`,
      "sim:atsamd21j18",
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: `${PULLS}the core is held in reset\nin reset 1\nin reset 0\n`,
    });
  });

  test("an ordinary reset holds nothing", async () => {
    const { code, out } = await statements(
      `Sequence("ResetHardware"); Sequence("DsuConnect"); ${IN_RESET} Message(0, "STATUSA %x", Read8(0x41002101));`,
      "sim:atsamd21j18",
    );
    expect({ code, out }).toEqual({ code: 0, out: "in reset 0\nSTATUSA 0\n" });
  });
});
