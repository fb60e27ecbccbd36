/** A comparison of large images gives signals and timers their turns, counted in bytes. */
import { expect, test } from "vitest";
import { compare } from "../../src/flash/program/compare.ts";
import { FlashImage } from "../../src/flash/file/image.ts";

test("no more than 100,000 bytes are compared at a stretch, and no difference is lost between two of them", async () => {
  const size = 1_000_000;
  const bytes = new Uint8Array(size);
  const found = new Uint8Array(size).fill(1, 60_000, 70_000);
  let turns = 0;
  let counts = true;
  const count = (): void => {
    turns += 1;
    if (counts) setImmediate(count);
  };
  const image = new FlashImage();
  image.add(0, bytes, "image");
  setImmediate(count);
  const { differing, differences } = await compare(
    { readBytes: (address, length) => Promise.resolve(found.subarray(address, address + length)) },
    image,
  );
  counts = false;
  expect([differing, differences.length, differences[0]?.size]).toEqual([10_000, 1, 10_000]);
  expect(turns).toBeGreaterThanOrEqual(size / 100_000);
});
