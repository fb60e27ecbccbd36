/**
 * Models what a JTAG chain holds: the JTAG side of a debug port (ADIv5.2 B3), and TAPs that only identify
 * themselves.
 */
import type { DebugPort, Header } from "./dp.ts";
import type { Injection } from "./injection.ts";

import type { Remembered } from "../bus/remembered.ts";
import { BYPASS, type DataRegister, type TapSubject } from "./tap-controller.ts";

const DP_IR_BITS = 4;
/** These are acknowledges of a scan; a FAULT cannot be told from OK (ADIv5.2 B3.2.4). */
const OK_OR_FAULT = 0b010;
const WAIT = 0b001;
/** A port that is missing or out of step leaves TDO high. */
const SILENCE = 0b111;
const ACCESS_BITS = 35;

export class JtagDp implements TapSubject {
  readonly irBits = DP_IR_BITS;
  readonly initial = IR.idcode;
  readonly #dp: DebugPort;
  readonly #injection: Injection;
  /** The result of the previous access, which the next scan captures. */
  #result = 0;
  #accepted = false;

  constructor(dp: DebugPort, injection: Injection) {
    this.#dp = dp;
    this.#injection = injection;
  }

  get remembered(): Remembered {
    return [this.#result, this.#accepted];
  }

  capture(instruction: number): DataRegister {
    switch (instruction) {
      case IR.idcode:
        return { value: BigInt(this.#dp.idcode), bits: 32 };
      case IR.abort:
        return { value: 0n, bits: ACCESS_BITS };
      case IR.dpacc:
      case IR.apacc: {
        const injected = this.#injection.transfer();
        this.#accepted = injected !== "WAIT" && injected !== "NO_ACK" && !this.#dp.busy;
        // A FAULT belongs to an access port and shows in CTRL/STAT alone; there is no parity.
        if (injected === "FAULT" && this.#accepted && instruction === IR.apacc) this.#dp.refuse("FAULT");
        const acknowledge = BigInt(injected === "NO_ACK" ? SILENCE : this.#accepted ? OK_OR_FAULT : WAIT);
        return { value: (BigInt(this.#result) << 3n) | acknowledge, bits: ACCESS_BITS };
      }
      default:
        return BYPASS;
    }
  }

  update(instruction: number, shifted: bigint): void {
    const value = Number((shifted >> 3n) & 0xffff_ffffn);
    const request = Number(shifted & 7n);
    if (instruction === IR.abort) this.#dp.jtagAbort(value);
    const accesses = instruction === IR.dpacc || instruction === IR.apacc;
    if (!accesses || !this.#accepted) return;
    const header: Header = {
      port: instruction === IR.dpacc ? "DP" : "AP",
      read: (request & 1) === 1,
      address: ((request << 1) & 0xc) as Header["address"],
    };
    this.#result = this.#dp.jtagAccess(header, value);
  }
}

export interface OtherTapSettings {
  readonly name: string;
  readonly irLength: number;
  /** Without an idcode the TAP starts in BYPASS. */
  readonly idcode?: number | undefined;
  readonly nearTdo: boolean;
}

/** The instruction for IDCODE is each designer's choice; only the one that a reset loads is of use here. */
const IDCODE = 1;

/** Makes a TAP for another purpose, such as boundary scan: it knows IDCODE and BYPASS. */
export function otherTap({ irLength, idcode }: OtherTapSettings): TapSubject {
  const bypass = 2 ** irLength - 1;
  return {
    irBits: irLength,
    initial: idcode === undefined ? bypass : IDCODE,
    capture: (instruction) =>
      idcode !== undefined && instruction === IDCODE ? { value: BigInt(idcode), bits: 32 } : BYPASS,
    update: () => undefined,
  };
}

export const IR = { abort: 0x8, dpacc: 0xa, apacc: 0xb, idcode: 0xe } as const;
