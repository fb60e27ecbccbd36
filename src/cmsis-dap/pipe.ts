/** The port for packets: USB, HID, TCP and the simulator implement it. One send, one receive, in order. */

export interface PacketPipe {
  send(packet: Uint8Array): Promise<void>;
  /** The next response; rejects with a `timeout` fault when none came in time. */
  receive(limitUs: number): Promise<Uint8Array>;
  /** After a timeout: drops whatever is still under way, so that the next response belongs to the next request. */
  resync(): Promise<void>;
  close(): Promise<void>;
}
