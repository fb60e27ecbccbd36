/** grammar/wire.md, "Simulator": what the debug port answers, and when, seen from the probe's packets. */
import { describe, expect, test } from "vitest";
import { dapTransferConfigure, dapWriteAbort } from "../../src/cmsis-dap/transfer.ts";
import { dapSwdConfigure, dapSwdSequence } from "../../src/cmsis-dap/swd.ts";
import { dapSwjClock } from "../../src/cmsis-dap/swj.ts";
import { Source } from "../../src/lib/source.ts";
import { yamlModel } from "../../src/simulator/model/define-model.ts";
import {
  abort,
  csw,
  CSW_WORD,
  CTRL_STAT,
  DPIDR,
  drw,
  DRW,
  RDBUFF,
  read,
  select,
  tar,
  TestFixture,
  write,
} from "./fixture.ts";

const OK = 1;
const WAIT = 2;
const FAULT = 4;
const NO_ACK = 7;
const ERROR = 8;

const STICKYORUN = 1 << 1;
const STICKYCMP = 1 << 4;
const STICKYERR = 1 << 5;
const WDATAERR = 1 << 7;

const RAM = 0x20000000;
/** Nothing is mapped there. */
const NOWHERE = 0x60000000;

async function woken(): Promise<TestFixture> {
  const fixture = new TestFixture({ model: "generic-m4" });
  await fixture.wake();
  return fixture;
}

async function connected(): Promise<TestFixture> {
  const fixture = new TestFixture({ model: "generic-m4" });
  await fixture.connect();
  return fixture;
}

describe("after a line reset", () => {
  test.each([
    ["CTRL/STAT", CTRL_STAT],
    ["RDBUFF", RDBUFF],
    ["ABORT", abort(0x1e)],
    ["an AP read", DRW],
    ["SELECT", select(0)],
  ])("%s is not answered, and nothing is until the next line reset", async (_, first) => {
    const fixture = await woken();
    expect(await fixture.transfer(first)).toMatchObject({ count: 0, ack: NO_ACK });
    expect(await fixture.transfer(DPIDR)).toMatchObject({ count: 0, ack: NO_ACK });
    await fixture.lineReset();
    expect(await fixture.transfer(DPIDR, CTRL_STAT)).toMatchObject({ count: 2, ack: OK });
  });

  test.each([
    [49, 8, NO_ACK],
    [50, 8, OK],
    [50, 1, NO_ACK],
    [50, 2, OK],
    [50, 0, NO_ACK],
  ])("of %i ones and %i zeros DPIDR is answered with %i", async (ones, zeros, ack) => {
    const fixture = await connected();
    // A wrong start leaves the port deaf until a real reset.
    await fixture.sequence(8, Uint8Array.of(0xff));
    await fixture.sequence(1, Uint8Array.of(0));
    await fixture.lineReset(ones, zeros);
    expect((await fixture.transfer(DPIDR)).ack).toBe(ack);
  });

  test("sticky flags and power requests are kept", async () => {
    const fixture = await connected();
    await fixture.transfer(tar(NOWHERE), DRW);
    await fixture.lineReset();
    const [, status = 0] = await fixture.words(DPIDR, CTRL_STAT);
    expect(status & 0xf0000000).toBe(0xf0000000 | 0);
    expect(status & STICKYERR).toBe(STICKYERR);
  });
});

describe("switching", () => {
  test("gets no answer before JTAG-to-SWD", async () => {
    const fixture = new TestFixture({ model: "generic-m4" });
    await fixture.on();
    await fixture.lineReset();
    expect(await fixture.transfer(DPIDR)).toMatchObject({ count: 0, ack: NO_ACK });
    await fixture.wake();
    expect((await fixture.transfer(DPIDR)).ack).toBe(OK);
  });

  const SWD_TO_JTAG = Uint8Array.of(0x3c, 0xe7);
  const SWD_TO_DORMANT = Uint8Array.of(0xbc, 0xe3);

  test.each(["nrf52840", "nrf5340", "nrf9160", "atsamd21j18", "efm32gg990", "lpc55s36"])(
    "%s has a SW-DP alone: it speaks SWD at once, and no sequence makes it speak JTAG",
    async (model) => {
      const fixture = new TestFixture({ model });
      await fixture.on();
      await fixture.lineReset();
      expect((await fixture.transfer(DPIDR)).ack).toBe(OK);
      await fixture.lineReset(51, 0);
      await fixture.sequence(16, SWD_TO_JTAG);
      await fixture.lineReset();
      expect((await fixture.transfer(DPIDR)).ack).toBe(OK);
    },
  );

  test("a DPv1 has no dormant state", async () => {
    const fixture = new TestFixture({ model: "stm32f407" });
    await fixture.connect();
    await fixture.lineReset(51, 0);
    await fixture.sequence(16, SWD_TO_DORMANT);
    await fixture.lineReset();
    expect((await fixture.transfer(DPIDR)).ack).toBe(OK);
  });

  test("SWD to dormant and back by selection alert and activation code", async () => {
    const fixture = new TestFixture({ model: "generic-m33" });
    await fixture.connect();
    await fixture.lineReset(51, 0);
    await fixture.sequence(16, SWD_TO_DORMANT);
    await fixture.lineReset();
    expect((await fixture.transfer(DPIDR)).ack).toBe(NO_ACK);

    const alert = [
      0x92, 0xf3, 0x09, 0x62, 0x95, 0x2d, 0x85, 0x86, 0xe9, 0xaf, 0xdd, 0xe3, 0xa2, 0x0e, 0xbc, 0x19,
    ];
    await fixture.sequence(8, Uint8Array.of(0xff));
    await fixture.sequence(128, Uint8Array.from(alert));
    await fixture.sequence(4, Uint8Array.of(0));
    await fixture.sequence(8, Uint8Array.of(0x1a));
    await fixture.lineReset();
    expect((await fixture.transfer(DPIDR)).ack).toBe(OK);
  });
});

describe("a posted AP write", () => {
  test("shows its bus error on the next transfer, and counts as done", async () => {
    const fixture = await connected();
    const { count, ack } = await fixture.transfer(tar(NOWHERE), drw(1), tar(RAM), drw(2));
    expect({ count, ack }).toEqual({ count: 2, ack: FAULT });
    expect((await fixture.words(CTRL_STAT))[0]).toBe((0xf0000000 | STICKYERR) >>> 0);
  });

  test("that fails last is found by the probe's own RDBUFF read, which counts all with FAULT", async () => {
    const fixture = await connected();
    expect(await fixture.transfer(tar(NOWHERE), drw(1))).toMatchObject({ count: 2, ack: FAULT });
  });

  test("that fails as the third of five keeps the fourth and fifth from the target", async () => {
    const fixture = await connected();
    await fixture.transfer(
      tar(RAM),
      drw(1),
      tar(RAM + 4),
      drw(2),
      tar(NOWHERE),
      drw(3),
      tar(RAM + 8),
      drw(4),
    );
    const written = fixture.simulator.log.events.filter(
      (event) => event.kind === "memory" && event.access === "write" && !event.failed,
    );
    expect(written).toMatchObject([
      { address: RAM, value: 1 },
      { address: RAM + 4, value: 2 },
    ]);
  });

  test("takes effect within eight cycles, not at once", async () => {
    const fixture = await connected();
    await fixture.transfer(select(0), tar(RAM));
    const bits = (byte: number): Uint8Array => Uint8Array.of(byte);
    const words = (): number =>
      fixture.simulator.log.events.filter((event) => event.kind === "memory" && event.access === "write")
        .length;
    // AP write to 0xC: start, APnDP, write, A2, A3, parity, stop, park.
    await fixture.ask(dapSwdSequence, {
      segments: [
        { kind: "out", count: 8, data: bits(0b10111011) },
        { kind: "in", count: 5 },
        { kind: "out", count: 33, data: Uint8Array.of(1, 0, 0, 0, 1) },
        { kind: "out", count: 7, data: bits(0) },
      ],
    });
    expect(words()).toBe(0);
    await fixture.sequence(1, bits(0));
    expect(words()).toBe(1);
  });
});

describe("with a sticky flag set", () => {
  const faulted = async (): Promise<TestFixture> => {
    const fixture = await connected();
    await fixture.transfer(tar(NOWHERE), DRW);
    return fixture;
  };

  test.each([
    ["DPIDR", DPIDR],
    ["CTRL/STAT", CTRL_STAT],
    ["ABORT", abort(0)],
  ])("%s is answered", async (_, transfer) => {
    const fixture = await faulted();
    const { count } = await fixture.transfer(transfer);
    expect(count).toBe(1);
  });

  test.each([
    ["SELECT", select(0)],
    ["RDBUFF", RDBUFF],
    ["RESEND", read("DP", 0x8)],
    ["CTRL/STAT, written", write("DP", 0x4, 0x50000000)],
    ["an AP read", read("AP", 0x4)],
    ["an AP write", tar(RAM)],
  ])("%s gets FAULT", async (_, transfer) => {
    const fixture = await faulted();
    expect(await fixture.transfer(transfer)).toMatchObject({ count: 0, ack: FAULT });
  });

  test("ABORT clears each flag by its own bit, also by the probe's own command", async () => {
    const fixture = await faulted();
    await fixture.ask(dapWriteAbort, { index: 0, value: 0x1a });
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & STICKYERR).toBe(STICKYERR);
    await fixture.ask(dapWriteAbort, { index: 0, value: 0x04 });
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & STICKYERR).toBe(0);
    expect(await fixture.words(tar(RAM), read("AP", 0x4))).toEqual([RAM]);
  });

  test("overrun detection adds STICKYORUN to each refusal, with the data phase on the wire", async () => {
    const fixture = await connected();
    await fixture.ask(dapSwdConfigure, { turnaround: 1, dataPhase: true });
    await fixture.words(write("DP", 0x4, 0x50000001));
    await fixture.transfer(tar(NOWHERE), DRW);
    await fixture.transfer(tar(RAM));
    const flags = STICKYERR | STICKYORUN;
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & flags).toBe(flags);
    await fixture.transfer(abort(0x14));
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & flags).toBe(0);
  });
});

describe("an absent AP", () => {
  test("has IDR 0, reads zero, ignores writes, and never faults", async () => {
    const fixture = await connected();
    expect(await fixture.words(select(9, 0xf0), read("AP", 0xc), select(9), drw(5), DRW)).toEqual([0, 0]);
  });
});

describe("power", () => {
  test("is acknowledged after a delay, and AP accesses fail without it", async () => {
    const fixture = await woken();
    await fixture.ask(dapSwjClock, { hz: 10_000_000 });
    const up = write("DP", 0x4, 0x50000000);
    const [, early = 0] = await fixture.words(DPIDR, select(0), up, CTRL_STAT);
    fixture.simulator.clock.advance(50);
    const [late = 0] = await fixture.words(CTRL_STAT);
    expect([early >>> 28, late >>> 28]).toEqual([0x5, 0xf]);

    await fixture.words(write("DP", 0x4, 0));
    expect((await fixture.transfer(csw(), tar(RAM))).ack).toBe(FAULT);
  });

  test("is needed for any answer of the target", async () => {
    const fixture = await connected();
    fixture.simulator.soc.power(false);
    await fixture.lineReset();
    expect((await fixture.transfer(DPIDR)).ack).toBe(NO_ACK);
  });
});

describe("a debug port", () => {
  test("gives the last AP result or RDBUFF again by RESEND", async () => {
    const fixture = await connected();
    await fixture.words(tar(RAM), drw(0x1234), tar(RAM));
    expect(await fixture.words(DRW)).toEqual([0x1234]);
    expect(await fixture.words(read("DP", 0x8))).toEqual([0x1234]);
  });

  test("changes its turnaround by DLCR.TURNROUND, which the probe must follow", async () => {
    const fixture = await connected();
    await fixture.transfer(select(0, 0, 1));
    // DP write to 4, by hand: the probe's own check of a write would still use the old turnaround.
    await fixture.ask(dapSwdSequence, {
      segments: [
        { kind: "out", count: 8, data: Uint8Array.of(0xa9) },
        { kind: "in", count: 5 },
        { kind: "out", count: 41, data: Uint8Array.of(0, 1, 0, 0, 1, 0) },
      ],
    });
    await fixture.ask(dapSwdConfigure, { turnaround: 2, dataPhase: false });
    expect(await fixture.words(read("DP", 0x4))).toEqual([0x140]);
    await fixture.ask(dapSwdConfigure, { turnaround: 1, dataPhase: false });
    expect((await fixture.transfer(DPIDR)).ack).not.toBe(OK);
  });

  test("sets STICKYCMP if the values of a pushed verify differ", async () => {
    const fixture = await connected();
    await fixture.words(tar(RAM), drw(0x11223344), tar(RAM));
    await fixture.words(write("DP", 0x4, 0x50000f04));
    expect((await fixture.transfer(drw(0x11223344), CTRL_STAT)).ack).toBe(OK);
    await fixture.transfer(drw(0x11223345));
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & STICKYCMP).toBe(STICKYCMP);
  });

  test("is chosen among equal devices by TARGETSEL, and is silent after a wrong one", async () => {
    const shared = `
model: shared
about: one of several on a bus
sources: []
debugPort: { dpidr: 0x6BA02477, targetId: 0x01002927, instance: 2, answers: false }
accessPorts: []
`;
    const fixture = new TestFixture({ model: yamlModel(new Source("shared.yaml", shared)) });
    const targetsel = async (value: number): Promise<void> => {
      const data = new Uint8Array(5);
      new DataView(data.buffer).setUint32(0, value, true);
      let parity = 0;
      for (let at = 0; at < 32; at++) parity ^= (value >>> at) & 1;
      data[4] = parity;
      await fixture.ask(dapSwdSequence, {
        segments: [
          { kind: "out", count: 8, data: Uint8Array.of(0x99) },
          { kind: "in", count: 5 },
          { kind: "out", count: 33, data },
        ],
      });
    };
    await fixture.wake();
    expect((await fixture.transfer(DPIDR)).ack).toBe(NO_ACK);
    await fixture.lineReset();
    await targetsel(0x11002927);
    expect((await fixture.transfer(DPIDR)).ack).toBe(NO_ACK);
    await fixture.lineReset();
    await targetsel(0x21002927);
    expect(await fixture.words(DPIDR)).toEqual([0x6ba02477]);
    expect(await fixture.words(select(0, 0, 2), read("DP", 0x4), select(0, 0, 3), read("DP", 0x4))).toEqual([
      0x01002927, 0x20000001,
    ]);
  });
});

describe("a disturbance", () => {
  test("by WAIT is retried by the probe as often as it was told", async () => {
    const fixture = await connected();
    await fixture.ask(dapTransferConfigure, { idleCycles: 0, waitRetries: 3, matchRetries: 0 });
    fixture.simulator.injection.disturb("WAIT", 0, 3);
    expect(await fixture.words(DPIDR)).toEqual([0x2ba01477]);
    fixture.simulator.injection.disturb("WAIT", 0, 4);
    expect(await fixture.transfer(DPIDR)).toMatchObject({ count: 0, ack: WAIT });
    expect(await fixture.words(DPIDR)).toEqual([0x2ba01477]);
  });

  test("of the parity of read data is an error, which RESEND mends", async () => {
    const fixture = await connected();
    await fixture.words(tar(RAM), drw(7), tar(RAM));
    // The AP read posts, then RDBUFF carries the data.
    fixture.simulator.injection.disturb("PARITY", 1);
    expect(await fixture.transfer(DRW)).toMatchObject({ ack: ERROR });
    expect(await fixture.words(read("DP", 0x8))).toEqual([7]);
  });

  test("of the parity of written data sets WDATAERR, and nothing is written", async () => {
    const fixture = await connected();
    await fixture.words(tar(RAM), drw(7), tar(RAM));
    fixture.simulator.injection.disturb("PARITY");
    await fixture.transfer(drw(8), CTRL_STAT);
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & WDATAERR).toBe(WDATAERR);
    await fixture.words(abort(0x08), csw(CSW_WORD), tar(RAM));
    expect(await fixture.words(DRW)).toEqual([7]);
  });

  test("of the acknowledge leaves the port deaf until a line reset", async () => {
    const fixture = await connected();
    fixture.simulator.injection.disturb("NO_ACK");
    expect(await fixture.transfer(DPIDR)).toMatchObject({ count: 0, ack: NO_ACK });
    expect((await fixture.transfer(DPIDR)).ack).toBe(NO_ACK);
    await fixture.lineReset();
    expect((await fixture.transfer(DPIDR)).ack).toBe(OK);
  });

  test("by FAULT leaves STICKYERR", async () => {
    const fixture = await connected();
    fixture.simulator.injection.disturb("FAULT");
    expect(await fixture.transfer(RDBUFF)).toMatchObject({ count: 0, ack: FAULT });
    expect(((await fixture.words(CTRL_STAT))[0] ?? 0) & STICKYERR).toBe(STICKYERR);
  });
});
