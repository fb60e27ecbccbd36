/** Defines what exists in JTAG mode only: raw sequences, the layout of the chain, IDCODE. */
import type { Command } from "./command.ts";
import { DAP_OK, statusResponse, type Status } from "./status.ts";

export interface JtagSegment {
  /** It is 1 to 64 clock cycles with TMS held. */
  readonly count: number;
  readonly tms: 0 | 1;
  readonly capture: boolean;
  /** The least significant bit of the first byte comes first; there are ceil(count / 8) bytes. */
  readonly tdi: Uint8Array;
}

export interface JtagSequenceRequest {
  readonly segments: readonly JtagSegment[];
}

export interface JtagSequenceResponse extends Status {
  /**
   * There is one entry for each segment with `capture`, of ceil(count / 8) bytes, with the first bit in bit
   * 0.
   */
  readonly tdo: readonly Uint8Array[];
}

const TMS = 0x40;
const CAPTURE = 0x80;

export const dapJtagSequence: Command<JtagSequenceRequest, JtagSequenceResponse> = {
  id: 0x14,
  name: "DAP_JTAG_Sequence",
  request: {
    encode: ({ segments }, to) => {
      to.u8(segments.length);
      for (const { count, tms, capture, tdi } of segments) {
        to.u8((count & 0x3f) | (tms === 1 ? TMS : 0) | (capture ? CAPTURE : 0)); // 64 is encoded as 0
        to.bytes(tdi);
      }
    },
    decode: (from) => {
      const segments = Array.from({ length: from.u8() }, (): JtagSegment => {
        const info = from.u8();
        const count = info & 0x3f || 64;
        return {
          count,
          tms: (info & TMS) === 0 ? 0 : 1,
          capture: (info & CAPTURE) !== 0,
          tdi: from.bytes((count + 7) >> 3),
        };
      });
      return { segments };
    },
  },
  response: {
    encode: ({ ok, tdo }, to) => {
      statusResponse.encode({ ok }, to);
      for (const captured of tdo) to.bytes(captured);
    },
    decode: (from, { segments }) => ({
      ok: from.u8() === DAP_OK,
      tdo: segments.filter(({ capture }) => capture).map(({ count }) => from.bytes((count + 7) >> 3)),
    }),
  },
};

export interface JtagConfigureRequest {
  /** The number of bits of each TAP's instruction register, the one nearest to TDO first. */
  readonly irLengths: readonly number[];
}

export const dapJtagConfigure: Command<JtagConfigureRequest, Status> = {
  id: 0x15,
  name: "DAP_JTAG_Configure",
  request: {
    encode: ({ irLengths }, to) => {
      to.u8(irLengths.length);
      for (const length of irLengths) to.u8(length);
    },
    decode: (from) => ({ irLengths: [...from.bytes(from.u8())] }),
  },
  response: statusResponse,
};

export interface JtagIdcodeRequest {
  readonly index: number;
}

export type JtagIdcodeResponse = { readonly ok: false } | { readonly ok: true; readonly idcode: number };

export const dapJtagIdcode: Command<JtagIdcodeRequest, JtagIdcodeResponse> = {
  id: 0x16,
  name: "DAP_JTAG_IDCODE",
  request: {
    encode: ({ index }, to) => {
      to.u8(index);
    },
    decode: (from) => ({ index: from.u8() }),
  },
  response: {
    encode: (response, to) => {
      statusResponse.encode(response, to);
      if (response.ok) to.u32(response.idcode);
    },
    decode: (from) => (from.u8() === DAP_OK ? { ok: true, idcode: from.u32() } : { ok: false }),
  },
};
