/** A core that is given its instructions in portions does what it does in one. */
import { describe, expect, test } from "vitest";
import { Program } from "../support/thumb-program.ts";
import { LONGEST } from "../../src/simulator/thumb/block.ts";

/** adds r1, #1 so often, then subs r0, #1 and a bne back to the begin: a loop that is a block of any length. */
function loop(length: number): Program {
  const adds = length - 2;
  const back = (-(length + 1) & 0xff) | 0xd100; // bne to the begin
  const code = [...new Array<number>(adds).fill(0x3101), 0x3801, back];
  return new Program(code).set({ 0: 20, 1: 0 });
}

describe("portions of instructions", () => {
  // A block ends behind LONGEST instructions; the one that is taken back may be its last.
  test.each([2, 5, LONGEST - 1, LONGEST, LONGEST + 1, 2 * LONGEST])("a loop of %d", (length) => {
    for (const portion of [1, 3, 7, 31, LONGEST - 1, LONGEST, LONGEST + 1, 100]) {
      const program = loop(length);
      let stop = program.core.step(portion);
      while (stop === "budget") stop = program.core.step(portion);
      expect({ portion, r1: program.core.register(1) }).toEqual({ portion, r1: 20 * (length - 2) });
      // And the BKPT behind the loop.
      expect(program.core.executed).toBe(20 * length + 1);
    }
  });
});
