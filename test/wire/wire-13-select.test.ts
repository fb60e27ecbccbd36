/** What SELECT, CSW and TARGETSEL mean to accesses that come later (wire rules 13, 14, 15). */
import { expect, test } from "vitest";
import { access, openFixture, RAM, statement, type Call } from "./fixture.ts";

type Fixture = Awaited<ReturnType<typeof openFixture>>;

async function ask(fixture: Fixture, call: Call): Promise<unknown> {
  return fixture.access.ask(access(call), statement(0));
}

test("wire rule 13: TARGETSEL goes out as bits, a DPIDR read follows, and the value of SELECT is forgotten", async () => {
  const fixture = await openFixture();
  await fixture.memory.write(RAM, 32, 1);
  fixture.commands.length = 0;
  const answered = fixture.access.ask(
    access({ fn: "WriteDP", args: [0xc, 0x0100_2927], tolerate: true }),
    statement(1),
  );
  await answered;
  expect(fixture.commands.slice(0, 2)).toEqual([0x12, 0x05]);
});

test("wire rule 14: a CSW that a sequence wrote is the base of later accesses, but for size and increment", async () => {
  const fixture = await openFixture();
  await fixture.access.post(access({ fn: "WriteAP", args: [0, 0xab00_0012] }), statement(1));
  await fixture.access.post(access({ fn: "Write8", args: [RAM + 1, 0x5a] }), statement(2));
  expect(Number(await ask(fixture, { fn: "ReadAP", args: [0] })) & 0xff00_0037).toBe(0xab00_0000 | 0);
  expect(fixture.peek(RAM)).toBe(0x5a00);
});

test("wire rule 14: without one the access port's own prot bits are kept", async () => {
  const fixture = await openFixture();
  await fixture.access.post(access({ fn: "Write16", args: [RAM + 2, 0x1234] }), statement(1));
  expect(Number(await ask(fixture, { fn: "ReadAP", args: [0] })) & 0x7f00_0037).toBe(0x2300_0001);
});

test("wire rule 14: DPBANKSEL counts for ReadDP(4) of the sequence that wrote it, even after an access to an access port", async () => {
  const fixture = await openFixture();
  const events = await fixture.run(`
    sequence Outer {
      __var dlcr = 1;
      __var word = 0;
      __var status = 0;
      WriteDP(0x8, 0x1);
      word = Read32(0xE000ED00);
      dlcr = ReadDP(0x4);
      Sequence("Inner");
      dlcr = ReadDP(0x4) + dlcr;
      Message(0, "dlcr %x", dlcr);
    }
    sequence Inner {
      __var status = 0;
      WriteDP(0x8, 0x0);
      status = ReadDP(0x4);
      Message(0, "status %x", status >> 28);
    }`);
  const texts = events.flatMap((event) => (event.kind === "message" ? [event.text] : []));
  expect(texts).toEqual(["status f", "dlcr 80"]);
});

test("wire rule 14: the next sequence that the debugger starts finds bank 0", async () => {
  const fixture = await openFixture();
  await fixture.run("sequence A { WriteDP(0x8, 0x1); }");
  const events = await fixture.run(`sequence B { __var x = 0; x = ReadDP(0x4); Message(0, "%x", x >> 28); }`);
  expect(events.flatMap((event) => (event.kind === "message" ? [event.text] : []))).toEqual(["f"]);
});

test("wire rule 14: SELECT is written again after an error, because it may not have arrived", async () => {
  const fixture = await openFixture();
  await fixture.memory.read(RAM, 32);
  fixture.simulator.injection.disturb("FAULT");
  // The SELECT of another access port is what fails; the accesses after it must not go there.
  await expect(ask(fixture, { fn: "ReadAP", args: [0xfc], ap: 9 })).rejects.toThrow("one of");
  expect(await ask(fixture, { fn: "Read32", args: [0xe000_ed00] })).toBe(0x410fc241n);
});

test("wire rule 15: the probe learns of data phases before overrun detection is on, and is told when it is off", async () => {
  const fixture = await openFixture();
  await fixture.access.post(access({ fn: "WriteDP", args: [0x4, 0x5000_0001] }), statement(1));
  await fixture.access.settle("end of sequence");
  expect(fixture.commands).toEqual([0x13, 0x05]);
  expect(await ask(fixture, { fn: "Read32", args: [0xe000_ed00] })).toBe(0x410fc241n);
  fixture.commands.length = 0;
  await fixture.access.post(access({ fn: "WriteDP", args: [0x4, 0x5000_0000] }), statement(2));
  await fixture.access.settle("end of sequence");
  expect(fixture.commands).toEqual([0x13, 0x05]);
});

test("wire rule 15: eight idle clocks precede the silence of a disconnect", async () => {
  const fixture = await openFixture();
  await fixture.link.disconnect();
  expect(fixture.commands).toEqual([0x12, 0x03]);
});
