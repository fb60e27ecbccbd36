/** An access port of CoreSight as the API shows it: its identity and registers. Does not depend on what SELECT holds. */
import { apName, apNumber, offsetIn, type ApPlace } from "../../coresight/ap-place.ts";
import type { Dp } from "../../coresight/adi/dp.ts";
import { designerName } from "../../coresight/adi/jep106.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { apLabel } from "../../coresight/wire/faults.ts";
import { apRegisterName, field, IDR } from "../../coresight/registers.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import { AccessPorts } from "./access-ports.ts";
import { call, registerOffset, unsigned, madeBy } from "../arguments.ts";

/** IDR, decoded (ADIv5.2 C1.3.1, ADIv6.0 C1.3.1). */
export interface AccessPortIdentity {
  /** The raw value of the register. */
  readonly idr: number;
  /** The JEP106 code: continuation codes in bits 10:7, code in 6:0. */
  readonly designer: number;
  /** The designer's name; undefined if the code is unknown. */
  readonly designerName: string | undefined;
  /** The class: 0 is undefined, 1 a COM-AP, 8 a MEM-AP. */
  readonly class: number;
  readonly type: number;
  readonly variant: number;
  readonly revision: number;
  /** The description for people: `AHB3 MEM-AP, Arm`. */
  readonly description: string;
}

const CLASSES: ReadonlyMap<number, string> = new Map([
  [1, "COM-AP"],
  [8, "MEM-AP"],
]);
/** IDR.TYPE of a MEM-AP (ADIv6.0 table C1-2). */
const BUSES: ReadonlyMap<number, string> = new Map([
  [1, "AHB3"],
  [2, "APB2/3"],
  [4, "AXI3/4"],
  [5, "AHB5"],
  [6, "APB4/5"],
  [7, "AXI5"],
  [8, "AHB5 with enhanced HPROT"],
]);
const ARM = 0x23b;
const AHB_TYPES: readonly number[] = [1, 5, 8];

export function identityOf(idr: number): AccessPortIdentity {
  const designer = field(IDR, "DESIGNER", idr);
  const named = designerName(designer);
  const apClass = field(IDR, "CLASS", idr);
  const type = field(IDR, "TYPE", idr);
  const kind = CLASSES.get(apClass) ?? "vendor's own AP";
  const bus = apClass === 8 && designer === ARM ? BUSES.get(type) : undefined;
  return {
    idr,
    designer,
    designerName: named,
    class: apClass,
    type,
    variant: field(IDR, "VARIANT", idr),
    revision: field(IDR, "REVISION", idr),
    description: `${bus === undefined ? "" : `${bus} `}${kind}, ${named ?? `designer ${hex(designer, 3)}`}`,
  };
}

export function isMemory({ class: apClass }: AccessPortIdentity): boolean {
  return apClass === 8;
}

export function isAhb({ class: apClass, type }: AccessPortIdentity): boolean {
  return apClass === 8 && AHB_TYPES.includes(type);
}

const ACCESS_PORT_MADE = madeBy("a session", "place");

export interface AccessPortParts {
  readonly place: ApPlace;
  /** The access ports whose registers are in its memory. */
  readonly nested?: readonly AccessPort[];
  readonly idr: number;
  /** The raw registers of the access port, with the caches that belong to it. */
  readonly raw: MemAp;
  readonly port: Dp;
  /** Runs work once its debug port is the selected one; other work waits until then. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Any access port. Its registers are reached by their offset alone: it is selected as needed. */
export class AccessPort {
  /** APSEL, or the base address on ADIv6. */
  readonly apsel: number;
  /** On ADIv6, the access ports whose registers are in the memory behind this one, by their address there. */
  readonly aps: AccessPorts;
  readonly identity: AccessPortIdentity;
  protected readonly parts: AccessPortParts;

  constructor(parts: AccessPortParts) {
    ACCESS_PORT_MADE("AccessPort", parts);
    this.parts = parts;
    this.apsel = apNumber(parts.place);
    this.aps = new AccessPorts(parts.nested ?? []);
    this.identity = identityOf(parts.idr);
  }

  get idr(): number {
    return this.identity.idr;
  }

  /** The description for people: `AP 1: vendor's own AP, Freescale (IDR 0x001C0000)`. */
  get description(): string {
    return `${apName(this.parts.place)}: ${this.identity.description} (IDR ${hex32(this.idr)})`;
  }

  /**
   * Reads a register; `offset` 0x00 to 0xFC, a multiple of 4, without APSEL; on ADIv6 0x000 to 0xFFC, with CSW at 0xD00.
   * Yields 32 bits. Throws `bad-argument`, `target-fault`.
   */
  async readReg(offset: number): Promise<number> {
    const checked = offsetOf(offset, this.parts.place);
    const { raw, place } = this.parts;
    const label = apLabel("read", place, this.#registerName(checked));
    const words = await this.#reached(() => raw.wire.words(() => raw.rawReadSteps(checked), label));
    return words[0] ?? 0;
  }

  /** Writes a register and waits until the target has accepted it. Throws as readReg. */
  async writeReg(offset: number, value: number): Promise<void> {
    const checked = offsetOf(offset, this.parts.place);
    WRITE_REG({ value });
    const { raw, place } = this.parts;
    const label = apLabel("write", place, this.#registerName(checked), value);
    await this.#reached(() => {
      raw.noteWrite(checked, value);
      return raw.wire.words(() => raw.rawWriteSteps(checked, value), label);
    });
  }

  #reached<T>(work: () => Promise<T>): Promise<T> {
    return this.parts.inTurn(async () => {
      const failed = await this.parts.raw.reach();
      if (failed !== undefined) throw failed.failed;
      return work();
    });
  }

  #registerName(raw: number): string {
    const offset = raw - offsetIn(this.parts.place, 0);
    const name = isMemory(this.identity) || offset === IDR.address ? apRegisterName(offset) : undefined;
    return name ?? hex(raw, 2);
  }
}

const READ_REG = call({ offset: registerOffset(0xfc) });
/** The arguments if the access port is a component of ADIv6. */
const READ_ADIV6_REG = call({ offset: registerOffset(0xffc) });
const WRITE_REG = call({ value: unsigned(32) });

export function offsetOf(offset: number, place: ApPlace = 0): number {
  return (typeof place === "number" ? READ_REG : READ_ADIV6_REG)({ offset }).offset;
}
