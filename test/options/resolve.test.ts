import { describe, expect, test } from "vitest";
import type { Given } from "../../src/options/given.ts";
import { effective, resolveSettings, strongest } from "../../src/options/resolve.ts";

const GIVEN: readonly Given[] = [
  { origin: "strong", values: { clockHz: 1_000_000, seq: ["a"], variables: { X: 1 } } },
  { origin: "weak", values: { clockHz: 2_000_000, connect: "halt", seq: ["b"], variables: { X: 2, Y: 3n } } },
];

describe("of several givers' values", () => {
  test("the strongest that says something holds, as it is shown", () => {
    const { clockHz, connect, protocol } = resolveSettings(GIVEN);
    expect(clockHz).toEqual({ value: 1_000_000, origin: "strong" });
    expect(connect).toEqual({ value: "halt", origin: "weak" });
    expect(protocol).toEqual({ value: "swd", origin: "default" });
    expect(effective(GIVEN)).toEqual(
      expect.arrayContaining([
        { name: "clockHz", value: "1000000", origin: "strong" },
        { name: "connect", value: "halt", origin: "weak" },
        { name: "protocol", value: "swd", origin: "default" },
      ]),
    );
  });

  test("lists add up, the strongest first", () => {
    expect(strongest("seq", GIVEN)?.value).toEqual(["a", "b"]);
  });

  test("numbers by name are those of the strongest that has the name", () => {
    expect(strongest("variables", GIVEN)?.value).toEqual({ X: 1, Y: 3n });
  });
});
