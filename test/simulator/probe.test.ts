/** The probe as the reference firmware is: counts, matches, pins, queues, unknown commands. */
import { describe, expect, test } from "vitest";
import { dapConnect, dapDelay, dapHostStatus, PORT } from "../../src/cmsis-dap/general.ts";
import { capabilitiesFrom, dapInfo, INFO, infoNumber, infoText } from "../../src/cmsis-dap/info.ts";
import { PIN } from "../../src/cmsis-dap/swj.ts";
import { dapTransferConfigure, type Transfer } from "../../src/cmsis-dap/transfer.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { abort, CTRL_STAT, DPIDR, drw, DRW, RDBUFF, tar, TestBench, write } from "./bench.ts";

const FAULT = 4;
const MISMATCH = 16;
const RAM = 0x20000000;
const NOWHERE = 0x60000000;

async function connected(model = "generic-m4"): Promise<TestBench> {
  const bench = new TestBench({ model });
  await bench.connect();
  return bench;
}

describe("DAP_Transfer", () => {
  test("posts AP reads: n of them take n + 1 transfers on the wire", async () => {
    const bench = await connected();
    await bench.words(tar(RAM));
    const before = bench.simulator.injection.transfers;
    await bench.words(DRW, DRW, DRW);
    expect(bench.simulator.injection.transfers - before).toBe(4);
  });

  test("checks the last write by RDBUFF, and only the last", async () => {
    const bench = await connected();
    const before = bench.simulator.injection.transfers;
    await bench.words(tar(RAM), drw(1));
    expect(bench.simulator.injection.transfers - before).toBe(3);
    await bench.words(tar(RAM), CTRL_STAT);
    expect(bench.simulator.injection.transfers - before).toBe(5);
  });

  test("an AP read that fails counts as done and yields nothing", async () => {
    const bench = await connected();
    expect(await bench.transfer(tar(NOWHERE), DRW)).toEqual({ count: 2, ack: FAULT, data: Uint32Array.of() });
    await bench.words(abort(0x1e));
    expect(await bench.transfer(tar(NOWHERE), DRW, DPIDR)).toMatchObject({ count: 2, ack: FAULT });
  });

  test("gives the values of a mixed list in order", async () => {
    const bench = await connected();
    const status = 0xf0000040;
    expect(await bench.words(tar(RAM), drw(5), tar(RAM), DRW, CTRL_STAT, tar(RAM), DRW, DPIDR)).toEqual([
      5,
      status,
      5,
      0x2ba01477,
    ]);
  });

  test("time stamps stand before the data", async () => {
    const bench = await connected();
    const [stamp = 0, value] = await bench.words({ kind: "read", port: "DP", address: 0, timestamp: true });
    expect(value).toBe(0x2ba01477);
    expect(stamp).toBe(Math.floor(bench.simulator.clock.nowUs()));
  });
});

describe("value match", () => {
  const match = (value: number): Transfer => ({ kind: "match", port: "AP", address: 0xc, value });
  const mask = (value: number): Transfer => ({ kind: "mask", value });
  const configure = (bench: TestBench, matchRetries: number): Promise<unknown> =>
    bench.ask(dapTransferConfigure, { idleCycles: 0, waitRetries: 0, matchRetries });

  test("reads until the masked value is there", async () => {
    const bench = await connected();
    await bench.writeWord(0x40000008, 1); // starts a command that is done after 50 us
    await configure(bench, 100);
    const { count, ack } = await bench.transfer(mask(1), tar(0x40000004), match(1));
    expect({ count, ack }).toEqual({ count: 3, ack: 1 });
  });

  test("gives up after its retries with MISMATCH, and reads once more than it compares", async () => {
    const bench = await connected();
    await bench.words(tar(RAM), drw(0), tar(RAM));
    await configure(bench, 4);
    await bench.words(mask(0xff));
    const before = bench.simulator.injection.transfers;
    expect(await bench.transfer(match(7))).toMatchObject({ count: 0, ack: 1 | MISMATCH });
    expect(bench.simulator.injection.transfers - before).toBe(6);
  });
});

describe("DAP_TransferBlock", () => {
  const register = { port: "AP", address: 0xc } as const;
  const INCREMENT = write("AP", 0x0, 0x23000012);

  test("writes and reads a block, with one more transfer for RDBUFF", async () => {
    const bench = await connected();
    await bench.words(INCREMENT, tar(RAM));
    const words = Uint32Array.from({ length: 100 }, (_, at) => at * 3);
    const before = bench.simulator.injection.transfers;
    expect(await bench.block({ kind: "write", index: 0, register, words })).toMatchObject({
      count: 100,
      ack: 1,
    });
    expect(bench.simulator.injection.transfers - before).toBe(101);
    await bench.words(tar(RAM));
    const { data } = await bench.block({ kind: "read", index: 0, register, count: 100 });
    expect(data).toEqual(words);
  });

  test("counts all words when only its own RDBUFF read finds the fault", async () => {
    const bench = await connected();
    await bench.words(tar(NOWHERE));
    const written = await bench.block({ kind: "write", index: 0, register, words: Uint32Array.of(1) });
    expect(written).toMatchObject({ count: 1, ack: FAULT });
  });

  test.each([
    ["4 KiB at a Cortex-M4", "generic-m4", 0x20002ff8, 0x20002000],
    ["1 KiB at a Cortex-M0+", "atsamd21j18", 0x200027f8, 0x20002400],
  ])(
    "TAR wraps inside %s, so a block that crosses it lands at its start",
    async (_what, model, at, wrapped) => {
      const bench = await connected(model);
      await bench.words(INCREMENT, tar(at));
      const words = Uint32Array.of(1, 2, 3, 4, 5);
      expect(await bench.block({ kind: "write", index: 0, register, words })).toMatchObject({
        count: 5,
        ack: 1,
      });
      expect(await bench.readWord(at + 4)).toBe(2);
      expect(await bench.readWord(wrapped)).toBe(3);
    },
  );

  test("nothing asked, nothing done", async () => {
    const bench = await connected();
    expect(await bench.block({ kind: "read", index: 0, register, count: 0 })).toMatchObject({
      count: 0,
      ack: 0,
    });
  });
});

describe("the probe itself", () => {
  const info = (bench: TestBench, id: number) => bench.ask(dapInfo, { id });

  test("says what it is", async () => {
    const bench = new TestBench({ model: "generic-m4", options: { latency: "bulk-fs" } });
    expect(infoText(await info(bench, INFO.product))).toBe("dbgseq simulated CMSIS-DAP");
    expect(infoText(await info(bench, INFO.serialNumber))).toBe("SIM-generic-m4");
    expect(infoText(await info(bench, INFO.targetDeviceName))).toBeUndefined();
    expect(infoNumber(await info(bench, INFO.packetSize))).toBe(64);
    expect(infoNumber(await info(bench, INFO.packetCount))).toBe(8);
    expect(infoNumber(await info(bench, INFO.testDomainTimer))).toBe(1_000_000);
    expect(capabilitiesFrom(await info(bench, INFO.capabilities))).toMatchObject({
      swd: true,
      atomic: true,
      testDomainTimer: true,
      swoUart: false,
    });
  });

  test("answers 0xFF to a command that it does not know", async () => {
    const bench = await connected();
    expect(await bench.packet(Uint8Array.of(0x1a, 1, 2))).toEqual(Uint8Array.of(0xff));
    expect(await bench.packet(Uint8Array.of(0x80))).toEqual(Uint8Array.of(0xff));
  });

  test("shows the lights that the host asks for", async () => {
    const bench = await connected();
    await bench.ask(dapHostStatus, { type: 1, on: true });
    expect(bench.simulator.lights).toEqual({ connected: false, running: true });
    expect(await bench.ask(dapHostStatus, { type: 2, on: true })).toEqual({ ok: false });
  });

  test("a delay moves the time", async () => {
    const bench = await connected();
    const before = bench.simulator.clock.nowUs();
    await bench.ask(dapDelay, { us: 65_535 });
    expect(bench.simulator.clock.nowUs() - before).toBe(65_535);
  });

  test("without a port nothing reaches the target, and transfers answer 0", async () => {
    const bench = new TestBench({ model: "generic-m4" });
    expect(await bench.transfer(DPIDR)).toMatchObject({ count: 0, ack: 0 });
    await bench.pins(0, PIN.nreset);
    expect(bench.simulator.log.events).toEqual([]);
    expect(await bench.ask(dapConnect, { port: 3 })).toEqual({ port: PORT.none });
  });
});

describe("pins", () => {
  test("nRESET resets the target while it is low", async () => {
    const bench = await connected();
    expect((await bench.pins(0, PIN.nreset)) & PIN.nreset).toBe(0);
    expect(bench.simulator.log.events.at(-1)).toMatchObject({ kind: "reset", reset: "system", by: "nRESET" });
    bench.simulator.clock.advance(1000);
    // The system is held; the core's debug registers answer.
    expect((await bench.transfer(tar(RAM), DRW)).ack).toBe(FAULT);
    await bench.words(abort(0x1e));
    expect(await bench.readWord(0xe000ed00)).toBe(0x410fc241);
    expect((await bench.pins(PIN.nreset, PIN.nreset)) & PIN.nreset).toBe(PIN.nreset);
    expect((await bench.transfer(tar(RAM), DRW)).ack).toBe(1);
  });

  test("a wait ends when the board lets the pin go", async () => {
    const bench = await connected();
    const { soc, clock } = bench.simulator;
    Object.assign(soc.settings, { nresetRiseUs: 500 });
    await bench.pins(0, PIN.nreset);
    const before = clock.nowUs();
    expect((await bench.pins(PIN.nreset, PIN.nreset, 10_000)) & PIN.nreset).toBe(PIN.nreset);
    expect(clock.nowUs() - before).toBeCloseTo(500, -1);
  });

  test("a wait with a higher bit also set in the output runs to its end, at most 3 s", async () => {
    const bench = await connected();
    const { clock } = bench.simulator;
    let before = clock.nowUs();
    await bench.pins(PIN.nreset | PIN.swdio, PIN.swdio, 1000);
    expect(clock.nowUs() - before).toBe(1000);
    before = clock.nowUs();
    await bench.pins(PIN.nreset | PIN.swdio, PIN.swdio, 9_000_000);
    expect(clock.nowUs() - before).toBe(3_000_000);
  });
});

describe("packets", () => {
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

  test("DAP_ExecuteCommands runs its commands in one packet", async () => {
    const bench = await connected();
    const sent = bytes(0x7f, 2, 0x09, 10, 0, 0x05, 0, 1, 0x02);
    expect(await bench.packet(sent)).toEqual(bytes(0x7f, 2, 0x09, 0, 0x05, 1, 1, 0x77, 0x14, 0xa0, 0x2b));
  });

  test("an unknown command inside takes one byte, and the rest is out of step", async () => {
    const bench = await connected();
    // 0x1A with one argument byte: the argument is taken for the next command.
    expect(await bench.packet(bytes(0x7f, 2, 0x1a, 0x03))).toEqual(bytes(0x7f, 2, 0xff, 0x03, 0));
  });

  test("queued packets are answered after the final one, each as DAP_ExecuteCommands", async () => {
    const bench = await connected();
    const { pipe } = bench.simulator;
    await pipe.send(bytes(0x7e, 1, 0x09, 1, 0));
    await expect(pipe.receive(1000)).rejects.toMatchObject({ fault: { kind: "timeout" } });
    await pipe.send(bytes(0x7f, 1, 0x11, 0, 0, 0, 0));
    expect(await pipe.receive(1000)).toEqual(bytes(0x7f, 1, 0x09, 0));
    expect(await pipe.receive(1000)).toEqual(bytes(0x7f, 1, 0x11, 0xff));
  });

  test("a full queue is never answered", async () => {
    const bench = await connected();
    const { pipe } = bench.simulator;
    for (let at = 0; at < 4; at++) await pipe.send(bytes(0x7e, 1, 0x09, 1, 0));
    await pipe.send(bytes(0x7f, 1, 0x09, 1, 0));
    await expect(pipe.receive(1_000_000)).rejects.toMatchObject({ fault: { kind: "timeout" } });
  });

  test("DAP_TransferAbort has no answer", async () => {
    const bench = await connected();
    await bench.simulator.pipe.send(bytes(0x07));
    expect(await bench.words(DPIDR)).toEqual([0x2ba01477]);
  });

  test("a lost response is a timeout on virtual time, and resync goes on", async () => {
    const bench = await connected();
    const { pipe, injection, clock } = bench.simulator;
    injection.dropPacket();
    const before = clock.nowUs();
    await pipe.send(bytes(0x09, 0, 0));
    await expect(pipe.receive(250_000)).rejects.toMatchObject({
      fault: { kind: "timeout", limitUs: 250_000 },
    });
    expect(clock.nowUs() - before).toBe(250_000);
    await pipe.resync();
    expect(await bench.words(RDBUFF)).toHaveLength(1);
  });

  test("resync leaves nothing queued that a later request would be answered with", async () => {
    const bench = await connected();
    const { pipe } = bench.simulator;
    await pipe.send(bytes(0x7e, 1, 0x09, 1, 0));
    await pipe.resync();
    expect(await bench.words(DPIDR)).toEqual([0x2ba01477]);
  });

  test("what does not fit a packet is refused", async () => {
    const bench = new TestBench({ model: "generic-m4", options: { latency: "hid-fs" } });
    await expect(bench.packet(new Uint8Array(65))).rejects.toMatchObject({
      fault: { kind: "oversized-packet", what: "request", length: 65, limit: 64 },
    });
    await bench.connect();
    const sixteen = bench.block({ kind: "read", index: 0, register: { port: "DP", address: 0 }, count: 16 });
    await expect(sixteen).rejects.toMatchObject({ fault: { kind: "oversized-packet", what: "response" } });
  });

  test("after closing nothing is taken", async () => {
    const bench = await connected();
    await bench.simulator.pipe.close();
    await expect(bench.simulator.pipe.send(bytes(3))).rejects.toMatchObject({ fault: { kind: "closed" } });
  });

  test.each([
    ["hid-fs", 2000, 2],
    ["bulk-fs", 500, 2],
    ["bulk-hs", 125, 4],
  ])(
    "%s: %i us from request to reply, less for several in flight",
    async (latency, roundTripUs, inFlight) => {
      const bench = new TestBench({ model: "generic-m4", options: { latency } });
      const { pipe, clock } = bench.simulator;
      const delay = bytes(0x09, 0, 0);
      const before = clock.nowUs();
      await bench.packet(delay);
      expect(clock.nowUs() - before).toBe(roundTripUs);
      const start = clock.nowUs();
      for (let at = 0; at < inFlight; at++) await pipe.send(delay);
      for (let at = 0; at < inFlight; at++) await pipe.receive(1_000_000);
      expect(clock.nowUs() - start).toBeLessThan(roundTripUs * inFlight);
    },
  );
});

describe("requests that no careful client sends", () => {
  test("one that is cut short is read on in the buffer, as dapjs needs it for DAP_WriteABORT", async () => {
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

  test("forgets by resync also what is queued and cannot be read", async () => {
    const { pipe } = openSimulator({ model: "generic-m4" });
    await pipe.send(Uint8Array.of(0x7e, 1, 0x06, 0, 0xff, 0xff, 0));
    await pipe.resync();
    await pipe.send(Uint8Array.of(0x03));
    expect(await pipe.receive(1000)).toEqual(Uint8Array.of(0x03, 0));
  });
});
