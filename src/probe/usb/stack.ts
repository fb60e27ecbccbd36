/**
 * A USB library with the system below it, as the driver sees both: devices, locks, and HID if the system
 * keeps it.
 */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import type { LockOptions, ProbeLock } from "./lock.ts";
import type { HidInterface } from "./interfaces.ts";
import type { UsbDevice } from "./port.ts";

export interface UsbStack {
  readonly platform: string;
  /**
   * On Linux the list is empty only if there is no USB bus, because root hubs count as devices. Elsewhere an
   * empty bus may look the same.
   */
  devices(): Promise<readonly UsbDevice[]>;
  /** Keeps other processes of ours off the probe at this port path; rejects with `busy`. */
  lock(port: string, options: LockOptions): Promise<ProbeLock>;
  /** Opens a HID interface if the system keeps it for itself (macOS, Windows); absent if it can be claimed. */
  openHid?(wish: HidWish): Promise<PacketPipe>;
}

export interface HidWish {
  readonly device: Pick<UsbDevice, "vendorId" | "productId">;
  /** The interface as the descriptors show it, which every system lets libusb read. */
  readonly hid: HidInterface;
  readonly serial: string;
  /** The name of the probe, for messages. */
  readonly name: string;
  readonly platform: string;
}
