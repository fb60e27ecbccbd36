/** Order and ranges of versions. */
import { expect, test } from "vitest";
import { compareVersions, parseRange, satisfies } from "../../src/pack/version.ts";

test("versions are in the order of semantic versioning", () => {
  const ordered = ["0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-rc.2", "1.0.0-rc.11"];
  ordered.push("1.0.0", "1.2.0", "1.10.0", "4.1.10-dev", "4.1.10");
  const mixed = ordered.toReversed().toSorted(compareVersions);
  expect(mixed).toEqual(ordered);
  expect(compareVersions("1.0.0+a", "1.0.0+b")).toBe(0);
});

test.each([
  ["1.2.3", "1.2.3", true],
  ["1.2.3", "1.2.4", false],
  [">=1.2.3", "2.0.0", true],
  [">=1.2.3", "1.2.3-rc.1", false],
  ["^1.2.3", "1.9.0", true],
  ["^1.2.3", "2.0.0", false],
  ["~1.2.3", "1.2.9", true],
  ["~1.2.3", "1.3.0", false],
])("%s and %s: %s", (text, version, expected) => {
  const range = parseRange(text);
  expect(range === undefined ? undefined : satisfies(version, range)).toBe(expected);
});

test.each(["latest", "1.x", "", ">1.0.0"])("%j is not a version", (text) => {
  expect(parseRange(text)).toBeUndefined();
});
