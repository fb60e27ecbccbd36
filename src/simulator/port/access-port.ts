/** The port between the debug port and what an AP is; memory APs, mailboxes and a device's own are behind it. */
import type { Remembered } from "../bus/remembered.ts";

/** Memory APs, mailboxes and what a device has of its own. */
export interface AccessPort {
  /** Register offset 0x00 to 0xFC; "error" is a bus error, which the debug port shows late. */
  read(register: number): number | "error";
  /** Likewise. */
  write(register: number, value: number): "error" | undefined;
  /** A read of it changes nothing and yields the same until something happens, as `Device.still` says in full. */
  still?(register: number): boolean;
  /** All that it keeps, if its accesses change nothing besides that and what is behind it. */
  readonly remembered?: Remembered;
  /** While true, AP accesses are answered with WAIT. */
  busy(nowUs: number): boolean;
  /** DAPABORT: gives up what is under way. */
  abort(): void;
}
