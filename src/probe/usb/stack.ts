/** A USB library with the system below it, as the driver sees both: devices, locks, and HID where the system keeps it. */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import type { LockOptions, ProbeLock } from "./lock.ts";
import type { HidInterface } from "./interfaces.ts";
import type { UsbDevice } from "./port.ts";

export interface UsbStack {
  readonly platform: string;
  /** On Linux empty only if there is no USB bus: root hubs count as devices. Elsewhere an empty bus may look so, too. */
  devices(): Promise<readonly UsbDevice[]>;
  /** Keeps other processes of ours off the probe at this port path; rejects with `busy`. */
  lock(port: string, options: LockOptions): Promise<ProbeLock>;
  /** Opens a HID interface where the system keeps it for itself (macOS, Windows); absent if it can be claimed. */
  openHid?(wish: HidWish): Promise<PacketPipe>;
}

export interface HidWish {
  readonly device: Pick<UsbDevice, "vendorId" | "productId">;
  /** As the descriptors show it, which every system lets libusb read. */
  readonly hid: HidInterface;
  readonly serial: string;
  /** For messages. */
  readonly name: string;
  readonly platform: string;
}
