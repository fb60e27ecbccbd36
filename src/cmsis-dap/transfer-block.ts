/** Defines DAP_TransferBlock: many words through one register. */
import type { Command } from "./command.ts";
import { registerBits, registerFrom, type TransferRegister } from "./transfer.ts";

export type TransferBlockRequest = { readonly index: number; readonly register: TransferRegister } & (
  { readonly kind: "read"; readonly count: number } | { readonly kind: "write"; readonly words: Uint32Array }
);

export interface TransferBlockResponse {
  /** The number of words that were accepted; for reads also the number that came back. */
  readonly count: number;
  /** These are acknowledge bits, see ACK. */
  readonly ack: number;
  readonly data: Uint32Array;
}

const READ = 0x02;

export const dapTransferBlock: Command<TransferBlockRequest, TransferBlockResponse> = {
  id: 0x06,
  name: "DAP_TransferBlock",
  request: {
    encode: (request, to) => {
      to.u8(request.index);
      to.u16(request.kind === "read" ? request.count : request.words.length);
      to.u8(registerBits(request.register) | (request.kind === "read" ? READ : 0));
      if (request.kind === "write") to.words(request.words);
    },
    decode: (from) => {
      const index = from.u8();
      const count = from.u16();
      const bits = from.u8();
      const register = registerFrom(bits);
      if ((bits & READ) !== 0) return { kind: "read", index, register, count };
      return { kind: "write", index, register, words: from.words(count) };
    },
  },
  response: {
    encode: ({ count, ack, data }, to) => {
      to.u16(count);
      to.u8(ack);
      to.words(data);
    },
    decode: (from, { kind }) => {
      const count = from.u16();
      return { count, ack: from.u8(), data: from.words(kind === "read" ? count : 0) };
    },
  },
};
