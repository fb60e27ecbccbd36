/**
 * Carries packets over a claimed USB interface: their order, limits, and what a timeout leaves over. Bulk or
 * HID does the framing.
 */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { DAP_TRANSFER_ABORT } from "../../cmsis-dap/transfer.ts";
import { bringInStep } from "../cmsis-dap/echo.ts";
import { longestPacket } from "../cmsis-dap/packet-limits.ts";
import { transportFailure } from "../transport-faults.ts";
import { UsbError, type UsbDevice, type UsbEndpoint, type UsbHandle, type UsbTransfer } from "./port.ts";

/** Says how a generation of CMSIS-DAP puts packets on its interface. */
export interface UsbFraming {
  readonly interfaceNumber: number;
  readonly input: UsbEndpoint;
  /** The bytes of one answer until the probe has reported its packet size. */
  readonly firstReadLength: number;
  /** True if reads use the packet size that the probe claims. */
  readonly believesPacketSize: boolean;
  write(handle: UsbHandle, packet: Uint8Array, packetSize: number, limitMs: number): Promise<void>;
}

export interface UsbPipeSource {
  readonly handle: UsbHandle;
  readonly framing: UsbFraming;
  /** The name of the probe, for messages. */
  readonly name: string;
  readonly platform: string;
  /** Asks the host if the device is still there; some unplugs show as a plain transfer error first. */
  readonly present: () => Promise<boolean>;
}

/**
 * A probe takes a request while it works on the one before; this is longer than its longest command (a pin
 * wait of 3 s).
 */
const SEND_LIMIT_MS = 5000;
/** This is long enough for an answer that is already on its way, and short enough not to be noticed. */
const QUIET_US = 30_000;

export class UsbPipe implements PacketPipe {
  readonly #handle: UsbHandle;
  readonly #framing: UsbFraming;
  readonly #name: string;
  readonly #present: () => Promise<boolean>;
  /** The reads under way, oldest first: each is submitted with the request that it answers. */
  #reads: UsbTransfer[] = [];
  #packetSize: number;
  #closed = false;

  private constructor({ handle, framing, name, present }: UsbPipeSource) {
    this.#handle = handle;
    this.#framing = framing;
    this.#name = name;
    this.#present = present;
    this.#packetSize = framing.firstReadLength;
  }

  /** Opens the device, claims the interface, empties it of what an earlier program left, and learns the packet size. */
  static async open(
    device: Pick<UsbDevice, "open" | "path">,
    framing: UsbFraming,
    rest: Omit<UsbPipeSource, "handle" | "framing">,
  ): Promise<UsbPipe> {
    const handle = await device.open().catch((error: unknown) => {
      throw openFailure(error, rest, device.path);
    });
    const pipe = new UsbPipe({ handle, framing, ...rest });
    try {
      await handle.claim(framing.interfaceNumber);
    } catch (error) {
      // An error of closing is now only a consequence.
      await handle.close().catch(() => undefined);
      throw openFailure(error, rest, device.path);
    }
    try {
      await pipe.resync();
      return pipe;
    } catch (error) {
      await pipe.close().catch(() => undefined);
      throw openFailure(error, rest, device.path);
    }
  }

  readonly over = "usb";

  /** A report of a v1 probe is its packet, and two reports on their way keep its interrupt endpoint busy. */
  get limits(): { readonly packetSize?: number; readonly inFlight?: number } {
    return this.#framing.believesPacketSize ? {} : { packetSize: this.#packetSize, inFlight: 2 };
  }

  async send(packet: Uint8Array): Promise<void> {
    this.#checkOpen();
    const answered = packet[0] !== DAP_TRANSFER_ABORT;
    if (answered) this.#submitRead();
    await this.#write(packet);
  }

  async receive(limitUs: number): Promise<Uint8Array> {
    this.#checkOpen();
    const read = this.#reads.shift() ?? this.#read();
    const timer = setTimeout(
      () => {
        read.cancel();
      },
      Math.max(1, Math.ceil(limitUs / 1000)),
    );
    try {
      return await read.done;
    } catch (error) {
      throw await this.#failure(error, limitUs);
    } finally {
      clearTimeout(timer);
    }
  }

  async resync(): Promise<void> {
    this.#checkOpen();
    await this.#cancelReads();
    const { packetSize } = await bringInStep(this, { probe: this.#name, quietUs: QUIET_US });
    if (this.#framing.believesPacketSize && packetSize > 0) this.#packetSize = longestPacket(packetSize);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#cancelReads();
    try {
      await this.#handle.release(this.#framing.interfaceNumber).catch(ignoreGone);
    } finally {
      await this.#handle.close().catch(ignoreGone);
    }
  }

  /**
   * Reads a whole number of the endpoint's packets: if a probe reports 64 on an endpoint of 512, a longer
   * answer would not fit and would be lost (DAPLink issue 629).
   */
  #read(): UsbTransfer {
    const { input } = this.#framing;
    const length = Math.ceil(this.#packetSize / input.maxPacketSize) * input.maxPacketSize;
    return this.#handle.read(input, length);
  }

  #submitRead(): void {
    const read = this.#read();
    // It may fail before it is awaited; the caller that receives sees the failure then.
    read.done.catch(() => undefined);
    this.#reads.push(read);
  }

  async #write(packet: Uint8Array): Promise<void> {
    try {
      await this.#framing.write(this.#handle, packet, this.#packetSize, SEND_LIMIT_MS);
    } catch (error) {
      throw await this.#failure(error, SEND_LIMIT_MS * 1000);
    }
  }

  async #cancelReads(): Promise<void> {
    const reads = this.#reads;
    this.#reads = [];
    for (const read of reads) read.cancel();
    await Promise.allSettled(reads.map(({ done }) => done));
  }

  async #failure(error: unknown, limitUs: number): Promise<unknown> {
    if (!(error instanceof UsbError)) return error;
    const probe = this.#name;
    if (error.code === "cancelled" && this.#closed)
      return transportFailure({ kind: "unplugged", probe }, error);
    if (error.code === "timeout" || error.code === "cancelled")
      return transportFailure({ kind: "timeout", probe, limitUs }, error);
    if (error.code === "no-device" || !(await this.#present()))
      return transportFailure({ kind: "unplugged", probe }, error);
    return transportFailure({ kind: "transfer-failed", probe, code: error.code }, error);
  }

  #checkOpen(): void {
    if (this.#closed) throw transportFailure({ kind: "transfer-failed", probe: this.#name, code: "closed" });
  }
}

/** Closing a device that was unplugged fails, and there is nothing left to close. */
function ignoreGone(error: unknown): void {
  if (error instanceof UsbError && (error.code === "no-device" || error.code === "not-found")) return;
  throw error;
}

/**
 * Only Linux has permissions for USB devices. Windows gives an interface to one process, and macOS a claimed
 * one: there a refused access means that another program has it (libusb, windows_winusb.c and darwin_usb.c).
 */
function openFailure(
  error: unknown,
  { name: probe, platform }: Pick<UsbPipeSource, "name" | "platform">,
  path: string | undefined,
): unknown {
  if (!(error instanceof UsbError)) return error;
  switch (error.code) {
    case "access":
      return platform === "linux"
        ? transportFailure({ kind: "no-permission", probe, ...(path === undefined ? {} : { path }) }, error)
        : transportFailure({ kind: "busy", probe }, error);
    case "busy":
      return transportFailure({ kind: "busy", probe }, error);
    case "no-device":
      return transportFailure({ kind: "unplugged", probe }, error);
    case "not-supported":
    case "not-found":
      return transportFailure({ kind: "no-driver", probe, need: "winusb" }, error);
    default:
      return transportFailure({ kind: "transfer-failed", probe, code: error.code }, error);
  }
}
