/** Calls functions of flash algorithms in our interpreter alone, and records what they do outside of RAM. Knows no oracle. */
import { crc32 } from "node:zlib";
import { layOut } from "../../src/flash/algorithm/layout.ts";
import type { AlgorithmFunction, FlashAlgorithm } from "../../src/flash/algorithm/flm.ts";
import { ThumbCore } from "../../src/simulator/thumb/core.ts";
import type { ThumbBus, ThumbProfile } from "../../src/simulator/thumb/port.ts";

export const RAM = 0x2000_0000;
export const RAM_SIZE = 0x4_0000;
const BKPT = 0xbe00;
const THUMB_BIT = 0x0100_0000;

/** What answers outside of RAM. */
export interface Chip {
  read(address: number, size: number): number;
  write(address: number, size: number, value: number): void;
}

/** Three words each: size, with bit 8 set for writes; address; value. */
export type Accesses = readonly number[];

export type End = "returned" | "still running" | "left RAM" | "fault" | "other";

export interface Call {
  readonly end: End;
  readonly instructions: number;
  /** r0-r12, SP and LR before, and everything after. */
  readonly given: readonly number[];
  readonly start: number;
  readonly registers: readonly number[];
  readonly pc: number;
  readonly xpsr: number;
  readonly ramBefore: Uint8Array;
  readonly ramAfter: number;
  readonly accesses: Accesses;
}

/** Everything that is not RAM, the core's own registers included. */
class OuterBus implements ThumbBus {
  failed = false;
  readonly #chip: Chip;

  constructor(chip: Chip) {
    this.#chip = chip;
  }
  read8(address: number): number {
    return this.#chip.read(address, 1);
  }
  read16(address: number): number {
    return this.#chip.read(address, 2);
  }
  fetch16(address: number): number {
    return this.read16(address);
  }
  read32(address: number): number {
    return this.#chip.read(address, 4);
  }
  write8(address: number, value: number): void {
    this.#chip.write(address, 1, value & 0xff);
  }
  write16(address: number, value: number): void {
    this.#chip.write(address, 2, value & 0xffff);
  }
  write32(address: number, value: number): void {
    this.#chip.write(address, 4, value >>> 0);
  }
}

/** Passes everything on and writes it down. */
class Recorder implements Chip {
  readonly accesses: number[] = [];
  readonly #chip: Chip;

  constructor(chip: Chip) {
    this.#chip = chip;
  }
  read(address: number, size: number): number {
    const value = this.#chip.read(address, size) >>> 0;
    this.accesses.push(size, address >>> 0, value);
    return value;
  }
  write(address: number, size: number, value: number): void {
    this.accesses.push(0x100 | size, address >>> 0, value >>> 0);
    this.#chip.write(address, size, value);
  }
}

/** Answers as was recorded; what is asked for otherwise is told. */
class Replay implements Chip {
  readonly #accesses: Accesses;
  #at = 0;
  strange = "";

  constructor(accesses: Accesses) {
    this.#accesses = accesses;
  }
  read(address: number, size: number): number {
    return this.#next(size, address);
  }
  write(address: number, size: number, value: number): void {
    if (this.#next(0x100 | size, address) !== value) this.strange ||= `wrote ${value} to ${address}`;
  }
  #next(kind: number, address: number): number {
    const at = this.#at;
    this.#at += 3;
    if (this.#accesses[at] !== kind || this.#accesses[at + 1] !== address)
      this.strange ||= `access ${at / 3} is ${kind} at ${address}`;
    return this.#accesses[at + 2] ?? 0;
  }
}

function coreOn(profile: ThumbProfile, chip: Chip, ram: Uint8Array): ThumbCore {
  const core = new ThumbCore(profile, new OuterBus(chip), [{ base: RAM, bytes: ram, writable: true }]);
  core.stopsAtFaults = true;
  // The private peripherals too are the chip's here, so that both sides get the same answers.
  core.system.holds = () => false;
  return core;
}

function set(core: ThumbCore, given: readonly number[], start: number): void {
  given.forEach((value, number) => {
    core.setRegister(number, value);
  });
  core.setRegister(15, start);
  core.xpsr = THUMB_BIT;
}

/** One algorithm in RAM, as a debugger would put it there. */
export class Loaded {
  readonly algorithm: FlashAlgorithm;
  readonly ram: Uint8Array;
  readonly breakpoint: number;
  readonly buffer: number;
  readonly #profile: ThumbProfile;
  readonly #layout: ReturnType<typeof layOut>;

  constructor(algorithm: FlashAlgorithm, profile: ThumbProfile, page: Uint8Array) {
    const layout = layOut({ start: RAM, size: RAM_SIZE }, algorithm.image.length, algorithm.device.pageSize);
    this.algorithm = algorithm;
    this.#profile = profile;
    this.#layout = layout;
    this.ram = new Uint8Array(RAM_SIZE);
    this.ram.set(algorithm.image, layout.code - RAM);
    new DataView(this.ram.buffer).setUint16(layout.breakpoint - RAM, BKPT, true);
    this.breakpoint = layout.breakpoint;
    this.buffer = layout.buffers[0] ?? 0;
    this.ram.set(page, this.buffer - RAM);
  }

  /** At most so many instructions; RAM stays as the call left it. Undefined where the algorithm has no such function. */
  call(fn: AlgorithmFunction, args: readonly number[], chip: Chip, most: number): Call | undefined {
    const entry = this.algorithm.functions.get(fn);
    if (entry === undefined) return undefined;
    const { code, stackTop, breakpoint } = this.#layout;
    const given = new Array<number>(15).fill(0);
    args.forEach((value, index) => (given[index] = value >>> 0));
    given[9] = code + this.algorithm.staticBase;
    given[13] = stackTop;
    given[14] = breakpoint | 1;
    const ramBefore = Uint8Array.from(this.ram);
    const recorder = new Recorder(chip);
    const core = coreOn(this.#profile, recorder, this.ram);
    set(core, given, code + entry);
    let end: End = "still running";
    let instructions = 0;
    while (end === "still running" && instructions < most) {
      const reason = core.step(1);
      const pc = core.register(15);
      if (reason === "bkpt") end = "returned";
      else if (reason === "fault") end = "fault";
      else if (reason !== "budget") end = "other";
      else if (pc < RAM || pc >= RAM + RAM_SIZE) end = "left RAM";
      if (reason !== "bkpt") instructions++;
    }
    return {
      end,
      instructions,
      given,
      start: code + entry,
      registers: Array.from({ length: 15 }, (_, number) => core.register(number)),
      pc: core.register(15),
      xpsr: core.xpsr,
      ramBefore,
      ramAfter: crc32(this.ram),
      accesses: recorder.accesses,
    };
  }

  /** The same in one go, with the answers that were recorded: whole blocks instead of steps. What is different, or nothing. */
  again(call: Call): string {
    const ram = Uint8Array.from(call.ramBefore);
    const replay = new Replay(call.accesses);
    const core = coreOn(this.#profile, replay, ram);
    set(core, call.given, call.start);
    core.step(call.instructions);
    const registers = Array.from({ length: 15 }, (_, number) => core.register(number));
    if (replay.strange !== "") return replay.strange;
    if (crc32(ram) !== call.ramAfter) return "RAM differs";
    if (core.register(15) !== call.pc) return `PC is ${core.register(15).toString(16)}`;
    return registers.every((value, number) => value === call.registers[number]) ? "" : "registers differ";
  }
}
