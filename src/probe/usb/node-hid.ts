/** CMSIS-DAP v1 where the system owns HID devices (macOS, Windows): through the optional package `node-hid`. */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { transportFailure } from "../transport-faults.ts";
import { UsbPipe } from "./pipe.ts";
import { UsbError, type UsbDevice, type UsbEndpoint, type UsbHandle, type UsbTransfer } from "./port.ts";
import { hidFraming } from "./hid.ts";

/** What is used of node-hid 3; declared here because the package is optional. */
export interface HidLibrary {
  devicesAsync(vendorId: number, productId: number): Promise<readonly HidEntry[]>;
  readonly HIDAsync: { open(path: string): Promise<HidDevice> };
}
export interface HidEntry {
  readonly path?: string;
  readonly serialNumber?: string;
  readonly usagePage?: number;
  readonly product?: string;
}
export interface HidDevice {
  write(report: number[] | Buffer): Promise<number>;
  on(event: "data", listener: (data: Buffer) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  close(): Promise<void>;
}

async function library(probe: string): Promise<HidLibrary> {
  const name = "node-hid"; // not a literal: the package is not among the dependencies
  try {
    const module = (await import(name)) as { readonly default?: HidLibrary } & HidLibrary;
    return module.default ?? module;
  } catch (error) {
    throw transportFailure({ kind: "no-driver", probe, need: "node-hid" }, error);
  }
}

/** HID usage pages of vendors begin here (HID Usage Tables, section 3); a composite board also has other collections. */
const VENDOR_PAGE = 0xff00;

/** Finds the device's path in the system's HID list. */
export async function hidPath(
  wanted: {
    readonly vendorId: number;
    readonly productId: number;
    readonly serial: string;
    readonly name: string;
  },
  given?: HidLibrary,
): Promise<string> {
  const hid = given ?? (await library(wanted.name));
  const entries = await hid.devicesAsync(wanted.vendorId, wanted.productId);
  const found = entries.find(
    ({ serialNumber = "", usagePage = VENDOR_PAGE }) =>
      usagePage >= VENDOR_PAGE && (wanted.serial === "" || serialNumber === wanted.serial),
  );
  if (found?.path === undefined) throw transportFailure({ kind: "unplugged", probe: wanted.name });
  return found.path;
}

/** Every v1 probe that is not high-speed has reports of 64 bytes; the system does not tell more. */
const REPORT: UsbEndpoint = { address: 0x01, type: "interrupt", maxPacketSize: 64 };

/** The same packets, limits and checks as over libusb: only the reports travel through the system. */
export async function openHid(path: string, name: string, given?: HidLibrary): Promise<PacketPipe> {
  const hid = given ?? (await library(name));
  const device: Pick<UsbDevice, "open" | "path"> = {
    path,
    open: async () => {
      try {
        return new HidHandle(await hid.HIDAsync.open(path));
      } catch (error) {
        throw new UsbError("access", error instanceof Error ? error.message : String(error), error);
      }
    },
  };
  const framing = hidFraming({ number: 0, input: { ...REPORT, address: 0x81 }, output: REPORT }, name);
  return UsbPipe.open(device, framing, {
    name,
    // The library says "could not read" or "could not write" only when the device has gone.
    present: () => Promise.resolve(false),
  });
}

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: UsbError) => void;
}

class HidHandle implements UsbHandle {
  readonly #device: HidDevice;
  readonly #reports: Uint8Array[] = [];
  readonly #waiting = new Set<Waiting>();
  #error: UsbError | undefined;

  constructor(device: HidDevice) {
    this.#device = device;
    device.on("data", (data) => {
      const [first] = this.#waiting;
      if (first === undefined) this.#reports.push(Uint8Array.from(data));
      else {
        this.#waiting.delete(first);
        first.resolve(Uint8Array.from(data));
      }
    });
    device.on("error", (cause) => {
      this.#error = new UsbError("no-device", String(cause), cause);
      for (const { reject } of this.#waiting) reject(this.#error);
      this.#waiting.clear();
    });
  }

  claim(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  read(): UsbTransfer {
    const report = this.#reports.shift();
    if (report !== undefined) return { done: Promise.resolve(report), cancel: () => undefined };
    if (this.#error !== undefined) return { done: Promise.reject(this.#error), cancel: () => undefined };
    let cancel = (): void => undefined;
    const done = new Promise<Uint8Array>((resolve, reject) => {
      const entry = { resolve, reject };
      this.#waiting.add(entry);
      cancel = (): void => {
        if (this.#waiting.delete(entry)) reject(new UsbError("cancelled", "the read was cancelled"));
      };
    });
    return { done, cancel };
  }

  /** The first byte is the report's number, 0 where reports have none. */
  async write(_endpoint: UsbEndpoint, bytes: Uint8Array): Promise<void> {
    try {
      await this.#device.write(Buffer.from([0, ...bytes]));
    } catch (error) {
      throw new UsbError("no-device", error instanceof Error ? error.message : String(error), error);
    }
  }

  control(): Promise<void> {
    return Promise.reject(new UsbError("not-supported", "the system sends reports by itself"));
  }

  clearHalt(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#device.close();
  }
}
