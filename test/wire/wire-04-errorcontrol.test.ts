/** What happens to failures that the sequence tolerates, and which answers judge them (wire rules 4, 5, 6). */
import { expect, test } from "vitest";
import { Failure } from "../../src/lib/fault.ts";
import { access, NOWHERE, openBench, RAM, statement } from "./bench.ts";

test("wire rule 4: a fault is cleared, the failed access not repeated, the rest sent", async () => {
  const bench = await openBench();
  await bench.run(`sequence S {
    __errorcontrol = 1;
    Write32(0x60000000, 1);
    Write32(0x20000000, 2);
    __errorcontrol = 0;
    Write32(0x20000004, 3);
  }`);
  expect(bench.accesses()).toEqual([
    "AP 0 write 0x60000000 = 0x1 failed",
    "AP 0 write 0x20000000 = 0x2",
    "AP 0 write 0x20000004 = 0x3",
  ]);
});

test("wire rule 4: a change of __errorcontrol judges what is pending under the old value", async () => {
  const bench = await openBench();
  const run = bench.run(`sequence S {
    Write32(0x60000000, 1);
    __errorcontrol = 1;
    Write32(0x20000000, 2);
  }`);
  await expect(run).rejects.toThrow(Failure);
  expect(bench.peek(RAM)).toBe(0);
});

test("wire rule 4: a read that fails yields 0 and is recorded", async () => {
  const bench = await openBench();
  const answer = await bench.access.ask(
    access({ fn: "Read32", args: [NOWHERE], tolerate: true }),
    statement(1),
  );
  expect(answer).toMatchObject({
    failed: { fault: { kind: "target-fault", sites: [statement(1)], address: NOWHERE } },
  });
  expect(bench.tolerated()).toHaveLength(1);
  expect(await bench.access.ask(access({ fn: "Read32", args: [RAM] }), statement(2))).toBe(0n);
});

test("wire rule 4: where the target does not answer, nothing is sent but the rest", async () => {
  const bench = await openBench();
  bench.simulator.soc.power(false);
  void bench.access.post(access({ fn: "Write32", args: [RAM, 1], tolerate: true }), statement(1));
  await bench.access.settle("error control");
  expect(bench.commands).toEqual([0x05]);
  expect(bench.tolerated()).toEqual([expect.stringContaining("the target did not answer")]);
});

test("wire rule 4: after an error SELECT, CSW and TAR are written again, for nobody knows what they hold", async () => {
  const bench = await openBench();
  await bench.memory.write(RAM, 32, 1);
  bench.simulator.injection.disturb("FAULT", 1);
  void bench.access.post(access({ fn: "Write32", args: [RAM + 4, 2], tolerate: true }), statement(1));
  await bench.access.settle("error control");
  bench.commands.length = 0;
  const before = bench.simulator.injection.transfers;
  await bench.memory.write(RAM + 8, 32, 3);
  // SELECT, CSW, TAR, DRW and the probe's check.
  expect(bench.simulator.injection.transfers - before).toBe(5);
  expect(bench.peek(RAM + 8)).toBe(3);
});

test("wire rule 4: after WAIT the hanging access is given up, and the rest is sent", async () => {
  const bench = await openBench({ waitRetries: 3 });
  bench.simulator.injection.disturb("WAIT", 1, 4);
  void bench.access.post(access({ fn: "Write32", args: [RAM, 1], tolerate: true }), statement(1));
  void bench.access.post(access({ fn: "Write32", args: [RAM + 4, 2], tolerate: true }), statement(2));
  await bench.access.settle("error control");
  expect(bench.tolerated()).toEqual([expect.stringContaining("WAIT until the probe gave up")]);
  expect(bench.peek(RAM + 4)).toBe(2);
});

test("wire rule 5: no bits are clocked that the sequence did not ask for", async () => {
  const bench = await openBench();
  bench.simulator.soc.power(false);
  await expect(bench.access.ask(access({ fn: "Read32", args: [RAM] }), statement(1))).rejects.toThrow(
    "the target did not answer",
  );
  expect(bench.commands).toEqual([0x05]);
});

test("wire rule 6: a failed ReadDP(0) inside DebugPortSetup yields 0 and the sequence goes on", async () => {
  const bench = await openBench({ asleep: true });
  const text = `sequence DebugPortSetup {
    __var id = 1;
    id = ReadDP(0);
    Message(0, "id %x", id);
  }`;
  const events = await bench.run(text);
  expect(events.filter(({ kind }) => kind === "message")).toMatchObject([{ text: "id 0" }]);
  const strict = await openBench({ asleep: true });
  await expect(strict.run(text, { strictSpec: true })).rejects.toThrow(Failure);
});
