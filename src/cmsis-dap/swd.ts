/** Defines what exists in SWD mode only: configuration, and raw sequences of driven and sampled bits. */
import type { Command } from "./command.ts";
import { DAP_OK, statusResponse, type Status } from "./status.ts";

export interface SwdConfigureRequest {
  /** The clock cycles of a turnaround, 1 to 4. */
  readonly turnaround: number;
  /** True if there is a data phase also after WAIT and FAULT, as overrun detection needs it. */
  readonly dataPhase: boolean;
}

export const dapSwdConfigure: Command<SwdConfigureRequest, Status> = {
  id: 0x13,
  name: "DAP_SWD_Configure",
  request: {
    encode: ({ turnaround, dataPhase }, to) => {
      to.u8((turnaround - 1) | (dataPhase ? 4 : 0));
    },
    decode: (from) => {
      const value = from.u8();
      return { turnaround: (value & 3) + 1, dataPhase: (value & 4) !== 0 };
    },
  },
  response: statusResponse,
};

/** Each segment has 1 to 64 clock cycles. */
export type SwdSegment =
  | { readonly kind: "out"; readonly count: number; readonly data: Uint8Array }
  | { readonly kind: "in"; readonly count: number };

export interface SwdSequenceRequest {
  readonly segments: readonly SwdSegment[];
}

export interface SwdSequenceResponse extends Status {
  /** There is one entry for each segment of kind "in", of ceil(count / 8) bytes, with the first bit in bit 0. */
  readonly inputs: readonly Uint8Array[];
}

const INPUT = 0x80;

export const dapSwdSequence: Command<SwdSequenceRequest, SwdSequenceResponse> = {
  id: 0x1d,
  name: "DAP_SWD_Sequence",
  request: {
    encode: ({ segments }, to) => {
      to.u8(segments.length);
      for (const segment of segments) {
        to.u8((segment.count & 0x3f) | (segment.kind === "in" ? INPUT : 0)); // 64 is encoded as 0
        if (segment.kind === "out") to.bytes(segment.data);
      }
    },
    decode: (from) => {
      const segments = Array.from({ length: from.u8() }, (): SwdSegment => {
        const info = from.u8();
        const count = info & 0x3f || 64;
        if ((info & INPUT) !== 0) return { kind: "in", count };
        return { kind: "out", count, data: from.bytes((count + 7) >> 3) };
      });
      return { segments };
    },
  },
  response: {
    encode: ({ ok, inputs }, to) => {
      statusResponse.encode({ ok }, to);
      for (const input of inputs) to.bytes(input);
    },
    decode: (from, { segments }) => ({
      ok: from.u8() === DAP_OK,
      inputs: segments.filter(({ kind }) => kind === "in").map(({ count }) => from.bytes((count + 7) >> 3)),
    }),
  },
};
