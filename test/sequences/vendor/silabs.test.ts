/** EFM32 parts whose debug lock word is cleared: told, opened by the AAP, or the reason why not. */
import { describe, expect, test } from "vitest";
import { sequencesOf, statementsWith } from "./vendor.ts";

describe("EFM32", () => {
  const run = sequencesOf("silabs/efm32.seq");
  const statements = statementsWith("silabs/efm32.seq");
  const CONSENT = ["--allow", "erase"] as const;
  const LOCKED = "sim:efm32gg990?locked=yes";
  const REACH = `Sequence("DebugPortSetup"); Sequence("DebugPortStart"); Message(0, "CPUID %x, flash %x", Read32(0xE000ED00), Read32(0));`;

  test("Status", async () => {
    expect((await run("Status", "sim:efm32gg990")).out).toBe("not locked\n");
    expect((await run("Status", LOCKED)).out).toContain("locked: only the AAP answers");
  });

  test("a locked part lets nobody reach its memory: what stands there is the AAP", async () => {
    const { code, out, err } = await statements(REACH, LOCKED);
    expect({ code, out }).toEqual({ code: 4, out: "" });
    expect(err).toContain("AP 0 is not there, or the device keeps it closed (CSW reads 0x00000000");
  });

  test("Recover erases it, and then its memory is reached", async () => {
    const { code, out } = await statements(`Sequence("Recover"); ${REACH}`, LOCKED, ...CONSENT);
    expect({ code, out }).toEqual({
      code: 0,
      out: "everything was erased; the part is open\nCPUID 412fc231, flash ffffffff\n",
    });
  });

  test("an open part keeps what it holds", async () => {
    const { code, out } = await statements(`Sequence("Recover"); ${REACH}`, "sim:efm32gg990", ...CONSENT);
    expect({ code, out }).toEqual({
      code: 0,
      out: "not locked (AP 0 is 4770011); nothing was erased\nCPUID 412fc231, flash 20020000\n",
    });
  });

  test.each([
    ["no consent", "", [], 5, "--allow erase"],
    ["an AAP that is locked itself", "&erase=ignored", CONSENT, 1, "but the part is still locked"],
    ["an erase that never ends", "&erase=stuck", CONSENT, 1, "the AAP was still erasing after 5 s"],
  ])("%s", async (_, option, consent, code, says) => {
    const finished = await run("Recover", `${LOCKED}${option}`, ...consent);
    expect(finished.code).toBe(code);
    expect(finished.err).toContain(says);
  });
});
