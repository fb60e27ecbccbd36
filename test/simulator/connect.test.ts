/** From a probe just plugged in to a word of memory, all through packets. */
import { expect, test } from "vitest";
import { DPIDR, TestFixture } from "./fixture.ts";

test("a client connects, reads CPUID, and writes and reads a word of RAM", async () => {
  const fixture = new TestFixture({ model: "generic-m4" });
  await fixture.wake();
  expect(await fixture.transfer(DPIDR)).toEqual({ count: 1, ack: 1, data: Uint32Array.of(0x2ba01477) });
  await fixture.connect();
  expect(await fixture.readWord(0xe000ed00)).toBe(0x410fc241);
  await fixture.writeWord(0x20000000, 0x12345678);
  expect(await fixture.readWord(0x20000000)).toBe(0x12345678);
  expect(fixture.simulator.log.events.filter(({ kind }) => kind === "memory")).toMatchObject([
    { ap: 0, address: 0xe000ed00, size: 4, access: "read", value: 0x410fc241, failed: false },
    { ap: 0, address: 0x20000000, size: 4, access: "write", value: 0x12345678, failed: false },
    { ap: 0, address: 0x20000000, size: 4, access: "read", value: 0x12345678, failed: false },
  ]);
});
