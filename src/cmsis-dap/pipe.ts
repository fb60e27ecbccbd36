/** The port for packets: USB, HID, TCP and the simulator implement it. One receive for each send, in order. */

export interface PacketPipe {
  /** Where the transport knows better than DAP_Info: bytes of a packet, packets that may be unanswered. */
  readonly limits?: { readonly packetSize?: number; readonly inFlight?: number };
  send(packet: Uint8Array): Promise<void>;
  /** The next response; rejects with a `timeout` fault when none came in time. */
  receive(limitUs: number): Promise<Uint8Array>;
  /** After a timeout: drops whatever is still under way, so that the next response belongs to the next request. */
  resync(): Promise<void>;
  close(): Promise<void>;
}
