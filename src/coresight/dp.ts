/**
 * An ADIv5 debug port: its registers, and the only cache of SELECT. What an access needs before it is made here as
 * steps; wire.ts sends them. Knows no memory and no core.
 */
import { apLabel } from "./faults.ts";
import type { Register } from "./link.ts";
import { apRegisterName, dpRegisterName } from "./registers.ts";
import type { Failed, Origin, Step, Wire } from "./wire.ts";
import { hex } from "../lib/hex.ts";

export type DpAddress = 0x0 | 0x4 | 0x8 | 0xc;

const DP_SELECT: Register = { port: "DP", address: 0x8 };

export class DebugPort {
  readonly wire: Wire;
  /** What SELECT holds once all that is queued has run; undefined when nobody can know. */
  #select: number | undefined;
  /** DPBANKSEL as a sequence last wrote it: its accesses to address 4 mean that bank (WIRE.md 14). */
  #dpBank = 0;

  constructor(wire: Wire) {
    this.wire = wire;
    wire.onForget(() => {
      this.#select = undefined;
    });
  }

  /** A sequence that the debugger starts finds bank 0. */
  resetBank(): void {
    this.#dpBank = 0;
  }

  /** Reads a DP register. `address` is 0x0, 0x4, 0x8 or 0xC; yields 32 bits. */
  async readReg(
    address: DpAddress,
    label = `read of DP ${dpRegisterName(address) ?? hex(address)}`,
  ): Promise<number> {
    const words = await this.wire.words(this.readSteps(address), label);
    return words[0] ?? 0;
  }

  /** Writes a DP register and waits until the target took it. */
  async writeReg(address: DpAddress, value: number): Promise<void> {
    const label = `write of ${hex(value >>> 0)} to DP ${dpRegisterName(address) ?? hex(address)}`;
    await this.wire.words(this.writeSteps(address, value), label);
  }

  /** Reads a register of an access port; `offset` 0x00 to 0xFC. The AP is selected as needed. */
  async readAp(ap: number, offset: number): Promise<number> {
    const label = apLabel("read", ap, apRegisterName(offset) ?? hex(offset));
    const words = await this.wire.words(this.apReadSteps(ap, offset), label);
    return words[0] ?? 0;
  }

  async writeAp(ap: number, offset: number, value: number): Promise<void> {
    const label = apLabel("write", ap, apRegisterName(offset) ?? hex(offset), value >>> 0);
    await this.wire.words(this.apWriteSteps(ap, offset, value), label);
  }

  /** Address 4 alone depends on DPBANKSEL in the versions before DPv3. */
  readSteps(address: DpAddress): readonly Step[] {
    const op = { kind: "read", register: { port: "DP", address }, words: 1 } as const;
    return address === 0x4 ? [...this.#bankSteps(), { op }] : [{ op }];
  }

  writeSteps(address: DpAddress, value: number): readonly Step[] {
    const op = {
      kind: "write",
      register: { port: "DP", address },
      words: Uint32Array.of(value >>> 0),
    } as const;
    if (address === 0x8) {
      this.#select = value >>> 0;
      this.#dpBank = value & 0xf;
      return [{ op }];
    }
    return address === 0x4 ? [...this.#bankSteps(), { op }] : [{ op }];
  }

  apReadSteps(ap: number, offset: number, words = 1): readonly Step[] {
    return [
      ...this.selectSteps(ap, offset),
      { op: { kind: "read", register: apRegister(offset), words }, ...dataOf(ap, offset) },
    ];
  }

  apWriteSteps(ap: number, offset: number, value: number): readonly Step[] {
    const op = { kind: "write", register: apRegister(offset), words: Uint32Array.of(value >>> 0) } as const;
    return [...this.selectSteps(ap, offset), { op, ...dataOf(ap, offset) }];
  }

  /** What must be sent so that a register of this AP is the one addressed. */
  selectSteps(ap: number, offset: number): readonly Step[] {
    return this.#selectValue((((ap & 0xff) << 24) | (offset & 0xf0) | this.#dpBank) >>> 0);
  }

  #bankSteps(): readonly Step[] {
    if (this.#select === undefined) return this.#selectValue(this.#dpBank);
    if ((this.#select & 0xf) === this.#dpBank) return [];
    return this.#selectValue(((this.#select & ~0xf) | this.#dpBank) >>> 0);
  }

  #selectValue(value: number): readonly Step[] {
    if (this.#select === value) return [];
    this.#select = value;
    return [{ op: { kind: "write", register: DP_SELECT, words: Uint32Array.of(value) }, state: true }];
  }
}

function apRegister(offset: number): Register {
  return { port: "AP", address: (offset & 0xc) as DpAddress };
}

/** DRW and BD0-3 of a MEM-AP: accesses whose error comes with a later transfer (ADIv5.2 C2.2). */
function dataOf(ap: number, offset: number): { dataOf?: number } {
  return offset === 0x0c || (offset >= 0x10 && offset <= 0x1c) ? { dataOf: ap } : {};
}

export function firstWord(answer: Uint32Array | Failed): number | Failed {
  return "failed" in answer ? answer : (answer[0] ?? 0);
}

export type { Origin };
