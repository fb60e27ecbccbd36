/** Shows faults: the bits of CFSR and HFSR, the address registers, and the exception that a fault belongs to. */
import { BUS_FAULT, HARD_FAULT, MEM_MANAGE, USAGE_FAULT } from "./exceptions.ts";
import type { FaultKind, FaultRecord } from "./port.ts";

interface Shown {
  readonly exception: number;
  /** The bit of CFSR. */
  readonly cfsr: number;
  /** True if BFAR holds the address. */
  readonly addressed?: true;
}

/** The bits are from Armv7-M B3.2.15 and Armv8-M's CFSR (STKOF). */
const SHOWN: Readonly<Record<FaultKind, Shown>> = {
  none: { exception: HARD_FAULT, cfsr: 0 },
  undefined: { exception: USAGE_FAULT, cfsr: 1 << 16 },
  unpredictable: { exception: USAGE_FAULT, cfsr: 1 << 16 },
  "invalid-state": { exception: USAGE_FAULT, cfsr: 1 << 17 },
  "invalid-return": { exception: USAGE_FAULT, cfsr: 1 << 18 },
  coprocessor: { exception: USAGE_FAULT, cfsr: 1 << 19 },
  "stack-limit": { exception: USAGE_FAULT, cfsr: 1 << 20 },
  unaligned: { exception: USAGE_FAULT, cfsr: 1 << 24 },
  "divide-by-zero": { exception: USAGE_FAULT, cfsr: 1 << 25 },
  "bus-fetch": { exception: BUS_FAULT, cfsr: 1 << 8 },
  "bus-read": { exception: BUS_FAULT, cfsr: 1 << 9, addressed: true },
  "bus-write": { exception: BUS_FAULT, cfsr: 1 << 9, addressed: true },
  unstacking: { exception: BUS_FAULT, cfsr: 1 << 11 },
  stacking: { exception: BUS_FAULT, cfsr: 1 << 12 },
  "execute-never": { exception: MEM_MANAGE, cfsr: 1 << 0 },
  "vector-read": { exception: HARD_FAULT, cfsr: 0 },
  "breakpoint-instruction": { exception: HARD_FAULT, cfsr: 0 },
  "supervisor-call": { exception: HARD_FAULT, cfsr: 0 },
};

const BFARVALID = 1 << 15;
const VECTTBL = 1 << 1;
const FORCED = 1 << 30;
const DEBUGEVT = 1 << 31;

export class FaultStatus {
  cfsr = 0;
  hfsr = 0;
  mmfar = 0;
  bfar = 0;

  reset(): void {
    this.cfsr = 0;
    this.hfsr = 0;
  }

  /** Records the fault; returns the exception it asks for. */
  note({ kind, address }: FaultRecord): number {
    const { exception, cfsr, addressed } = SHOWN[kind];
    this.cfsr |= cfsr;
    if (addressed === true) {
      this.cfsr |= BFARVALID;
      this.bfar = address;
    }
    if (kind === "vector-read") this.hfsr |= VECTTBL;
    if (kind === "breakpoint-instruction") this.hfsr |= DEBUGEVT;
    return exception;
  }

  escalated(): void {
    this.hfsr |= FORCED;
  }
}
