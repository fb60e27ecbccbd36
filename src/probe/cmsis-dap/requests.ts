/** Turns packets into requests: the bytes of a command, how long it may take, and how its answer is read. Sends nothing. */
import type { Reader } from "../../cmsis-dap/bytes.ts";
import { checkCount, readResponse, requestPacket, type Command } from "../../cmsis-dap/command.ts";
import { dapDelay } from "../../cmsis-dap/general.ts";
import { dapJtagSequence } from "../../cmsis-dap/jtag.ts";
import type { Status } from "../../cmsis-dap/status.ts";
import { dapSwdConfigure, dapSwdSequence, type SwdSequenceRequest } from "../../cmsis-dap/swd.ts";
import { dapSwjClock, dapSwjPins, dapSwjSequence } from "../../cmsis-dap/swj.ts";
import { dapTransfer, dapTransferConfigure, dapWriteAbort } from "../../cmsis-dap/transfer.ts";
import { dapTransferBlock } from "../../cmsis-dap/transfer-block.ts";
import type { LinkSettings } from "../../coresight/wire/link.ts";
import { assertNever } from "../../lib/assert-never.ts";
import { blockAnswer, linkFault, plainAnswer, transferAnswer, type Answer } from "./answer.ts";
import { refused } from "./exchange.ts";
import type { Packet } from "./packets.ts";

export interface Request {
  /** As the CMSIS-DAP documentation spells the command. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The answer has at most this many bytes. */
  readonly answerBytes: number;
  /** The worst case of the command itself. */
  readonly ownUs: number;
  /** Throws what `readResponse` throws, and `probe-refused`. */
  readonly read: (from: Reader) => Judge;
}

/** Says what an answer means; `open` is true if an access before the packet is not confirmed. */
export type Judge = (open: boolean) => Answer;

/** One SWD word has request, turnaround, acknowledge, data and parity. */
const CLOCKS_PER_WORD = 46;
/** DAP_TransferConfigure has 16 bits for this. */
const MOST_MATCH_RETRIES = 0xffff;
/** The bits are start, DP, write, A[3:2] = 1, parity, stop, park; the least significant bit comes first. */
const WRITE_DP_4 = 0xa9;
const IDLE_CLOCKS = 8;
/** The answer is the echo of the command and a status byte. */
const PLAIN_ANSWER = 2;

/** Makes requests. It knows what was configured, because that decides how long they take. */
export class Requests {
  settings: LinkSettings | undefined;
  /** The TAP that transfers are for. */
  tap = 0;
  /** The limit that the probe was last told; undefined before the first match. */
  #matchRetries: number | undefined;

  /** Returns undefined for a packet that only changes where later packets go. */
  of(packet: Packet): Request | undefined {
    const index = this.tap;
    switch (packet.kind) {
      case "transfer": {
        const { transfers, matchUs } = packet;
        const reads = transfers.filter(({ kind }) => kind === "read").length;
        return request(
          dapTransfer,
          { index, transfers },
          {
            answerBytes: 3 + 4 * reads,
            ownUs: this.#transferUs(transfers.length) + matchUs * this.#tries(),
            read: (got) => {
              checkCount(dapTransfer.name, got.count, transfers.length, linkFault(got.ack) === undefined);
              return (open) => transferAnswer(transfers, got, open);
            },
          },
        );
      }
      case "block": {
        const { register, words, count } = packet;
        return request(
          dapTransferBlock,
          words === undefined
            ? ({ index, register, kind: "read", count } as const)
            : ({ index, register, kind: "write", words } as const),
          {
            answerBytes: 4 + (words === undefined ? 4 * count : 0),
            ownUs: this.#transferUs(count),
            read: (got) => {
              checkCount(dapTransferBlock.name, got.count, count, linkFault(got.ack) === undefined);
              return (open) => blockAnswer(packet, got, open);
            },
          },
        );
      }
      case "jtag": {
        const segments = packet.segments.map(({ count, tms, tdi }) => {
          return { count, tms, capture: true, tdi: bytesOf(tdi, count) };
        });
        const captured = segments.reduce((sum, { tdi }) => sum + tdi.length, 0);
        return request(
          dapJtagSequence,
          { segments },
          {
            answerBytes: PLAIN_ANSWER + captured,
            ownUs: this.#clocksUs(64 * segments.length),
            read: ({ ok, tdo }) => {
              if (!ok) throw refused(dapJtagSequence.name);
              return (open) => plainAnswer(packet, open, tdo.flatMap(wordsOf));
            },
          },
        );
      }
      case "pins": {
        const { select, waitUs } = packet;
        return request(
          dapSwjPins,
          { output: packet.output & select, select, waitUs },
          {
            answerBytes: PLAIN_ANSWER,
            ownUs: waitUs,
            read:
              ({ input }) =>
              (open) =>
                plainAnswer(packet, open, [input]),
          },
        );
      }
      case "match limit":
        return this.#matchLimit(packet, packet.limitUs);
      case "abort":
        return this.#order(packet, dapWriteAbort, { index, value: packet.value });
      case "swj": {
        const { count, bits } = packet;
        return this.#order(
          packet,
          dapSwjSequence,
          { count, data: bytesOf(bits, count) },
          this.#clocksUs(count),
        );
      }
      case "delay":
        // The reference firmware counts down from 2^32 for a delay of 0, which takes minutes.
        if (packet.us === 0) return undefined;
        return this.#order(packet, dapDelay, { us: packet.us }, packet.us);
      case "clock":
        if (this.settings !== undefined) this.settings = { ...this.settings, clockHz: packet.hz };
        return this.#order(packet, dapSwjClock, { hz: packet.hz });
      case "framing":
        return this.#order(packet, dapSwdConfigure, packet);
      case "bare write":
        return request(dapSwdSequence, bareWrite(packet.value, packet.turnaround), {
          answerBytes: PLAIN_ANSWER + 2,
          ownUs: this.#clocksUs(CLOCKS_PER_WORD + IDLE_CLOCKS),
          read: ({ ok, inputs }) => {
            if (!ok) throw refused(dapSwdSequence.name);
            const bits = (inputs[0]?.[0] ?? 0) + 256 * (inputs[0]?.[1] ?? 0);
            const fault = linkFault((bits >> packet.turnaround) & 7);
            return (open) =>
              fault === undefined
                ? plainAnswer(packet, open)
                : { accepted: 0, confirmed: 0, open, words: [], fault };
          },
        });
      case "tap":
        this.tap = packet.index;
        return undefined;
      default:
        return assertNever(packet);
    }
  }

  /** Returns nothing if the probe already tries a match that often. */
  #matchLimit(packet: Packet, limitUs: number): Request | undefined {
    const { idleCycles = 0, waitRetries = 0 } = this.settings ?? {};
    const tries = Math.ceil(limitUs / this.#clocksUs(CLOCKS_PER_WORD + idleCycles));
    const matchRetries = Math.min(MOST_MATCH_RETRIES, tries);
    if (matchRetries === this.#matchRetries) return undefined;
    this.#matchRetries = matchRetries;
    return this.#order(packet, dapTransferConfigure, { idleCycles, waitRetries, matchRetries });
  }

  /** DAP_TransferConfigure of the connection sets 0. */
  begin(settings: LinkSettings): void {
    this.settings = settings;
    this.tap = 0;
    this.#matchRetries = undefined;
  }

  #order<Q>(packet: Packet, command: Command<Q, Status>, wish: Q, ownUs = 0): Request {
    return request(command, wish, {
      answerBytes: PLAIN_ANSWER,
      ownUs,
      read: ({ ok }) => {
        if (!ok) throw refused(command.name);
        return (open) => plainAnswer(packet, open);
      },
    });
  }

  /** Returns the worst case: every word is tried as often as the probe may. */
  #transferUs(words: number): number {
    const idle = this.settings?.idleCycles ?? 0;
    return this.#clocksUs(words * (CLOCKS_PER_WORD + idle) * this.#tries());
  }

  #tries(): number {
    return (this.settings?.waitRetries ?? 0) + 1;
  }

  #clocksUs(clocks: number): number {
    return (clocks * 1_000_000) / (this.settings?.clockHz ?? 1_000_000);
  }
}

/**
 * Makes request, turnaround, acknowledge and turnaround, data and parity, and the clocks that a write needs
 * to finish.
 */
function bareWrite(value: number, turnaround: number): SwdSequenceRequest {
  const data = BigInt(value >>> 0);
  const ones = data.toString(2).replaceAll("0", "").length;
  const bits = data | (BigInt(ones & 1) << 32n);
  const count = 33 + IDLE_CLOCKS;
  return {
    segments: [
      { kind: "out", count: 8, data: Uint8Array.of(WRITE_DP_4) },
      { kind: "in", count: 2 * turnaround + 3 },
      { kind: "out", count, data: bytesOf(bits, count) },
    ],
  };
}

function request<Q, R>(
  command: Command<Q, R>,
  wish: Q,
  rest: {
    readonly answerBytes: number;
    readonly ownUs: number;
    readonly read: (response: R) => Judge;
  },
): Request {
  return {
    ...rest,
    name: command.name,
    bytes: requestPacket(command, wish),
    read: (from) => rest.read(readResponse(command, from, wish)),
  };
}

function bytesOf(bits: bigint, count: number): Uint8Array {
  return Uint8Array.from({ length: (count + 7) >> 3 }, (_, index) =>
    Number((bits >> BigInt(index * 8)) & 0xffn),
  );
}

function wordsOf(bytes: Uint8Array): readonly number[] {
  return Array.from({ length: Math.ceil(bytes.length / 4) }, (_, word) =>
    [0, 1, 2, 3].reduce((value, byte) => value + (bytes[word * 4 + byte] ?? 0) * 256 ** byte, 0),
  );
}
