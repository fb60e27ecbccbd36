/**
 * Opens CMSIS-DAP v1 on systems that own HID devices (macOS, Windows), through the optional package
 * `node-hid`.
 */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { transportFailure } from "../transport-faults.ts";
import { loadPackage } from "./packages.ts";
import { UsbPipe } from "./pipe.ts";
import { UsbError, type UsbDevice, type UsbEndpoint, type UsbHandle, type UsbTransfer } from "./port.ts";
import { hidFraming } from "./hid.ts";
import type { HidWish } from "./stack.ts";

/** The part of node-hid 3 that is used; it is declared here because the package is optional. */
export interface HidLibrary {
  devicesAsync(vendorId: number, productId: number): Promise<readonly HidEntry[]>;
  readonly HIDAsync: { open(path: string): Promise<HidDevice> };
}
export interface HidEntry {
  readonly path?: string;
  readonly serialNumber?: string;
  /** It is -1 if the system does not tell. */
  readonly interface?: number;
  readonly usagePage?: number;
}
export interface HidDevice {
  write(report: number[] | Buffer): Promise<number>;
  on(event: "data", listener: (data: Buffer) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  close(): Promise<void>;
}

interface Loading extends HidLibrary {
  getHidapiVersion(): string;
}

/** Rejects with `no-usb-library`; `probe` is the one that cannot be opened without the package. */
export function loadHidLibrary(probe?: string): Promise<HidLibrary> {
  const name = "node-hid"; // not a literal: the package is optional, so its types may be missing
  const load = async (): Promise<HidLibrary> => {
    const module = (await import(name)) as { readonly default?: Loading } & Loading;
    const hid = module.default ?? module;
    hid.getHidapiVersion(); // the first call loads the native part
    return hid;
  };
  return loadPackage(name, load, probe);
}

/** HID usage pages of vendors begin here (HID Usage Tables, section 3); CMSIS-DAP takes the first. */
const CMSIS_DAP_PAGE = 0xff00;

/**
 * Finds the device's path in the system's HID list, which macOS gives in random order. It goes by the
 * interface's number if that is sure and the system tells it, else by the usage page (probe-rs issue 722).
 */
async function hidPath({ device, hid, serial, name }: HidWish, library: HidLibrary): Promise<string> {
  const all = await library.devicesAsync(device.vendorId, device.productId);
  // Not every system tells the serial numbers.
  const entries = all.filter(({ serialNumber = "" }) => [serial, ""].includes(serialNumber) || serial === "");
  const numbered = entries.filter((entry) => entry.interface === hid.number);
  const paged = entries.filter(({ usagePage }) => usagePage === CMSIS_DAP_PAGE);
  const both = paged.filter((entry) => numbered.includes(entry));
  const inOrder = hid.isSure ? [both, numbered, paged] : [both, paged, numbered];
  const fitting = [...inOrder, entries].find(({ length }) => length > 0) ?? [];
  const paths = new Set(fitting.map(({ path }) => path));
  if (paths.size > 1) throw transportFailure({ kind: "ambiguous", probe: name });
  const [path] = paths;
  if (path === undefined) throw transportFailure({ kind: "unplugged", probe: name });
  return path;
}

/** Uses the same packets, limits and checks as over libusb: only the reports travel through the system. */
export async function openHid(wish: HidWish, given?: HidLibrary): Promise<PacketPipe> {
  const { hid, name, platform } = wish;
  const system = given ?? (await loadHidLibrary(name));
  const path = await hidPath(wish, system);
  const device: Pick<UsbDevice, "open" | "path"> = {
    path,
    open: async () => {
      try {
        return new HidHandle(await system.HIDAsync.open(path));
      } catch (error) {
        throw new UsbError("access", error instanceof Error ? error.message : String(error), error);
      }
    },
  };
  // The system sends a report whole, so it does not matter here if the interface has an endpoint for it.
  const { output = hid.input } = hid;
  return UsbPipe.open(device, hidFraming({ ...hid, output }, name), {
    name,
    platform,
    // The library says "could not read" or "could not write" only if the device is gone.
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

  /** The first byte is the report's number, 0 if reports have none. */
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
