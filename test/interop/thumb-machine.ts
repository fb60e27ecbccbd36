/** Runs pieces of Thumb code in our interpreter, stopping where faults are as they are. Knows no oracle. */
import { crc32 } from "node:zlib";
import { ThumbCore } from "../../src/simulator/thumb/core.ts";
import type { FaultKind, StopReason, ThumbBus, ThumbProfile } from "../../src/simulator/thumb/port.ts";
import { CODE, RAM } from "./thumb-cases.ts";

export interface Given {
  readonly address: number;
  /** r0-r12, SP and LR. */
  readonly registers: Uint32Array;
  readonly xpsr: number;
}

export interface Came {
  readonly reason: StopReason;
  readonly fault: FaultKind;
  /** r0-r12, SP and LR. */
  readonly registers: Uint32Array;
  readonly pc: number;
  readonly xpsr: number;
  readonly memory: number;
  /** MSP, PSP, CONTROL, PRIMASK, BASEPRI, FAULTMASK. */
  readonly special: readonly number[];
}

/** Memory behind the bus, so that both ways to it are tried. */
class MemoryBus implements ThumbBus {
  failed = false;
  readonly #view: DataView | undefined;

  constructor(ram?: Uint8Array) {
    this.#view = ram === undefined ? undefined : new DataView(ram.buffer, ram.byteOffset, ram.length);
  }

  read8(address: number): number {
    return this.#at(address, 1)?.getUint8(address - RAM) ?? 0;
  }
  read16(address: number): number {
    return this.#at(address, 2)?.getUint16(address - RAM, true) ?? 0;
  }
  fetch16(address: number): number {
    return this.read16(address);
  }
  read32(address: number): number {
    return this.#at(address, 4)?.getUint32(address - RAM, true) ?? 0;
  }
  write8(address: number, value: number): void {
    this.#at(address, 1)?.setUint8(address - RAM, value);
  }
  write16(address: number, value: number): void {
    this.#at(address, 2)?.setUint16(address - RAM, value, true);
  }
  write32(address: number, value: number): void {
    this.#at(address, 4)?.setUint32(address - RAM, value, true);
  }

  #at(address: number, size: number): DataView | undefined {
    if (this.#view !== undefined && address >= RAM && address + size <= RAM + this.#view.byteLength)
      return this.#view;
    this.failed = true;
    return undefined;
  }
}

export class Machine {
  readonly core: ThumbCore;
  readonly #ram: Uint8Array;
  readonly #fresh: Uint8Array;

  constructor(profile: ThumbProfile, code: Uint8Array, ram: Uint8Array, behindBus: boolean) {
    this.#ram = Uint8Array.from(ram);
    this.#fresh = ram;
    const flash = { base: CODE, bytes: code, writable: false };
    this.core = behindBus
      ? new ThumbCore(profile, new MemoryBus(this.#ram), [flash])
      : new ThumbCore(profile, new MemoryBus(), [flash, { base: RAM, bytes: this.#ram, writable: true }]);
    this.core.stopsAtFaults = true;
    // Unicorn has none of the core's own registers.
    this.core.system.holds = () => false;
    this.core.reset(CODE);
  }

  start({ address, registers, xpsr }: Given): void {
    const { core } = this;
    registers.forEach((value, number) => {
      core.setRegister(number, value);
    });
    core.setRegister(15, address);
    core.xpsr = xpsr;
    core.state.exclusive = -1;
  }

  /** So many instructions; what they did to memory and lasting state is told, and undone. */
  run(given: Given, instructions: number): Came {
    this.start(given);
    const { core } = this;
    const reason = core.step(instructions);
    const { state } = core;
    const came: Came = {
      reason,
      fault: reason === "fault" || reason === "bkpt" ? core.fault.kind : "none",
      registers: Uint32Array.from({ length: 15 }, (_, number) => core.register(number)),
      pc: core.register(15),
      xpsr: core.xpsr,
      memory: crc32(this.#ram),
      special: [state.msp, state.psp, state.control, state.primask, state.basepri, state.faultmask].map(
        (word) => word >>> 0,
      ),
    };
    this.#undo();
    return came;
  }

  /** How many instructions run straight on, from one of these addresses to the next; the one that does not is the last. */
  length(given: Given, next: readonly number[]): number {
    this.start(given);
    let done = 0;
    for (const address of next) {
      const reason = this.core.step(1);
      done++;
      if (reason !== "budget" || this.core.register(15) !== address) break;
    }
    this.#undo();
    return done;
  }

  #undo(): void {
    this.#ram.set(this.#fresh);
    this.core.reset(CODE);
    this.core.recover();
  }
}
