/**
 * Reads what Linux shows of USB devices in files: strings that every user may read, and the device's own
 * file.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { portPath, type UsbStrings } from "./port.ts";

/** The port of a device, and the number that it has got there. */
export interface UsbPlace {
  readonly bus: number;
  readonly ports: readonly number[];
  readonly address: number;
}

const DEVICES = "/sys/bus/usb/devices";

export function usbDeviceFile({ bus, address }: UsbPlace): string {
  const digits = (value: number): string => String(value).padStart(3, "0");
  return `/dev/bus/usb/${digits(bus)}/${digits(address)}`;
}

/** Returns undefined if the system's files do not show the device (some containers). */
export function sysfsStrings(place: UsbPlace, devices = DEVICES): UsbStrings | undefined {
  const name = portPath(place);
  const folder = join(devices, name);
  if (!existsSync(folder)) return undefined;
  const interfaces = new Map<number, string>();
  for (const entry of readdirSync(folder)) {
    // 1-2.3:1.0 is interface 0 of configuration 1
    const number = entry.startsWith(`${name}:`) ? /\.(\d+)$/.exec(entry)?.[1] : undefined;
    if (number !== undefined) interfaces.set(Number(number), text(join(folder, entry, "interface")));
  }
  return {
    manufacturer: text(join(folder, "manufacturer")),
    product: text(join(folder, "product")),
    serial: text(join(folder, "serial")),
    interfaces,
  };
}

/** A string that the device does not have has no file. */
function text(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\n$/, "");
  } catch {
    return "";
  }
}
