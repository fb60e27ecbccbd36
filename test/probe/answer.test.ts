/** What an answer tells about accesses that the DP had only posted (wire rule 2; DAP_Transfer of the reference firmware). */
import { describe, expect, test } from "vitest";
import { ACK, type Transfer } from "../../src/cmsis-dap/transfer.ts";
import { blockAnswer, transferAnswer } from "../../src/probe/cmsis-dap/answer.ts";

/** `W`, `R` on DRW; `w` to SELECT; `r` of CTRL/STAT; `b` of RDBUFF. */
function transfers(text: string): readonly Transfer[] {
  return Array.from(text, (letter): Transfer => {
    if (letter === "W") return { kind: "write", port: "AP", address: 0xc, value: 0 };
    if (letter === "R") return { kind: "read", port: "AP", address: 0xc };
    if (letter === "w") return { kind: "write", port: "DP", address: 0x8, value: 0 };
    return { kind: "read", port: "DP", address: letter === "b" ? 0xc : 0x4 };
  });
}

describe("confirmed, and whether something is left open", () => {
  test.each<[string, number, number, boolean, number, boolean]>([
    // transfers, accepted, ack, open before, confirmed, open after
    ["WW", 2, ACK.ok, false, 2, false],
    ["WR", 2, ACK.ok, false, 2, false],
    ["Ww", 2, ACK.ok, false, 2, false],
    ["Wr", 2, ACK.ok, false, 0, true],
    ["Rr", 2, ACK.ok, false, 2, false],
    ["RWr", 3, ACK.ok, false, 1, true],
    ["Wb", 2, ACK.ok, false, 2, false],
    ["rr", 2, ACK.ok, false, 2, false],
    ["rr", 2, ACK.ok, true, 0, true],
    ["WW", 2, ACK.fault, false, 0, true],
    ["WWW", 1, ACK.fault, false, 0, true],
    ["RRR", 2, ACK.fault, false, 1, true],
    ["RWW", 2, ACK.fault, false, 1, true],
    ["wr", 1, ACK.fault, false, 1, false],
    ["wr", 0, ACK.fault, true, 0, true],
  ])("%s, %i accepted, ack %i, open %s: %i, %s", (text, count, ack, open, confirmed, after) => {
    const data = new Uint32Array(8);
    expect(transferAnswer(transfers(text), { count, ack, data }, open)).toMatchObject({
      accepted: count,
      confirmed,
      open: after,
    });
  });
});

test("after a fault the value of an AP read that was accepted last is not believed, whatever a padded report holds", () => {
  const padded = Uint32Array.of(11, 12, 13, 14);
  const words = (text: string, count: number): number[] => [
    ...transferAnswer(transfers(text), { count, ack: ACK.fault, data: padded }, false).words,
  ];
  expect(words("RRW", 2)).toEqual([11]);
  expect(words("rrW", 2)).toEqual([11, 12]);
  expect(words("RW", 1)).toEqual([]);
});

test("a block counts the read words that arrived, so that the failed word is the next", () => {
  const block = { kind: "block", register: { port: "AP", address: 0xc }, count: 15, pieces: [] } as const;
  const got = (count: number) => ({ count, ack: ACK.fault, data: new Uint32Array(count) });
  expect(blockAnswer(block, got(4), false)).toMatchObject({ accepted: 5, confirmed: 4, fault: "FAULT" });
  expect(blockAnswer(block, got(0), false)).toMatchObject({ accepted: 1, confirmed: 0 });
  expect(blockAnswer(block, got(0), true)).toMatchObject({ accepted: 0, confirmed: 0 });
  const writing = { ...block, words: new Uint32Array(15) };
  expect(blockAnswer(writing, got(4), false)).toMatchObject({ accepted: 4, confirmed: 0 });
});
