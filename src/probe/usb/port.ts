/** What the USB transports need of a USB library: devices, interfaces, transfers. Knows neither CMSIS-DAP nor libusb. */

export type UsbErrorCode =
  | "access"
  | "busy"
  | "no-device"
  | "timeout"
  | "cancelled"
  | "stall"
  | "overflow"
  | "not-found"
  | "not-supported"
  | "io";

/** The only error that a stack throws. */
export class UsbError extends Error {
  override readonly name = "UsbError";
  readonly code: UsbErrorCode;

  constructor(code: UsbErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** "1-2.3": bus 1, port 2 of its root hub, port 3 of the hub there. Linux names its devices so. */
export function portPath({ bus, ports }: Pick<UsbDevice, "bus" | "ports">): string {
  return `${bus}-${ports.join(".")}`;
}

/** As `portPath`, for a device that shares its path with another one or has none: both have their address behind it. */
export function portPathWithAddress(device: Pick<UsbDevice, "bus" | "ports" | "address">): string {
  return `${portPath(device)}:${device.address}`;
}

/** Whether a probe that is listed at this port can be the device. */
export function mayBeAt(port: string, device: Pick<UsbDevice, "bus" | "ports" | "address">): boolean {
  return port === portPath(device) || port === portPathWithAddress(device);
}

export interface UsbEndpoint {
  /** As in the descriptor: bit 7 set for IN. */
  readonly address: number;
  readonly type: "control" | "isochronous" | "bulk" | "interrupt";
  readonly maxPacketSize: number;
}

export interface UsbInterface {
  readonly number: number;
  /** bInterfaceClass, bInterfaceSubClass, bInterfaceProtocol */
  readonly usbClass: number;
  readonly subclass: number;
  readonly protocol: number;
  readonly endpoints: readonly UsbEndpoint[];
}

/** What a device says about itself; empty if it has no such string, or keeps it to itself. */
export interface UsbStrings {
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  /** By interface number. */
  readonly interfaces: ReadonlyMap<number, string>;
}

export interface UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice, by which makers number their firmware. */
  readonly release: number;
  /** bDeviceClass, bDeviceSubClass, bDeviceProtocol; for reports. */
  readonly deviceClass?: readonly [usbClass: number, subclass: number, protocol: number];
  readonly bus: number;
  /** Ports from the root hub down to the device: what stays when it is plugged in again. */
  readonly ports: readonly number[];
  /** Changes with each attachment. */
  readonly address: number;
  /** The same object for as long as it stays attached; after that the system may give its address to another device. */
  readonly attachment: object;
  readonly interfaces: readonly UsbInterface[];
  /** Where the host shows it as a file; for messages. */
  readonly path?: string;
  /** Reads the strings without disturbing the device's user, if the host allows that; rejects as `open` does. */
  strings(): Promise<UsbStrings>;
  /** Undefined: it can be opened, as far as one can tell without doing so. */
  obstacle(): Promise<"access" | "not-supported" | undefined>;
  /** Rejects with `access`, `busy`, `no-device`, `not-supported`. */
  open(): Promise<UsbHandle>;
}

export interface UsbTransfer {
  /** The bytes that came; rejects with a UsbError. */
  readonly done: Promise<Uint8Array>;
  /** Ends it early: `done` rejects with `cancelled`, unless the bytes were faster. */
  cancel(): void;
}

export interface UsbControl {
  /** bmRequestType, bRequest, wValue, wIndex */
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

export interface UsbHandle {
  /** Takes the interface from the kernel's driver where one holds it. */
  claim(interfaceNumber: number): Promise<void>;
  /** Gives it back to the kernel's driver where it was taken from one. */
  release(interfaceNumber: number): Promise<void>;
  /** Submitted at once and without a limit of its own; the caller cancels. */
  read(endpoint: UsbEndpoint, length: number): UsbTransfer;
  write(endpoint: UsbEndpoint, bytes: Uint8Array, limitMs: number): Promise<void>;
  control(setup: UsbControl, bytes: Uint8Array, limitMs: number): Promise<void>;
  clearHalt(endpoint: UsbEndpoint): Promise<void>;
  close(): Promise<void>;
}
