/** The spellings of `--probe`. */
import { describe, expect, test } from "vitest";
import { parseProbe, PROBE_FORMS, type ProbeChoice } from "../../src/probe/select.ts";

const none = new Map<string, string>();

describe("--probe", () => {
  test.each<[string, ProbeChoice]>([
    ["sim", { kind: "sim", options: none }],
    ["sim:stm32h743", { kind: "sim", model: "stm32h743", options: none }],
    ["sim:./my model.yaml", { kind: "sim", model: "./my model.yaml", options: none }],
    [
      "sim:lpc55s36?mailbox=off&seed=7",
      {
        kind: "sim",
        model: "lpc55s36",
        options: new Map([
          ["mailbox", "off"],
          ["seed", "7"],
        ]),
      },
    ],
    ["sim?latency=hid-fs", { kind: "sim", options: new Map([["latency", "hid-fs"]]) }],
    ["sim:m?key=a=b", { kind: "sim", model: "m", options: new Map([["key", "a=b"]]) }],
    ["E66141040345", { kind: "usb-id", id: "E66141040345" }],
    ["0d28:0204", { kind: "usb-product", vid: 0x0d28, pid: 0x0204 }],
    ["0D28:0204:12:34", { kind: "usb-product", vid: 0x0d28, pid: 0x0204, serial: "12:34" }],
    ["usb@1-2.3", { kind: "usb-path", path: "1-2.3" }],
    ["tcp://localhost", { kind: "tcp", host: "localhost", port: 4441 }],
    ["tcp://[::1]:5000", { kind: "tcp", host: "[::1]", port: 5000 }],
    ["pyocd://10.0.0.7", { kind: "pyocd", host: "10.0.0.7", port: 5555 }],
  ])("%s", (text, choice) => {
    expect(parseProbe(text)).toEqual(choice);
  });

  test.each([
    ["", /needs a name/],
    ["sim:m?mailbox", /"mailbox" is not option=value/],
    ["sim:m?=off", /is not option=value/],
    ["sim:m?a=1&a=2", /given twice/],
    ["tcp:localhost", /tcp:\/\/HOST/],
    ["tcp://host:99999", /must be at most 65535/],
  ])("refuses %j with a reason", (text, reason) => {
    expect(() => parseProbe(text)).toThrow(reason);
    expect(() => parseProbe(text)).toThrow(
      expect.objectContaining({
        fault: expect.objectContaining({ kind: "bad-probe-name", text }) as unknown,
      }) as Error,
    );
  });
});

/** One of each kind; a kind that is missing here does not compile. */
const KINDS: Readonly<Record<ProbeChoice["kind"], true>> = {
  sim: true,
  "usb-id": true,
  "usb-product": true,
  "usb-path": true,
  tcp: true,
  pyocd: true,
};

test("the forms that help and documents show are those that are understood", () => {
  const kinds = PROBE_FORMS.map(({ form }) => {
    const example = form
      .replace(/^VID:PID/, "0d28:0204")
      .replace("[:PORT]", ":4441")
      .replaceAll(/[[\]]/g, "");
    return parseProbe(example).kind;
  });
  expect([...new Set(kinds)].sort()).toEqual(Object.keys(KINDS).sort());
});
