/**
 * A debug port of ADIv5 or ADIv6: its registers, and the only cache of SELECT and SELECT1. The steps that an
 * access needs first are made here, when it is about to be sent; wire.ts sends them. Knows no memory and no core.
 */
import { hex } from "../../lib/hex.ts";
import type { Step } from "../wire/access.ts";
import { DataPatches, type ReadPatch } from "../wire/data-patches.ts";
import { apName, isDataRegister, offsetIn, placeKey, type ApPlace } from "../ap-place.ts";
import { apLabel, CoreSightFailure } from "../wire/faults.ts";
import { debugPortVersion } from "./identity.ts";
import type { Framing, Register } from "../wire/link.ts";
import type { ApRegisters } from "./mem-ap.ts";
import {
  ABORT,
  apRegisterName,
  CTRL_STAT,
  DLCR,
  decode,
  DPIDR,
  DPIDR1,
  BASEPTR0,
  BASEPTR1_BANK,
  dpRegisterName,
  field,
  IDR,
  mask,
  SELECT,
  SELECT1_BANK,
  TARGETID_BANK,
  TARGETSEL,
} from "../registers.ts";
import { targetselBits, TARGETSEL_BITS } from "./targetsel.ts";
import type { Wire } from "../wire/wire.ts";
import { append } from "../../lib/lists.ts";

export type DpAddress = 0x0 | 0x4 | 0x8 | 0xc;

/** How one debug port is distinguished from others on the same wires. */
export type Route =
  | { readonly kind: "targetsel"; readonly value: number }
  /** A place in the chain, counted from TDO. */
  | { readonly kind: "tap"; readonly index: number; readonly idcode?: number };

export interface PowerUp {
  readonly limitUs?: number;
  readonly label?: string;
}

const POWER_LIMIT_US = 1_000_000;
const STICKY_CLEAR = mask(ABORT, "STKCMPCLR", "STKERRCLR", "WDERRCLR", "ORUNERRCLR");
const REQUESTS = mask(CTRL_STAT, "CSYSPWRUPREQ", "CDBGPWRUPREQ");
const ACKNOWLEDGES = mask(CTRL_STAT, "CSYSPWRUPACK", "CDBGPWRUPACK");
const ORUNDETECT = mask(CTRL_STAT, "ORUNDETECT");
const APSEL_BANK = mask(SELECT, "APSEL", "APBANKSEL");

/** The size of an access port of ADIv6 in the address space. */
const PAGE = 0x1000;
const RESET_ONES = (1n << 50n) - 1n;
/** A line reset: at least 50 cycles high, then at least two low (ADIv5.2 B4.3.3); TARGETSEL follows at once. */
const LINE_RESET = (1n << 51n) - 1n;
const LINE_RESET_BITS = 51 + 3;

export interface DebugPortOptions {
  readonly hears?: boolean;
  /** The `__dp` by which the patches know it. */
  readonly id?: number;
  readonly patches?: DataPatches;
}

const NO_PATCHES = new DataPatches([]);

export class Dp implements ApRegisters {
  readonly wire: Wire;
  /** The value of SELECT once all steps made so far have run; undefined if it cannot be known (wire rules 13, 14). */
  #select: number | undefined;
  /** The same for SELECT1, the upper half of the address; used only if addresses are wider than 32 bits. */
  #select1: number | undefined;
  #version: number | undefined;
  /** The IDCODE of its TAP, on JTAG. */
  #idcode: number | undefined;
  #addressBits = 32;
  readonly #id: number;
  /** Corrections of what is read through this port and others of the same device. */
  readonly patches: DataPatches;

  /** `hears` says that it is the wire's current port. One of several becomes the current port by routeSteps. */
  constructor(wire: Wire, { hears = true, id = 0, patches = NO_PATCHES }: DebugPortOptions = {}) {
    this.wire = wire;
    this.#id = id;
    this.patches = patches;
    wire.onForget(() => {
      this.#select = undefined;
      this.#select1 = undefined;
    });
    if (hears) this.#becomeCurrent();
  }

  #becomeCurrent(): void {
    this.wire.portIs({
      bank: () => (this.#select === undefined ? undefined : field(SELECT, "DPBANKSEL", this.#select)),
      statusSteps: () => [...this.#bankSteps(0), readStep({ port: "DP", address: 0x4 }, CTRL_STAT.name)],
      // Access ports with addresses cannot be counted through.
      apReadSteps: (ap, offset) =>
        this.#unreachable(ap) === undefined && (typeof ap !== "number" || (this.#version ?? 0) < 3)
          ? this.apReadSteps(ap, offset)
          : [],
      apWriteSteps: (ap, offset, value) => this.apWriteSteps(ap, offset, value),
    });
  }

  /**
   * Makes this port the current one for what follows. On SWD that takes a line reset, TARGETSEL and a read of
   * DPIDR, whose value the step yields (ADIv5.2 B4.3.4); on JTAG only the probe must know.
   */
  routeSteps(route: Route): readonly Step[] {
    this.#becomeCurrent();
    if (route.kind === "tap") {
      this.#idcode = route.idcode;
      return [{ op: { kind: "tap", index: route.index } }];
    }
    return [...this.lineSteps(LINE_RESET_BITS, LINE_RESET), ...this.#targetselSteps(route.value)];
  }

  /** Sends bits on SWDIO or TMS. A line reset restores DLCR's first value, and the probe must follow (wire rule 15). */
  lineSteps(count: number, bits: bigint): readonly Step[] {
    const line: Step = { op: { kind: "swj", count, bits } };
    const resets = (BigInt.asUintN(count, bits) & RESET_ONES) === RESET_ONES;
    return resets ? [line, ...this.#framingSteps({ turnaround: 1 })] : [line];
  }

  /** Reads a DP register; at address 4 the one in `bank`. Yields 32 bits. */
  async readReg(address: DpAddress, label?: string, bank = 0): Promise<number> {
    const name = dpRegisterName(address) ?? hex(address);
    const words = await this.wire.words(() => this.readSteps(address, bank), label ?? `read of DP ${name}`);
    return words[0] ?? 0;
  }

  /** Writes a DP register and waits until the target has accepted it. */
  async writeReg(address: DpAddress, value: number, label?: string, bank = 0): Promise<void> {
    const name = dpRegisterName(address) ?? hex(address);
    const what = label ?? `write of ${hex(value >>> 0)} to DP ${name}`;
    await this.wire.words(() => this.writeSteps(address, value, bank), what);
  }

  /** The version, 0 to 3, by the DPIDR that `identify` read. */
  get version(): number | undefined {
    return this.#version;
  }

  /**
   * Reads DPIDR and returns it. On a port of ADIv6, also reads how wide the addresses of its access ports are.
   * Throws `wrong-identity` if a debug port cannot have this value.
   */
  async identify(label?: string): Promise<number> {
    const dpidr = await this.readReg(0x0, label);
    this.#version = debugPortVersion(dpidr, this.#idcode);
    if (this.#version >= 3)
      this.#addressBits = field(DPIDR1, "ASIZE", await this.readReg(0x0, "read of DPIDR1", DPIDR1.bank));
    return dpidr;
  }

  /** Reads TARGETID, which DPv2 and later have. DPBANKSEL is 0 again afterwards, so that others find CTRL/STAT. */
  async readTargetId(): Promise<number> {
    const plan = (): readonly Step[] => [...this.readSteps(0x4, TARGETID_BANK), ...this.#bankSteps(0)];
    const [value = 0] = await this.wire.words(plan, "read of TARGETID");
    return value;
  }

  /** On SWD, clears the sticky errors, together with what is sent next. */
  async postClear(): Promise<void> {
    const plan = (): readonly Step[] => this.writeSteps(0x0, STICKY_CLEAR);
    await this.wire.post(plan, { label: "write of 0x1E to DP ABORT", tolerate: false });
  }

  /**
   * Reads BASEPTR, the address of the first ROM table among the access ports of an ADIv6 debug port; undefined if
   * it has none.
   */
  async readBasePointer(): Promise<number | undefined> {
    const low = await this.readReg(0x0, "read of BASEPTR0", BASEPTR0.bank);
    if (field(BASEPTR0, "VALID", low) === 0) return undefined;
    const high = this.#addressBits > 32 ? await this.readReg(0x0, "read of BASEPTR1", BASEPTR1_BANK) : 0;
    return high * 2 ** 32 + ((low & 0xffff_f000) >>> 0);
  }

  /** Reads a register of an access port by its ADIv5 offset, 0x00 to 0xFC. The AP is selected as needed. */
  async readAp(ap: ApPlace, offset: number): Promise<number> {
    const label = apLabel("read", ap, apRegisterName(offset) ?? hex(offset));
    const words = await this.wire.words(() => this.apReadSteps(ap, offsetIn(ap, offset)), label);
    return words[0] ?? 0;
  }

  async writeAp(ap: ApPlace, offset: number, value: number): Promise<void> {
    const label = apLabel("write", ap, apRegisterName(offset) ?? hex(offset), value >>> 0);
    await this.wire.words(() => this.apWriteSteps(ap, offsetIn(ap, offset), value), label);
  }

  /** Requests power for the system and debug domains and waits until both are there. */
  async powerUp({ limitUs = POWER_LIMIT_US }: PowerUp = {}): Promise<void> {
    const label = "power-up of the debug port";
    // What failed while there was no power is not an error of what follows.
    if (this.wire.protocol === "swd") await this.postClear();
    await this.writeReg(0x4, REQUESTS, label);
    await this.#awaitPower(ACKNOWLEDGES, limitUs, label);
  }

  /** Withdraws the requests and waits until the domains are down. A domain that others keep up ends the wait in a fault. */
  async powerDown({ limitUs = POWER_LIMIT_US }: PowerUp = {}): Promise<void> {
    const label = "power-down of the debug port";
    await this.writeReg(0x4, 0, label);
    await this.#awaitPower(0, limitUs, label);
  }

  async #awaitPower(wanted: number, limitUs: number, label: string): Promise<void> {
    const { clock } = this.wire;
    const endUs = clock.nowUs() + limitUs;
    for (;;) {
      const ctrlStat = await this.readReg(0x4, label);
      if ((ctrlStat & ACKNOWLEDGES) >>> 0 === wanted) return;
      if (clock.nowUs() >= endUs) {
        throw new CoreSightFailure(
          { kind: "power-timeout", wanted: wanted === 0 ? "down" : "up", limitUs, ctrlStat },
          `the debug port did not power ${wanted === 0 ? "down" : "up"} within ${limitUs / 1000} ms: the request was never acknowledged (${decode(CTRL_STAT, ctrlStat)})`,
        );
      }
      await clock.sleep(100);
    }
  }

  /** Makes the steps of a read. Before DPv3 only address 4 depends on DPBANKSEL; with DPv3 address 0 does, too. */
  readSteps(address: DpAddress, bank = 0): readonly Step[] {
    // A patch does not name a bank: it means the registers of bank 0.
    const patch = bank === 0 ? this.patches.ofDp(this.#id, address) : undefined;
    const read = withPatch(readStep({ port: "DP", address }, dpRegisterName(address)), patch);
    if (address === 0x4) return [...this.#bankSteps(bank), read];
    if (address !== 0x0 || (this.#version ?? 0) < 3) return [read];
    // DPIDR must follow a line reset, so SELECT must not come first; and others must find DPIDR at this address.
    if (bank === 0) return this.#select === undefined ? [read] : [...this.#bankSteps(0), read];
    return [...this.#bankSteps(bank), read, ...this.#bankSteps(0)];
  }

  writeSteps(address: DpAddress, value: number, bank = 0): readonly Step[] {
    const write = writeStep({ port: "DP", address }, value, dpRegisterName(address));
    switch (address) {
      case 0x0:
        return [write];
      case 0x4:
        if (bank === SELECT1_BANK) this.#select1 = value >>> 0;
        if (bank === 1) return [...this.#bankSteps(1), ...this.#linkControlSteps(value, write)];
        return [...this.#bankSteps(bank), ...(bank === 0 ? this.#dataPhaseSteps(value) : []), write];
      case 0x8:
        this.#select = value >>> 0;
        return [write];
      case 0xc:
        return this.wire.protocol === "swd" ? this.#targetselSteps(value) : [write];
    }
  }

  /** Returns the description's corrections of a register of an access port. */
  patchOfAp(ap: ApPlace, offset: number): ReadPatch | undefined {
    return this.patches.ofAp(this.#id, ap, offset, 1);
  }

  /** Makes the steps of a read. `offset` is the access port's own: one of ADIv6 has CSW at 0xD00. */
  apReadSteps(ap: ApPlace, offset: number, words = 1): readonly Step[] {
    const read = withPatch(
      readStep(apRegister(offset), registerName(ap, offset), words),
      this.patchOfAp(ap, offset),
    );
    return [...this.selectSteps(ap, offset), { ...read, ap, offset, ...dataOf(ap, offset) }];
  }

  /** Returns the description's corrections of words of memory that are read through an access port. */
  memoryPatch(ap: ApPlace, address: number, words: number): ReadPatch | undefined {
    return this.patches.ofMemory(this.#id, ap, address, words);
  }

  /** Makes the steps of a write. Several words go to the same register one after the other. */
  apWriteSteps(ap: ApPlace, offset: number, value: number | Uint32Array): readonly Step[] {
    const write = writeStep(apRegister(offset), value, registerName(ap, offset));
    return [...this.selectSteps(ap, offset), { ...write, ap, offset, ...dataOf(ap, offset) }];
  }

  /** Makes the steps that select a register of this AP. */
  selectSteps(ap: ApPlace, offset: number): readonly Step[] {
    if (typeof ap !== "number") {
      const unreachable = this.#unreachable(ap);
      if (unreachable !== undefined) throw unreachable;
      return this.#addressSteps(ap.address + offset);
    }
    const wanted = ((ap << 24) | (offset & 0xf0)) >>> 0;
    if (this.#select !== undefined && (this.#select & APSEL_BANK) >>> 0 === wanted) return [];
    return this.#selectValue((wanted | ((this.#select ?? 0) & 0xf)) >>> 0);
  }

  /**
   * Says why an address cannot be reached. SELECT takes any 32 bits, so an address outside of the access ports
   * would reach registers of another one.
   */
  #unreachable(ap: ApPlace): CoreSightFailure | undefined {
    if (typeof ap === "number") return undefined;
    const { address } = ap;
    if (address % PAGE !== 0)
      return new CoreSightFailure(
        { kind: "unaligned", address, size: PAGE },
        `${hex(address)} is not the address of an access port: each of them takes 4 KiB`,
      );
    if ((this.#version ?? 0) >= 3 && address < 2 ** this.#addressBits) return undefined;
    return new CoreSightFailure(
      { kind: "address-too-wide", address: BigInt(address) },
      (this.#version ?? 0) >= 3
        ? `${hex(address)} does not fit the ${this.#addressBits} bits in which this debug port addresses its access ports`
        : `${apName(ap)} has an address, and this debug port is not known to be one of ADIv6, where access ports have addresses`,
    );
  }

  /** On ADIv6, SELECT holds bits 31:4 of the register's address, and SELECT1 those above (IHI 0074, B2.2.11, B2.2.12). */
  #addressSteps(address: number): readonly Step[] {
    const low = (address & ~0xf) >>> 0;
    const high = Math.floor(address / 2 ** 32);
    const steps: Step[] = [];
    if (this.#addressBits > 32 && this.#select1 !== high) {
      this.#select1 = high;
      append(steps, this.#bankSteps(SELECT1_BANK));
      steps.push(writeStep({ port: "DP", address: 0x4 }, high, "SELECT1"));
      append(steps, this.#selectValue(low));
    } else if (this.#select === undefined || (this.#select & ~0xf) >>> 0 !== low) {
      append(steps, this.#selectValue((low | ((this.#select ?? 0) & 0xf)) >>> 0));
    }
    return steps;
  }

  #bankSteps(bank: number): readonly Step[] {
    if (this.#select !== undefined && (this.#select & 0xf) === bank) return [];
    return this.#selectValue((((this.#select ?? 0) & ~0xf) | bank) >>> 0);
  }

  #selectValue(value: number): readonly Step[] {
    this.#select = value;
    return [writeStep({ port: "DP", address: 0x8 }, value, SELECT.name)];
  }

  /**
   * With overrun detection, the DP expects a data phase after every acknowledge: the probe must know first (wire
   * rule 15).
   */
  #dataPhaseSteps(ctrlStat: number): readonly Step[] {
    return this.#framingSteps({ dataPhase: (ctrlStat & ORUNDETECT) !== 0 });
  }

  /**
   * Writes DLCR. Another turnaround is valid from the next transfer on, and the probe must know before that (wire
   * rule 15).
   */
  #linkControlSteps(value: number, write: Step): readonly Step[] {
    const { turnaround } = this.wire.framing;
    const change = this.#framingSteps({ turnaround: field(DLCR, "TURNROUND", value) + 1 });
    if (change.length === 0) return [write];
    return [{ op: { kind: "bare write", value: value >>> 0, turnaround }, register: DLCR.name }, ...change];
  }

  /** Makes the step that changes the framing; none if the probe frames in that way already. */
  #framingSteps(change: Partial<Framing>): readonly Step[] {
    const { framing, protocol } = this.wire;
    const wanted = { ...framing, ...change };
    const same = wanted.turnaround === framing.turnaround && wanted.dataPhase === framing.dataPhase;
    if (same || protocol === "jtag") return [];
    this.wire.framing = wanted;
    return [{ op: { kind: "framing", ...wanted } }];
  }

  /**
   * TARGETSEL is not acknowledged by any DP, so it is sent as plain bits; a DPIDR read wakes the chosen one (wire
   * rule 13).
   */
  #targetselSteps(value: number): readonly Step[] {
    this.wire.forget();
    const select: Step = {
      op: { kind: "swj", count: TARGETSEL_BITS, bits: targetselBits(value) },
      register: TARGETSEL.name,
    };
    return [select, readStep({ port: "DP", address: 0x0 }, DPIDR.name)];
  }
}

function readStep(register: Register, name: string | undefined, words = 1): Step {
  return { op: { kind: "read", register, words }, ...(name === undefined ? {} : { register: name }) };
}

function withPatch(step: Step, patch: ReadPatch | undefined): Step {
  return patch === undefined ? step : { ...step, patch };
}

function writeStep(register: Register, value: number | Uint32Array, name: string | undefined): Step {
  const words = typeof value === "number" ? Uint32Array.of(value >>> 0) : value;
  const op = { kind: "write", register, words } as const;
  return { op, ...(name === undefined ? {} : { register: name }) };
}

function apRegister(offset: number): Register {
  return { port: "AP", address: (offset & 0xc) as DpAddress };
}

/** Names a register. All access ports have IDR; the other names are known only for a known kind of port. */
function registerName(ap: ApPlace, offset: number): string {
  return offset === offsetIn(ap, IDR.address) ? IDR.name : hex(offset, 2);
}

/** Marks accesses that move data through a MEM-AP, whose error comes with a later transfer (ADIv5.2 C2.2). */
function dataOf(ap: ApPlace, offset: number): { dataOf?: string } {
  return isDataRegister(ap, offset) ? { dataOf: placeKey(ap) } : {};
}
