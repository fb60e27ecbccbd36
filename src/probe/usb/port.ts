/**
 * The port through which the USB transports use a USB library: devices, interfaces, transfers. Knows neither
 * CMSIS-DAP nor libusb.
 */

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

/** A stack throws no other error. */
export class UsbError extends Error {
  override readonly name = "UsbError";
  readonly code: UsbErrorCode;

  constructor(code: UsbErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** "1-2.3" is bus 1, port 2 of its root hub, port 3 of the hub there. Linux names its devices so. */
export function portPath({ bus, ports }: Pick<UsbDevice, "bus" | "ports">): string {
  return `${bus}-${ports.join(".")}`;
}

/**
 * Does the same as `portPath` for a device that shares its path with another one or has none: its address is
 * added.
 */
export function portPathWithAddress(device: Pick<UsbDevice, "bus" | "ports" | "address">): string {
  return `${portPath(device)}:${device.address}`;
}

/** Returns true if a probe that is listed at this port can be the device. */
export function mayBeAt(port: string, device: Pick<UsbDevice, "bus" | "ports" | "address">): boolean {
  return port === portPath(device) || port === portPathWithAddress(device);
}

export interface UsbEndpoint {
  /** The address is as in the descriptor: bit 7 is set for IN. */
  readonly address: number;
  readonly type: "control" | "isochronous" | "bulk" | "interrupt";
  readonly maxPacketSize: number;
}

export interface UsbInterface {
  readonly number: number;
  /** These are bInterfaceClass, bInterfaceSubClass and bInterfaceProtocol. */
  readonly usbClass: number;
  readonly subclass: number;
  readonly protocol: number;
  readonly endpoints: readonly UsbEndpoint[];
}

/** What a device says about itself; a string is empty if the device does not have it, or does not give it. */
export interface UsbStrings {
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  /** Keys are interface numbers. */
  readonly interfaces: ReadonlyMap<number, string>;
}

export interface UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  /** It is bcdDevice, by which makers number their firmware. */
  readonly release: number;
  /** These are bDeviceClass, bDeviceSubClass and bDeviceProtocol, for reports. */
  readonly deviceClass?: readonly [usbClass: number, subclass: number, protocol: number];
  readonly bus: number;
  /** The ports from the root hub down to the device: they stay when it is plugged in again. */
  readonly ports: readonly number[];
  /** It changes with each attachment. */
  readonly address: number;
  /**
   * The object stays the same for as long as the device stays attached; after that the system may give its
   * address to another device.
   */
  readonly attachment: object;
  readonly interfaces: readonly UsbInterface[];
  /** The file as which the host shows it, for messages. */
  readonly path?: string;
  /** Reads the strings without disturbing the device's user, if the host allows that; rejects as `open` does. */
  strings(): Promise<UsbStrings>;
  /** Returns undefined if it can be opened, as far as that can be told without doing so. */
  obstacle(): Promise<"access" | "not-supported" | undefined>;
  /** Rejects with `access`, `busy`, `no-device`, `not-supported`. */
  open(): Promise<UsbHandle>;
}

export interface UsbTransfer {
  /** Resolves to the bytes that came; rejects with a UsbError. */
  readonly done: Promise<Uint8Array>;
  /** Ends it early: `done` rejects with `cancelled`, unless the bytes were faster. */
  cancel(): void;
}

export interface UsbControl {
  /** These are bmRequestType, bRequest, wValue and wIndex. */
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

export interface UsbHandle {
  /** Takes the interface from the kernel's driver if that holds it. */
  claim(interfaceNumber: number): Promise<void>;
  /** Gives it back to the kernel's driver if it was taken from there. */
  release(interfaceNumber: number): Promise<void>;
  /** Submits a read at once and without a limit of its own; the caller cancels it. */
  read(endpoint: UsbEndpoint, length: number): UsbTransfer;
  write(endpoint: UsbEndpoint, bytes: Uint8Array, limitMs: number): Promise<void>;
  control(setup: UsbControl, bytes: Uint8Array, limitMs: number): Promise<void>;
  clearHalt(endpoint: UsbEndpoint): Promise<void>;
  close(): Promise<void>;
}
