/**
 * Declares the port between the debug port and what an AP is; memory APs, mailboxes and a device's own are
 * behind it.
 */
import type { Remembered } from "../bus/remembered.ts";

/** A memory AP, a mailbox or an AP of the device's own. */
export interface AccessPort {
  /** Takes a register offset of 0x00 to 0xFC; "error" is a bus error, which the debug port shows late. */
  read(register: number): number | "error";
  /** It takes and yields the same. */
  write(register: number, value: number): "error" | undefined;
  /**
   * Returns true if a read of it changes nothing and yields the same until something happens; `Device.still`
   * says it in full.
   */
  still?(register: number): boolean;
  /** The state that it keeps, if its accesses change nothing besides that and what is behind it. */
  readonly remembered?: Remembered;
  /** While it returns true, AP accesses are answered with WAIT. */
  busy(nowUs: number): boolean;
  /** Gives up what is under way, as DAPABORT does. */
  abort(): void;
}
