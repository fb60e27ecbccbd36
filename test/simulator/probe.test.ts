/** The probe as the reference firmware is: counts, matches, pins, queues, unknown commands. */
import { describe, expect, test } from "vitest";
import { dapConnect, dapDelay, dapHostStatus, PORT } from "../../src/cmsis-dap/general.ts";
import { capabilitiesFrom, dapInfo, INFO, infoNumber, infoText } from "../../src/cmsis-dap/info.ts";
import { PIN } from "../../src/cmsis-dap/swj.ts";
import { dapTransferConfigure, type Transfer } from "../../src/cmsis-dap/transfer.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { abort, CTRL_STAT, DPIDR, drw, DRW, RDBUFF, tar, TestFixture, write } from "./fixture.ts";

const FAULT = 4;
const MISMATCH = 16;
const RAM = 0x20000000;
const NOWHERE = 0x60000000;

async function connected(model = "generic-m4"): Promise<TestFixture> {
  const fixture = new TestFixture({ model });
  await fixture.connect();
  return fixture;
}

describe("DAP_Transfer", () => {
  test("posts AP reads: n of them take n + 1 transfers on the wire", async () => {
    const fixture = await connected();
    await fixture.words(tar(RAM));
    const before = fixture.simulator.injection.transfers;
    await fixture.words(DRW, DRW, DRW);
    expect(fixture.simulator.injection.transfers - before).toBe(4);
  });

  test("checks the last write by RDBUFF, and only the last", async () => {
    const fixture = await connected();
    const before = fixture.simulator.injection.transfers;
    await fixture.words(tar(RAM), drw(1));
    expect(fixture.simulator.injection.transfers - before).toBe(3);
    await fixture.words(tar(RAM), CTRL_STAT);
    expect(fixture.simulator.injection.transfers - before).toBe(5);
  });

  test("an AP read that fails counts as done and yields nothing", async () => {
    const fixture = await connected();
    expect(await fixture.transfer(tar(NOWHERE), DRW)).toEqual({
      count: 2,
      ack: FAULT,
      data: Uint32Array.of(),
    });
    await fixture.words(abort(0x1e));
    expect(await fixture.transfer(tar(NOWHERE), DRW, DPIDR)).toMatchObject({ count: 2, ack: FAULT });
  });

  test("gives the values of a mixed list in order", async () => {
    const fixture = await connected();
    const status = 0xf0000040;
    expect(await fixture.words(tar(RAM), drw(5), tar(RAM), DRW, CTRL_STAT, tar(RAM), DRW, DPIDR)).toEqual([
      5,
      status,
      5,
      0x2ba01477,
    ]);
  });

  test("time stamps stand before the data", async () => {
    const fixture = await connected();
    const [stamp = 0, value] = await fixture.words({ kind: "read", port: "DP", address: 0, timestamp: true });
    expect(value).toBe(0x2ba01477);
    expect(stamp).toBe(Math.floor(fixture.simulator.clock.nowUs()));
  });
});

describe("value match", () => {
  const match = (value: number): Transfer => ({ kind: "match", port: "AP", address: 0xc, value });
  const mask = (value: number): Transfer => ({ kind: "mask", value });
  const configure = (fixture: TestFixture, matchRetries: number): Promise<unknown> =>
    fixture.ask(dapTransferConfigure, { idleCycles: 0, waitRetries: 0, matchRetries });

  test("reads until the masked value is there", async () => {
    const fixture = await connected();
    await fixture.writeWord(0x40000008, 1); // starts a command that is done after 50 us
    await configure(fixture, 100);
    const { count, ack } = await fixture.transfer(mask(1), tar(0x40000004), match(1));
    expect({ count, ack }).toEqual({ count: 3, ack: 1 });
  });

  test("gives up after its retries with MISMATCH, and reads once more than it compares", async () => {
    const fixture = await connected();
    await fixture.words(tar(RAM), drw(0), tar(RAM));
    await configure(fixture, 4);
    await fixture.words(mask(0xff));
    const before = fixture.simulator.injection.transfers;
    expect(await fixture.transfer(match(7))).toMatchObject({ count: 0, ack: 1 | MISMATCH });
    expect(fixture.simulator.injection.transfers - before).toBe(6);
  });
});

describe("DAP_TransferBlock", () => {
  const register = { port: "AP", address: 0xc } as const;
  const INCREMENT = write("AP", 0x0, 0x23000012);

  test("writes and reads a block, with one more transfer for RDBUFF", async () => {
    const fixture = await connected();
    await fixture.words(INCREMENT, tar(RAM));
    const words = Uint32Array.from({ length: 100 }, (_, at) => at * 3);
    const before = fixture.simulator.injection.transfers;
    expect(await fixture.block({ kind: "write", index: 0, register, words })).toMatchObject({
      count: 100,
      ack: 1,
    });
    expect(fixture.simulator.injection.transfers - before).toBe(101);
    await fixture.words(tar(RAM));
    const { data } = await fixture.block({ kind: "read", index: 0, register, count: 100 });
    expect(data).toEqual(words);
  });

  test("counts all words when only its own RDBUFF read finds the fault", async () => {
    const fixture = await connected();
    await fixture.words(tar(NOWHERE));
    const written = await fixture.block({ kind: "write", index: 0, register, words: Uint32Array.of(1) });
    expect(written).toMatchObject({ count: 1, ack: FAULT });
  });

  test.each([
    ["4 KiB at a Cortex-M4", "generic-m4", 0x20002ff8, 0x20002000],
    ["1 KiB at a Cortex-M0+", "atsamd21j18", 0x200027f8, 0x20002400],
  ])(
    "TAR wraps inside %s, so a block that crosses it lands at its start",
    async (_what, model, at, wrapped) => {
      const fixture = await connected(model);
      await fixture.words(INCREMENT, tar(at));
      const words = Uint32Array.of(1, 2, 3, 4, 5);
      expect(await fixture.block({ kind: "write", index: 0, register, words })).toMatchObject({
        count: 5,
        ack: 1,
      });
      expect(await fixture.readWord(at + 4)).toBe(2);
      expect(await fixture.readWord(wrapped)).toBe(3);
    },
  );

  test("does nothing for an empty request", async () => {
    const fixture = await connected();
    expect(await fixture.block({ kind: "read", index: 0, register, count: 0 })).toMatchObject({
      count: 0,
      ack: 0,
    });
  });
});

describe("the probe itself", () => {
  const info = (fixture: TestFixture, id: number) => fixture.ask(dapInfo, { id });

  test("tells its identity", async () => {
    const fixture = new TestFixture({ model: "generic-m4", options: { latency: "bulk-fs" } });
    expect(infoText(await info(fixture, INFO.product))).toBe("dbgseq simulated CMSIS-DAP");
    expect(infoText(await info(fixture, INFO.serialNumber))).toBe("SIM-generic-m4");
    expect(infoText(await info(fixture, INFO.targetDeviceName))).toBeUndefined();
    expect(infoNumber(await info(fixture, INFO.packetSize))).toBe(64);
    expect(infoNumber(await info(fixture, INFO.packetCount))).toBe(8);
    expect(infoNumber(await info(fixture, INFO.testDomainTimer))).toBe(1_000_000);
    expect(capabilitiesFrom(await info(fixture, INFO.capabilities))).toMatchObject({
      swd: true,
      atomic: true,
      testDomainTimer: true,
      swoUart: false,
    });
  });

  test("answers 0xFF to a command that it does not know", async () => {
    const fixture = await connected();
    expect(await fixture.packet(Uint8Array.of(0x1a, 1, 2))).toEqual(Uint8Array.of(0xff));
    expect(await fixture.packet(Uint8Array.of(0x80))).toEqual(Uint8Array.of(0xff));
  });

  test("shows the lights that the host asks for", async () => {
    const fixture = await connected();
    await fixture.ask(dapHostStatus, { type: 1, on: true });
    expect(fixture.simulator.lights).toEqual({ connected: false, running: true });
    expect(await fixture.ask(dapHostStatus, { type: 2, on: true })).toEqual({ ok: false });
  });

  test("moves the time by a delay", async () => {
    const fixture = await connected();
    const before = fixture.simulator.clock.nowUs();
    await fixture.ask(dapDelay, { us: 65_535 });
    expect(fixture.simulator.clock.nowUs() - before).toBe(65_535);
  });

  test("passes nothing to the target without a port, and answers transfers with 0", async () => {
    const fixture = new TestFixture({ model: "generic-m4" });
    expect(await fixture.transfer(DPIDR)).toMatchObject({ count: 0, ack: 0 });
    await fixture.pins(0, PIN.nreset);
    expect(fixture.simulator.log.events).toEqual([]);
    expect(await fixture.ask(dapConnect, { port: 3 })).toEqual({ port: PORT.none });
  });
});

describe("pins", () => {
  test("nRESET resets the target while it is low", async () => {
    const fixture = await connected();
    expect((await fixture.pins(0, PIN.nreset)) & PIN.nreset).toBe(0);
    expect(fixture.simulator.log.events.at(-1)).toMatchObject({
      kind: "reset",
      reset: "system",
      by: "nRESET",
    });
    fixture.simulator.clock.advance(1000);
    // The system is held; the core's debug registers answer.
    expect((await fixture.transfer(tar(RAM), DRW)).ack).toBe(FAULT);
    await fixture.words(abort(0x1e));
    expect(await fixture.readWord(0xe000ed00)).toBe(0x410fc241);
    expect((await fixture.pins(PIN.nreset, PIN.nreset)) & PIN.nreset).toBe(PIN.nreset);
    expect((await fixture.transfer(tar(RAM), DRW)).ack).toBe(1);
  });

  test("a wait ends when the board lets the pin go", async () => {
    const fixture = await connected();
    const { soc, clock } = fixture.simulator;
    Object.assign(soc.settings, { nresetRiseUs: 500 });
    await fixture.pins(0, PIN.nreset);
    const before = clock.nowUs();
    expect((await fixture.pins(PIN.nreset, PIN.nreset, 10_000)) & PIN.nreset).toBe(PIN.nreset);
    expect(clock.nowUs() - before).toBeCloseTo(500, -1);
  });

  test("a wait with a higher bit also set in the output runs to its end, at most 3 s", async () => {
    const fixture = await connected();
    const { clock } = fixture.simulator;
    let before = clock.nowUs();
    await fixture.pins(PIN.nreset | PIN.swdio, PIN.swdio, 1000);
    expect(clock.nowUs() - before).toBe(1000);
    before = clock.nowUs();
    await fixture.pins(PIN.nreset | PIN.swdio, PIN.swdio, 9_000_000);
    expect(clock.nowUs() - before).toBe(3_000_000);
  });
});

describe("packets", () => {
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

  test("DAP_ExecuteCommands runs its commands in one packet", async () => {
    const fixture = await connected();
    const sent = bytes(0x7f, 2, 0x09, 10, 0, 0x05, 0, 1, 0x02);
    expect(await fixture.packet(sent)).toEqual(bytes(0x7f, 2, 0x09, 0, 0x05, 1, 1, 0x77, 0x14, 0xa0, 0x2b));
  });

  test("an unknown command inside takes one byte, and the rest is out of step", async () => {
    const fixture = await connected();
    // 0x1A with one argument byte: the argument is taken for the next command.
    expect(await fixture.packet(bytes(0x7f, 2, 0x1a, 0x03))).toEqual(bytes(0x7f, 2, 0xff, 0x03, 0));
  });

  test("queued packets are answered after the final one, each as DAP_ExecuteCommands", async () => {
    const fixture = await connected();
    const { pipe } = fixture.simulator;
    await pipe.send(bytes(0x7e, 1, 0x09, 1, 0));
    await expect(pipe.receive(1000)).rejects.toMatchObject({ fault: { kind: "timeout" } });
    await pipe.send(bytes(0x7f, 1, 0x11, 0, 0, 0, 0));
    expect(await pipe.receive(1000)).toEqual(bytes(0x7f, 1, 0x09, 0));
    expect(await pipe.receive(1000)).toEqual(bytes(0x7f, 1, 0x11, 0xff));
  });

  test("a full queue is never answered", async () => {
    const fixture = await connected();
    const { pipe } = fixture.simulator;
    for (let at = 0; at < 4; at++) await pipe.send(bytes(0x7e, 1, 0x09, 1, 0));
    await pipe.send(bytes(0x7f, 1, 0x09, 1, 0));
    await expect(pipe.receive(1_000_000)).rejects.toMatchObject({ fault: { kind: "timeout" } });
  });

  test("DAP_TransferAbort has no answer", async () => {
    const fixture = await connected();
    await fixture.simulator.pipe.send(bytes(0x07));
    expect(await fixture.words(DPIDR)).toEqual([0x2ba01477]);
  });

  test("a lost response is a timeout on virtual time, and resync goes on", async () => {
    const fixture = await connected();
    const { pipe, injection, clock } = fixture.simulator;
    injection.dropPacket();
    const before = clock.nowUs();
    await pipe.send(bytes(0x09, 0, 0));
    await expect(pipe.receive(250_000)).rejects.toMatchObject({
      fault: { kind: "timeout", limitUs: 250_000 },
    });
    expect(clock.nowUs() - before).toBe(250_000);
    await pipe.resync();
    expect(await fixture.words(RDBUFF)).toHaveLength(1);
  });

  test("resync leaves nothing queued that a later request would be answered with", async () => {
    const fixture = await connected();
    const { pipe } = fixture.simulator;
    await pipe.send(bytes(0x7e, 1, 0x09, 1, 0));
    await pipe.resync();
    expect(await fixture.words(DPIDR)).toEqual([0x2ba01477]);
  });

  test("a request that does not fit a packet is refused", async () => {
    const fixture = new TestFixture({ model: "generic-m4", options: { latency: "hid-fs" } });
    await expect(fixture.packet(new Uint8Array(65))).rejects.toMatchObject({
      fault: { kind: "oversized-packet", what: "request", length: 65, limit: 64 },
    });
    await fixture.connect();
    const sixteen = fixture.block({
      kind: "read",
      index: 0,
      register: { port: "DP", address: 0 },
      count: 16,
    });
    await expect(sixteen).rejects.toMatchObject({ fault: { kind: "oversized-packet", what: "response" } });
  });

  test("a closed pipe refuses requests", async () => {
    const fixture = await connected();
    await fixture.simulator.pipe.close();
    await expect(fixture.simulator.pipe.send(bytes(3))).rejects.toMatchObject({ fault: { kind: "closed" } });
  });

  test.each([
    ["hid-fs", 2000, 2],
    ["bulk-fs", 500, 2],
    ["bulk-hs", 125, 4],
  ])(
    "%s: %i us from request to reply, less for several in flight",
    async (latency, roundTripUs, inFlight) => {
      const fixture = new TestFixture({ model: "generic-m4", options: { latency } });
      const { pipe, clock } = fixture.simulator;
      const delay = bytes(0x09, 0, 0);
      const before = clock.nowUs();
      await fixture.packet(delay);
      expect(clock.nowUs() - before).toBe(roundTripUs);
      const start = clock.nowUs();
      for (let at = 0; at < inFlight; at++) await pipe.send(delay);
      for (let at = 0; at < inFlight; at++) await pipe.receive(1_000_000);
      expect(clock.nowUs() - start).toBeLessThan(roundTripUs * inFlight);
    },
  );
});

describe("a malformed request", () => {
  test("that is cut short is completed from the buffer, as dapjs needs it for DAP_WriteABORT", async () => {
    const { pipe } = (await connected()).simulator;
    await pipe.send(Uint8Array.of(0x08, 0, 0x1e));
    expect(await pipe.receive(1000)).toEqual(Uint8Array.of(0x08, 0));
  });
});

describe("a probe whose packets pile up", () => {
  test("keeps the host waiting while its answers are not taken, and loses none", async () => {
    const { pipe } = openSimulator({ model: "generic-m4" });
    for (let sent = 0; sent < 20; sent++) await pipe.send(Uint8Array.of(0x00, 0xfe));
    for (let taken = 0; taken < 20; taken++) expect((await pipe.receive(1000))[0]).toBe(0);
  });

  test("forgets queued packets that cannot be read by a resync", async () => {
    const { pipe } = openSimulator({ model: "generic-m4" });
    await pipe.send(Uint8Array.of(0x7e, 1, 0x06, 0, 0xff, 0xff, 0));
    await pipe.resync();
    await pipe.send(Uint8Array.of(0x03));
    expect(await pipe.receive(1000)).toEqual(Uint8Array.of(0x03, 0));
  });
});
