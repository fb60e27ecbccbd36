/** Each command against the bytes that the CMSIS-DAP documentation lays out, in both directions. */
import { describe, expect, test } from "vitest";
import { Reader, Writer } from "../../src/cmsis-dap/bytes.ts";
import { parseResponse, requestPacket, type Command } from "../../src/cmsis-dap/command.ts";
import * as general from "../../src/cmsis-dap/general.ts";
import {
  capabilitiesFrom,
  capabilitiesInfo,
  dapInfo,
  infoNumber,
  infoText,
} from "../../src/cmsis-dap/info.ts";
import { dapJtagConfigure, dapJtagIdcode, dapJtagSequence } from "../../src/cmsis-dap/jtag.ts";
import { dapSwdConfigure, dapSwdSequence } from "../../src/cmsis-dap/swd.ts";
import { dapSwjClock, dapSwjPins, dapSwjSequence } from "../../src/cmsis-dap/swj.ts";
import { dapTransfer, dapTransferConfigure, dapWriteAbort } from "../../src/cmsis-dap/transfer.ts";
import { dapTransferBlock } from "../../src/cmsis-dap/transfer-block.ts";

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(" ").map((pair) => parseInt(pair, 16)));
}

/** One exchange: what is sent, what comes back, both as bytes and as values. */
function holds<Q, R>(
  command: Command<Q, R>,
  exchange: { readonly sent: string; readonly request: Q; readonly received: string; readonly response: R },
): void {
  test(`${command.name}: ${exchange.sent} > ${exchange.received}`, () => {
    const sent = bytes(exchange.sent);
    expect(requestPacket(command, exchange.request)).toEqual(sent);
    const from = new Reader(sent, 1);
    expect(command.request.decode(from)).toEqual(exchange.request);
    expect(from.remaining).toBe(0);

    const received = bytes(exchange.received);
    expect(parseResponse(command, received, exchange.request)).toEqual(exchange.response);
    const to = new Writer();
    to.u8(command.id);
    command.response.encode(exchange.response, to);
    expect(to.take()).toEqual(received);
  });
}

const ok = { ok: true };

describe("the probe itself", () => {
  holds(dapInfo, {
    sent: "00 04",
    request: { id: 4 },
    received: "00 06 32 2e 31 2e 30 00",
    response: { info: bytes("32 2e 31 2e 30 00") },
  });
  holds(dapInfo, {
    sent: "00 06",
    request: { id: 6 },
    received: "00 00",
    response: { info: Uint8Array.of() },
  });
  holds(general.dapHostStatus, {
    sent: "01 01 01",
    request: { type: general.HOST_RUNNING, on: true },
    received: "01 00",
    response: ok,
  });
  holds(general.dapConnect, {
    sent: "02 01",
    request: { port: general.PORT.swd },
    received: "02 01",
    response: { port: general.PORT.swd },
  });
  holds(general.dapDisconnect, { sent: "03", request: {}, received: "03 00", response: ok });
  holds(general.dapDelay, { sent: "09 34 12", request: { us: 0x1234 }, received: "09 00", response: ok });
  holds(general.dapResetTarget, {
    sent: "0a",
    request: {},
    received: "0a 00 01",
    response: { ok: true, executed: true },
  });

  test("text ends at its terminator, and no text differs from an empty one", () => {
    expect(infoText({ info: bytes("41 42 00") })).toBe("AB");
    expect(infoText({ info: bytes("41 42") })).toBe("AB");
    expect(infoText({ info: bytes("00") })).toBe("");
    expect(infoText({ info: Uint8Array.of() })).toBeUndefined();
  });

  test("numbers are little-endian in one, two or four bytes", () => {
    expect(infoNumber({ info: bytes("04") })).toBe(4);
    expect(infoNumber({ info: bytes("00 02") })).toBe(512);
    expect(infoNumber({ info: bytes("40 42 0f 80") })).toBe(0x800f4240);
    expect(infoNumber({ info: bytes("01 02 03") })).toBeUndefined();
  });

  test("capabilities are bits of one or two bytes", () => {
    const found = capabilitiesFrom({ info: bytes("13 01") });
    expect(found).toMatchObject({ swd: true, jtag: true, swoUart: false, atomic: true, usbComPort: true });
    expect(capabilitiesInfo(found)).toEqual(bytes("13 01"));
    expect(capabilitiesFrom({ info: bytes("20") })).toMatchObject({
      testDomainTimer: true,
      usbComPort: false,
    });
  });
});

describe("lines", () => {
  holds(dapSwjPins, {
    sent: "10 80 80 40 42 0f 00",
    request: { output: 0x80, select: 0x80, waitUs: 1_000_000 },
    received: "10 a3",
    response: { input: 0xa3 },
  });
  holds(dapSwjClock, { sent: "11 00 09 3d 00", request: { hz: 4_000_000 }, received: "11 00", response: ok });
  holds(dapSwjSequence, {
    sent: "12 10 9e e7",
    request: { count: 16, data: bytes("9e e7") },
    received: "12 00",
    response: ok,
  });
  holds(dapSwjSequence, {
    sent: `12 00 ${Array(32).fill("ff").join(" ")}`,
    request: { count: 256, data: new Uint8Array(32).fill(0xff) },
    received: "12 00",
    response: ok,
  });
  holds(dapSwdConfigure, {
    sent: "13 05",
    request: { turnaround: 2, dataPhase: true },
    received: "13 00",
    response: ok,
  });
  holds(dapSwdSequence, {
    sent: "1d 03 08 99 85 21 ff ff ff ff 01",
    request: {
      segments: [
        { kind: "out", count: 8, data: bytes("99") },
        { kind: "in", count: 5 },
        { kind: "out", count: 33, data: bytes("ff ff ff ff 01") },
      ],
    },
    received: "1d 00 1f",
    response: { ok: true, inputs: [bytes("1f")] },
  });
  holds(dapJtagSequence, {
    sent: "14 02 46 3f 80 00 00 00 00 00 00 00 00",
    request: {
      segments: [
        { count: 6, tms: 1, capture: false, tdi: bytes("3f") },
        { count: 64, tms: 0, capture: true, tdi: new Uint8Array(8) },
      ],
    },
    received: "14 00 77 04 a0 4b 00 00 00 00",
    response: { ok: true, tdo: [bytes("77 04 a0 4b 00 00 00 00")] },
  });
  holds(dapJtagConfigure, {
    sent: "15 02 04 05",
    request: { irLengths: [4, 5] },
    received: "15 00",
    response: ok,
  });
  holds(dapJtagIdcode, {
    sent: "16 00",
    request: { index: 0 },
    received: "16 00 77 04 a0 4b",
    response: { ok: true, idcode: 0x4ba00477 },
  });
  holds(dapJtagIdcode, { sent: "16 03", request: { index: 3 }, received: "16 ff", response: { ok: false } });
});

describe("transfers", () => {
  holds(dapTransferConfigure, {
    sent: "04 02 50 00 00 10",
    request: { idleCycles: 2, waitRetries: 80, matchRetries: 4096 },
    received: "04 00",
    response: ok,
  });
  holds(dapTransfer, {
    sent: "05 00 05 02 08 f0 00 00 00 0f 20 01 00 00 00 16 01 00 00 00",
    request: {
      index: 0,
      transfers: [
        { kind: "read", port: "DP", address: 0 },
        { kind: "write", port: "DP", address: 8, value: 0xf0 },
        { kind: "read", port: "AP", address: 0xc },
        { kind: "mask", value: 1 },
        { kind: "match", port: "DP", address: 4, value: 1 },
      ],
    },
    received: "05 05 01 77 14 a0 2b 11 00 77 04",
    response: { count: 5, ack: 1, data: Uint32Array.of(0x2ba01477, 0x04770011) },
  });
  holds(dapTransfer, {
    sent: "05 00 01 82",
    request: { index: 0, transfers: [{ kind: "read", port: "DP", address: 0, timestamp: true }] },
    received: "05 01 01 10 00 00 00 77 14 a0 2b",
    response: { count: 1, ack: 1, data: Uint32Array.of(16, 0x2ba01477) },
  });
  holds(dapTransferBlock, {
    sent: "06 00 02 00 0d 01 00 00 00 02 00 00 00",
    request: { kind: "write", index: 0, register: { port: "AP", address: 0xc }, words: Uint32Array.of(1, 2) },
    received: "06 02 00 01",
    response: { count: 2, ack: 1, data: Uint32Array.of() },
  });
  holds(dapTransferBlock, {
    sent: "06 00 02 00 0f",
    request: { kind: "read", index: 0, register: { port: "AP", address: 0xc }, count: 2 },
    received: "06 01 00 04 78 56 34 92",
    response: { count: 1, ack: 4, data: Uint32Array.of(0x92345678) },
  });
  holds(dapWriteAbort, {
    sent: "08 00 1e 00 00 00",
    request: { index: 0, value: 0x1e },
    received: "08 00",
    response: ok,
  });

  test("after a fault an accepted posted read may have lost its value", () => {
    const two = { kind: "read", port: "AP", address: 0xc } as const;
    const response = parseResponse(dapTransfer, bytes("05 01 04"), { index: 0, transfers: [two, two] });
    expect(response).toEqual({ count: 1, ack: 4, data: Uint32Array.of() });
  });

  test("what pads a report is not taken for data", () => {
    const request = { index: 0, transfers: [{ kind: "read", port: "DP", address: 0 }] } as const;
    const response = parseResponse(dapTransfer, bytes("05 01 01 77 14 a0 2b 00 00 00 00 00"), request);
    expect(response.data).toEqual(Uint32Array.of(0x2ba01477));
  });
});

describe("answers that are none", () => {
  test("0xFF instead of the echo: the command is unknown", () => {
    expect(() => parseResponse(dapSwdSequence, bytes("ff"), { segments: [] })).toThrow(
      expect.objectContaining({ fault: { kind: "unknown-command", command: "DAP_SWD_Sequence", id: 0x1d } }),
    );
  });

  test("another echo: the pipe is out of step", () => {
    expect(() => parseResponse(dapSwjClock, bytes("10 80"), { hz: 1 })).toThrow(
      expect.objectContaining({
        fault: { kind: "wrong-echo", command: "DAP_SWJ_Clock", expected: 0x11, found: 0x10 },
      }),
    );
  });

  test("a packet that ends early names how much was missing", () => {
    const request = { index: 0, transfers: [{ kind: "read", port: "DP", address: 0 }] } as const;
    expect(() => parseResponse(dapTransfer, bytes("05 01 01 77 14"), request)).toThrow(
      expect.objectContaining({ fault: { kind: "truncated-packet", length: 5, needed: 7 } }),
    );
  });
});
