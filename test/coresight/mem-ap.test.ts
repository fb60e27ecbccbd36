/** Memory through one access port of the simulated target: lanes, alignment, ranges of bytes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinParts, partsOf } from "../../src/coresight/adi/lanes.ts";
import { openFixture, RAM } from "../wire/fixture.ts";

describe("parts of a range", () => {
  test.each([
    [0, 4, "32@0"],
    [1, 4, "8@1 16@2 8@4"],
    [2, 4, "16@2 16@4"],
    [3, 1, "8@3"],
    [3, 6, "8@3 32@4 8@8"],
  ])("from %i, %i bytes: %s", (address, bytes, shown) => {
    const parts = partsOf(address, bytes);
    expect(parts.map((part) => `${part.size}@${part.address}`).join(" ")).toBe(shown);
  });

  test("they are aligned, without gaps, and join to the value that memory holds", () => {
    const memory = Uint8Array.of(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88);
    const view = new DataView(memory.buffer);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.constantFrom(1, 2, 4), (address, bytes) => {
        const parts = partsOf(address, bytes);
        for (const part of parts) expect(part.address % (part.size / 8)).toBe(0);
        // DRW shows the whole word that the address is in.
        const words = Uint32Array.from(parts, (part) => view.getUint32(part.address & ~3, true));
        const expected = [...memory.slice(address, address + bytes)].reduceRight(
          (value, byte) => value * 256 + byte,
          0,
        );
        expect(joinParts(parts, words)).toBe(expected);
      }),
    );
  });
});

test.each([
  [8, 0, 0xa5, 0x0000_00a5],
  [8, 3, 0xa5, 0xa500_0000],
  [16, 2, 0xbeef, 0xbeef_0000],
  [32, 0, 0xdead_beef, 0xdead_beef],
] as const)(
  "a write of %i bits at offset %i reaches its lanes only, and reads back",
  async (size, offset, value, word) => {
    const fixture = await openFixture();
    await fixture.memory.write(RAM + offset, size, value);
    expect(fixture.peek(RAM)).toBe(word);
    expect(await fixture.memory.read(RAM + offset, size)).toBe(value);
  },
);

test.each([1, 2, 3])("32 bits at offset %i are written and read in parts", async (offset) => {
  const fixture = await openFixture();
  await fixture.memory.write(RAM + offset, 32, 0x8765_4321);
  expect(await fixture.memory.read(RAM + offset, 32)).toBe(0x8765_4321);
  expect(await fixture.memory.read(RAM + offset - 1, 8)).toBe(0);
});

test("any range of bytes is written and read as it is, and nothing beside it", async () => {
  const fixture = await openFixture();
  const { memory } = fixture;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 0x7ff }),
      fc.uint8Array({ minLength: 1, maxLength: 1200 }),
      async (offset, data) => {
        const start = RAM + 16 + offset;
        await memory.writeBytes(start - 4, new Uint8Array(data.length + 8).fill(0xee));
        await memory.writeBytes(start, data);
        expect(await memory.readBytes(start, data.length)).toEqual(data);
        expect(await memory.readBytes(start - 4, 4)).toEqual(new Uint8Array(4).fill(0xee));
        expect(await memory.readBytes(start + data.length, 4)).toEqual(new Uint8Array(4).fill(0xee));
      },
    ),
    { numRuns: 25 },
  );
});

test("a block of words from an odd address is refused before anything is sent", async () => {
  const fixture = await openFixture();
  await expect(fixture.memory.readWords(RAM + 2, 4)).rejects.toMatchObject({ fault: { kind: "unaligned" } });
  expect(fixture.commands).toEqual([]);
});

test("a failed word says where, and that the access port is open", async () => {
  const fixture = await openFixture();
  await expect(fixture.memory.read(0xe000_edf4 + 0x1000_0000, 32)).rejects.toThrow(
    /through AP 0 DRW, address 0xF000EDF4; CTRL\/STAT .*STICKYERR.*AP 0 CSW.DeviceEn = 1/,
  );
});

test("a closed access port is named as the reason", async () => {
  const fixture = await openFixture({ model: "lpc55s36", options: { mailbox: "off" } });
  const read = fixture.memory.read(RAM, 32);
  await expect(read).rejects.toThrow("AP 0 CSW.DeviceEn = 0");
  await expect(read).rejects.toMatchObject({
    fault: { kind: "target-fault", ap: 0, address: RAM, register: "DRW", certainty: "certain" },
  });
});
