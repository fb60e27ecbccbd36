/** Opens one listed probe: locks it, takes the best way, and tries another one if that way leads nowhere. */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { asFailure } from "../../lib/fault.ts";
import type { LockOptions, ProbeLock } from "./lock.ts";
import { transportFailure } from "../transport-faults.ts";
import { bulkFraming } from "./bulk.ts";
import { hidFraming } from "./hid.ts";
import type { BulkInterface, HidInterface } from "./interfaces.ts";
import { oldFirmware, stopsAtQueue, type KnownProbe } from "./known.ts";
import { UsbPipe } from "./pipe.ts";
import type { UsbDevice } from "./port.ts";
import type { UsbStack } from "./stack.ts";

export type Generation = "v2" | "v1";

export interface Opening extends LockOptions {
  readonly port: string;
  readonly product: string;
  readonly serial: string;
  readonly bulk: BulkInterface | undefined;
  readonly hid: HidInterface | undefined;
  /** The best generation comes first. */
  readonly generations: readonly Generation[];
  /** The generation that was asked for. */
  readonly generation: Generation | undefined;
  readonly known: KnownProbe | undefined;
}

/** An interface that does not speak CMSIS-DAP gives no answer, a stall, or other bytes. */
const OTHER_PROTOCOL: ReadonlySet<string> = new Set([
  "out-of-step",
  "timeout",
  "transfer-failed",
  "no-driver",
]);

/** Rejects with a TransportFailure. Closing the pipe releases the lock. */
export async function openProbe(stack: UsbStack, device: UsbDevice, opening: Opening): Promise<PacketPipe> {
  const lock = await stack.lock(opening.port, opening);
  try {
    const note = oldFirmware(device, opening.known);
    return releasing(await openBest(stack, device, opening), lock, {
      notes: note === undefined ? [] : [note],
      queues: !stopsAtQueue(device, opening.known),
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A v2 interface that was guessed, or that has no driver, gives way to v1, unless v2 was asked for. */
async function openBest(stack: UsbStack, device: UsbDevice, opening: Opening): Promise<PacketPipe> {
  const { generations, generation: asked, bulk, hid } = opening;
  const generation = asked ?? generations[0];
  try {
    return await openGeneration(stack, device, { ...opening, generation });
  } catch (error) {
    const kind = asFailure(error)?.fault.kind ?? "";
    const mayBeOther = kind === "no-driver" || (bulk?.isGuess === true && OTHER_PROTOCOL.has(kind));
    if (asked !== undefined || generation !== "v2" || hid === undefined || !mayBeOther) throw error;
    return openGeneration(stack, device, { ...opening, generation: "v1" });
  }
}

async function openGeneration(
  stack: UsbStack,
  device: UsbDevice,
  { port, product, serial, bulk, hid, generation }: Opening,
): Promise<PacketPipe> {
  const name = `${product || "probe"} at usb@${port}`;
  const { platform } = stack;
  if (generation === "v1" && hid !== undefined && stack.openHid !== undefined)
    return stack.openHid({ device, hid, serial, name, platform });
  const framing =
    generation === "v2" && bulk !== undefined
      ? bulkFraming(bulk, name)
      : generation === "v1" && hid !== undefined
        ? hidFraming(hid, name)
        : undefined;
  if (framing === undefined)
    throw transportFailure({ kind: "transfer-failed", probe: name, code: "no such interface" });
  return UsbPipe.open(device, framing, { name, platform, present: () => isPresent(stack, device) });
}

async function isPresent(stack: UsbStack, device: UsbDevice): Promise<boolean> {
  const devices = await stack.devices();
  return devices.some(({ bus, address }) => bus === device.bus && address === device.address);
}

/** Returns the same pipe with the facts of the table of known probes; closing it releases the lock. */
function releasing(
  pipe: PacketPipe,
  lock: ProbeLock,
  { notes, queues }: { readonly notes: readonly string[]; readonly queues: boolean },
): PacketPipe {
  const limits = queues ? pipe.limits : { ...pipe.limits, queues };
  return {
    notes,
    ...(pipe.over === undefined ? {} : { over: pipe.over }),
    ...(limits === undefined ? {} : { limits }),
    send: (packet) => pipe.send(packet),
    receive: (limitUs) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: () => pipe.close().finally(() => lock.release()),
  };
}
