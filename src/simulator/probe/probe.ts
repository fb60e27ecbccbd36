/**
 * Models a CMSIS-DAP probe as the reference firmware behaves: packets in, packets out. Knows its lines, but
 * not what is connected to them.
 */
import { Reader, Writer } from "../../cmsis-dap/bytes.ts";
import { ID_INVALID, type Command } from "../../cmsis-dap/command.ts";
import {
  dapConnect,
  dapDelay,
  dapDisconnect,
  dapHostStatus,
  dapResetTarget,
  HOST_RUNNING,
  PORT,
} from "../../cmsis-dap/general.ts";
import { capabilitiesInfo, dapInfo, INFO } from "../../cmsis-dap/info.ts";
import { dapJtagConfigure, dapJtagIdcode, dapJtagSequence, type JtagSegment } from "../../cmsis-dap/jtag.ts";
import { dapSwdConfigure, dapSwdSequence, type SwdSegment } from "../../cmsis-dap/swd.ts";
import { dapSwjClock, dapSwjPins, dapSwjSequence, PIN } from "../../cmsis-dap/swj.ts";
import { dapTransferBlock } from "../../cmsis-dap/transfer-block.ts";
import { dapTransfer, dapTransferConfigure, dapWriteAbort } from "../../cmsis-dap/transfer.ts";
import type { VirtualClock } from "../../lib/clock.ts";
import type { Repeats } from "../../lib/repeats.ts";
import { JtagHost } from "./jtag-host.ts";
import { JtagTransfers } from "./jtag-transfers.ts";
import { Lines, type LineTarget, type WireWatcher } from "../port/lines.ts";
import { readPins, waitForPins, writePins } from "./pins.ts";
import type { Remembered } from "../bus/remembered.ts";
import { SwdHost } from "./swd-host.ts";
import { SwdTransfers } from "./swd-transfers.ts";
import { initialSettings } from "./transfer-settings.ts";

export interface ProbeIdentity {
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
  readonly packetSize: number;
  readonly packetCount: number;
  /** True if it knows DAP_QueueCommands and DAP_ExecuteCommands. */
  readonly executes: boolean;
  /** If false, DAP_SWJ_Pins does nothing before DAP_Connect, as with some DAPLink firmware. */
  readonly pinsBeforeConnect: boolean;
  /** If false, nRESET reads as 0, whatever is written (Raspberry Pi Debug Probe). */
  readonly hasNreset: boolean;
}

type Handler = (from: Reader, to: Writer) => void;

/** DAP_SWJ_Pins stops waiting after 3 s, and in the firmware only a probe with a test domain timer waits at all. */
const TIMER_HZ = 1_000_000;
const QUEUE_COMMANDS = 0x7e;
const EXECUTE_COMMANDS = 0x7f;
const INITIAL_CLOCK_HZ = 1_000_000;
const PROTOCOL_VERSION = "2.1.2";

export class Probe {
  readonly #identity: ProbeIdentity;
  readonly #clock: VirtualClock;
  readonly #lines: Lines;
  readonly #swd: SwdHost;
  readonly #settings = initialSettings();
  readonly #transfers: SwdTransfers;
  readonly #jtagHost: JtagHost;
  readonly #jtag: JtagTransfers;
  readonly #handlers: ReadonlyMap<number, Handler>;
  #port: number = PORT.none;
  #nextUs: () => number = () => -Infinity;
  /** The count grows with each look at the timer, which never reads the same. */
  #timed = 0;
  /** The state that the lights of a real probe would show. */
  readonly lights = { connected: false, running: false };

  constructor(target: LineTarget, clock: VirtualClock, identity: ProbeIdentity, watch?: WireWatcher) {
    this.#identity = identity;
    this.#clock = clock;
    this.#lines = new Lines(target, clock, watch);
    this.#lines.setFrequency(INITIAL_CLOCK_HZ);
    this.#swd = new SwdHost(this.#lines);
    this.#transfers = new SwdTransfers(this.#swd, this.#settings);
    this.#jtagHost = new JtagHost(this.#lines);
    this.#jtag = new JtagTransfers(this.#jtagHost, this.#settings);
    this.#handlers = new Map([
      ...this.#general(),
      ...this.#lineCommands(),
      ...this.#swdCommands(),
      ...this.#jtagCommands(),
      ...this.#transferCommands(),
    ]);
  }

  /** Polling within a command is skipped until something can change. A watched wire would show each time. */
  passOver(rounds: Repeats, nextUs: () => number): void {
    this.#transfers.rounds = rounds;
    this.#nextUs = nextUs;
  }

  get remembered(): Remembered {
    const { waitRetries, matchRetries, matchMask } = this.#settings;
    const { connected, running } = this.lights;
    const own = [this.#port, this.#timed, waitRetries, matchRetries, matchMask, connected, running];
    return [...own, ...this.#lines.remembered, ...this.#swd.remembered, ...this.#jtagHost.remembered];
  }

  /** Processes one packet. The caller handles DAP_QueueCommands, because it knows which packets follow. */
  process(packet: Uint8Array): Uint8Array {
    const { executes, packetSize } = this.#identity;
    // The firmware knows no length: it reads on in its buffer. Clients rely on that (dapjs sends one byte of the four of DAP_WriteABORT).
    const buffer = new Uint8Array(Math.max(packetSize, packet.length));
    buffer.set(packet);
    const from = new Reader(buffer);
    const to = new Writer(packetSize);
    if (executes && (packet[0] === EXECUTE_COMMANDS || packet[0] === QUEUE_COMMANDS)) {
      from.u8();
      to.u8(EXECUTE_COMMANDS);
      const count = from.u8();
      to.u8(count);
      for (let left = count; left > 0; left--) this.#command(from, to);
    } else this.#command(from, to);
    return to.take();
  }

  #command(from: Reader, to: Writer): void {
    const id = from.u8();
    const handler = this.#handlers.get(id);
    if (handler === undefined) {
      to.u8(ID_INVALID);
      return;
    }
    to.u8(id);
    handler(from, to);
  }

  #general(): readonly [number, Handler][] {
    return [
      on(dapInfo, ({ id }) => ({ info: this.#info(id) })),
      on(dapHostStatus, ({ type, on }) => {
        if (type > HOST_RUNNING) return { ok: false };
        this.lights[type === HOST_RUNNING ? "running" : "connected"] = on;
        return { ok: true };
      }),
      on(dapConnect, ({ port }) => {
        const wanted = port === PORT.none ? PORT.swd : port;
        if (wanted > PORT.jtag) return { port: PORT.none };
        this.#port = wanted;
        this.#lines.on(wanted === PORT.swd ? "swd" : "jtag");
        return { port: wanted };
      }),
      on(dapDisconnect, () => {
        this.#port = PORT.none;
        this.#lines.off();
        return { ok: true };
      }),
      on(dapDelay, ({ us }) => {
        this.#clock.delay(us);
        return { ok: true };
      }),
      on(dapResetTarget, () => ({ ok: true, executed: false })),
    ];
  }

  #lineCommands(): readonly [number, Handler][] {
    return [
      on(dapSwjPins, ({ output, select, waitUs }) => {
        if (this.#port === PORT.none && !this.#identity.pinsBeforeConnect) return { input: 0 };
        const { hasNreset } = this.#identity;
        writePins(this.#lines, output, select);
        waitForPins(this.#lines, this.#clock, { output, select, waitUs, hasNreset, nextUs: this.#nextUs });
        const input = readPins(this.#lines);
        return { input: hasNreset ? input : input & ~PIN.nreset };
      }),
      on(dapSwjClock, ({ hz }) => {
        if (hz === 0) return { ok: false };
        this.#lines.setFrequency(hz);
        return { ok: true };
      }),
      on(dapSwjSequence, ({ count, data }) => {
        for (let at = 0; at < count; at++) this.#lines.write(bitOf(data, at));
        return { ok: true };
      }),
    ];
  }

  #swdCommands(): readonly [number, Handler][] {
    return [
      on(dapSwdConfigure, ({ turnaround, dataPhase }) => {
        this.#swd.settings.turnaround = turnaround;
        this.#swd.settings.dataPhase = dataPhase;
        return { ok: true };
      }),
      on(dapSwdSequence, ({ segments }) => {
        const inputs = segments.flatMap((segment) => this.#swdSegment(segment));
        this.#lines.driveSwdio(true);
        return { ok: true, inputs };
      }),
    ];
  }

  #jtagCommands(): readonly [number, Handler][] {
    return [
      on(dapJtagSequence, ({ segments }) => ({
        ok: true,
        tdo: segments.flatMap((segment) => this.#jtagSegment(segment)),
      })),
      on(dapJtagConfigure, ({ irLengths }) => {
        this.#jtag.configure(irLengths);
        return { ok: true };
      }),
      on(dapJtagIdcode, ({ index }) => {
        const idcode = this.#port === PORT.jtag ? this.#jtag.idcode(index) : undefined;
        return idcode === undefined ? { ok: false as const } : { ok: true as const, idcode };
      }),
    ];
  }

  #transferCommands(): readonly [number, Handler][] {
    const nothing = { count: 0, ack: 0, data: new Uint32Array() };
    return [
      on(dapTransferConfigure, ({ idleCycles, waitRetries, matchRetries }) => {
        this.#swd.settings.idleCycles = idleCycles;
        this.#jtagHost.idleCycles = idleCycles;
        this.#settings.waitRetries = waitRetries;
        this.#settings.matchRetries = matchRetries;
        return { ok: true };
      }),
      on(dapTransfer, ({ index, transfers }) => {
        if (this.#port === PORT.swd) return this.#transfers.transfer(transfers, this.#timer);
        if (this.#port === PORT.jtag) return this.#jtag.transfer(index, transfers, this.#timer);
        return nothing;
      }),
      on(dapTransferBlock, (request) => {
        if (this.#port === PORT.swd) return this.#transfers.block(request);
        if (this.#port === PORT.jtag) return this.#jtag.block(request);
        return nothing;
      }),
      on(dapWriteAbort, ({ index, value }) => {
        if (this.#port === PORT.jtag) return { ok: this.#jtag.abort(index, value) };
        if (this.#port !== PORT.swd) return { ok: false };
        this.#transfers.abort(value);
        return { ok: true };
      }),
    ];
  }

  readonly #timer = (): number => {
    this.#timed += 1;
    return Math.floor(this.#clock.nowUs()) >>> 0;
  };

  #swdSegment(segment: SwdSegment): readonly Uint8Array[] {
    this.#lines.driveSwdio(segment.kind === "out");
    if (segment.kind === "out") {
      for (let at = 0; at < segment.count; at++) this.#lines.write(bitOf(segment.data, at));
      return [];
    }
    return [collect(segment.count, () => this.#lines.read())];
  }

  #jtagSegment({ count, tms, capture, tdi }: JtagSegment): readonly Uint8Array[] {
    this.#lines.swdio = tms;
    const tdo = collect(count, (at) => this.#lines.shift(bitOf(tdi, at)));
    return capture ? [tdo] : [];
  }

  #info(id: number): Uint8Array {
    switch (id) {
      case INFO.vendor:
        return text(this.#identity.vendor);
      case INFO.product:
        return text(this.#identity.product);
      case INFO.serialNumber:
        return text(this.#identity.serialNumber);
      case INFO.protocolVersion:
        return text(PROTOCOL_VERSION);
      case INFO.capabilities:
        return capabilitiesInfo({
          swd: true,
          jtag: true,
          swoUart: false,
          swoManchester: false,
          atomic: this.#identity.executes,
          testDomainTimer: true,
          swoStreaming: false,
          uart: false,
          usbComPort: false,
        });
      case INFO.testDomainTimer:
        return word(TIMER_HZ, 4);
      case INFO.packetCount:
        return word(this.#identity.packetCount, 1);
      case INFO.packetSize:
        return word(this.#identity.packetSize, 2);
      default:
        return new Uint8Array();
    }
  }
}

/** Joins a command and what the probe does for it, without their types. */
function on<Q, R>(command: Command<Q, R>, act: (request: Q) => R): [number, Handler] {
  return [
    command.id,
    (from, to) => {
      command.response.encode(act(command.request.decode(from)), to);
    },
  ];
}

function bitOf(data: Uint8Array, at: number): number {
  return ((data[at >> 3] ?? 0) >> (at & 7)) & 1;
}

function collect(count: number, bit: (at: number) => number): Uint8Array {
  const bytes = new Uint8Array((count + 7) >> 3);
  for (let at = 0; at < count; at++) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit(at) << (at & 7));
  return bytes;
}

function text(value: string): Uint8Array {
  return value === "" ? new Uint8Array() : new TextEncoder().encode(`${value}\0`);
}

function word(value: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => (value >>> (8 * at)) & 0xff);
}
