/** What sequences ask of a probe beyond reads and writes: atomic blocks, loops that it polls, waits for pins. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hex32 } from "../../src/lib/hex.ts";
import { dbgseq } from "../support/command-line.ts";
import { RAM } from "./raw/states.ts";
import { packetLimits, probesUnderTest, type UnderTest } from "./under-test.ts";

const A = hex32(RAM);
const B = hex32(RAM + 4);
const DHCSR = "0xE000EDF0";

/** A text of more statements than one packet holds. */
const LONG = 1000;

/** Each ends by a message of what it saw. */
const RUNS: Readonly<Record<string, readonly [text: string, shown: string]>> = {
  "wire rule 7a: an atomic block of one transfer": [
    `__var seen = 0; atomic { Write32(${A}, 0x1234); seen = Read32(${A}); Write32(${B}, 0x5678); } Message(0, "%x", Read32(${B}) + seen);`,
    "68ac",
  ],
  "wire rule 7b: an atomic block of several commands": [
    `__var dpidr = ReadDP(0); __var again = 0;
     atomic { DAP_SWJ_Sequence(8, 0x00); Write32(${A}, 7); DAP_Delay(50); again = ReadDP(0); }
     Message(0, "%x %x", again == dpidr, Read32(${A}));`,
    "1 7",
  ],
  "wire rules 7c, 8: an atomic block of more than one packet": [
    `atomic { ${Array.from({ length: 24 }, (_, at) => `Write32(${hex32(RAM + 4 * at)}, ${at + 1}); DAP_Delay(1);`).join(" ")} }
     Message(0, "%x %x", Read32(${A}), Read32(${hex32(RAM + 4 * 23)}));`,
    "1 18",
  ],
  "wire rule 7d: an atomic block of line sequences": [
    `atomic { ${"DAP_SWJ_Sequence(64, 0x0); ".repeat(9)} } Message(0, "%x", ReadDP(0) == ReadDP(0));`,
    "1",
  ],
  "wire rule 9: a loop that is met": [
    `Write32(${A}, 5); while ((Read32(${A}) & 0xF) != 5) timeout 1s; Message(0, "%x", Read32(${A}));`,
    "5",
  ],
  "wire rule 9: a loop that runs out": [
    `Write32(${A}, 5); while ((Read32(${A}) & 0xF) != 6) timeout 120ms; Message(0, "%x", Read32(${A}));`,
    "5",
  ],
  "wire rule 9: a loop for a state of the core": [
    `Write32(${DHCSR}, 0xA05F0003); while ((Read32(${DHCSR}) & 0x20000) == 0) timeout 1s;
     Message(0, "%x", Read32(${DHCSR}) & 0x20003);`,
    "20003",
  ],
  "wire rule 9: a loop over a DP register": [
    `WriteDP(4, 0x50000000); while ((ReadDP(4) & 0xA0000000) != 0xA0000000) timeout 1s; Message(0, "%x", ReadDP(4) >> 28);`,
    "f",
  ],
  "wire rule 10: a wait for one pin, by the probe": [
    `__var low = DAP_SWJ_Pins(0x00, 0x80, 100000); DAP_Delay(1000); __var high = DAP_SWJ_Pins(0x80, 0x80, 1000000);
     DAP_Delay(10000); Message(0, "%x %x", low & 0x80, high & 0x80);`,
    "0 80",
  ],
  "wire rule 10: a wait for two pins, by the host": [
    `__var pins = DAP_SWJ_Pins(0x82, 0x82, 100000); Message(0, "%x", pins & 0x82);`,
    "82",
  ],
  "wire rule 10: a delay of nothing, alone and in an atomic block": [
    `DAP_Delay(0); Write32(${A}, 8); atomic { DAP_Delay(0); Write32(${B}, 1); DAP_SWJ_Sequence(8, 0x0); } Message(0, "%x", Read32(${A}));`,
    "8",
  ],
  "wire rule 10: a delay of more than one command": [
    `Write32(${A}, 9); DAP_Delay(150000); Message(0, "%x", Read32(${A}));`,
    "9",
  ],
};

describe.each(Object.entries(probesUnderTest()))("%s", (_name, open) => {
  let underTest: UnderTest;
  let count = 1;

  beforeAll(async () => {
    underTest = await open();
    ({ count } = await packetLimits(underTest));
  });
  afterAll(() => underTest.close());

  const cases = Object.entries(RUNS).flatMap(([about, [text, shown]]) =>
    (["swd", "jtag"] as const).map((protocol) => ({ about, text, shown, protocol })),
  );
  test.each(cases)("$about ($protocol)", async ({ text, shown, protocol }) => {
    const { code, out, err } = await dbgseq(
      ...["run", "-e", text, "--no-config", "--protocol", protocol, "--probe", underTest.probe],
    );
    if (count === 1 && text.length > LONG) {
      // With one packet there is nothing to queue in: it is refused before anything is sent.
      expect(code).toBe(1);
      expect(err).toMatch("cannot hold them");
      return;
    }
    expect(code, err).toBe(0);
    expect(out.trim().split("\n").at(-1)).toBe(shown);
  });
});
