/** Defines pins, clock and line sequences, which are the same in SWD and JTAG mode. */
import type { Command } from "./command.ts";
import { statusResponse, type Status } from "./status.ts";

/** These are bits of a pin mask; TDO can only be read. */
export const PIN = { swclk: 0x01, swdio: 0x02, tdi: 0x04, tdo: 0x08, ntrst: 0x20, nreset: 0x80 } as const;

export interface PinsRequest {
  readonly output: number;
  readonly select: number;
  /** The probe waits this long until the selected pins read as driven; it stops at 3 s. */
  readonly waitUs: number;
}

export interface PinsResponse {
  readonly input: number;
}

export const dapSwjPins: Command<PinsRequest, PinsResponse> = {
  id: 0x10,
  name: "DAP_SWJ_Pins",
  request: {
    encode: ({ output, select, waitUs }, to) => {
      to.u8(output);
      to.u8(select);
      to.u32(waitUs);
    },
    decode: (from) => ({ output: from.u8(), select: from.u8(), waitUs: from.u32() }),
  },
  response: {
    encode: ({ input }, to) => {
      to.u8(input);
    },
    decode: (from) => ({ input: from.u8() }),
  },
};

export interface ClockRequest {
  readonly hz: number;
}

export const dapSwjClock: Command<ClockRequest, Status> = {
  id: 0x11,
  name: "DAP_SWJ_Clock",
  request: {
    encode: ({ hz }, to) => {
      to.u32(hz);
    },
    decode: (from) => ({ hz: from.u32() }),
  },
  response: statusResponse,
};

export interface SwjSequenceRequest {
  /** The range is 1 to 256. */
  readonly count: number;
  /** The least significant bit of the first byte comes first; there are ceil(count / 8) bytes. */
  readonly data: Uint8Array;
}

export const dapSwjSequence: Command<SwjSequenceRequest, Status> = {
  id: 0x12,
  name: "DAP_SWJ_Sequence",
  request: {
    encode: ({ count, data }, to) => {
      to.u8(count & 0xff); // 256 is encoded as 0
      to.bytes(data);
    },
    decode: (from) => {
      const count = from.u8() || 256;
      return { count, data: from.bytes((count + 7) >> 3) };
    },
  },
  response: statusResponse,
};
