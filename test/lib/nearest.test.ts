/** Suggestions for misspelt words. */
import { expect, test } from "vitest";
import { nearest } from "../../src/lib/nearest.ts";

test.each([
  ["mailbx", "mailbox"],
  ["JEP160", "jep106"],
  ["Wriet32", "Write32"],
  ["colour", undefined],
  ["x", undefined],
])("%s -> %s", (word, expected) => {
  expect(nearest(word, ["mailbox", "jep106", "Write32", "Write16"])).toBe(expected);
});
