/**
 * Implements DapLink over packets: what a CMSIS-DAP probe does for CoreSight. Knows commands; knows no SELECT
 * and no memory.
 */
import { Reader } from "../../cmsis-dap/bytes.ts";
import {
  dapConnect,
  dapDisconnect,
  dapHostStatus,
  HOST_CONNECTED,
  HOST_RUNNING,
  PORT,
} from "../../cmsis-dap/general.ts";
import { dapJtagConfigure } from "../../cmsis-dap/jtag.ts";
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { dapSwdConfigure } from "../../cmsis-dap/swd.ts";
import { dapSwjClock, dapSwjSequence } from "../../cmsis-dap/swj.ts";
import { DAP_TRANSFER_ABORT, dapTransferConfigure } from "../../cmsis-dap/transfer.ts";
import {
  FIRST_FRAMING,
  type DapLink,
  type LinkAbilities,
  type LinkSettings,
  type Outcome,
  type WireOp,
} from "../../coresight/wire/link.ts";
import type { Clock } from "../../lib/clock.ts";
import { Failure } from "../../lib/fault.ts";
import type { Repeats } from "../../lib/repeats.ts";
import { plainAnswer, type Answer } from "./answer.ts";
import { BUNDLE_HEADER, bundles, executeCommands, queues, readBundle, type Bundle } from "./bundle.ts";
import { exchange, holds, order, receive, send } from "./exchange.ts";
import { givenBack, ProbeFailure } from "../faults.ts";
import { readIdentity } from "./identity.ts";
import { lastingPipe } from "./lasting-pipe.ts";
import { blockWords, packets, type Packet } from "./packets.ts";
import { oneCommand, setPins } from "./pins.ts";
import { Requests, type Judge, type Request } from "./requests.ts";
import { Tally } from "./tally.ts";
import { append } from "../../lib/lists.ts";

/** These are SWCLK, SWDIO, TDI, TDO, nTRST and nRESET. */
const PINS = 0xaf;
/** From this many packets of a block transfer on, it pays to find out how many the probe holds. */
const WORTH_TRYING = 8;
/**
 * A DP needs this many clocks after the last transfer before the clock may stop (ADIv5.2 B4.1.1, wire rule
 * 15).
 */
const IDLE_CLOCKS = 8;

/** Asks the probe for its identity and returns the link; the pipe belongs to the link from then on. */
export async function openLink(rawPipe: PacketPipe, clock: Clock): Promise<DapLink> {
  const pipe = lastingPipe(rawPipe);
  const { names, capabilities, packetSize, packetCount, notes } = await readIdentity(pipe);
  const inFlight = Math.min(pipe.limits?.inFlight ?? packetCount, roomOf(packetCount));
  return new CmsisDapLink(pipe, clock, {
    identity: names,
    notes: [...(pipe.notes ?? []), ...notes],
    packetSize,
    packetCount,
    inFlight,
    can: { selects: false, atomic: capabilities.atomic, match: true, pins: PINS },
    timedPins: capabilities.testDomainTimer,
  });
}

/**
 * One place stays free, for DAP_TransferAbort (wire rule 12). debugprobe before 2.3 holds one packet less than it says, and a
 * full queue would stop it for good.
 */
function roomOf(packetCount: number): number {
  return Math.max(1, packetCount - 1);
}

interface ProbeFacts {
  readonly identity: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly packetSize: number;
  readonly packetCount: number;
  /** The number of packets of a block transfer that may be unanswered. */
  readonly inFlight: number;
  readonly can: LinkAbilities;
  /** True if the probe has the timer that a wait for a pin needs (wire rule 10). */
  readonly timedPins: boolean;
}

class CmsisDapLink implements DapLink {
  readonly can: LinkAbilities;
  readonly identity: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly repeats?: Repeats;
  readonly blockWords: { readonly read: number; readonly write: number };
  readonly #pipe: PacketPipe;
  readonly #clock: Clock;
  readonly #facts: ProbeFacts;
  readonly #requests = new Requests();
  /** The number of packets that the probe was seen to hold. */
  #room: number | undefined;
  /** True if the probe was seen to keep DAP_QueueCommands. */
  #queues: boolean | undefined;
  /** True if the error of an accepted access may still come. */
  #open = false;
  /** The number of packets whose answers have not come. */
  #underWay = 0;
  #interrupted = false;
  #closed = false;

  constructor(pipe: PacketPipe, clock: Clock, facts: ProbeFacts) {
    this.#pipe = pipe;
    this.#clock = clock;
    this.#facts = facts;
    this.identity = facts.identity;
    this.notes = facts.notes;
    this.can = facts.can;
    if (pipe.repeats !== undefined) this.repeats = pipe.repeats;
    this.blockWords = blockWords(facts.packetSize);
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
    this.#requests.begin(settings);
    this.#open = false;
    const { clockHz, idleCycles, waitRetries } = settings;
    await order(this.#pipe, dapSwjClock, { hz: clockHz });
    await order(this.#pipe, dapTransferConfigure, { idleCycles, waitRetries, matchRetries: 0 });
    if (settings.protocol === "swd") await order(this.#pipe, dapSwdConfigure, FIRST_FRAMING);
  }

  async chain(irLengths: readonly number[]): Promise<void> {
    await order(this.#pipe, dapJtagConfigure, { irLengths });
  }

  async run(ops: readonly WireOp[], mode: "stop-at-fault" | "atomic"): Promise<Outcome> {
    if (this.#closed) throw givenBack();
    const { packetSize, timedPins } = this.#facts;
    const list = packets(ops, packetSize);
    const tally = new Tally(ops);
    try {
      if (mode === "atomic" && !isOneCommand(list, timedPins)) await this.#runTogether(ops, tally);
      else await this.#runInOrder(list, tally);
    } catch (error) {
      throw this.#ended(error, tally);
    } finally {
      this.#underWay = 0;
      if (this.#interrupted) await this.#afterAbort();
    }
    this.#open = tally.open ?? this.#open;
    return tally.outcome(this.#clock.nowUs());
  }

  interrupt(): void {
    // An abort is not sent if the probe did not report how much it holds: with its only place taken it would
    // lose the next request.
    if (this.#underWay === 0 || this.#underWay >= this.#facts.packetCount) return;
    this.#interrupted = true;
    // The run that is under way reports any failure.
    this.#pipe.send(Uint8Array.of(DAP_TRANSFER_ABORT)).catch(() => undefined);
  }

  /**
   * DAPLink and debugprobe answer DAP_TransferAbort with 0xFF, which the reference firmware swallows: the next command must
   * not take it for its own (wire rule 12). A pipe that cannot be brought in step says so to the next command.
   */
  async #afterAbort(): Promise<void> {
    this.#interrupted = false;
    await this.#pipe.resync().catch(() => undefined);
  }

  async status(light: "connected" | "running", on: boolean): Promise<void> {
    const type = light === "connected" ? HOST_CONNECTED : HOST_RUNNING;
    await order(this.#pipe, dapHostStatus, { type, on });
  }

  async disconnect(): Promise<void> {
    const { protocol } = this.#requests.settings ?? {};
    this.#requests.settings = undefined;
    try {
      if (protocol === "swd")
        await order(this.#pipe, dapSwjSequence, {
          count: IDLE_CLOCKS,
          data: new Uint8Array(IDLE_CLOCKS >> 3),
        });
    } finally {
      await order(this.#pipe, dapDisconnect, {});
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#pipe.close();
  }

  #ended(error: unknown, tally: Tally): unknown {
    if (this.#interrupted) return new Failure({ kind: "interrupted" }, "interrupted", error);
    const lost = tally.lost();
    if (lost === undefined || !(error instanceof Failure)) return error;
    return new ProbeFailure(lost, "what the probe still did is not known", error);
  }

  /**
   * Runs one packet after the other, up to the first fault; packets of a block transfer go out ahead of the
   * answers (wire rule 1).
   */
  async #runInOrder(list: readonly Packet[], tally: Tally): Promise<void> {
    const inFlight = await this.#roomFor(list);
    const sent: { readonly packet: Packet; readonly request: Request }[] = [];
    for (const [at, packet] of list.entries()) {
      const isAhead = packet.ahead && list[at - 1]?.ahead === true;
      while (sent.length >= (isAhead ? inFlight : 1)) if (await this.#judgeOldest(sent, tally)) return;
      if (packet.kind === "pins" && !oneCommand(packet, this.#facts.timedPins)) {
        const { input, exchanges } = await setPins(this.#pipe, this.#clock, packet, this.#facts.timedPins);
        tally.exchanges += exchanges;
        tally.add(packet, plainAnswer(packet, tally.open ?? this.#open, [input]));
        continue;
      }
      const request = this.#requests.of(packet);
      if (request === undefined) {
        tally.add(packet, plainAnswer(packet, tally.open ?? this.#open));
        continue;
      }
      tally.sent(packet);
      await this.#send(request.name, request.bytes);
      sent.push({ packet, request });
      tally.exchanges += 1;
      if (!packet.ahead && (await this.#judgeOldest(sent, tally))) return;
    }
    while (sent.length > 0) if (await this.#judgeOldest(sent, tally)) return;
  }

  /**
   * Returns how many packets may be unanswered. If a probe claims room, the claim is tested before it
   * matters.
   */
  async #roomFor(list: readonly Packet[]): Promise<number> {
    if (this.#room !== undefined || this.#facts.inFlight === 1) return this.#room ?? 1;
    if (list.filter(({ ahead }) => ahead).length < WORTH_TRYING) return 1;
    this.#room = (await holds(this.#pipe, this.#facts.inFlight)) ? this.#facts.inFlight : 1;
    return this.#room;
  }

  /**
   * Takes the answer to the oldest unanswered packet and, after a fault, the later ones too. Returns true if
   * that was the end.
   */
  async #judgeOldest(sent: { packet: Packet; request: Request }[], tally: Tally): Promise<boolean> {
    const oldest = sent.shift();
    if (oldest === undefined) return false;
    const { packet, request } = oldest;
    const answer = await this.#receive(request, tally.open ?? this.#open);
    tally.add(packet, answer);
    if (answer.fault === undefined) return false;
    for (const { packet: later, request: its } of sent.splice(0)) {
      await this.#receive(its, answer.open);
      tally.overtaken(later);
    }
    return true;
  }

  async #send(name: string, bytes: Uint8Array): Promise<void> {
    this.#underWay += 1;
    await send(this.#pipe, name, bytes);
  }

  async #receive({ name, ownUs, read }: Request, open: boolean): Promise<Answer> {
    const judge = await receive(this.#pipe, { name, ownUs, read: (packet) => read(new Reader(packet)) });
    this.#underWay -= 1;
    return judge(open);
  }

  /**
   * Runs them without the host in between. Refuses before anything is sent if the probe cannot do that (wire
   * rule 7).
   */
  async #runTogether(ops: readonly WireOp[], tally: Tally): Promise<void> {
    if (this.#closed) throw givenBack();
    const { packetSize, packetCount, timedPins } = this.#facts;
    const list = packets(ops, packetSize);
    if (this.can.atomic && list.every((packet) => isAutonomous(packet, timedPins))) {
      const { settings, tap } = this.#requests;
      const parts = packets(ops, packetSize - BUNDLE_HEADER);
      const requests = parts.map((packet) => this.#requests.of(packet));
      const together = bundles(
        requests.filter((one) => one !== undefined),
        { packetSize, room: roomOf(packetCount) },
      );
      if (together !== undefined && (together.length === 1 || (await this.#canQueue()))) {
        await this.#execute(
          together,
          parts.map((packet, at) => ({ packet, sent: requests[at] !== undefined })),
          tally,
        );
        return;
      }
      Object.assign(this.#requests, { settings, tap });
    }
    // The bus stands still between line sequences.
    if (!list.every(({ kind }) => kind === "swj" || kind === "jtag"))
      throw notAtomic(list, this.#whyNotTogether());
    await this.#runInOrder(list, tally);
  }

  async #canQueue(): Promise<boolean> {
    return (this.#queues ??= this.#pipe.limits?.queues ?? (await queues(this.#pipe)));
  }

  #whyNotTogether(): string {
    if (!this.can.atomic) return "the probe can do only one without the host";
    if (this.#queues === false && this.#pipe.limits?.queues === false)
      return "the probe's firmware stops for good at DAP_QueueCommands";
    return this.#queues === false
      ? "the probe refuses DAP_QueueCommands, though it claims atomic commands"
      : "its packet buffers cannot hold them";
  }

  /** A failed command does not stop the later ones. */
  async #execute(
    together: readonly Bundle[],
    parts: readonly { readonly packet: Packet; readonly sent: boolean }[],
    tally: Tally,
  ): Promise<void> {
    const { name } = executeCommands;
    for (const { packet } of parts) tally.sent(packet);
    for (const { bytes } of together) await this.#send(name, bytes);
    const judges: Judge[] = [];
    for (const bundle of together) {
      const ownUs = bundle.requests.reduce((sum, request) => sum + request.ownUs, 0);
      append(
        judges,
        await receive(this.#pipe, { name, ownUs, read: (packet) => readBundle(bundle, packet) }),
      );
      this.#underWay -= 1;
      tally.exchanges += 1;
    }
    for (const { packet, sent } of parts) {
      const open = tally.open ?? this.#open;
      tally.add(packet, (sent ? judges.shift()?.(open) : undefined) ?? plainAnswer(packet, open));
    }
  }
}

function isOneCommand(list: readonly Packet[], timedPins: boolean): boolean {
  return list.length <= 1 && list.every((packet) => isAutonomous(packet, timedPins));
}

/** Returns true if the probe does it without the host. */
function isAutonomous(packet: Packet, timedPins: boolean): boolean {
  return packet.kind !== "pins" || oneCommand(packet, timedPins);
}

function notAtomic(list: readonly Packet[], why: string): ProbeFailure {
  const kinds = [...new Set(list.map(({ kind }) => kind))].join(", ");
  return new ProbeFailure(
    { kind: "not-atomic", reason: kinds },
    `this atomic block needs ${list.length} commands (${kinds}), and ${why}`,
  );
}
