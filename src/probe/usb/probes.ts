/** Lists the CMSIS-DAP probes on this machine's USB, with their names, and opens them. */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import type { LockOptions } from "./lock.ts";
import { transportFailure } from "../transport-faults.ts";
import {
  bulkInterface,
  hidInterface,
  isHid,
  looksLikeBulk,
  mayBeNamedBulk,
  type BulkInterface,
  type HidInterface,
} from "./interfaces.ts";
import { knownProbe, type KnownProbe } from "./known.ts";
import { openProbe, type Generation } from "./open.ts";
import { portPath, portPathWithAddress, type UsbDevice, type UsbStrings } from "./port.ts";
import type { UsbStack } from "./stack.ts";
import { Names } from "./names.ts";

export type { Generation } from "./open.ts";
export type UsbProbeState = "usable" | "no-permission" | "no-driver" | "busy";

/** One device counts once, however many interfaces it offers. */
export interface UsbProbe {
  /**
   * The name by which it is chosen: the serial number if that is unique, or `usb@BUS-PORT` if it is missing
   * or shared.
   */
  readonly id: string;
  /** It is empty if the device has none. */
  readonly serial: string;
  readonly vendorId: number;
  readonly productId: number;
  /** It is bcdDevice, by which makers number their firmware. */
  readonly release: number;
  readonly manufacturer: string;
  /** It comes from the table of known probes if the device may not be asked. */
  readonly product: string;
  /** "1-2.3" stays the same when the probe is plugged in again at the same place. */
  readonly port: string;
  /** The best generation comes first. */
  readonly generations: readonly Generation[];
  readonly state: UsbProbeState;
  readonly known?: KnownProbe;
  /** The file as which Linux shows it, for messages about permission. */
  readonly path?: string;
  /**
   * Opens the best generation, or the one asked for, and locks it until it is closed; rejects with a
   * TransportFailure.
   */
  open(options?: OpenOptions): Promise<PacketPipe>;
}

export interface OpenOptions extends LockOptions {
  readonly generation?: Generation;
}

/** Whole series of clones share these serial numbers (FACTS: WeAct; WCH-Link), or the number says nothing. */
export const MEANINGLESS_SERIALS = /^(0001A000000[01]|0+|1234567890*(ABCDEF)?|)$/i;

/** Lists all CMSIS-DAP probes by port path. Rejects with `no-usb-bus` or `no-usb-library`. */
export async function listUsbProbes(stack: UsbStack): Promise<readonly UsbProbe[]> {
  const devices = await stack.devices();
  // On Linux root hubs are devices too: a machine with a bus never has an empty list.
  if (devices.length === 0 && stack.platform === "linux")
    throw transportFailure({ kind: "no-usb-bus", platform: stack.platform });
  const candidates = devices.filter(couldBeProbe);
  const places = placesOf(candidates);
  const names = Names.of(stack);
  names.keepOnly(devices);
  const probes: UsbProbe[] = [];
  // Known probes are asked first, because opening an unknown device can take long.
  for (const device of candidates.toSorted((a, b) => Number(isUnknown(a)) - Number(isUnknown(b)))) {
    const probe = await probeOf(stack, device, { names, port: places.get(device) ?? portPath(device) });
    if (probe !== undefined) probes.push(probe);
  }
  probes.sort((a, b) => a.port.localeCompare(b.port, "en", { numeric: true }));
  return probes.map((probe) => ({ ...probe, id: identify(probe, probes) }));
}

function isUnknown(device: UsbDevice): boolean {
  return knownProbe(device) === undefined;
}

function identify({ serial, port, known }: UsbProbe, all: readonly UsbProbe[]): string {
  const shared = all.filter((other) => other.serial === serial).length > 1;
  const says = !shared && known?.sharesSerial !== true && !MEANINGLESS_SERIALS.test(serial);
  return says ? serial : `usb@${port}`;
}

/**
 * Names devices by the port path. macOS is known to give empty or equal paths, and then the address tells two
 * devices apart (libusb issues 290, 492 and 1156).
 */
function placesOf(devices: readonly UsbDevice[]): ReadonlyMap<UsbDevice, string> {
  const plain = devices.map(portPath);
  return new Map(
    devices.map((device, at) => {
      const path = plain[at] ?? "";
      const isOwn = device.ports.length > 0 && plain.indexOf(path) === plain.lastIndexOf(path);
      return [device, isOwn ? path : portPathWithAddress(device)];
    }),
  );
}

interface Listed {
  readonly names: Names;
  readonly port: string;
}

async function probeOf(
  stack: UsbStack,
  device: UsbDevice,
  { names, port }: Listed,
): Promise<UsbProbe | undefined> {
  const known = knownProbe(device);
  const { vendorId, productId, release, path, interfaces } = device;
  const strings = await names.ask(device);
  const isHidden = strings === "access" && stack.platform !== "linux";
  if (isHidden && known === undefined && !interfaces.some(looksLikeBulk)) return undefined;
  const said = typeof strings === "object" ? strings : isHidden ? HIDDEN : NO_STRINGS;
  const bulk = bulkInterface({ interfaces, strings: said, known });
  const hid = hidInterface({ interfaces, strings: said, known });
  const { state, generations } = isHidden
    ? { state: "busy" as const, generations: generationsOf({ bulk, hid }) }
    : await stateOf(stack, device, { bulk, hid });
  if (generations.length === 0) return undefined;
  const { manufacturer, serial } = said;
  const product = isHidden || said.product === "" ? (known?.name ?? said.product) : said.product;
  return {
    ...{ id: port, serial, vendorId, productId, release, manufacturer, product, port, generations, state },
    ...(known === undefined ? {} : { known }),
    ...(path === undefined ? {} : { path }),
    open: ({ generation, ...wait } = {}) =>
      openProbe(stack, device, { port, product, serial, bulk, hid, generations, generation, known, ...wait }),
  };
}

const NO_STRINGS: UsbStrings = { manufacturer: "", product: "", serial: "", interfaces: new Map() };

/**
 * Windows gives an interface to one process, and libusb opens those of a composite device with the device:
 * other programs may not ask for its names then (libusb issues 142, 807 and 1131). A device that looks like a
 * probe is shown under this name, and opening it says that it is busy.
 */
const HIDDEN: UsbStrings = { ...NO_STRINGS, product: "a device that may be a CMSIS-DAP probe" };

interface Interfaces {
  readonly bulk: BulkInterface | undefined;
  readonly hid: HidInterface | undefined;
}

function generationsOf({ bulk, hid }: Interfaces): readonly Generation[] {
  return [...(bulk === undefined ? [] : (["v2"] as const)), ...(hid === undefined ? [] : (["v1"] as const))];
}

/** Asking a device for its strings can mean opening it, so only what has the right kinds of interfaces is asked. */
function couldBeProbe(device: UsbDevice): boolean {
  return !isUnknown(device) || device.interfaces.some((one) => isHid(one) || mayBeNamedBulk(one));
}

async function stateOf(
  stack: UsbStack,
  device: UsbDevice,
  interfaces: Interfaces,
): Promise<Pick<UsbProbe, "state" | "generations">> {
  const generations = generationsOf(interfaces);
  const { bulk, hid } = interfaces;
  if (generations.length === 0) return { state: "usable", generations };
  // HID belongs to the system there, so only opening tells.
  if (stack.openHid !== undefined && bulk === undefined) return { state: "usable", generations };
  const obstacle = await device.obstacle();
  if (obstacle === undefined) return { state: "usable", generations };
  if (obstacle === "access")
    return { state: stack.platform === "linux" ? "no-permission" : "busy", generations };
  // Without a driver for v2 the system's own one for HID still works (class installs of Windows 7).
  return hid === undefined ? { state: "no-driver", generations } : { state: "usable", generations: ["v1"] };
}
