/** STM32F4 whose firmware stops its clocks, or whose read protection closes the flash: reached, told, opened, or why not. */
import { describe, expect, test } from "vitest";
import { dbgseq } from "../../support/command-line.ts";
import { sequencesOf, statementsWith } from "./vendor.ts";

const FILE = "sequences/vendor/st/stm32f4.seq";
const CONSENT = ["--allow", "erase"] as const;
const READ_CORE = `Message(0, "CPUID %x, DBGMCU_CR %x", Read32(0xE000ED00), Read32(0xE0042004));`;

describe("firmware that enters Stop mode at once", () => {
  const STOPS = "sim:stm32f407?firmware=stops";
  const connect = (mode: string, ...more: readonly string[]) =>
    dbgseq("run", "-e", READ_CORE, "--probe", STOPS, "--connect", mode, "--no-config", ...more);

  test("lets nobody attach", async () => {
    const { code, err } = await connect("attach", "--seq", FILE);
    expect(code).toBe(4);
    expect(err).toContain("DeviceEn");
  });

  test("is reached under reset, and from then on debug outlives Stop mode", async () => {
    expect(await connect("under-reset", "--seq", FILE)).toMatchObject({
      code: 0,
      out: "CPUID 410fc241, DBGMCU_CR 7\n",
    });
  });

  test("without the sequence under reset it is lost again when it runs on", async () => {
    const run = `Write32(0xE000EDF0, 0xA05F0001); DAP_Delay(1000); ${READ_CORE}`;
    const argv = ["run", "-e", run, "--probe", STOPS, "--connect", "under-reset", "--no-config"];
    expect((await dbgseq(...argv)).code).toBe(4);
    expect(await dbgseq(...argv, "--seq", FILE)).toMatchObject({ code: 0 });
  });
});

describe("read protection", () => {
  const run = sequencesOf("st/stm32f4.seq");
  const statements = statementsWith("st/stm32f4.seq");
  const CLOSED = "sim:stm32f407?rdp=level1";
  const REACH = `Sequence("DebugPortSetup"); Sequence("DebugPortStart"); Message(0, "flash %x", Read32(0x08000000));`;

  test.each([
    ["level0", "not protected (RDP level 0)\n"],
    [
      "level1",
      "warning: protected (RDP level 1): the flash is closed; Recover opens a part of level 1 by emptying it\n",
    ],
  ])("Status of a part of %s", async (level, out) => {
    const finished = await run("Status", `sim:stm32f407?rdp=${level}`);
    expect(finished).toMatchObject({ code: 0, out });
    // What a failed read decides is said, also where it is what was asked.
    const refused = finished.err.match(/counts as 0: Read32\(0x8000000\) failed: the target answered FAULT/g);
    expect(refused ?? []).toHaveLength(level === "level0" ? 0 : 1);
  });

  test("a protected part gives nobody its flash", async () => {
    expect((await statements(REACH, CLOSED)).code).toBe(4);
  });

  test("Recover erases it, and then its flash is read", async () => {
    const { code, out } = await statements(`Sequence("Recover"); ${REACH}`, CLOSED, ...CONSENT);
    expect({ code, out }).toEqual({
      code: 0,
      out: "all flash was erased; the part is open (RDP level 0)\nflash ffffffff\n",
    });
  });

  test("an open part keeps what it holds", async () => {
    const { code, out } = await statements(`Sequence("Recover"); ${REACH}`, "sim:stm32f407", ...CONSENT);
    expect({ code, out }).toEqual({
      code: 0,
      out: "not protected (RDP level 0); nothing was erased\nflash 20020000\n",
    });
  });

  test("without consent nothing is sent", async () => {
    const { code, all } = await run("Recover", CLOSED, "--trace");
    expect(code).toBe(5);
    expect(all).not.toMatch(/ReadDP|Write32/);
  });

  test.each([
    ["a part that takes no option keys", `${CLOSED}&flash=locked`, 1, "FLASH_OPTCR stays locked"],
    ["an erase that never ends", `${CLOSED}&flash=busy`, 1, "the mass erase had not ended after 40 s"],
    ["level 2 lets nobody in", "sim:stm32f407?rdp=level2", 4, "the device keeps this access port closed"],
    ["another part", "sim:generic-m4", 4, "the target answered FAULT"],
  ])("%s", async (_, probe, code, says) => {
    const finished = await run("Recover", probe, ...CONSENT);
    expect(finished.err).toContain(says);
    expect(finished.code).toBe(code);
  });

  test("two readings that disagree erase nothing", async () => {
    // A flash that is read although OPTCR says level 1: the option bytes were changed and not loaded.
    const change = `Sequence("DebugPortSetup"); Sequence("DebugPortStart");
      Write32(0x40023C08, 0x08192A3B); Write32(0x40023C08, 0x4C5D6E7F); Write32(0x40023C14, 0x0FFF55EC);
      Sequence("Status");`;
    const { out } = await statements(change, "sim:stm32f407", "--allow", "lock");
    expect(out).toContain("FLASH_OPTCR says level 1, and yet the flash can be read");
  });
});
