/** What happens to failures that the sequence tolerates, and which answers judge them (wire rules 4, 5, 6). */
import { expect, test } from "vitest";
import { Failure } from "../../src/lib/fault.ts";
import { access, NOWHERE, openFixture, RAM, statement } from "./fixture.ts";

test("wire rule 4: a fault is cleared, the failed access not repeated, the rest sent", async () => {
  const fixture = await openFixture();
  await fixture.run(`sequence S {
    __errorcontrol = 1;
    Write32(0x60000000, 1);
    Write32(0x20000000, 2);
    __errorcontrol = 0;
    Write32(0x20000004, 3);
  }`);
  expect(fixture.accesses()).toEqual([
    "AP 0 write 0x60000000 = 0x1 failed",
    "AP 0 write 0x20000000 = 0x2",
    "AP 0 write 0x20000004 = 0x3",
  ]);
});

test("wire rule 4: a change of __errorcontrol judges what is pending under the old value", async () => {
  const fixture = await openFixture();
  const run = fixture.run(`sequence S {
    Write32(0x60000000, 1);
    __errorcontrol = 1;
    Write32(0x20000000, 2);
  }`);
  await expect(run).rejects.toThrow(Failure);
  expect(fixture.peek(RAM)).toBe(0);
});

test("wire rule 4: a read that fails yields 0 and is recorded", async () => {
  const fixture = await openFixture();
  const answer = await fixture.access.ask(
    access({ fn: "Read32", args: [NOWHERE], tolerate: true }),
    statement(1),
  );
  expect(answer).toMatchObject({
    failed: { fault: { kind: "target-fault", sites: [statement(1)], address: NOWHERE } },
  });
  expect(fixture.tolerated()).toHaveLength(1);
  expect(await fixture.access.ask(access({ fn: "Read32", args: [RAM] }), statement(2))).toBe(0n);
});

test("wire rule 4: if the target does not answer, only the rest is sent", async () => {
  const fixture = await openFixture();
  fixture.simulator.soc.power(false);
  void fixture.access.post(access({ fn: "Write32", args: [RAM, 1], tolerate: true }), statement(1));
  await fixture.access.settle("error control");
  expect(fixture.commands).toEqual([0x05]);
  expect(fixture.tolerated()).toEqual([expect.stringContaining("the target did not answer")]);
});

test("wire rule 4: SELECT, CSW and TAR are written again after an error, because their values are unknown", async () => {
  const fixture = await openFixture();
  await fixture.memory.write(RAM, 32, 1);
  fixture.simulator.injection.disturb("FAULT", 1);
  void fixture.access.post(access({ fn: "Write32", args: [RAM + 4, 2], tolerate: true }), statement(1));
  await fixture.access.settle("error control");
  fixture.commands.length = 0;
  const before = fixture.simulator.injection.transfers;
  await fixture.memory.write(RAM + 8, 32, 3);
  // SELECT, CSW, TAR, DRW and the probe's check.
  expect(fixture.simulator.injection.transfers - before).toBe(5);
  expect(fixture.peek(RAM + 8)).toBe(3);
});

test("wire rule 4: after WAIT the hanging access is given up, and the rest is sent", async () => {
  const fixture = await openFixture({ waitRetries: 3 });
  fixture.simulator.injection.disturb("WAIT", 1, 4);
  void fixture.access.post(access({ fn: "Write32", args: [RAM, 1], tolerate: true }), statement(1));
  void fixture.access.post(access({ fn: "Write32", args: [RAM + 4, 2], tolerate: true }), statement(2));
  await fixture.access.settle("error control");
  expect(fixture.tolerated()).toEqual([expect.stringContaining("WAIT until the probe gave up")]);
  expect(fixture.peek(RAM + 4)).toBe(2);
});

test("wire rule 5: no bits are clocked that the sequence did not ask for", async () => {
  const fixture = await openFixture();
  fixture.simulator.soc.power(false);
  await expect(fixture.access.ask(access({ fn: "Read32", args: [RAM] }), statement(1))).rejects.toThrow(
    "the target did not answer",
  );
  expect(fixture.commands).toEqual([0x05]);
});

test("wire rule 6: a failed ReadDP(0) inside DebugPortSetup yields 0 and the sequence goes on", async () => {
  const fixture = await openFixture({ asleep: true });
  const text = `sequence DebugPortSetup {
    __var id = 1;
    id = ReadDP(0);
    Message(0, "id %x", id);
  }`;
  const events = await fixture.run(text);
  expect(events.filter(({ kind }) => kind === "message")).toMatchObject([{ text: "id 0" }]);
  const strict = await openFixture({ asleep: true });
  await expect(strict.run(text, { strictSpec: true })).rejects.toThrow(Failure);
});
