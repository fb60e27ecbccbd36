/**
 * Frames packets in a TCP stream as OpenOCD's `cmsis-dap backend tcp` does (its
 * src/jtag/drivers/cmsis_dap_tcp.c).
 */

/** The signature is "DAP" and a zero. */
const SIGNATURE = Uint8Array.of(0x44, 0x41, 0x50, 0x00);
/** A header has the signature, the length of the packet (16 bits), the type and one reserved byte. */
const HEADER_LENGTH = 8;
const TYPES = { request: 1, response: 2 } as const;

export type FrameType = keyof typeof TYPES;

/** 4441 is OpenOCD's default for `cmsis-dap tcp port`. */
export const CMSIS_DAP_TCP_PORT = 4441;
/** OpenOCD's buffers hold no more, for any packet size that the probe claims. */
export const LONGEST_FRAME = 1024;

export function frame(type: FrameType, packet: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH + packet.length);
  const view = new DataView(bytes.buffer);
  bytes.set(SIGNATURE);
  view.setUint16(4, packet.length, true);
  view.setUint8(6, TYPES[type]);
  bytes.set(packet, HEADER_LENGTH);
  return bytes;
}

/** Finds the packets in a stream, however the stream was cut. */
export class FrameReader {
  readonly #type: FrameType;
  readonly #bad: (reason: string) => Error;
  readonly #longest: number;
  #bytes = new Uint8Array();

  /**
   * `bad` makes the error for bytes that are not a frame of this type, or for a frame of more than `longest`
   * bytes.
   */
  constructor(type: FrameType, bad: (reason: string) => Error, longest = 0xffff) {
    this.#type = type;
    this.#bad = bad;
    this.#longest = longest;
  }

  push(chunk: Uint8Array): readonly Uint8Array[] {
    const bytes = new Uint8Array(this.#bytes.length + chunk.length);
    bytes.set(this.#bytes);
    bytes.set(chunk, this.#bytes.length);
    const packets: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      this.#mustBegin(bytes.subarray(at, at + SIGNATURE.length));
      if (bytes.length - at < HEADER_LENGTH) break;
      const end = at + HEADER_LENGTH + this.#lengthAt(new DataView(bytes.buffer, at, HEADER_LENGTH));
      if (bytes.length < end) break;
      packets.push(bytes.slice(at + HEADER_LENGTH, end));
      at = end;
    }
    this.#bytes = bytes.slice(at);
    return packets;
  }

  /**
   * Checks the first byte at once: a client that speaks another protocol is refused before it has sent eight
   * bytes.
   */
  #mustBegin(start: Uint8Array): void {
    if (start.every((byte, at) => byte === SIGNATURE[at])) return;
    const seen = Array.from(start, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw this.#bad(`a frame begins with "DAP" and a zero, not with ${seen}`);
  }

  #lengthAt(header: DataView): number {
    const type = header.getUint8(6);
    if (type !== TYPES[this.#type])
      throw this.#bad(`a ${this.#type} was expected, and a frame of type ${type} came`);
    const length = header.getUint16(4, true);
    if (length === 0) throw this.#bad("a frame is empty");
    if (length > this.#longest)
      throw this.#bad(`a packet of ${length} bytes is announced, and the probe takes ${this.#longest}`);
    return length;
  }
}
