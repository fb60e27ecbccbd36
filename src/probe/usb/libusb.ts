/**
 * Puts the npm package `usb` (libusb) behind our interface. Only this file imports the package, and only when
 * it is asked.
 */
import { constants, accessSync } from "node:fs";
import type * as Usb from "usb";
import { lockProbe } from "./lock.ts";
import { listUsbProbes, type UsbProbe } from "./probes.ts";
import { openHid } from "./node-hid.ts";
import { NotStarted, reasonOf } from "./install.ts";
import { closeFor, openFor } from "./handle-users.ts";
import { loadPackage, unusable } from "./packages.ts";
import { sysfsStrings, usbDeviceFile } from "./sysfs.ts";
import {
  UsbError,
  type UsbControl,
  type UsbDevice,
  type UsbEndpoint,
  type UsbErrorCode,
  type UsbHandle,
  type UsbInterface,
  type UsbStrings,
  type UsbTransfer,
} from "./port.ts";
import type { UsbStack } from "./stack.ts";

type Library = typeof Usb.usb;

/**
 * libusb's errors of calls are negative, and the states of transfers are positive (libusb.h, libusb_error and
 * libusb_transfer_status).
 */
const CODES: Readonly<Record<number, UsbErrorCode>> = {
  [-1]: "io",
  [-3]: "access",
  [-4]: "no-device",
  [-5]: "not-found",
  [-6]: "busy",
  [-7]: "timeout",
  [-8]: "overflow",
  [-9]: "stall",
  [-12]: "not-supported",
  1: "io",
  2: "timeout",
  3: "cancelled",
  4: "stall",
  5: "no-device",
  6: "overflow",
};

const TYPES = ["control", "isochronous", "bulk", "interrupt"] as const;
/** GET_DESCRIPTOR of a string answers at once or never. */
const CONTROL_LIMIT_MS = 1000;

let native: Promise<UsbStack> | undefined;

/**
 * Returns one stack for the process, so that what is remembered of its devices lasts. Rejects with
 * `no-usb-library`.
 */
export function nativeUsbStack(): Promise<UsbStack> {
  native ??= loadStack().catch((error: unknown) => {
    native = undefined;
    throw error;
  });
  return native;
}

/** Lists all CMSIS-DAP probes of this machine. Rejects with `no-usb-bus` or `no-usb-library`. */
export async function listAttachedProbes(): Promise<readonly UsbProbe[]> {
  return listUsbProbes(await nativeUsbStack());
}

/** If libusb_init failed, the package exports its constants and nothing else (node_usb.cc). */
async function load(): Promise<Library> {
  const { usb } = await import("usb");
  const said: Partial<Library> & { readonly INIT_ERROR?: number } = usb;
  if (said.getDeviceList === undefined)
    throw new NotStarted(`libusb_init failed with ${said.INIT_ERROR ?? "an unknown error"}`);
  return usb;
}

async function loadStack(): Promise<UsbStack> {
  const library = await loadPackage("usb", load);
  return {
    platform: process.platform,
    devices: () =>
      new Promise((resolve) => {
        resolve(listed(library).map((device) => new NativeDevice(library, device)));
      }),
    lock: (port, options) => lockProbe(`usb@${port}`, options),
    // Linux lets us take the interface from its HID driver.
    ...(process.platform === "linux" ? {} : { openHid }),
  };
}

/** If the system refuses to list devices, it also refused to start libusb. */
function listed(library: Library): readonly Usb.Device[] {
  try {
    return library.getDeviceList();
  } catch (error) {
    throw unusable("usb", new NotStarted(`libusb_get_device_list: ${reasonOf(error)}`));
  }
}

class NativeDevice implements UsbDevice {
  readonly #library: Library;
  readonly #device: Usb.Device;

  constructor(library: Library, device: Usb.Device) {
    this.#library = library;
    this.#device = device;
  }

  get vendorId(): number {
    return this.#device.deviceDescriptor.idVendor;
  }

  get productId(): number {
    return this.#device.deviceDescriptor.idProduct;
  }

  get release(): number {
    return this.#device.deviceDescriptor.bcdDevice;
  }

  get deviceClass(): readonly [number, number, number] {
    const { bDeviceClass, bDeviceSubClass, bDeviceProtocol } = this.#device.deviceDescriptor;
    return [bDeviceClass, bDeviceSubClass, bDeviceProtocol];
  }

  get bus(): number {
    return this.#device.busNumber;
  }

  get ports(): readonly number[] {
    // It is undefined for root hubs, although the package's types do not say so.
    const device: { readonly portNumbers: readonly number[] | undefined } = this.#device;
    return device.portNumbers ?? [];
  }

  get address(): number {
    return this.#device.deviceAddress;
  }

  /** libusb has one device for each attachment, and the package has one object for each device that is in use. */
  get attachment(): object {
    return this.#device;
  }

  get path(): string {
    return usbDeviceFile(this);
  }

  get interfaces(): readonly UsbInterface[] {
    let alternatives: Usb.InterfaceDescriptor[][];
    try {
      alternatives = this.#device.configDescriptor?.interfaces ?? [];
    } catch {
      return []; // Windows gives no configuration for devices without a driver that libusb knows
    }
    return alternatives.flatMap(([first]) => (first === undefined ? [] : [interfaceOf(first)]));
  }

  async strings(): Promise<UsbStrings> {
    const known = process.platform === "linux" ? sysfsStrings(this) : undefined;
    if (known !== undefined) return known;
    const device = this.#device;
    call(() => {
      openFor(device);
    });
    try {
      const { iManufacturer, iProduct, iSerialNumber } = device.deviceDescriptor;
      const interfaces = new Map<number, string>();
      for (const [first] of device.configDescriptor?.interfaces ?? []) {
        if (first !== undefined) interfaces.set(first.bInterfaceNumber, await this.#string(first.iInterface));
      }
      return {
        manufacturer: await this.#string(iManufacturer),
        product: await this.#string(iProduct),
        serial: await this.#string(iSerialNumber),
        interfaces,
      };
    } finally {
      closeFor(device);
    }
  }

  /**
   * A string that the device refuses to give is not a string; some clones number strings that they do not
   * have.
   */
  #string(index: number): Promise<string> {
    return new Promise((resolve) => {
      this.#device.timeout = CONTROL_LIMIT_MS;
      this.#device.getStringDescriptor(index, (error, value) => {
        resolve(error === undefined ? (value ?? "").replace(/\0.*$/s, "") : "");
      });
    });
  }

  obstacle(): Promise<"access" | "not-supported" | undefined> {
    if (process.platform === "linux") {
      try {
        accessSync(this.path, constants.R_OK | constants.W_OK);
        return Promise.resolve(undefined);
      } catch {
        return Promise.resolve("access");
      }
    }
    try {
      openFor(this.#device);
      closeFor(this.#device);
      return Promise.resolve(undefined);
    } catch (error) {
      const { code } = usbError(error);
      if (code === "access") return Promise.resolve("access");
      return Promise.resolve(code === "not-supported" || code === "not-found" ? "not-supported" : undefined);
    }
  }

  open(): Promise<UsbHandle> {
    return settled(() => {
      openFor(this.#device);
      // Only Linux has a driver to detach; elsewhere libusb says that it is not supported.
      if (process.platform === "linux") this.#device.setAutoDetachKernelDriver(true);
      return new NativeHandle(this.#library, this.#device);
    });
  }
}

class NativeHandle implements UsbHandle {
  readonly #library: Library;
  readonly #device: Usb.Device;

  constructor(library: Library, device: Usb.Device) {
    this.#library = library;
    this.#device = device;
  }

  // It is claimed by its number, not through the package's Interface, which claims by its place in the list.
  claim(interfaceNumber: number): Promise<void> {
    return settled(() => {
      this.#device.__claimInterface(interfaceNumber);
    });
  }

  release(interfaceNumber: number): Promise<void> {
    return called((done) => {
      this.#device.__releaseInterface(interfaceNumber, done);
    });
  }

  read(endpoint: UsbEndpoint, length: number): UsbTransfer {
    let cancel = (): void => undefined;
    const done = new Promise<Uint8Array>((resolve, reject) => {
      const transfer = this.#transfer(endpoint, 0, (error, buffer, actual) => {
        if (error === undefined) resolve(Uint8Array.from(buffer.subarray(0, actual)));
        else reject(usbError(error));
      });
      transfer.submit(Buffer.alloc(length));
      cancel = (): void => {
        transfer.cancel();
      };
    }).catch((error: unknown) => {
      throw usbError(error);
    });
    return {
      done,
      cancel: () => {
        cancel();
      },
    };
  }

  write(endpoint: UsbEndpoint, bytes: Uint8Array, limitMs: number): Promise<void> {
    return called((done) => {
      this.#transfer(endpoint, limitMs, (error) => {
        done(error);
      }).submit(Buffer.from(bytes));
    });
  }

  control({ requestType, request, value, index }: UsbControl, bytes: Uint8Array, limitMs: number) {
    return called((done) => {
      this.#device.timeout = limitMs;
      this.#device.controlTransfer(requestType, request, value, index, Buffer.from(bytes), (error) => {
        done(error);
      });
    });
  }

  clearHalt(endpoint: UsbEndpoint): Promise<void> {
    return called((done) => {
      this.#device.__clearHalt(endpoint.address, done);
    });
  }

  close(): Promise<void> {
    return settled(() => {
      closeFor(this.#device);
    });
  }

  #transfer(
    { address, type }: UsbEndpoint,
    limitMs: number,
    done: (error: Error | undefined, buffer: Buffer, actual: number) => void,
  ): Usb.Transfer {
    return new this.#library.Transfer(this.#device, address, TYPES.indexOf(type), limitMs, done);
  }
}

function interfaceOf(descriptor: Usb.InterfaceDescriptor): UsbInterface {
  return {
    number: descriptor.bInterfaceNumber,
    usbClass: descriptor.bInterfaceClass,
    subclass: descriptor.bInterfaceSubClass,
    protocol: descriptor.bInterfaceProtocol,
    endpoints: descriptor.endpoints.map(({ bEndpointAddress, bmAttributes, wMaxPacketSize }) => ({
      address: bEndpointAddress,
      type: TYPES[(bmAttributes & 3) as 0 | 1 | 2 | 3],
      maxPacketSize: wMaxPacketSize & 0x7ff, // the bits above hold transactions per microframe (USB 2.0, table 9-13)
    })),
  };
}

function usbError(error: unknown): UsbError {
  if (error instanceof UsbError) return error;
  const errno = (error as { readonly errno?: number }).errno;
  const message = error instanceof Error ? error.message : String(error);
  return new UsbError((errno === undefined ? undefined : CODES[errno]) ?? "io", message, error);
}

function call<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw usbError(error);
  }
}

/** Makes a rejection of what the package throws. */
function settled<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(call(act));
  });
}

function called(start: (done: (error?: Error) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call(() => {
      start((error) => {
        if (error === undefined) resolve();
        else reject(usbError(error));
      });
    });
  });
}
