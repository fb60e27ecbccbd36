/**
 * Wire rules 2, 4, 5: a fault at the transfers of connect, sequence and disconnect, for a probe that takes faults (faults-by-packet.ts):
 * what ends well saw the right values, what does not says so, and the next run is clean.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hex32 } from "../../src/lib/hex.ts";
import { dbgseq, type Finished } from "../support/command-line.ts";
import { faultPacket } from "./faults-by-packet.ts";
import type { PutFault } from "./raw/case.ts";
import { RAM } from "./raw/states.ts";
import { exchanges, isLong, probesUnderTest, type UnderTest } from "./under-test.ts";

const A = hex32(RAM);
const TEXT = `Write32(${A}, 0x55AA1234); Write32(${hex32(RAM + 4)}, 0x11); Message(0, "%x %x", Read32(${A}), Read32(${hex32(RAM + 4)}) + ReadDP(0) * 0);`;
const SHOWN = "55aa1234 11";
/** The everyday tests disturb so many transfers of each kind. */
const SHORT = 4;
/** More often in a row than any retry. */
const FOR_GOOD = 500;

const PUT = {
  swd: [
    ["WAIT", 1],
    ["WAIT", FOR_GOOD],
    ["FAULT", 1],
    ["NO_ACK", 1],
    ["PARITY", 1],
  ],
  jtag: [
    ["WAIT", 1],
    ["WAIT", FOR_GOOD],
    ["FAULT", 1],
    ["NO_ACK", 1],
  ],
} as const satisfies Record<string, readonly (readonly [PutFault["kind"], number])[]>;

const probes = Object.entries(probesUnderTest());

describe.each(probes)("%s", (_name, open) => {
  let underTest: UnderTest;

  beforeAll(async () => {
    underTest = await open();
  });
  afterAll(() => underTest.close());

  /** How many transfers the target has seen; then this fault alone is put. */
  async function put(fault?: PutFault): Promise<number> {
    const id = underTest.faults ?? 0;
    const packets = [faultPacket(id), ...(fault === undefined ? [] : [faultPacket(id, fault)])];
    const [answer] = await exchanges(underTest, ...packets);
    return new DataView(Uint8Array.from(answer ?? []).buffer).getUint32(1, true);
  }

  const run = (protocol: "swd" | "jtag"): Promise<Finished> =>
    dbgseq("run", "-e", TEXT, "--no-config", "--protocol", protocol, "--probe", underTest.probe);

  const shownBy = ({ out }: Finished): string | undefined => out.trim().split("\n").at(-1);

  describe.each(["swd", "jtag"] as const)("by %s", (protocol) => {
    test.each(PUT[protocol])("%s, %d in a row", async (kind, times) => {
      if (underTest.faults === undefined) {
        console.log("left out: DBGSEQ_TEST_FAULTS names no command by which the probe takes faults");
        return;
      }
      const before = await put();
      expect(shownBy(await run(protocol))).toBe(SHOWN);
      const total = (await put()) - before;
      expect(total).toBeGreaterThan(20);
      const stride = isLong ? 1 : Math.ceil(total / SHORT);
      const codes: Record<number, number> = {};
      for (let skip = 0; skip < total; skip += stride) {
        await put({ kind, skip, times });
        const ended = await run(protocol);
        const told = `at transfer ${skip}: ${ended.all}`;
        codes[ended.code] = (codes[ended.code] ?? 0) + 1;
        if (ended.code === 0) expect(shownBy(ended), told).toBe(SHOWN);
        else {
          expect(ended.code, told).toBe(4);
          expect(ended.err, told).toMatch(/^error: /);
        }
        if (kind === "WAIT" && times === 1) expect(ended.code, told).toBe(0);
        await put();
        const next = await run(protocol);
        expect(next.code, `after transfer ${skip}: ${next.err}`).toBe(0);
        expect(shownBy(next)).toBe(SHOWN);
      }
      if (isLong)
        console.log(`${protocol} ${kind} x ${times}: ${total} transfers, ends ${JSON.stringify(codes)}`);
    });
  });
});
