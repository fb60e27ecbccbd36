/** NXP parts that are secured (Kinetis) or closed by their boot ROM (LPC55): told, opened, or the reason why not. */
import { describe, expect, test } from "vitest";
import { dbgseq } from "../../support/command-line.ts";
import { sequencesOf, statementsWith } from "./vendor.ts";

const CONSENT = ["--allow", "erase"] as const;
const REACH = `Sequence("DebugPortSetup"); Sequence("DebugPortStart"); Message(0, "CPUID %x, flash %x", Read32(0xE000ED00), Read32(0));`;

describe("Kinetis", () => {
  const run = sequencesOf("nxp/kinetis.seq");
  const statements = statementsWith("nxp/kinetis.seq");

  test.each([
    ["no", "not secured"],
    ["yes", "secured: AP 0 is closed; Recover opens the part"],
    ["for-ever", "secured for ever: FSEC.MEEN forbids the mass erase"],
  ])("Status of a part with secured=%s", async (secured, says) => {
    const { code, out } = await run("Status", `sim:mk64fn1m0?secured=${secured}`);
    expect(code).toBe(0);
    expect(out).toContain(says);
  });

  test("a secured part lets nobody reach its memory", async () => {
    expect((await statements(REACH, "sim:mk64fn1m0?secured=yes")).code).toBe(4);
  });

  test("Recover erases it, and then its memory is reached", async () => {
    const { code, out } = await statements(
      `Sequence("Recover"); ${REACH}`,
      "sim:mk64fn1m0?secured=yes",
      ...CONSENT,
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: "everything was erased; the part is open\nCPUID 410fc241, flash ffffffff\n",
    });
  });

  test("an open part keeps what it holds", async () => {
    const { code, out } = await statements(`Sequence("Recover"); ${REACH}`, "sim:mk64fn1m0", ...CONSENT);
    expect({ code, out }).toEqual({
      code: 0,
      out: "not secured; nothing was erased\nCPUID 410fc241, flash 20030000\n",
    });
  });

  test("without consent nothing is sent", async () => {
    const { code, all } = await run("Recover", "sim:mk64fn1m0?secured=yes", "--trace");
    expect(code).toBe(5);
    expect(all).not.toMatch(/ReadDP|WriteAP/);
  });

  test("a part that may not be erased is told so", async () => {
    const { code, err, all } = await run("Recover", "sim:mk64fn1m0?secured=for-ever", ...CONSENT, "--trace");
    expect(code).toBe(1);
    expect(err).toContain("FSEC.MEEN forbids the mass erase");
    expect(all).not.toContain("WriteAP(0x4, 0x1");
  });

  test("a mass erase that never ends", async () => {
    const { code, err } = await run("Recover", "sim:mk64fn1m0?secured=yes&flash=busy", ...CONSENT);
    expect(code).toBe(1);
    expect(err).toContain("the mass erase had not ended after 10 s");
  });
});

describe("LPC55", () => {
  const run = sequencesOf("nxp/lpc55.seq");
  const statements = statementsWith("nxp/lpc55.seq");

  test("Status changes nothing", async () => {
    const { code, out } = await run("Status", "sim:lpc55s36");
    expect({ code, out }).toEqual({
      code: 0,
      out: "warning: AP 0 is closed; Unlock asks the boot ROM to open it\n",
    });
  });

  test("closed, its memory is not reached; after Unlock it is", async () => {
    expect((await statements(REACH, "sim:lpc55s36")).code).toBe(4);
    const { code, out } = await statements(
      `Sequence("Unlock"); Message(0, "CPUID %x", Read32(0xE000ED00));`,
      "sim:lpc55s36",
    );
    expect({ code, out }).toEqual({ code: 0, out: "AP 0 is open until the next reset\nCPUID 410fd214\n" });
  });

  test("the connect flow opens it by itself", async () => {
    const argv = ["run", "-e", `Message(0, "CPUID %x", Read32(0xE000ED00));`, "--probe", "sim:lpc55s36"];
    expect((await dbgseq(...argv)).code).toBe(4);
    const { code, out } = await dbgseq(...argv, "--seq", "sequences/vendor/nxp/lpc55.seq");
    expect({ code, out }).toEqual({ code: 0, out: "CPUID 410fd214\n" });
  });

  test.each([
    ["off", "the boot ROM agreed, but AP 0 is still closed"],
    ["silent", "the boot ROM does not look at the debug mailbox (CSW 1)"],
    ["refuses", "the boot ROM refuses a debug session (100007)"],
  ])("mailbox=%s", async (mailbox, says) => {
    const { code, err } = await run("Unlock", `sim:lpc55s36?mailbox=${mailbox}`);
    expect(code).toBe(1);
    expect(err).toContain(says);
  });
});
