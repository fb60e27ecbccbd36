/** Which command is offered for a misspelt one; one that changes memory is offered for a slip of the hand alone. */
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { nearCommand, nearFlag } from "../../src/cli/near-words.ts";

const NAMES = COMMANDS.map(({ name }) => name);

describe("the nearest command", () => {
  test.each([
    ["earse", "erase"],
    ["eras", "erase"],
    ["flahs", "flash"],
    ["flassh", "flash"],
    ["wirte", "write"],
    ["fil", undefined],
    ["laod", "load"],
    ["chekc", "check"],
    ["docter", "doctor"],
    ["verfy", "verify"],
  ])("%s means %s", (word, meant) => {
    expect(nearCommand(word, NAMES)).toBe(meant);
  });

  test.each(
    "trace phrase poll flush slash clash flask crash white wrote quite file full fall bill kill road lead loan reload relate grasp".split(
      " ",
    ),
  )("%s does not lead to a command that changes memory", (word) => {
    expect(["erase", "flash", "write", "fill", "load"]).not.toContain(nearCommand(word, NAMES));
  });

  test("consent is offered for a slip alone", () => {
    const flags = ["--erase", "--allow", "--chip", "--clock", "--trace"];
    expect(nearFlag("--alow", flags)).toBe("--allow");
    expect(nearFlag("--release", flags)).toBeUndefined();
    expect(nearFlag("--trase", flags)).toBe("--trace");
    expect(nearFlag("--clok", flags)).toBe("--clock");
  });
});
