/** What a person may write for a device, and what is said when nothing fits. */
import { describe, expect, test } from "vitest";
import { matchDevice, parseDevice, type DeviceName } from "../../src/device/match.ts";

const st = (name: string, variantOf?: string): DeviceName => ({
  vendor: "STMicroelectronics",
  name,
  ...(variantOf === undefined ? {} : { variantOf }),
});

const DEVICES: readonly DeviceName[] = [
  st("STM32G070CBTx"),
  st("STM32G070KBTx"),
  st("STM32H743ZITx"),
  st("STM32F401CB"),
  st("STM32F401CBUx", "STM32F401CB"),
  st("STM32F401CBYx", "STM32F401CB"),
  { vendor: "NXP", name: "LPC55S36" },
  { vendor: "NXP", name: "LPC55S36JBD100", variantOf: "LPC55S36" },
  { vendor: "NXP", name: "LPC55S36JHI48", variantOf: "LPC55S36" },
  { vendor: "NXP", name: "MK20DN128xxx5" },
  { vendor: "Nordic Semiconductor", name: "nRF52840_xxAA" },
  { vendor: "Other", name: "MAX32660" },
];

function match(text: string): string {
  const found = matchDevice(parseDevice(text), DEVICES);
  switch (found.kind) {
    case "found":
      return found.device.name;
    case "ambiguous":
      return `one of ${found.candidates.map(({ name }) => name).join(", ")}`;
    case "unknown":
      return `near ${found.near.join(", ")}`;
  }
}

describe("a device is found", () => {
  test.each([
    ["by its name in any case", "stm32h743zitx", "STM32H743ZITx"],
    ["by what is printed on the chip", "STM32G070CBT6", "STM32G070CBTx"],
    ["by what is printed on the reel", "stm32g070cbt6tr", "STM32G070CBTx"],
    ["with letters where the pack has x inside", "MK20DN128VLH5", "MK20DN128xxx5"],
    ["by its beginning, if nothing else begins so", "STM32H743", "STM32H743ZITx"],
    ["by a wildcard at the end", "STM32H7x", "STM32H743ZITx"],
    ["before its own variants", "LPC55S36", "LPC55S36"],
    ["before its own variants, by a beginning", "lpc55", "LPC55S36"],
    ["as a variant by the name of that", "LPC55S36JHI48", "LPC55S36JHI48"],
    ["as a variant by its marking", "STM32F401CBU6", "STM32F401CBUx"],
    ["by a marking with more letters than the pack knows", "LPC55S36JXX99", "LPC55S36"],
    ["with its vendor", "NXP::lpc55s36", "LPC55S36"],
    ["with the beginning of its vendor's name", "Nordic::nRF52840", "nRF52840_xxAA"],
    ["with the number of its vendor", "NXP:11::LPC55S36", "LPC55S36"],
    ["with a processor", "NXP::LPC55S36:cm33_core0", "LPC55S36"],
  ])("%s", (_, text, name) => {
    expect(match(text)).toBe(name);
  });
});

describe("nothing is guessed", () => {
  test.each([
    ["two devices begin so", "STM32G070", "one of STM32G070CBTx, STM32G070KBTx"],
    ["a wildcard fits several", "STM32G070x", "one of STM32G070CBTx, STM32G070KBTx"],
    ["a letter is wrong", "STM32H734ZITx", "near STM32H743ZITx"],
    ["a digit is too many", "LPC55S369", "near LPC55S36, LPC55S36JBD100, LPC55S36JHI48"],
    ["it is of another vendor", "NXP::STM32H743ZITx", "near "],
    ["it is something else", "ESP32", "near "],
    ["there is no name", "", "near "],
  ])("where %s", (_, text, said) => {
    expect(match(text)).toBe(said);
  });
});

test("a request has its parts", () => {
  expect(parseDevice("NXP::LPC55S69:cm33_core1")).toEqual({
    vendor: "NXP",
    device: "LPC55S69",
    pname: "cm33_core1",
  });
  expect(parseDevice("LPC55S69:")).toEqual({ device: "LPC55S69" });
});
