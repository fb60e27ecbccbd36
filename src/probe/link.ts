/** DapLink over packets: what a CMSIS-DAP probe does for CoreSight. Knows commands; knows no SELECT and no memory. */
import { parseResponse, requestPacket, type Command } from "../cmsis-dap/command.ts";
import {
  dapConnect,
  dapDelay,
  dapDisconnect,
  dapHostStatus,
  HOST_CONNECTED,
  HOST_RUNNING,
  PORT,
} from "../cmsis-dap/general.ts";
import {
  capabilitiesFrom,
  dapInfo,
  INFO,
  infoNumber,
  infoText,
  type InfoResponse,
} from "../cmsis-dap/info.ts";
import { dapJtagSequence } from "../cmsis-dap/jtag.ts";
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import type { Status } from "../cmsis-dap/status.ts";
import { dapSwdConfigure } from "../cmsis-dap/swd.ts";
import { dapSwjClock, dapSwjPins, dapSwjSequence } from "../cmsis-dap/swj.ts";
import { ACK, dapTransfer, dapTransferConfigure, dapWriteAbort } from "../cmsis-dap/transfer.ts";
import { dapTransferBlock } from "../cmsis-dap/transfer-block.ts";
import type { DapLink, LinkAbilities, LinkFault, LinkSettings, Outcome, WireOp } from "../coresight/link.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { Clock } from "../lib/clock.ts";
import { Failure } from "../lib/fault.ts";
import { ProbeFailure } from "./faults.ts";
import { blockWords, packets, type Packet } from "./packets.ts";

/** What a request may take beyond its own worst case: the bus, the host, a busy probe (WIRE.md 12). */
const MARGIN_US = 1_000_000;
/** Request, turnaround, acknowledge, data and parity of one SWD word. */
const CLOCKS_PER_WORD = 46;
const LONGEST_PIN_WAIT_US = 3_000_000;
/** SWCLK, SWDIO, TDI, TDO, nTRST, nRESET. */
const PINS = 0xaf;

const IDENTITY: readonly (readonly [name: string, id: number])[] = [
  ["vendor", INFO.vendor],
  ["product", INFO.product],
  ["serialNumber", INFO.serialNumber],
  ["protocolVersion", INFO.protocolVersion],
  ["firmwareVersion", INFO.firmwareVersion],
];

/** Asks the probe who it is and returns the link; the pipe belongs to the link from then on. */
export async function openLink(pipe: PacketPipe, clock: Clock): Promise<DapLink> {
  const ask = (id: number): Promise<InfoResponse> => exchange(pipe, dapInfo, { id }, MARGIN_US);
  const identity: Record<string, string> = {};
  for (const [name, id] of IDENTITY) {
    const text = infoText(await ask(id));
    if (text !== undefined) identity[name] = text;
  }
  const capabilities = capabilitiesFrom(await ask(INFO.capabilities));
  // Every CMSIS-DAP probe takes at least a full-speed packet.
  const packetSize = Math.max(infoNumber(await ask(INFO.packetSize)) ?? 64, 64);
  const can = { selects: false, atomic: capabilities.atomic, match: false, pins: PINS };
  return new CmsisDapLink(pipe, clock, { identity, packetSize, can });
}

async function exchange<Q, R>(
  pipe: PacketPipe,
  command: Command<Q, R>,
  request: Q,
  limitUs: number,
): Promise<R> {
  await pipe.send(requestPacket(command, request));
  return parseResponse(command, await pipe.receive(limitUs), request);
}

interface Answer {
  /** How many of the packet's operations the probe counted. */
  readonly done: number;
  readonly words: Uint32Array;
  readonly fault?: LinkFault;
}

const NO_WORDS = new Uint32Array();

interface ProbeFacts {
  readonly identity: Readonly<Record<string, string>>;
  readonly packetSize: number;
  readonly can: LinkAbilities;
}

class CmsisDapLink implements DapLink {
  readonly can: LinkAbilities;
  readonly identity: Readonly<Record<string, string>>;
  readonly blockWords: { readonly read: number; readonly write: number };
  readonly #pipe: PacketPipe;
  readonly #clock: Clock;
  readonly #packetSize: number;
  #settings: LinkSettings = { protocol: "swd", clockHz: 1_000_000, idleCycles: 0, waitRetries: 100 };

  constructor(pipe: PacketPipe, clock: Clock, { identity, packetSize, can }: ProbeFacts) {
    this.#pipe = pipe;
    this.#clock = clock;
    this.identity = identity;
    this.#packetSize = packetSize;
    this.can = can;
    this.blockWords = blockWords(packetSize);
  }

  async connect(settings: LinkSettings): Promise<void> {
    this.#settings = settings;
    const port = settings.protocol === "swd" ? PORT.swd : PORT.jtag;
    const got = await this.#ask(dapConnect, { port });
    if (got.port !== port) {
      throw new ProbeFailure(
        { kind: "not-by-this-probe", what: settings.protocol },
        `the probe cannot speak ${settings.protocol.toUpperCase()}`,
      );
    }
    await this.#order(dapSwjClock, { hz: settings.clockHz });
    const { idleCycles, waitRetries } = settings;
    await this.#order(dapTransferConfigure, { idleCycles, waitRetries, matchRetries: 0 });
    if (settings.protocol === "swd") await this.#order(dapSwdConfigure, { turnaround: 1, dataPhase: false });
  }

  async run(ops: readonly WireOp[], mode: "stop-at-fault" | "atomic"): Promise<Outcome> {
    const list = packets(ops, this.#packetSize);
    if (mode === "atomic") mustBeAtomic(list);
    const values: number[][] = ops.map(() => []);
    let done = 0;
    let confirmed = 0;
    let exchanges = 0;
    let fault: LinkFault | undefined;
    for (const packet of list) {
      const answer = await this.#send(packet);
      exchanges += 1;
      share(packet, answer, ops, values);
      done += answer.done;
      fault = answer.fault;
      if (fault !== undefined) break;
      confirmed = done;
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
    await this.#ask(dapHostStatus, { type: light === "connected" ? HOST_CONNECTED : HOST_RUNNING, on });
  }

  async disconnect(): Promise<void> {
    await this.#order(dapDisconnect, {});
  }

  close(): Promise<void> {
    return this.#pipe.close();
  }

  async #send(packet: Packet): Promise<Answer> {
    const index = 0;
    const done = packet.pieces.length;
    switch (packet.kind) {
      case "transfer": {
        const { transfers } = packet;
        const got = await this.#ask(dapTransfer, { index, transfers }, { words: transfers.length });
        return { done: got.count, words: got.data, ...faultOf(got.ack) };
      }
      case "block": {
        const { register, words, count } = packet;
        const request =
          words === undefined
            ? ({ index, register, kind: "read", count } as const)
            : ({ index, register, kind: "write", words } as const);
        const got = await this.#ask(dapTransferBlock, request, { words: count });
        return { done: got.count, words: got.data, ...faultOf(got.ack) };
      }
      case "abort":
        await this.#order(dapWriteAbort, { index, value: packet.value });
        return { done, words: NO_WORDS };
      case "pins": {
        const waitUs = Math.min(packet.waitUs, LONGEST_PIN_WAIT_US);
        const { output, select } = packet;
        const { input } = await this.#ask(dapSwjPins, { output, select, waitUs }, { ownUs: waitUs });
        return { done, words: Uint32Array.of(input) };
      }
      case "swj":
        await this.#order(dapSwjSequence, { count: packet.count, data: bytesOf(packet.bits, packet.count) });
        return { done, words: NO_WORDS };
      case "jtag": {
        const segments = packet.segments.map(({ count, tms, tdi }) => {
          return { count, tms, capture: true, tdi: bytesOf(tdi, count) };
        });
        const { ok, tdo } = await this.#ask(dapJtagSequence, { segments });
        if (!ok) throw refused(dapJtagSequence.name);
        return { done, words: Uint32Array.from(tdo.flatMap((bytes) => wordsOf(bytes))) };
      }
      case "delay":
        await this.#order(dapDelay, { us: packet.us }, packet.us);
        return { done, words: NO_WORDS };
      case "clock":
        this.#settings = { ...this.#settings, clockHz: packet.hz };
        await this.#order(dapSwjClock, { hz: packet.hz });
        return { done, words: NO_WORDS };
      default:
        return assertNever(packet);
    }
  }

  /** A command whose answer is only that it was done. */
  async #order<Q>(command: Command<Q, Status>, request: Q, ownUs = 0): Promise<void> {
    const { ok } = await this.#ask(command, request, { ownUs });
    if (!ok) throw refused(command.name);
  }

  async #ask<Q, R>(
    command: Command<Q, R>,
    request: Q,
    { words = 0, ownUs = 0 }: { readonly words?: number; readonly ownUs?: number } = {},
  ): Promise<R> {
    const { clockHz, waitRetries } = this.#settings;
    const wireUs = (words * CLOCKS_PER_WORD * (waitRetries + 1) * 1_000_000) / clockHz;
    try {
      return await exchange(this.#pipe, command, request, MARGIN_US + ownUs + wireUs);
    } catch (error) {
      if (!(error instanceof Failure) || !PACKET_FAULTS.has(error.fault.kind)) throw error;
      throw new ProbeFailure(
        { kind: "probe-protocol", command: command.name, reason: error.message },
        `the probe's answer to ${command.name} makes no sense`,
        error,
      );
    }
  }
}

const PACKET_FAULTS: ReadonlySet<string> = new Set(["truncated-packet", "wrong-echo", "unknown-command"]);

function refused(command: string): ProbeFailure {
  return new ProbeFailure({ kind: "probe-refused", command }, `the probe refused ${command}`);
}

/** One command, or nothing but line sequences, between which the bus stands still (WIRE.md 7a, 7d). */
function mustBeAtomic(list: readonly Packet[]): void {
  if (list.length <= 1 || list.every(({ kind }) => kind === "swj" || kind === "jtag")) return;
  const kinds = [...new Set(list.map(({ kind }) => kind))].join(", ");
  throw new ProbeFailure(
    { kind: "not-atomic", reason: kinds },
    `this atomic block needs ${list.length} commands (${kinds}), and the probe can do only one without the host`,
  );
}

function faultOf(ack: number): { fault?: LinkFault } {
  if (ack === ACK.ok) return {};
  if ((ack & ACK.mismatch) !== 0) return { fault: "MISMATCH" };
  if ((ack & ACK.error) !== 0) return { fault: "PARITY" };
  if (ack === ACK.wait) return { fault: "WAIT" };
  return { fault: ack === ACK.fault ? "FAULT" : "NO_ACK" };
}

/** Deals the words of an answer to the ops that asked for them. */
function share(packet: Packet, answer: Answer, ops: readonly WireOp[], values: number[][]): void {
  let word = 0;
  let left = answer.done;
  for (const { op, count } of packet.pieces) {
    const taken = Math.min(count, left);
    left -= taken;
    for (let yields = wordsFrom(ops[op]) * taken; yields > 0; yields--) {
      const value = answer.words[word++];
      if (value !== undefined) values[op]?.push(value);
    }
  }
}

function wordsFrom(op: WireOp | undefined): number {
  if (op?.kind === "read" || op?.kind === "pins") return 1;
  return op?.kind === "jtag" ? Math.ceil(op.count / 32) : 0;
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
