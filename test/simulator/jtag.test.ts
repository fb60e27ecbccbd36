/** The same target over JTAG: chain, IDCODE, posted reads, sticky flags without FAULT. */
import { describe, expect, test } from "vitest";
import { dapConnect, PORT } from "../../src/cmsis-dap/general.ts";
import { dapJtagConfigure, dapJtagIdcode, dapJtagSequence } from "../../src/cmsis-dap/jtag.ts";
import { dapTransferConfigure, dapWriteAbort } from "../../src/cmsis-dap/transfer.ts";
import { csw, CTRL_STAT, DPIDR, drw, DRW, select, tar, TestFixture, write } from "./fixture.ts";

const RAM = 0x20000000;
const NOWHERE = 0x60000000;
const STICKYERR = 1 << 5;

async function woken(): Promise<TestFixture> {
  const fixture = new TestFixture({ model: "generic-m4" });
  await fixture.ask(dapConnect, { port: PORT.jtag });
  await fixture.ask(dapTransferConfigure, { idleCycles: 0, waitRetries: 10, matchRetries: 0 });
  await fixture.ask(dapJtagConfigure, { irLengths: [4] });
  // Test-Logic-Reset, then Run-Test/Idle.
  await fixture.sequence(6, Uint8Array.of(0x1f));
  return fixture;
}

async function connected(): Promise<TestFixture> {
  const fixture = await woken();
  await fixture.words(select(0), write("DP", 0x4, 0x50000032));
  fixture.simulator.clock.advance(1000);
  await fixture.words(csw());
  return fixture;
}

describe("the chain", () => {
  test("has one TAP with its IDCODE", async () => {
    const fixture = await woken();
    expect(await fixture.ask(dapJtagIdcode, { index: 0 })).toEqual({ ok: true, idcode: 0x2ba00477 });
    expect(await fixture.ask(dapJtagIdcode, { index: 1 })).toEqual({ ok: false });
  });

  test("shifts the IDCODE out of the data register after a reset", async () => {
    const fixture = await woken();
    const zeros = new Uint8Array(8);
    const { tdo } = await fixture.ask(dapJtagSequence, {
      segments: [
        { count: 1, tms: 1, capture: false, tdi: zeros.subarray(0, 1) },
        { count: 2, tms: 0, capture: false, tdi: zeros.subarray(0, 1) },
        { count: 32, tms: 0, capture: true, tdi: zeros.subarray(0, 4) },
        { count: 2, tms: 1, capture: false, tdi: zeros.subarray(0, 1) },
        { count: 1, tms: 0, capture: false, tdi: zeros.subarray(0, 1) },
      ],
    });
    expect([...(tdo[0] ?? [])]).toEqual([0x77, 0x04, 0xa0, 0x2b]);
  });

  test("speaks SWD after the switch, and JTAG again after the one back", async () => {
    const fixture = await woken();
    await fixture.wake();
    expect(await fixture.words(DPIDR)).toEqual([0x2ba01477]);
    await fixture.lineReset(51, 0);
    await fixture.sequence(16, Uint8Array.of(0x3c, 0xe7));
    await fixture.ask(dapConnect, { port: PORT.jtag });
    await fixture.sequence(6, Uint8Array.of(0x1f));
    expect(await fixture.ask(dapJtagIdcode, { index: 0 })).toMatchObject({ ok: true });
  });
});

describe("a chain of two", () => {
  async function h743(): Promise<TestFixture> {
    const fixture = new TestFixture({ model: "stm32h743" });
    await fixture.ask(dapConnect, { port: PORT.jtag });
    await fixture.ask(dapTransferConfigure, { idleCycles: 0, waitRetries: 10, matchRetries: 0 });
    await fixture.ask(dapJtagConfigure, { irLengths: [4, 5] });
    await fixture.sequence(6, Uint8Array.of(0x1f));
    return fixture;
  }

  test("has the debug port next to TDO and the boundary scan behind it", async () => {
    const fixture = await h743();
    const zeros = new Uint8Array(8);
    const { tdo } = await fixture.ask(dapJtagSequence, {
      segments: [
        { count: 1, tms: 1, capture: false, tdi: zeros.subarray(0, 1) },
        { count: 2, tms: 0, capture: false, tdi: zeros.subarray(0, 1) },
        { count: 64, tms: 0, capture: true, tdi: zeros },
        { count: 2, tms: 1, capture: false, tdi: zeros.subarray(0, 1) },
        { count: 1, tms: 0, capture: false, tdi: zeros.subarray(0, 1) },
      ],
    });
    expect([...(tdo[0] ?? [])]).toEqual([0x77, 0x04, 0xa0, 0x6b, 0x41, 0x00, 0x45, 0x06]);
  });

  test("reaches the debug port through the other TAP's bypass", async () => {
    const fixture = await h743();
    expect(await fixture.words(DPIDR)).toEqual([0x6ba02477]);
    await fixture.words(select(0), write("DP", 0x4, 0x50000032));
    expect((await fixture.words(CTRL_STAT))[0]).toBeDefined();
  });
});

describe("transfers", () => {
  test("read and write registers and memory", async () => {
    const fixture = await connected();
    expect(await fixture.words(DPIDR, CTRL_STAT)).toEqual([0x2ba01477, 0xf0000000]);
    await fixture.writeWord(RAM, 0x12345678);
    expect(await fixture.words(tar(RAM), DRW, DPIDR, DRW)).toEqual([0x12345678, 0x2ba01477, 0]);
  });

  test("move blocks both ways", async () => {
    const fixture = await connected();
    await fixture.words(tar(RAM));
    const register = { port: "AP", address: 0xc } as const;
    const words = Uint32Array.of(1, 2, 3);
    expect(await fixture.block({ kind: "write", index: 0, register, words })).toMatchObject({
      count: 3,
      ack: 1,
    });
    await fixture.words(tar(RAM));
    expect((await fixture.block({ kind: "read", index: 0, register, count: 3 })).data).toEqual(words);
  });

  test("show a bus error in CTRL/STAT and not as FAULT, and clear it by ones written there", async () => {
    const fixture = await connected();
    await fixture.words(tar(NOWHERE), drw(1));
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & STICKYERR).toBe(STICKYERR);
    await fixture.words(tar(RAM), drw(5));
    await fixture.words(write("DP", 0x4, 0x50000020));
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & STICKYERR).toBe(0);
    expect(await fixture.readWord(RAM)).toBe(0);
  });

  test("write ABORT by an instruction of its own", async () => {
    const fixture = await connected();
    await fixture.words(tar(NOWHERE), drw(1));
    expect(await fixture.ask(dapWriteAbort, { index: 0, value: 4 })).toEqual({ ok: true });
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & STICKYERR).toBe(0);
    expect(await fixture.ask(dapWriteAbort, { index: 3, value: 4 })).toEqual({ ok: false });
  });

  test("are repeated after WAIT", async () => {
    const fixture = await connected();
    await fixture.words(tar(RAM));
    fixture.simulator.injection.disturb("WAIT", 0, 5);
    expect(await fixture.words(DRW)).toEqual([0]);
    fixture.simulator.injection.disturb("WAIT", 0, 12);
    expect(await fixture.transfer(DRW)).toMatchObject({ count: 0, ack: 2 });
  });
});
