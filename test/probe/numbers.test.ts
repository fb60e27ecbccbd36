/** Numbers that a probe reports are in range wherever they are used, in however many bytes it says them. pyOCD's are pyocd-client.test.ts's. */
import { expect, test } from "vitest";
import { capabilitiesFrom, infoNumber, infoText } from "../../src/cmsis-dap/info.ts";
import { believedCount, believedSize, longestPacket } from "../../src/probe/cmsis-dap/packet-limits.ts";

const SAID = [
  [],
  [0],
  [1],
  [0xff],
  [0, 0],
  [1, 0],
  [0xff, 0xff],
  [1, 2, 3],
  [0, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
  Array.from({ length: 255 }, () => 0xff),
];

test.each(SAID)("%j is tolerated as a size or a count, with room for what the probe sends", (...bytes) => {
  const said = infoNumber({ info: Uint8Array.from(bytes) });
  for (const number of [said, bytes.reduceRight((value, byte) => value * 256 + byte, 0)]) {
    expect(inside(believedSize(number).value, 64, 512)).toBe(true);
    expect(inside(believedCount(number).value, 1, 255)).toBe(true);
    expect(inside(longestPacket(number), 64, 0xffff)).toBe(true);
  }
});

function inside(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && Number.isInteger(value) && value >= least && value <= most;
}

test.each(SAID)("%j is tolerated as capabilities and as a name", (...bytes) => {
  const info = Uint8Array.from(bytes);
  expect(Object.values(capabilitiesFrom({ info })).every((can) => typeof can === "boolean")).toBe(true);
  expect((infoText({ info }) ?? "").length).toBeLessThanOrEqual(255);
});
