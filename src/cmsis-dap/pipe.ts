/**
 * Declares the port for packets, which USB, HID, TCP and the simulator implement. There is one receive for
 * each send, in order.
 */
import type { Repeats } from "../lib/repeats.ts";

/** A transport knows these better than DAP_Info, or alone. */
export interface PipeLimits {
  /** The bytes of a packet. */
  readonly packetSize?: number;
  /** The number of packets that may be unanswered. */
  readonly inFlight?: number;
  /**
   * It is false if the probe is known to stop for good at DAP_QueueCommands, so that not even a trial is
   * sent.
   */
  readonly queues?: false;
  /** The time that an answer may take beyond the probe's own work (wire rule 12); a second if not given. */
  readonly marginUs?: number;
}

export interface PacketPipe {
  /** Skips exchanges that would be the same again, if the answering side is simulated. */
  readonly repeats?: Repeats | undefined;
  /** Says what carries the packets, for advice; undefined if that is this process itself. */
  readonly over?: "usb" | "network";
  readonly limits?: PipeLimits;
  /** Facts of the probe that its user should know, in a sentence each. */
  readonly notes?: readonly string[];
  send(packet: Uint8Array): Promise<void>;
  /** Returns the next response; rejects with a `timeout` fault if none came in time. */
  receive(limitUs: number): Promise<Uint8Array>;
  /** Drops whatever is still under way after a timeout, so that the next response belongs to the next request. */
  resync(): Promise<void>;
  close(): Promise<void>;
}
