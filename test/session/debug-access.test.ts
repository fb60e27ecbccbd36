/** Each access function of a sequence against the simulated target, and what this connection refuses. */
import { describe, expect, test } from "vitest";
import type { SyncReason } from "../../src/interpreter/ports.ts";
import { access, openFixture, RAM, statement, type Call } from "../wire/fixture.ts";

type Fixture = Awaited<ReturnType<typeof openFixture>>;

const ask = (fixture: Fixture, call: Call) => fixture.access.ask(access(call), statement(1));
const post = async (fixture: Fixture, call: Call): Promise<void> => {
  await fixture.access.post(access(call), statement(1));
};
const settle = (fixture: Fixture, reason: SyncReason = "end of sequence") => fixture.access.settle(reason);

test.each([
  [8, 0xffn, 0xa5n, 0xa5n],
  [16, 0xffffn, 0x1_beefn, 0xbeefn],
  [32, 0xffff_ffffn, 0x1_dead_beefn, 0xdead_beefn],
] as const)("Write%i and Read%i cut wider values", async (size, _mask, value, expected) => {
  const fixture = await openFixture();
  await post(fixture, { fn: `Write${size}`, args: [RAM + 4, value] });
  expect(await ask(fixture, { fn: `Read${size}`, args: [RAM + 4] })).toBe(expected);
});

test("ReadAP and WriteAP take the access port of __ap and any bank", async () => {
  const fixture = await openFixture();
  expect(await ask(fixture, { fn: "ReadAP", args: [0xfc] })).toBe(0x2477_0011n);
  await post(fixture, { fn: "WriteAP", args: [0x04, RAM + 8] });
  expect(await ask(fixture, { fn: "ReadAP", args: [0x04] })).toBe(BigInt(RAM + 8));
  expect(await ask(fixture, { fn: "ReadAP", args: [0xfc], ap: 5 })).toBe(0n);
});

test("what a sequence writes to TAR and DRW by itself does not confuse later accesses", async () => {
  const fixture = await openFixture();
  await post(fixture, { fn: "Write32", args: [RAM, 1] });
  await post(fixture, { fn: "WriteAP", args: [0x00, 0x2300_0012] });
  await post(fixture, { fn: "WriteAP", args: [0x04, RAM + 0x20] });
  await post(fixture, { fn: "WriteAP", args: [0x0c, 7] });
  await post(fixture, { fn: "WriteAP", args: [0x0c, 8] });
  await post(fixture, { fn: "Write32", args: [RAM + 4, 2] });
  await post(fixture, { fn: "Write32", args: [RAM + 0x28, 9] });
  await settle(fixture);
  expect([0, 4, 0x20, 0x24, 0x28].map((offset) => fixture.peek(RAM + offset))).toEqual([1, 2, 7, 8, 9]);
});

test("ReadDP and WriteDP reach the registers of the debug port", async () => {
  const fixture = await openFixture();
  expect(await ask(fixture, { fn: "ReadDP", args: [0] })).toBe(0x2ba0_1477n);
  await post(fixture, { fn: "WriteDP", args: [4, 0x5000_0000] });
  expect(((await ask(fixture, { fn: "ReadDP", args: [4] })) as bigint) >> 28n).toBe(0xfn);
});

test("DAP_WriteABORT clears what an error left, without a transfer that would meet it", async () => {
  const fixture = await openFixture();
  await post(fixture, { fn: "DAP_WriteABORT", args: [0x1e] });
  await settle(fixture);
  expect(fixture.commands).toEqual([0x08]);
});

test("DAP_SWJ_Pins answers the levels, posted or asked", async () => {
  const fixture = await openFixture();
  await post(fixture, { fn: "DAP_SWJ_Pins", args: [0x00, 0x80, 0] });
  expect(Number(await ask(fixture, { fn: "DAP_SWJ_Pins", args: [0, 0, 0] })) & 0x80).toBe(0);
  expect(Number(await ask(fixture, { fn: "DAP_SWJ_Pins", args: [0x80, 0x80, 100_000] })) & 0x80).toBe(0x80);
});

test("a posted delay has passed when the run goes on, so that later timeouts start then", async () => {
  const fixture = await openFixture();
  const before = fixture.simulator.clock.nowUs();
  await post(fixture, { fn: "DAP_Delay", args: [30_000] });
  expect(fixture.simulator.clock.nowUs() - before).toBeGreaterThanOrEqual(30_000);
});

test("the prot bits of an access port are read once, before the first access to its memory", async () => {
  const fixture = await openFixture();
  await ask(fixture, { fn: "Read32", args: [RAM] });
  expect(fixture.exchanges()).toEqual(["value used"]);
  const fresh = await openFixture({ asleep: true });
  await expect(ask(fresh, { fn: "Read32", args: [RAM] })).rejects.toMatchObject({
    fault: { kind: "target-fault", ack: "NO_ACK", sites: [statement(1)] },
  });
});

test("a memory access port that cannot be reached yields 0 under tolerance, and is tried again", async () => {
  const fixture = await openFixture({ asleep: true });
  expect(await ask(fixture, { fn: "Read32", args: [RAM], tolerate: true })).toMatchObject({
    failed: { fault: { kind: "target-fault", sites: [statement(1)] } },
  });
  await post(fixture, { fn: "Write32", args: [RAM, 1], tolerate: true });
  await settle(fixture);
  expect(fixture.tolerated()).toHaveLength(2);
});

test("wire rule 16: a debug port of ADIv5 has no address space of access ports", async () => {
  const fixture = await openFixture();
  await fixture.dp.identify();
  fixture.commands.length = 0;
  await expect(ask(fixture, { fn: "ReadAccessAP", args: [0] })).rejects.toThrow(
    "ReadAccessAP needs a debug port of ADIv6; this one is DPv1",
  );
  expect(fixture.commands).toEqual([]);
});

describe("is refused before anything is sent", () => {
  test.each<[string, Call, string]>([
    ["an address of more than 32 bits", { fn: "Read32", args: [0x1_0000_0000n] }, "address-too-wide"],
    ["a function that nobody knows here", { fn: "ReadSomewhere", args: [0] }, "not-supported"],
    ["a line sequence of no bits", { fn: "DAP_SWJ_Sequence", args: [0, 0] }, "not-supported"],
    ["a JTAG sequence of more than 64 bits", { fn: "DAP_JTAG_Sequence", args: [65, 0, 0] }, "not-supported"],
  ])("%s", async (_what, call, kind) => {
    const fixture = await openFixture();
    await expect(ask(fixture, call)).rejects.toMatchObject({ fault: { kind } });
    expect(fixture.commands).toEqual([]);
  });
});

test("an access port is found by __apid if the description has such elements", async () => {
  const fixture = await openFixture();
  const { TargetAccess } = await import("../../src/session/access/debug-access.ts");
  const byId = new TargetAccess(fixture.dp, { apOf: (apid) => (apid === 3n ? 0 : 9) });
  const read = (apid: bigint) =>
    byId.ask({ ...access({ fn: "ReadAP", args: [0xfc], ap: 5 }), apid }, statement(1));
  expect(await read(3n)).toBe(0x2477_0011n);
  expect(await read(4n)).toBe(0n);
});

test("64 bits are two words, low half first", async () => {
  const fixture = await openFixture();
  await ask(fixture, { fn: "Write64", args: [0x2000_0010, 0x8877_6655_4433_2211n] });
  expect([fixture.peek(0x2000_0010), fixture.peek(0x2000_0014)]).toEqual([0x4433_2211, 0x8877_6655]);
  expect(await ask(fixture, { fn: "Read64", args: [0x2000_0010] })).toBe(0x8877_6655_4433_2211n);
});
