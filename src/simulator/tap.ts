/** The JTAG face of a debug port: one TAP with a 4-bit instruction register (ADIv5.2 B3). */
import type { DebugPort, Header } from "./dp.ts";
import type { Injection } from "./injection.ts";
import { IR } from "./jtag-host.ts";
import type { Bit } from "./lines.ts";

type State =
  | "reset"
  | "idle"
  | "select-dr"
  | "capture-dr"
  | "shift-dr"
  | "exit1-dr"
  | "pause-dr"
  | "exit2-dr"
  | "update-dr"
  | "select-ir"
  | "capture-ir"
  | "shift-ir"
  | "exit1-ir"
  | "pause-ir"
  | "exit2-ir"
  | "update-ir";

/** The next state for TMS 0 and 1 (IEEE 1149.1, figure 6-1). */
const NEXT: Readonly<Record<State, readonly [State, State]>> = {
  reset: ["idle", "reset"],
  idle: ["idle", "select-dr"],
  "select-dr": ["capture-dr", "select-ir"],
  "capture-dr": ["shift-dr", "exit1-dr"],
  "shift-dr": ["shift-dr", "exit1-dr"],
  "exit1-dr": ["pause-dr", "update-dr"],
  "pause-dr": ["pause-dr", "exit2-dr"],
  "exit2-dr": ["shift-dr", "update-dr"],
  "update-dr": ["idle", "select-dr"],
  "select-ir": ["capture-ir", "reset"],
  "capture-ir": ["shift-ir", "exit1-ir"],
  "shift-ir": ["shift-ir", "exit1-ir"],
  "exit1-ir": ["pause-ir", "update-ir"],
  "pause-ir": ["pause-ir", "exit2-ir"],
  "exit2-ir": ["shift-ir", "update-ir"],
  "update-ir": ["idle", "select-dr"],
};

const IR_BITS = 4;
/** What is captured into the instruction register: its two lowest bits are 01 by the standard. */
const IR_CAPTURE = 1n;
const BYPASS = 0xf;
/** Acknowledges of a scan; a FAULT cannot be told from OK (ADIv5.2 B3.2.4). */
const OK_OR_FAULT = 0b010;
const WAIT = 0b001;
const ACCESS_BITS = 35;

export class Tap {
  readonly #dp: DebugPort;
  readonly #injection: Injection;
  #state: State = "reset";
  #instruction: number = IR.idcode;
  #shift = 0n;
  #length = 1;
  /** Of the access before: what the next scan captures. */
  #result = 0;
  #accepted = false;

  constructor(dp: DebugPort, injection: Injection) {
    this.#dp = dp;
    this.#injection = injection;
  }

  reset(): void {
    this.#state = "reset";
    this.#instruction = IR.idcode;
  }

  /** TDO is driven while shifting; otherwise its pull-up shows. */
  get tdo(): Bit {
    const shifting = this.#state === "shift-dr" || this.#state === "shift-ir";
    return !shifting || (this.#shift & 1n) === 1n ? 1 : 0;
  }

  clock(tms: Bit, tdi: Bit): void {
    if (this.#state === "capture-dr") this.#capture();
    else if (this.#state === "capture-ir") this.#load(IR_CAPTURE, IR_BITS);
    else if (this.#state === "shift-dr" || this.#state === "shift-ir")
      this.#shift = (this.#shift >> 1n) | (BigInt(tdi) << BigInt(this.#length - 1));
    this.#state = NEXT[this.#state][tms];
    if (this.#state === "update-dr") this.#update();
    else if (this.#state === "update-ir") this.#instruction = Number(this.#shift);
    else if (this.#state === "reset") this.#instruction = IR.idcode;
  }

  #load(value: bigint, length: number): void {
    this.#shift = value;
    this.#length = length;
  }

  #capture(): void {
    switch (this.#instruction) {
      case IR.idcode:
        this.#load(BigInt(this.#dp.idcode), 32);
        return;
      case IR.abort:
        this.#load(0n, ACCESS_BITS);
        return;
      case IR.dpacc:
      case IR.apacc:
        this.#accepted = this.#injection.transfer() !== "WAIT" && !this.#dp.busy;
        this.#load((BigInt(this.#result) << 3n) | BigInt(this.#accepted ? OK_OR_FAULT : WAIT), ACCESS_BITS);
        return;
      case BYPASS:
      default:
        this.#load(0n, 1);
    }
  }

  #update(): void {
    const value = Number((this.#shift >> 3n) & 0xffff_ffffn);
    const request = Number(this.#shift & 7n);
    if (this.#instruction === IR.abort) this.#dp.jtagAbort(value);
    const accesses = this.#instruction === IR.dpacc || this.#instruction === IR.apacc;
    if (!accesses || !this.#accepted) return;
    const header: Header = {
      port: this.#instruction === IR.dpacc ? "DP" : "AP",
      read: (request & 1) === 1,
      address: ((request << 1) & 0xc) as Header["address"],
    };
    this.#result = this.#dp.jtagAccess(header, value);
  }
}
