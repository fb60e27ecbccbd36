/** DapLink over packets: what a CMSIS-DAP probe does for CoreSight. Knows commands; knows no SELECT and no memory. */
import {
  dapConnect,
  dapDelay,
  dapDisconnect,
  dapHostStatus,
  HOST_CONNECTED,
  HOST_RUNNING,
  PORT,
} from "../cmsis-dap/general.ts";
import { capabilitiesFrom, dapInfo, INFO, infoNumber, infoText } from "../cmsis-dap/info.ts";
import type { InfoResponse } from "../cmsis-dap/info.ts";
import { dapJtagConfigure, dapJtagSequence } from "../cmsis-dap/jtag.ts";
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import { dapSwdConfigure } from "../cmsis-dap/swd.ts";
import { dapSwjClock, dapSwjSequence } from "../cmsis-dap/swj.ts";
import { dapTransfer, dapTransferConfigure, dapWriteAbort } from "../cmsis-dap/transfer.ts";
import { dapTransferBlock } from "../cmsis-dap/transfer-block.ts";
import type { DapLink, LinkAbilities, LinkFault, LinkSettings, Outcome, WireOp } from "../coresight/link.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { Clock } from "../lib/clock.ts";
import { blockAnswer, deal, operationsIn, plainAnswer, transferAnswer, type Answer } from "./answer.ts";
import { exchange, order, refused } from "./exchange.ts";
import { ProbeFailure } from "./faults.ts";
import { blockWords, packets, type Packet } from "./packets.ts";
import { oneCommand, setPins } from "./pins.ts";

/** Request, turnaround, acknowledge, data and parity of one SWD word. */
const CLOCKS_PER_WORD = 46;
/** SWCLK, SWDIO, TDI, TDO, nTRST, nRESET. */
const PINS = 0xaf;
/** DAP_TransferConfigure has 16 bits for it. */
const MOST_MATCH_RETRIES = 0xffff;
const TURNAROUND = 1;
/** Clocks that a DP needs after the last transfer before the clock may stop (ADIv5.2 B4.1.1, WIRE.md 15). */
const IDLE_CLOCKS = 8;

const IDENTITY: readonly (readonly [name: string, id: number])[] = [
  ["vendor", INFO.vendor],
  ["product", INFO.product],
  ["serialNumber", INFO.serialNumber],
  ["protocolVersion", INFO.protocolVersion],
  ["firmwareVersion", INFO.firmwareVersion],
];

/** Asks the probe who it is and returns the link; the pipe belongs to the link from then on. */
export async function openLink(pipe: PacketPipe, clock: Clock): Promise<DapLink> {
  const ask = (id: number): Promise<InfoResponse> => exchange(pipe, dapInfo, { id });
  const identity: Record<string, string> = {};
  for (const [name, id] of IDENTITY) {
    const text = infoText(await ask(id));
    if (text !== undefined) identity[name] = text;
  }
  const capabilities = capabilitiesFrom(await ask(INFO.capabilities));
  // Every CMSIS-DAP probe takes at least a full-speed packet.
  const packetSize = Math.max(infoNumber(await ask(INFO.packetSize)) ?? 64, 64);
  return new CmsisDapLink(pipe, clock, {
    identity,
    packetSize,
    can: { selects: false, atomic: capabilities.atomic, match: true, pins: PINS },
    timedPins: capabilities.testDomainTimer,
  });
}

interface ProbeFacts {
  readonly identity: Readonly<Record<string, string>>;
  readonly packetSize: number;
  readonly can: LinkAbilities;
  /** It has the timer without which a wait for a pin is no wait (WIRE.md 10). */
  readonly timedPins: boolean;
}

class CmsisDapLink implements DapLink {
  readonly can: LinkAbilities;
  readonly identity: Readonly<Record<string, string>>;
  readonly blockWords: { readonly read: number; readonly write: number };
  readonly #pipe: PacketPipe;
  readonly #clock: Clock;
  readonly #packetSize: number;
  readonly #timedPins: boolean;
  #settings: LinkSettings | undefined;
  /** An access was accepted whose error may still come. */
  #open = false;
  /** The TAP that transfers are for. */
  #tap = 0;

  constructor(pipe: PacketPipe, clock: Clock, { identity, packetSize, can, timedPins }: ProbeFacts) {
    this.#pipe = pipe;
    this.#clock = clock;
    this.#packetSize = packetSize;
    this.#timedPins = timedPins;
    this.identity = identity;
    this.can = can;
    this.blockWords = blockWords(packetSize);
  }

  async connect(settings: LinkSettings): Promise<void> {
    const port = settings.protocol === "swd" ? PORT.swd : PORT.jtag;
    const got = await exchange(this.#pipe, dapConnect, { port });
    if (got.port !== port) {
      throw new ProbeFailure(
        { kind: "not-by-this-probe", what: settings.protocol },
        `the probe cannot speak ${settings.protocol.toUpperCase()}`,
      );
    }
    this.#settings = settings;
    this.#open = false;
    this.#tap = 0;
    await order(this.#pipe, dapSwjClock, { hz: settings.clockHz });
    await this.#configureTransfers(0);
    if (settings.protocol === "swd") await this.#configureSwd(false);
  }

  async chain(irLengths: readonly number[]): Promise<void> {
    await order(this.#pipe, dapJtagConfigure, { irLengths });
  }

  async run(ops: readonly WireOp[], mode: "stop-at-fault" | "atomic"): Promise<Outcome> {
    const list = packets(ops, this.#packetSize);
    if (mode === "atomic") this.#mustBeAtomic(list);
    const values: number[][] = ops.map(() => []);
    let done = 0;
    let confirmed = 0;
    let exchanges = 0;
    let fault: LinkFault | undefined;
    for (const packet of list) {
      const answer = await this.#send(packet);
      exchanges += answer.exchanges ?? 1;
      deal(packet, answer, ops, values);
      const before = done;
      done += operationsIn(packet, answer.accepted);
      if (!answer.open) confirmed = done;
      else if (answer.confirmed > 0) confirmed = before + operationsIn(packet, answer.confirmed);
      this.#open = answer.open;
      fault = answer.fault;
      if (fault !== undefined) break;
    }
    return {
      done,
      confirmed,
      exchanges,
      values: values.map((words) => Uint32Array.from(words)),
      endUs: this.#clock.nowUs(),
      ...(fault === undefined ? {} : { fault }),
    };
  }

  async status(light: "connected" | "running", on: boolean): Promise<void> {
    const type = light === "connected" ? HOST_CONNECTED : HOST_RUNNING;
    await exchange(this.#pipe, dapHostStatus, { type, on });
  }

  async disconnect(): Promise<void> {
    if (this.#settings?.protocol === "swd")
      await order(this.#pipe, dapSwjSequence, { count: IDLE_CLOCKS, data: new Uint8Array(IDLE_CLOCKS >> 3) });
    this.#settings = undefined;
    await order(this.#pipe, dapDisconnect, {});
  }

  close(): Promise<void> {
    return this.#pipe.close();
  }

  async #send(packet: Packet): Promise<Answer> {
    const index = this.#tap;
    const open = this.#open;
    const pipe = this.#pipe;
    switch (packet.kind) {
      case "transfer": {
        const { transfers, matchUs } = packet;
        const ownUs = this.#transferUs(transfers.length) + matchUs * this.#tries();
        return transferAnswer(
          transfers,
          await exchange(pipe, dapTransfer, { index, transfers }, ownUs),
          open,
        );
      }
      case "block": {
        const { register, words, count } = packet;
        const request =
          words === undefined
            ? ({ index, register, kind: "read", count } as const)
            : ({ index, register, kind: "write", words } as const);
        return blockAnswer(
          packet,
          await exchange(pipe, dapTransferBlock, request, this.#transferUs(count)),
          open,
        );
      }
      case "match limit":
        await this.#configureTransfers(packet.limitUs);
        break;
      case "abort":
        await order(pipe, dapWriteAbort, { index, value: packet.value });
        break;
      case "pins": {
        const { input, exchanges } = await setPins(pipe, this.#clock, packet, this.#timedPins);
        return { ...plainAnswer(packet, open, [input]), exchanges };
      }
      case "swj":
        await order(
          pipe,
          dapSwjSequence,
          { count: packet.count, data: bytesOf(packet.bits, packet.count) },
          this.#clocksUs(packet.count),
        );
        break;
      case "jtag": {
        const segments = packet.segments.map(({ count, tms, tdi }) => {
          return { count, tms, capture: true, tdi: bytesOf(tdi, count) };
        });
        const { ok, tdo } = await exchange(
          pipe,
          dapJtagSequence,
          { segments },
          this.#clocksUs(64 * segments.length),
        );
        if (!ok) throw refused(dapJtagSequence.name);
        return plainAnswer(packet, open, tdo.flatMap(wordsOf));
      }
      case "tap":
        this.#tap = packet.index;
        return { ...plainAnswer(packet, open), exchanges: 0 };
      case "delay":
        await order(pipe, dapDelay, { us: packet.us }, packet.us);
        break;
      case "clock":
        if (this.#settings !== undefined) this.#settings = { ...this.#settings, clockHz: packet.hz };
        await order(pipe, dapSwjClock, { hz: packet.hz });
        break;
      case "data phase":
        await this.#configureSwd(packet.always);
        break;
      default:
        return assertNever(packet);
    }
    return plainAnswer(packet, open);
  }

  async #configureTransfers(matchUs: number): Promise<void> {
    const { idleCycles = 0, waitRetries = 0 } = this.#settings ?? {};
    const tries = Math.ceil(matchUs / this.#clocksUs(CLOCKS_PER_WORD + idleCycles));
    const matchRetries = Math.min(MOST_MATCH_RETRIES, tries);
    await order(this.#pipe, dapTransferConfigure, { idleCycles, waitRetries, matchRetries });
  }

  async #configureSwd(dataPhase: boolean): Promise<void> {
    await order(this.#pipe, dapSwdConfigure, { turnaround: TURNAROUND, dataPhase });
  }

  /** The worst case: every word is tried as often as the probe may. */
  #transferUs(words: number): number {
    const idle = this.#settings?.idleCycles ?? 0;
    return this.#clocksUs(words * (CLOCKS_PER_WORD + idle) * this.#tries());
  }

  #tries(): number {
    return (this.#settings?.waitRetries ?? 0) + 1;
  }

  #clocksUs(clocks: number): number {
    return (clocks * 1_000_000) / (this.#settings?.clockHz ?? 1_000_000);
  }

  /** One command, or nothing but line sequences, between which the bus stands still (WIRE.md 7a, 7d). */
  #mustBeAtomic(list: readonly Packet[]): void {
    if (
      list.length <= 1 &&
      list.every((packet) => packet.kind !== "pins" || oneCommand(packet, this.#timedPins))
    )
      return;
    if (list.every(({ kind }) => kind === "swj" || kind === "jtag")) return;
    const kinds = [...new Set(list.map(({ kind }) => kind))].join(", ");
    throw new ProbeFailure(
      { kind: "not-atomic", reason: kinds },
      `this atomic block needs ${list.length} commands (${kinds}), and the probe can do only one without the host`,
    );
  }
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
