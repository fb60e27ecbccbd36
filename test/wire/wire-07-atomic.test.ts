/** Blocks without a round trip to the host inside (WIRE.md 7a, 7d). */
import { expect, test } from "vitest";
import { Failure } from "../../src/lib/fault.ts";
import { access, openBench, RAM, statement, type Call } from "./bench.ts";

const list = (...calls: readonly Call[]) =>
  calls.map((call, index) => ({ access: access(call), site: statement(index) }));

test("WIRE 7a: accesses that fit one DAP_Transfer go in one", async () => {
  const bench = await openBench();
  const answers = await bench.access.atomic(
    list({ fn: "Write32", args: [RAM, 7] }, { fn: "Read32", args: [RAM] }, { fn: "ReadDP", args: [0] }),
  );
  expect(answers).toEqual([0n, 7n, 0x2ba01477n]);
  expect(bench.commands).toEqual([0x05]);
});

test("WIRE 7d: line sequences may span commands, for the bus stands still between them", async () => {
  const bench = await openBench();
  const ones: Call = { fn: "DAP_SWJ_Sequence", args: [64, 0xffff_ffff_ffff_ffffn] };
  await bench.access.atomic(list(ones, ones, ones, ones, ones, { fn: "DAP_SWJ_Sequence", args: [8, 0] }));
  expect(bench.commands).toEqual([0x12, 0x12]);
});

test("WIRE 7: what is queued before is judged first, so that the block has the wire to itself", async () => {
  const bench = await openBench();
  await bench.access.post(access({ fn: "Write32", args: [RAM, 1] }), statement(1));
  await bench.access.atomic(list({ fn: "Write32", args: [RAM + 4, 2] }));
  expect(bench.commands).toEqual([0x05, 0x05]);
});

const MIXED = list({ fn: "DAP_SWJ_Sequence", args: [8, 0] }, { fn: "ReadDP", args: [0] });

test("WIRE 7: a block that needs the host is refused before anything of it is sent", async () => {
  const bench = await openBench();
  await expect(bench.access.atomic(MIXED)).rejects.toMatchObject({ fault: { kind: "not-atomic" } });
  await expect(
    bench.access.atomic(list({ fn: "DAP_SWJ_Pins", args: [0xa0, 0xa0, 1000] })),
  ).rejects.toMatchObject({ fault: { kind: "not-atomic" } });
  expect(bench.commands).toEqual([]);
  // What the refused block would have set is not taken for done.
  expect(await bench.access.ask(access({ fn: "Read32", args: [0xe000_ed00] }), statement(1))).toBe(
    0x410fc241n,
  );
});

test("WIRE 7: best effort runs it with round trips inside", async () => {
  const bench = await openBench({ atomic: "best-effort" });
  expect(await bench.access.atomic(MIXED)).toEqual([0n, 0x2ba01477n]);
});

test("WIRE 7: a sequence aborts at such a block, at its place", async () => {
  const bench = await openBench();
  await expect(
    bench.run(`sequence S {
      atomic "mixed" {
        DAP_SWJ_Sequence(8, 0x00);
        ReadDP(0x0);
      }
    }`),
  ).rejects.toThrow(Failure);
  expect(bench.commands).toEqual([]);
});
