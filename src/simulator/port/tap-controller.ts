/**
 * Models one device of a JTAG chain as the standard has it (IEEE 1149.1): the state machine, an instruction
 * register, and one data register at a time. The subject decides what the instructions do.
 */
import type { Bit } from "./lines.ts";
import type { Remembered } from "../bus/remembered.ts";

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

/** Each row has the next state for TMS 0 and 1 (IEEE 1149.1, figure 6-1). */
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

/** This is captured into the instruction register: by the standard its two lowest bits are 01. */
const IR_CAPTURE = 1n;

export interface DataRegister {
  readonly value: bigint;
  readonly bits: number;
}

export const BYPASS: DataRegister = { value: 0n, bits: 1 };

export interface TapSubject {
  readonly irBits: number;
  /** The instruction that a reset loads: IDCODE, or BYPASS if there is none. */
  readonly initial: number;
  /** Returns what an instruction puts into the chain. */
  capture(instruction: number): DataRegister;
  update(instruction: number, value: bigint): void;
  /** The state that it remembers, if any. */
  readonly remembered?: Remembered;
}

export class TapController {
  readonly #subject: TapSubject;
  #state: State = "reset";
  #instruction: number;
  #shift = 0n;
  #length = 1;

  constructor(subject: TapSubject) {
    this.#subject = subject;
    this.#instruction = subject.initial;
  }

  get remembered(): Remembered {
    const own = this.#subject.remembered ?? [];
    return [this.#state, this.#instruction, this.#shift, this.#length, ...own];
  }

  reset(): void {
    this.#state = "reset";
    this.#instruction = this.#subject.initial;
  }

  /** TDO is driven while shifting; otherwise its pull-up shows. */
  get tdo(): Bit {
    const shifting = this.#state === "shift-dr" || this.#state === "shift-ir";
    return !shifting || (this.#shift & 1n) === 1n ? 1 : 0;
  }

  clock(tms: Bit, tdi: Bit): void {
    if (this.#state === "capture-dr") this.#load(this.#subject.capture(this.#instruction));
    else if (this.#state === "capture-ir") this.#load({ value: IR_CAPTURE, bits: this.#subject.irBits });
    else if (this.#state === "shift-dr" || this.#state === "shift-ir")
      this.#shift = (this.#shift >> 1n) | (BigInt(tdi) << BigInt(this.#length - 1));
    this.#state = NEXT[this.#state][tms];
    if (this.#state === "update-dr") this.#subject.update(this.#instruction, this.#shift);
    else if (this.#state === "update-ir") this.#instruction = Number(this.#shift);
    else if (this.#state === "reset") this.#instruction = this.#subject.initial;
  }

  #load({ value, bits }: DataRegister): void {
    this.#shift = value;
    this.#length = bits;
  }
}
