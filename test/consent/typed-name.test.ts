/** Consent that is typed on a terminal: the device's name, and nothing that is typed without a thought. */
import { expect, test } from "vitest";
import { consentOf, mustConsentToErase } from "../../src/cli/terminal/consent.ts";
import type { Io } from "../../src/cli/terminal/io.ts";
import { printing } from "../../src/cli/terminal/printing.ts";

function typing(answer: string): Io {
  return printing({
    ...{ out: () => undefined, err: () => undefined, cwd: ".", env: {}, terminal: true, color: false },
    ask: () => Promise.resolve(answer),
  });
}

test.each([
  ["EX52840", "ex52840", true],
  ["EX52840", "", false],
  ["EX52840", "yes", false],
  [" EX52840 ", "EX52840", true],
  ["", "", false],
  ["  ", "", false],
  ["", "erase", true],
  [undefined, "", false],
  [undefined, "erase", true],
])("of a device named %j, %j is consent: %s", async (device, typed, isConsent) => {
  const asked = consentOf(typing(typed), {}, device)?.("erase", "erases");
  expect(await asked).toBe(isConsent);
  const must = mustConsentToErase(typing(typed), {}, device);
  if (isConsent) await must;
  else await expect(must).rejects.toMatchObject({ fault: { kind: "no-consent" } });
});
