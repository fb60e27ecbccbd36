/**
 * Holds what instructions work on: registers, memory and the ways to transfer control. Knows no encoding and
 * no block.
 */
import { FaultTrap } from "./fault-trap.ts";
import { Memory } from "./memory.ts";
import type { ThumbBus, ThumbProfile } from "./port.ts";
import { isMainline } from "./profile.ts";
import type { Reach } from "./reach.ts";
import { LR, PC, SP, State } from "./state.ts";

/** Above this, a branch in Handler mode is an exception return (EXC_RETURN). */
const EXC_RETURN_TOP = 0xf;

export class Cpu {
  readonly profile: ThumbProfile;
  readonly state = new State();
  readonly trap = new FaultTrap();
  readonly reach: Reach;
  readonly memory: Memory;
  /** The EXC_RETURN of a return that waits for the end of the block; 0 if there is none. */
  returning = 0;
  /** The SVC exception waits for the end of the block. */
  calling = false;
  /** The event that WFI or WFE waits for. */
  waiting: "nothing" | "interrupt" | "event" = "nothing";
  /** The value of CCR.DIV_0_TRP. */
  divideTraps = false;
  /** True if stack limits are not checked now on Armv8-M (HardFault and NMI with CCR.STKOFHFNMIGN). */
  limitsIgnored = false;

  constructor(profile: ThumbProfile, bus: ThumbBus, reach: Reach) {
    this.reach = reach;
    this.profile = profile;
    this.memory = new Memory(bus, this.trap);
    this.memory.alignment = isMainline(profile) ? 0 : -1;
  }

  /** Ends the current block after this instruction, so that what waits is looked at. */
  attend(): void {
    this.state.limit = 0;
    this.state.attention = true;
  }

  /** Branches without a change of the instruction set. */
  branch(target: number): void {
    this.state.r[PC] = target & ~1;
    this.state.cycles++;
  }

  /** Branches out of the middle of a block. */
  leave(target: number): void {
    const { state } = this;
    state.r[PC] = target;
    state.left = true;
    state.limit = 0;
    state.cycles++;
  }

  /** Does BX and its kin: bit 0 becomes EPSR.T, and EXC_RETURN values return from the exception. */
  interwork(target: number): void {
    const { state } = this;
    if (target >>> 28 === EXC_RETURN_TOP && state.ipsr !== 0) {
      this.returning = target;
      this.attend();
      return;
    }
    state.r[PC] = target ^ 1;
    // A clear bit 0 is found at the target, not here: bits 31:1 are the address, and bit 0 of r[PC] says that
    // T is clear.
    state.cycles++;
  }

  link(next: number): void {
    this.state.r[LR] = next | 1;
  }

  /** Does every write of SP by an instruction: bits 1:0 are zero, and Armv8-M compares it with the limit. */
  setSp(value: number): void {
    this.checkSp(value);
    this.state.r[SP] = value & ~3;
  }

  checkSp(value: number): void {
    const { state } = this;
    const limit = state.usesPsp() ? state.psplim : state.msplim;
    if (limit !== 0 && value >>> 0 < limit >>> 0 && !this.limitsIgnored) this.trap.raise("stack-limit");
  }
}
