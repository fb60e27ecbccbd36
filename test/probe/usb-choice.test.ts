import { describe, expect, test } from "vitest";
import { parseProbe } from "../../src/probe/select.ts";
import { chooseUsbProbe, type UsbChoice } from "../../src/probe/usb/choice.ts";
import { listUsbProbes } from "../../src/probe/usb/probes.ts";
import { FakeDevice, fakeStack } from "./usb-fake.ts";

const attached = await listUsbProbes(
  fakeStack([
    new FakeDevice({ ports: [1], serial: "E661410403", product: "Debug Probe (CMSIS-DAP)" }),
    new FakeDevice({ ports: [2], serial: "E66141040345", product: "Debug Probe (CMSIS-DAP)" }),
    new FakeDevice({ ports: [3, 1], serial: "0001A0000000" }),
    new FakeDevice({ ports: [3, 2], serial: "0001A0000000", obstacle: "access" }),
  ]),
);

describe("--probe", () => {
  test.each([
    ["E661410403", "1-1"],
    ["e661410403", "1-1"],
    ["0345", "1-2"],
    ["usb@1-3.2", "1-3.2"],
    ["0d28:0204:E66141040345", "1-2"],
  ])("chooses the probe %s at %s", (text, port) => {
    expect(chooseUsbProbe(attached, parseProbe(text) as UsbChoice).port).toBe(port);
  });

  test.each(["0d28:0204", "E6614", "0001A0000000"])("refuses %s, which fits several", (text) => {
    expect(() => chooseUsbProbe(attached, parseProbe(text) as UsbChoice)).toThrow(/several probes fit/);
  });

  test.each(["usb@1-9", "cafe", "1234:5678"])(
    "refuses %s, which fits none, and lists the attached probes",
    (text) => {
      expect(() => chooseUsbProbe(attached, parseProbe(text) as UsbChoice)).toThrow(
        /no probe fits .*; attached:\n {2}1 {2}E661410403/s,
      );
    },
  );

  test("takes the one attached probe if omitted, else lists the probes with numbers", () => {
    expect(chooseUsbProbe(attached.slice(0, 1)).id).toBe("E661410403");
    expect(() => chooseUsbProbe([])).toThrow("no CMSIS-DAP probe is attached; the simulator needs none");
    let message = "";
    try {
      chooseUsbProbe(attached);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toBe(
      [
        "several probes are attached; choose one of them:",
        "  1  E661410403  Debug Probe (CMSIS-DAP)  0d28:0204  CMSIS-DAP v2  usb@1-1",
        "  2  E66141040345  Debug Probe (CMSIS-DAP)  0d28:0204  CMSIS-DAP v2  usb@1-2",
        "  3  usb@1-3.1  Board CMSIS-DAP  0d28:0204  CMSIS-DAP v2",
        "  4  usb@1-3.2  Board CMSIS-DAP  0d28:0204  CMSIS-DAP v2  (no permission)",
      ].join("\n"),
    );
  });
});
