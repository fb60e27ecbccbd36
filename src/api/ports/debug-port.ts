/** The debug port as the API shows it: its registers, those of its access ports by one address, power, and nRESET. */
import { apName, placeAround, type ApPlace } from "../../coresight/ap-place.ts";
import type { Dp, DpAddress } from "../../coresight/adi/dp.ts";
import { designerName } from "../../coresight/adi/jep106.ts";
import { DPIDR, field, SELECT } from "../../coresight/registers.ts";
import { hex } from "../../lib/hex.ts";
import type { TargetAccess } from "../../session/access/debug-access.ts";
import {
  any,
  badArgument,
  call,
  memoryAddress,
  milliseconds,
  oneOf,
  optional,
  options,
  unsigned,
  yesOrNo,
  madeBy,
} from "../arguments.ts";
import { AccessPorts } from "./access-ports.ts";
import { findAccessPorts, type ApSearch } from "./find-access-ports.ts";
import { offsetOf } from "./access-port.ts";
import { driveReset, isResetLow, pulseReset } from "./pins.ts";

/** DPIDR, decoded (ADIv5.2 B2.2.5). */
export interface DebugPortIdentity {
  readonly dpidr: number;
  /** The version: 0 to 3 stand for DPv0 to DPv3. */
  readonly version: number;
  readonly partno: number;
  readonly revision: number;
  /** True for a minimal debug port: no pushed compare, verify or transfer counter. */
  readonly isMinimal: boolean;
  readonly designer: number;
  readonly designerName: string | undefined;
}

const ADDRESSES: readonly DpAddress[] = [0x0, 0x4, 0x8, 0xc];
const DEFAULT_HOLD_MS = 50;

const FIND_APS = call({ search: options({ all: optional(yesOrNo), described: any }) });
const READ_REG = call({ address: oneOf(ADDRESSES) });
const WRITE_REG = call({ address: oneOf(ADDRESSES), value: unsigned(32) });
const AP_REGISTER = call({ address: memoryAddress });
const WRITE_AP = call({ value: unsigned(32) });
const RESET = call({ options: options({ holdMs: optional(milliseconds, DEFAULT_HOLD_MS) }) });
const ASSERT_RESET = call({ asserted: yesOrNo });

const DEBUG_PORT_MADE = madeBy("a session", "id", "access");

export interface DebugPortParts {
  /** The `__dp` of the debug port. */
  readonly id: number;
  readonly access: TargetAccess;
}

export class DebugPort {
  /** `__dp` of the device's description; 0 without one. */
  readonly id: number;
  readonly #access: TargetAccess;
  #identity: DebugPortIdentity | undefined;
  #aps = new AccessPorts([]);
  /** DPBANKSEL as the caller last wrote it: address 4, and address 0 of DPv3, mean the register of that bank. */
  #bank = 0;
  #holdsReset = false;

  constructor(parts: DebugPortParts) {
    DEBUG_PORT_MADE("DebugPort", parts);
    const { id, access } = parts;
    this.id = id;
    this.#access = access;
  }

  /** The access ports by APSEL: those that were found when the session was opened, or by `findAps`. */
  get aps(): AccessPorts {
    return this.#aps;
  }

  /** The value of DPIDR when the session was opened. */
  get identity(): DebugPortIdentity {
    if (this.#identity === undefined)
      throw badArgument("the debug port was not identified yet; open the session first");
    return this.#identity;
  }

  get version(): number {
    return this.identity.version;
  }

  /** Reads DPIDR and returns what `identity` then holds. */
  async identify(): Promise<DebugPortIdentity> {
    const dpidr = await this.#inTurn((port) => port.identify());
    const designer = field(DPIDR, "DESIGNER", dpidr);
    this.#identity = {
      dpidr,
      version: field(DPIDR, "VERSION", dpidr),
      partno: field(DPIDR, "PARTNO", dpidr),
      revision: field(DPIDR, "REVISION", dpidr),
      isMinimal: field(DPIDR, "MIN", dpidr) === 1,
      designer,
      designerName: designerName(designer),
    };
    return this.#identity;
  }

  /** Searches for access ports once more: after an unlock there may be more. */
  async findAps(search: ApSearch = {}): Promise<AccessPorts> {
    FIND_APS({ search });
    this.#aps = await this.#inTurn((port) =>
      findAccessPorts({ id: this.id, port, access: this.#access }, search),
    );
    return this.#aps;
  }

  /**
   * Reads a register of the debug port: 0x0 DPIDR, 0x4 CTRL/STAT, 0x8 RESEND, 0xC RDBUFF. If DPBANKSEL was
   * written to SELECT, 0x4 is the register of that bank, and so is 0x0 of DPv3 (DPIDR1, BASEPTR0, BASEPTR1; IHI
   * 0074 B2.2). Yields 32 bits. Throws `bad-argument` for any other address, `target-fault` if the target does
   * not answer OK.
   */
  async readReg(address: number): Promise<number> {
    const { address: checked } = READ_REG({ address });
    return this.#inTurn((port) => port.readReg(checked, undefined, this.#bankOf(checked)));
  }

  /** Writes a register: 0x0 ABORT, 0x4 CTRL/STAT (or what DPBANKSEL says), 0x8 SELECT, 0xC TARGETSEL. Throws as readReg. */
  async writeReg(address: number, value: number): Promise<void> {
    const { address: checked } = WRITE_REG({ address, value });
    if (checked === 0x8) this.#bank = field(SELECT, "DPBANKSEL", value);
    const bank = checked === 0x4 ? this.#bank : 0;
    await this.#inTurn((port) => port.writeReg(checked, value, undefined, bank));
  }

  #bankOf(address: DpAddress): number {
    if (address === 0x4) return this.#bank;
    return address === 0x0 && (this.#identity?.version ?? 0) >= 3 ? this.#bank : 0;
  }

  /** Does the same as readReg. */
  readDP(address: number): Promise<number> {
    return this.readReg(address);
  }

  /** Does the same as writeReg. */
  writeDP(address: number, value: number): Promise<void> {
    return this.writeReg(address, value);
  }

  /**
   * Reads a register of an access port: APSEL is in bits 31:24 of the address, the register's offset in 7:0.
   * `0x010000fc` is IDR of AP 1. On DPv3 it is the address in the debug port's own space: `0x2dfc` is IDR of the
   * one at 0x2000. The access port is selected as needed; it need not be one that was found.
   */
  async readAP(address: number): Promise<number> {
    const { place, offset } = this.#apRegister(address);
    const raw = this.#access.ports.memory(place, this.id);
    const label = `read of ${apName(place)} register ${hex(offset, 2)}`;
    const words = await this.#inTurn(() => raw.wire.words(() => raw.rawReadSteps(offset), label));
    return words[0] ?? 0;
  }

  /** Writes a register of an access port, addressed as by readAP. */
  async writeAP(address: number, value: number): Promise<void> {
    const { place, offset } = this.#apRegister(address);
    WRITE_AP({ value });
    const raw = this.#access.ports.memory(place, this.id);
    const label = `write to ${apName(place)} register ${hex(offset, 2)}`;
    await this.#inTurn(() => {
      raw.noteWrite(offset, value);
      return raw.wire.words(() => raw.rawWriteSteps(offset, value), label);
    });
  }

  #apRegister(address: number): { readonly place: ApPlace; readonly offset: number } {
    if ((this.#identity?.version ?? 0) < 3) return apRegister(address);
    if (Number.isSafeInteger(address) && address >= 0 && address % 4 === 0) return placeAround(address);
    throw badArgument("address must be a multiple of 4 in the space of the debug port");
  }

  /** Requests power of the debug and system domains and waits for it, a second at most. Throws `power-timeout`. */
  async powerUp(): Promise<void> {
    await this.#inTurn((port) => port.powerUp());
  }

  /** Withdraws the requests and waits until the domains are down. Throws `power-timeout`. */
  async powerDown(): Promise<void> {
    await this.#inTurn((port) => port.powerDown());
  }

  /**
   * Pulses nRESET through the probe and waits until the line is high again. `holdMs` says how long it is low.
   * Throws `reset-stuck` if something else keeps it low.
   */
  async reset(request: { readonly holdMs?: number } = {}): Promise<void> {
    const { holdMs } = RESET({ options: request }).options;
    await pulseReset(this.#access.dp.wire, holdMs * 1000);
  }

  /** With true, drives nRESET low until it is called with false; closing the session releases it too. */
  async assertReset(asserted: boolean): Promise<void> {
    ASSERT_RESET({ asserted });
    await driveReset(this.#access.dp.wire, asserted);
    this.#holdsReset = asserted;
  }

  /** Releases nRESET if assertReset holds it. */
  async releaseReset(): Promise<void> {
    if (this.#holdsReset) await this.assertReset(false);
  }

  /** Tells whether nRESET is low, whatever holds it low. */
  isResetAsserted(): Promise<boolean> {
    return isResetLow(this.#access.dp.wire);
  }

  #inTurn<T>(work: (port: Dp) => Promise<T>): Promise<T> {
    return this.#access.inTurn(this.id, () => work(this.#access.ports.get(this.id)));
  }
}

function apRegister(address: number): { readonly place: number; readonly offset: number } {
  const { address: checked } = AP_REGISTER({ address });
  if ((checked & 0x00ff_ff00) !== 0)
    throw badArgument("address must have APSEL in bits 31:24 and the register's offset in bits 7:0");
  return { place: checked >>> 24, offset: offsetOf(checked & 0xff) };
}
