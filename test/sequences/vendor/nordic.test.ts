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
    expect(err).toContain("the target answered FAULT");
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
    expect(err).toContain("AP 1 is not a CTRL-AP (IDR 0)");
  });
});

describe("nRF91", () => {
  const run = sequencesOf("nordic/nrf91.seq");
  const statements = statementsWith("nordic/nrf91.seq");
  const CONSENT = ["--allow", "erase"] as const;
  const REACH = `Sequence("DebugPortSetup"); Sequence("DebugPortStart"); Message(0, "CPUID %x, flash %x", Read32(0xE000ED00), Read32(0));`;

  test("Status", async () => {
    expect((await run("Status", "sim:nrf9160")).out).toBe("not protected\n");
    expect((await run("Status", "sim:nrf9160?protected=yes")).out).toContain("protected: AP 0 is closed");
  });

  test("Recover erases a protected part, and then its memory is reached", async () => {
    expect((await statements(REACH, "sim:nrf9160?protected=yes")).code).toBe(4);
    const { code, out } = await statements(
      `Sequence("Recover"); ${REACH}`,
      "sim:nrf9160?protected=yes",
      ...CONSENT,
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: "everything was erased; the part is open until it is reset with firmware that protects it\nCPUID 410fd214, flash ffffffff\n",
    });
  });

  test.each([
    ["no consent", "", [], 5, "--allow erase"],
    ["ERASEPROTECT", "&eraseProtect=yes", CONSENT, 1, "ERASEPROTECT is set"],
    ["an erase that never ends", "&erase=stuck", CONSENT, 1, "the CTRL-AP was still erasing after 30 s"],
  ])("%s", async (_, option, consent, code, says) => {
    const finished = await run("Recover", `sim:nrf9160?protected=yes${option}`, ...consent);
    expect(finished.code).toBe(code);
    expect(finished.err).toContain(says);
  });
});

describe("nRF53", () => {
  const run = sequencesOf("nordic/nrf53.seq");
  const statements = statementsWith("nordic/nrf53.seq");
  const CONSENT = ["--allow", "erase"] as const;
  const REACH = `Sequence("DebugPortSetup"); Sequence("DebugPortStart"); Message(0, "flash %x", Read32(0)); __ap = 1; Message(0, "network flash %x", Read32(0x01000000));`;

  test("Status tells of each core", async () => {
    expect((await run("Status", "sim:nrf5340?protected=network")).out).toBe(
      "warning: AP 1: protected; Recover opens it by erasing everything in its core\nAP 0: not protected\n",
    );
  });

  test.each([
    ["application", "flash ffffffff\nnetwork flash 21010000\n"],
    ["network", "flash 20080000\nnetwork flash ffffffff\n"],
    ["both", "flash ffffffff\nnetwork flash ffffffff\n"],
    ["no", "flash 20080000\nnetwork flash 21010000\n"],
  ])("Recover of a part with protected=%s erases that and no more", async (which, holds) => {
    const probe = `sim:nrf5340?protected=${which}`;
    if (which !== "no") expect((await statements(REACH, probe)).code).toBe(4);
    const { code, out } = await statements(`Sequence("Recover"); ${REACH}`, probe, ...CONSENT);
    expect(code).toBe(0);
    expect(out.endsWith(holds)).toBe(true);
  });

  test.each([
    ["no consent", "", [], 5, "--allow erase"],
    ["ERASEPROTECT", "&eraseProtect=yes", CONSENT, 1, "ERASEPROTECT is set"],
    ["an erase that never ends", "&erase=stuck", CONSENT, 1, "the CTRL-AP was still erasing after 30 s"],
  ])("%s", async (_, option, consent, code, says) => {
    const finished = await run("Recover", `sim:nrf5340?protected=both${option}`, ...consent);
    expect(finished.code).toBe(code);
    expect(finished.err).toContain(says);
  });
});
