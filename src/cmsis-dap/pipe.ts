/** The port for packets: USB, HID, TCP and the simulator implement it. One receive for each send, in order. */
import type { Repeats } from "../lib/repeats.ts";

/** What a transport knows better than DAP_Info, or alone. */
export interface PipeLimits {
  /** Bytes of a packet. */
  readonly packetSize?: number;
  /** Packets that may be unanswered. */
  readonly inFlight?: number;
  /** False: the probe is known to stop for good at DAP_QueueCommands, so that not even a trial is sent. */
  readonly queues?: false;
  /** What an answer may take beyond the probe's own work (wire rule 12); a second if not given. */
  readonly marginUs?: number;
}

export interface PacketPipe {
  /** Passes over exchanges that would be the same again, where what answers is simulated. */
  readonly repeats?: Repeats | undefined;
  /** What carries the packets, for advice; undefined if that is this process itself. */
  readonly over?: "usb" | "network";
  readonly limits?: PipeLimits;
  /** What its user should know of the probe, in a sentence each. */
  readonly notes?: readonly string[];
  send(packet: Uint8Array): Promise<void>;
  /** The next response; rejects with a `timeout` fault when none came in time. */
  receive(limitUs: number): Promise<Uint8Array>;
  /** After a timeout: drops whatever is still under way, so that the next response belongs to the next request. */
  resync(): Promise<void>;
  close(): Promise<void>;
}
