/** PSoC 6: caught in the listen window of the boot ROM, whose code the simulated core really runs. */
import { describe, expect, test } from "vitest";
import { sequencesOf, statementsWith } from "./vendor.ts";

describe("PSoC 6", () => {
  const run = sequencesOf("infineon/psoc6.seq");
  const statements = statementsWith("infineon/psoc6.seq");
  const PULLS = "pulling nRESET (XRES) low\n";
  const ACQUIRED = "acquired: the Cortex-M0+ is halted in the boot ROM (PC 112)\n";

  test("the firmware of a part that nobody acquired runs", async () => {
    const { code, out } = await statements(`DAP_Delay(50000); Sequence("Status");`, "sim:cy8c6247");
    expect({ code, out }).toEqual({ code: 0, out: "in the firmware (PC 10000100)\n" });
  });

  test("Status of a part that still boots waits for it", async () => {
    const xres = "DAP_SWJ_Pins(0x00, 0x80, 0); DAP_Delay(1000); DAP_SWJ_Pins(0x80, 0x80, 0);";
    const { code, out } = await statements(`${xres} Sequence("Status");`, "sim:cy8c6247");
    expect(out).toMatch(/^in the (boot ROM|firmware) \(PC [0-9A-F]+\)\n$/i);
    expect(code).toBe(0);
  });

  test("Acquire keeps the boot ROM from it, until Release", async () => {
    const { code, out } = await statements(
      `Sequence("Acquire"); Sequence("Release"); DAP_Delay(50000); Sequence("Status");`,
      "sim:cy8c6247",
    );
    expect({ code, out }).toEqual({ code: 0, out: `${PULLS}${ACQUIRED}in the firmware (PC 10000100)\n` });
  });

  test("firmware that takes the debug pins lets nobody in; Acquire is before it", async () => {
    const probe = "sim:cy8c6247?firmware=closes";
    const status = await statements(`DAP_Delay(50000); Sequence("Status");`, probe);
    expect(status.err).toContain(
      "AP 1 stays closed: the part is locked, or its firmware took the debug pins",
    );
    expect(status.code).toBe(1);
    const { code, out } = await run("Acquire", probe);
    expect({ code, out }).toEqual({ code: 0, out: `${PULLS}${ACQUIRED}` });
  });

  test("a part without a listen window", async () => {
    const { code, err } = await run("Acquire", "sim:cy8c6247?window=none");
    expect(code).toBe(1);
    expect(err).toContain("the boot ROM had started the firmware already (PC 10000100)");
  });

  test("a part whose firmware closes the pins before anybody is heard", async () => {
    const { code, err } = await run("Acquire", "sim:cy8c6247?window=none&firmware=closes");
    expect(code).toBe(1);
    expect(err).toContain("the part did not answer in its listen window");
  });
});
