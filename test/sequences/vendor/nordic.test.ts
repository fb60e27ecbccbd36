/** Nordic parts that APPROTECT closes: told, opened, left alone where anything is in doubt. */
import { describe, expect, test } from "vitest";
import { sequencesOf, statementsWith } from "./vendor.ts";

describe("nRF52", () => {
  const run = sequencesOf("nordic/nrf52.seq");
  const statements = statementsWith("nordic/nrf52.seq");
  const REACH = `Sequence("DebugPortSetup"); Sequence("DebugPortStart"); Message(0, "CPUID %x, flash %x", Read32(0xE000ED00), Read32(0));`;

  test.each([
    ["no", "not protected\n"],
    ["yes", "warning: protected: AP 0 is closed; Recover opens the part by erasing everything in it\n"],
  ])("Status of a part with protected=%s", async (is, out) => {
    expect(await run("Status", `sim:nrf52840?protected=${is}`)).toMatchObject({ code: 0, out, err: "" });
  });

  test("a protected part lets nobody reach its memory", async () => {
    const { code, err } = await statements(REACH, "sim:nrf52840?protected=yes");
    expect(code).toBe(4);
    expect(err).toContain("an access to the target failed");
  });

  test("Recover erases it, and then its memory is reached", async () => {
    const { code, out } = await statements(
      `Sequence("Recover"); ${REACH}`,
      "sim:nrf52840?protected=yes",
      "--allow",
      "erase",
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: "everything was erased; the part is open until it is reset with firmware that protects it\nCPUID 410fc241, flash ffffffff\n",
    });
  });

  test("a trace shows the write that erases", async () => {
    const { all } = await run("Recover", "sim:nrf52840?protected=yes", "--allow", "erase", "--trace");
    expect(all).toMatch(/> DebugPortSetup[^]*WriteAP\(0x4, 0x1\)/);
  });

  test("without consent nothing is sent, nor where a script calls it", async () => {
    const refused = await run("Recover", "sim:nrf52840?protected=yes", "--trace");
    expect(refused.code).toBe(5);
    expect(refused.err).toContain("--allow erase");
    expect(refused.all).not.toMatch(/DebugPortSetup|WriteAP/);
    const called = await statements(`Sequence("Recover");`, "sim:nrf52840?protected=yes", "--trace");
    expect(called.code).toBe(5);
    expect(called.err).toContain(`"Recover" erases what the device holds and was not entered`);
    expect(called.all).not.toMatch(/DebugPortSetup|WriteAP/);
  });

  test("an open part keeps what it holds", async () => {
    const { code, out } = await statements(
      `Sequence("Recover"); ${REACH}`,
      "sim:nrf52840",
      "--allow",
      "erase",
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: "not protected; nothing was erased\nCPUID 410fc241, flash 20040000\n",
    });
  });

  test("a part that says protected once by a glitch is not erased", async () => {
    const { code, err, all } = await run("Recover", "sim:nrf52840?glitches=1", "--allow", "erase", "--trace");
    expect(code).toBe(1);
    expect(err).toContain("disagree; nothing was erased");
    expect(all).not.toContain("WriteAP(0x4");
  });

  test("an erase that never ends", async () => {
    const { code, err } = await run("Recover", "sim:nrf52840?protected=yes&erase=stuck", "--allow", "erase");
    expect(code).toBe(1);
    expect(err).toContain("the CTRL-AP was still erasing after 15 s");
  });

  test("another part is told apart before anything is written", async () => {
    const { code, err } = await run("Recover", "sim:generic-m4", "--allow", "erase");
    expect(code).toBe(1);
    expect(err).toContain("AP 1 is no CTRL-AP (IDR 0)");
  });
});
