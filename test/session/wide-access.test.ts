/** Accesses of 64 bits: one where the access port has the Large Data extension, else two of 32 bits. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { openFixture, RAM, type WireFixture } from "../wire/fixture.ts";

const PLAIN = readFileSync(new URL("../../src/simulator/models/generic-m4.yaml", import.meta.url), "utf8");
const LARGE = new Source(
  "large.yaml",
  PLAIN.replace("csw: 0x23000052 }", "csw: 0x23000052, largeData: true }"),
);

/** The sizes that CSW was set to: 2 is 32 bits, 3 is 64. */
function sizes(fixture: WireFixture): readonly number[] {
  return fixture.simulator.log.events.flatMap((event) =>
    event.kind === "register" && event.register === 0 && event.access === "write" ? [event.value & 7] : [],
  );
}

const TEXT = `
  Write64(0x20000010, 0x8877665544332211);
  __var back = Read64(0x20000010);
  __var half = Read32(0x20000014);
  BufferSet(0, 0, 3, 8, 0x0807060504030201);
  BufferWrite(0, 0, 0x20000100, 24, 64 | 1);
  BufferRead(1, 0, 0x20000108, 16, 64 | 1);
  __var second = BufferGet(1, 8, 8);
  BufferWrite(0, 0, 0x20000200, 16, 64);
  __var fixed = Read64(0x20000200);
  __var behind = Read64(0x20000208);`;

test.each([
  ["one access", LARGE, [3, 2, 3]],
  ["two accesses", new Source("plain.yaml", PLAIN), [2]],
] as const)("%s", async (_, model, expected) => {
  const fixture = await openFixture({ model });
  const events = await fixture.run(TEXT);
  const values = Object.fromEntries(
    events.flatMap((event) => (event.kind === "assign" ? [[event.name, event.value]] : [])),
  );
  expect(values).toEqual({
    back: 0x8877_6655_4433_2211n,
    half: 0x8877_6655n,
    second: 0x0807_0605_0403_0201n,
    fixed: 0x0807_0605_0403_0201n,
    behind: 0n,
  });
  expect([0x110, 0x114].map((at) => fixture.peek(RAM + at))).toEqual([0x0403_0201, 0x0807_0605]);
  expect([...new Set(sizes(fixture))].length).toBeGreaterThan(0);
  expect(sizes(fixture).filter((size, at, all) => size !== all[at - 1])).toEqual(expected);
});

test("an address that is not a multiple of 8 is never one access", async () => {
  const fixture = await openFixture({ model: LARGE });
  await fixture.run("Write64(0x20000014, 0x1122334455667788);");
  expect([fixture.peek(RAM + 0x14), fixture.peek(RAM + 0x18)]).toEqual([0x5566_7788, 0x1122_3344]);
  expect(sizes(fixture)).not.toContain(3);
});
