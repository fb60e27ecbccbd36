/** Blocks without a round trip to the host inside (wire rules 7, 8). */
import { expect, test } from "vitest";
import { Failure } from "../../src/lib/fault.ts";
import { access, NOWHERE, openFixture, RAM, statement, type Call } from "./fixture.ts";

const QUEUE = 0x7e;
const EXECUTE = 0x7f;

const list = (...calls: readonly Call[]) =>
  calls.map((call, index) => ({ access: access(call), site: statement(index) }));

test("wire rule 7a: accesses that fit one DAP_Transfer go in one", async () => {
  const fixture = await openFixture();
  const answers = await fixture.access.atomic(
    list({ fn: "Write32", args: [RAM, 7] }, { fn: "Read32", args: [RAM] }, { fn: "ReadDP", args: [0] }),
  );
  expect(answers).toEqual([0n, 7n, 0x2ba01477n]);
  expect(fixture.commands).toEqual([0x05]);
});

test("wire rule 10: a delay of 0 is not sent: the reference firmware would count down from 2^32", async () => {
  const fixture = await openFixture();
  await fixture.run(`sequence S { DAP_Delay(0); atomic { DAP_Delay(0); ReadDP(0x0); } }`);
  expect(fixture.commands).toEqual([EXECUTE]);
});

/** A probe that knows neither DAP_QueueCommands nor DAP_ExecuteCommands. */
const SIMPLE = { execute: "no" };

test("wire rule 7d: line sequences may span commands, because the bus stands still between them", async () => {
  const fixture = await openFixture({ options: SIMPLE });
  const ones: Call = { fn: "DAP_SWJ_Sequence", args: [64, 0xffff_ffff_ffff_ffffn] };
  await fixture.access.atomic(list(ones, ones, ones, ones, ones, { fn: "DAP_SWJ_Sequence", args: [8, 0] }));
  expect(fixture.commands).toEqual([0x12, 0x12]);
});

test("wire rule 7: what is queued before is judged first, so that the block has the wire to itself", async () => {
  const fixture = await openFixture();
  await fixture.access.post(access({ fn: "Write32", args: [RAM, 1] }), statement(1));
  await fixture.access.atomic(list({ fn: "Write32", args: [RAM + 4, 2] }));
  expect(fixture.commands).toEqual([0x05, 0x05]);
});

const MIXED = list({ fn: "DAP_SWJ_Sequence", args: [8, 0] }, { fn: "ReadDP", args: [0] });

test("wire rule 7: a block that needs the host is refused before anything of it is sent", async () => {
  const fixture = await openFixture({ options: SIMPLE });
  await expect(fixture.access.atomic(MIXED)).rejects.toMatchObject({ fault: { kind: "not-atomic" } });
  await expect(
    fixture.access.atomic(list({ fn: "DAP_SWJ_Pins", args: [0xa0, 0xa0, 1000] })),
  ).rejects.toMatchObject({ fault: { kind: "not-atomic" } });
  expect(fixture.commands).toEqual([]);
  // What the refused block would have set is not taken for done.
  expect(await fixture.access.ask(access({ fn: "Read32", args: [0xe000_ed00] }), statement(1))).toBe(
    0x410fc241n,
  );
});

test("PROBE-04: a block of several packets sends nothing to a probe that is known to stop at DAP_QueueCommands", async () => {
  const fixture = await openFixture({
    options: { latency: "hid-fs" },
    over: ({ pipe }) => ({
      limits: { ...pipe.limits, queues: false },
      send: (packet) => pipe.send(packet),
      receive: (limitUs) => pipe.receive(limitUs),
      resync: () => pipe.resync(),
      close: () => pipe.close(),
    }),
  });
  const pair = list({ fn: "DAP_Delay", args: [1] }, { fn: "Write32", args: [RAM, 1] });
  const many = Array.from({ length: 8 }, () => pair).flat();
  await expect(fixture.access.atomic(many)).rejects.toMatchObject({
    fault: { kind: "not-atomic" },
    message: expect.stringContaining("stops for good at DAP_QueueCommands") as unknown,
  });
  expect(fixture.commands).toEqual([]);
  await fixture.access.atomic(pair);
  expect(fixture.commands).toEqual([EXECUTE]);
});

test("wire rule 7: a wait for several pins needs the host with any probe", async () => {
  const fixture = await openFixture();
  await expect(
    fixture.access.atomic(list({ fn: "DAP_SWJ_Pins", args: [0xa0, 0xa0, 1000] })),
  ).rejects.toMatchObject({ fault: { kind: "not-atomic" } });
});

test("wire rule 7: best effort runs it with round trips inside", async () => {
  const fixture = await openFixture({ atomic: "best-effort", options: SIMPLE });
  expect(await fixture.access.atomic(MIXED)).toEqual([0n, 0x2ba01477n]);
});

const ATOMIC = `sequence S {
  atomic "mixed" {
    DAP_SWJ_Sequence(8, 0x00);
    ReadDP(0x0);
  }
}`;

test("wire rule 7: a sequence aborts at such a block, at its place", async () => {
  const fixture = await openFixture({ options: SIMPLE });
  await expect(fixture.run(ATOMIC)).rejects.toThrow(Failure);
  expect(fixture.commands).toEqual([]);
});

test("wire rule 7b: commands of several kinds go in one DAP_ExecuteCommands", async () => {
  const fixture = await openFixture();
  expect(await fixture.access.atomic(MIXED)).toEqual([0n, 0x2ba01477n]);
  await fixture.run(ATOMIC);
  expect(fixture.commands).toEqual([EXECUTE, EXECUTE]);
});

const DELAY: Call = { fn: "DAP_Delay", args: [10] };
const write = (at: number): Call => ({ fn: "Write32", args: [RAM + 4 * at, at + 1] });

test("wire rule 7c: what one packet cannot hold is queued, and answered once the last has come", async () => {
  const fixture = await openFixture({ options: { latency: "bulk-fs" } });
  const block = list(...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((at) => [write(at), DELAY]), {
    fn: "Read32",
    args: [RAM],
  });
  const answers = await fixture.access.atomic(block);
  // That the probe queues at all is tried once, with a question that changes nothing.
  expect(fixture.commands.splice(0, 2)).toEqual([QUEUE, EXECUTE]);
  expect(answers.at(-1)).toBe(1n);
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((at) => fixture.peek(RAM + 4 * at))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(fixture.commands.at(-1)).toBe(EXECUTE);
  expect(fixture.commands.length).toBeGreaterThan(1);
  expect(new Set(fixture.commands.slice(0, -1))).toEqual(new Set([QUEUE]));
});

test("wire rule 8: queued and final packets together are no more than the probe's packet count", async () => {
  const fixture = await openFixture({ options: { latency: "hid-fs" } });
  const long = list(...Array.from({ length: 24 }, (_, at) => [write(at), DELAY]).flat());
  await expect(fixture.access.atomic(long)).rejects.toMatchObject({ fault: { kind: "not-atomic" } });
  expect(fixture.commands).toEqual([]);
  await fixture.access.atomic(list(...Array.from({ length: 8 }, (_, at) => [write(at), DELAY]).flat()));
  expect(fixture.commands.splice(0, 2)).toEqual([QUEUE, EXECUTE]);
  // One place stays free (wire rule 12).
  expect(fixture.commands.length).toBeLessThanOrEqual(3);
});

test("wire rule 8: a failed DAP_Transfer does not stop later commands, and the report names its statement", async () => {
  const fixture = await openFixture();
  const block = list(write(0), DELAY, { fn: "Write32", args: [NOWHERE, 1] }, DELAY, write(2));
  await expect(fixture.access.atomic(block)).rejects.toThrow(/Write32\(0x60000000, 0x1\) failed/);
  expect(fixture.commands[0]).toBe(EXECUTE);
});

test("wire rule 8: under __errorcontrol what did not run counts as failed, and nothing is sent twice", async () => {
  const fixture = await openFixture();
  const block = list(
    write(0),
    DELAY,
    { fn: "Write32", args: [NOWHERE, 1], tolerate: true },
    DELAY,
    { ...write(2), tolerate: true },
    { fn: "Read32", args: [RAM], tolerate: true },
  );
  const answers = await fixture.access.atomic(block);
  expect(answers.map((answer) => typeof answer === "object")).toEqual([
    false,
    false,
    true,
    false,
    true,
    true,
  ]);
  expect(fixture.commands.filter((id) => id === EXECUTE)).toHaveLength(1);
  expect(fixture.accesses().filter((line) => line.includes("write"))).toEqual([
    "AP 0 write 0x20000000 = 0x1",
    "AP 0 write 0x60000000 = 0x1 failed",
  ]);
});
