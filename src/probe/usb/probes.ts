/** The CMSIS-DAP probes on this machine's USB: which there are, what they are called, how one is opened. */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { openHid, hidPath } from "./node-hid.ts";
import type { LockOptions, ProbeLock } from "../lock.ts";
import { transportFailure } from "../transport-faults.ts";
import { bulkFraming, bulkInterface, type BulkInterface } from "./bulk.ts";
import { hidFraming, hidInterface, type HidInterface } from "./hid.ts";
import { nativeUsbStack } from "./libusb.ts";
import { UsbPipe } from "./pipe.ts";
import { UsbError, type UsbDevice, type UsbStack, type UsbStrings } from "./port.ts";
import { portPath } from "./sysfs.ts";

export type Generation = "v2" | "v1";
export type UsbProbeState = "usable" | "no-permission" | "no-driver";

/** One device, however many interfaces it offers. */
export interface UsbProbe {
  /** What `--probe` takes: the serial number where it is unique, `usb@BUS-PORT` where it is missing or shared. */
  readonly id: string;
  /** Empty where the device has none. */
  readonly serial: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer: string;
  readonly product: string;
  /** "1-2.3": stays the same when the probe is plugged in again at the same place. */
  readonly port: string;
  /** Best first. */
  readonly generations: readonly Generation[];
  readonly state: UsbProbeState;
  /** The file that Linux shows it as, for messages about permission. */
  readonly path?: string;
  /** Opens the best generation, or the one asked for, and locks it until it is closed; rejects with a TransportFailure. */
  open(options?: OpenOptions): Promise<PacketPipe>;
}

export interface OpenOptions extends LockOptions {
  readonly generation?: Generation;
}

/** Serial numbers that whole series of clones share (FACTS: WeAct), or that say nothing. */
const MEANINGLESS_SERIALS = /^(0001A0000000|0+|1234567890*(ABCDEF)?|)$/i;

/** All CMSIS-DAP probes by port path. Rejects with `no-usb-bus` or `no-usb-library`. */
export async function listUsbProbes(given?: UsbStack): Promise<readonly UsbProbe[]> {
  const stack = given ?? (await nativeUsbStack());
  const devices = await stack.devices();
  // Root hubs are devices too: a machine with a bus never has an empty list.
  if (devices.length === 0) throw transportFailure({ kind: "no-usb-bus", platform: stack.platform });
  const found = await Promise.all(devices.map((device) => probeOf(stack, device)));
  const probes = found.filter((probe) => probe !== undefined);
  probes.sort((a, b) => a.port.localeCompare(b.port, "en", { numeric: true }));
  return probes.map((probe) => ({ ...probe, id: identify(probe, probes) }));
}

function identify({ serial, port }: UsbProbe, all: readonly UsbProbe[]): string {
  const shared = all.filter((other) => other.serial === serial).length > 1;
  return shared || MEANINGLESS_SERIALS.test(serial) ? `usb@${port}` : serial;
}

async function probeOf(stack: UsbStack, device: UsbDevice): Promise<UsbProbe | undefined> {
  if (!couldBeProbe(device)) return undefined;
  const strings = await stringsOf(device);
  const bulk = bulkInterface(device.interfaces, strings);
  const hid = hidInterface(device.interfaces, strings);
  if (bulk === undefined && hid === undefined) return undefined;
  const generations: Generation[] = [];
  if (bulk !== undefined) generations.push("v2");
  if (hid !== undefined) generations.push("v1");
  const { path, vendorId, productId } = device;
  const { manufacturer, product, serial } = strings;
  const port = portPath(device);
  return {
    ...{ id: port, serial, vendorId, productId, manufacturer, product, port, generations },
    state: await stateOf(stack, device, bulk !== undefined),
    ...(path === undefined ? {} : { path }),
    open: async ({ generation = generations[0], ...wait } = {}) => {
      const lock = await stack.lock(port, wait);
      try {
        return releasing(await open(stack, device, { strings, bulk, hid, generation }), lock);
      } catch (error) {
        await lock.release();
        throw error;
      }
    },
  };
}

/** Asking a device for its strings can mean opening it, so only what has the right kinds of interfaces is asked. */
function couldBeProbe({ interfaces }: UsbDevice): boolean {
  return interfaces.some(({ usbClass }) => usbClass === 0xff || usbClass === 0x03);
}

const NO_STRINGS: UsbStrings = { manufacturer: "", product: "", serial: "", interfaces: new Map() };

/** A device that nobody may ask for its name, or that left meanwhile, cannot be told from any other device. */
async function stringsOf(device: UsbDevice): Promise<UsbStrings> {
  try {
    return await device.strings();
  } catch (error) {
    if (error instanceof UsbError) return NO_STRINGS;
    throw error;
  }
}

async function stateOf(stack: UsbStack, device: UsbDevice, v2: boolean): Promise<UsbProbeState> {
  if (stack.platform !== "linux" && !v2) return "usable"; // HID belongs to the system there; hid.ts opens it
  const obstacle = await device.obstacle();
  if (obstacle === "access") return "no-permission";
  return obstacle === "not-supported" ? "no-driver" : "usable";
}

/** The same pipe, with the lock going when it closes. */
function releasing(pipe: PacketPipe, lock: ProbeLock): PacketPipe {
  return {
    ...(pipe.limits === undefined ? {} : { limits: pipe.limits }),
    send: (packet) => pipe.send(packet),
    receive: (limitUs) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: () => pipe.close().finally(() => lock.release()),
  };
}

interface Opening {
  readonly strings: UsbStrings;
  readonly bulk: BulkInterface | undefined;
  readonly hid: HidInterface | undefined;
  readonly generation: Generation | undefined;
}

async function open(
  stack: UsbStack,
  device: UsbDevice,
  { strings, bulk, hid, generation }: Opening,
): Promise<PacketPipe> {
  const name = `${strings.product || "probe"} at usb@${portPath(device)}`;
  if (generation === "v1" && hid !== undefined && stack.platform !== "linux") {
    const { vendorId, productId } = device;
    return openHid(await hidPath({ vendorId, productId, serial: strings.serial, name }), name);
  }
  const framing =
    generation === "v2" && bulk !== undefined
      ? bulkFraming(bulk, name)
      : generation === "v1" && hid !== undefined
        ? hidFraming(hid, name)
        : undefined;
  if (framing === undefined)
    throw transportFailure({ kind: "transfer-failed", probe: name, code: "no such interface" });
  return UsbPipe.open(device, framing, { name, present: () => isPresent(stack, device) });
}

async function isPresent(stack: UsbStack, device: UsbDevice): Promise<boolean> {
  const devices = await stack.devices();
  return devices.some(({ bus, address }) => bus === device.bus && address === device.address);
}
