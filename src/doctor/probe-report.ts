/**
 * What a person may send about probes that do or do not work: system, packages, descriptors, DAP_Info, what
 * failed. Holds nothing about the person: of serial numbers only whether they mean something, and free texts only
 * as clean-text.ts returns them.
 */
import { capabilitiesFrom, INFO, infoNumber, infoText, type InfoResponse } from "../cmsis-dap/info.ts";
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import { asFailure } from "../lib/fault.ts";
import { askInfo } from "../probe/cmsis-dap/identity.ts";
import { isCalledProbe } from "../probe/usb/interfaces.ts";
import { knownProbe, versionOf } from "../probe/usb/known.ts";
import { mayBeAt, portPath, UsbError, type UsbDevice, type UsbStrings } from "../probe/usb/port.ts";
import { listUsbProbes, MEANINGLESS_SERIALS, type UsbProbe } from "../probe/usb/probes.ts";
import { adapterOf } from "./adapters.ts";
import { cleanText } from "./clean-text.ts";
import type { HostReport } from "./examine-host.ts";
import type { Finding } from "./finding.ts";
import type { Host, PackageFacts } from "./host.ts";

/** Raised when a field changes its meaning or is removed. */
export const REPORT_VERSION = 1;

export interface ProbeReport {
  readonly report: "dbgseq probes";
  readonly version: typeof REPORT_VERSION;
  readonly system: {
    readonly platform: string;
    readonly release: string;
    readonly arch: string;
    readonly libc?: string;
    readonly place: HostReport["place"];
    readonly node: string;
    readonly dbgseq: string;
  };
  readonly packages: readonly PackageFacts[];
  readonly devices: readonly DeviceReport[];
  readonly findings: readonly Omit<Finding, "steps">[];
}

export interface DeviceReport {
  /** The port as `usb@` takes it. */
  readonly port: string;
  readonly vendorId: string;
  readonly productId: string;
  /** bcdDevice, as `probes` writes it: 0x0223 is 2.2.3. */
  readonly release: string;
  /** Class, subclass and protocol of the device itself; absent if the system does not tell. */
  readonly class?: readonly string[];
  /** Its name in the table of known probes, or among the adapters that are not CMSIS-DAP probes. */
  readonly known?: string;
  readonly strings: StringsReport | { readonly failed: string };
  readonly interfaces: readonly InterfaceReport[];
  /** Absent if it is not taken for a probe. */
  readonly probe?: {
    readonly generations: readonly string[];
    readonly state: UsbProbe["state"];
    readonly info?: InfoReport;
    readonly failed?: FailureReport;
  };
}

export interface StringsReport {
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: SerialReport;
}

/** What identifies clones and shared ids, without the number itself. */
export interface SerialReport {
  readonly length: number;
  readonly meaningless: boolean;
}

export interface InterfaceReport {
  readonly number: number;
  readonly class: string;
  readonly subclass: string;
  readonly protocol: string;
  /** Absent if the device could not be asked. */
  readonly name?: string;
  readonly endpoints: readonly {
    readonly address: string;
    readonly type: string;
    readonly maxPacketSize: number;
  }[];
}

/** Null if the probe has no answer; an object if it refuses the question. */
type Said<T> = T | null | { readonly refused: string };

export interface InfoReport {
  readonly texts: Readonly<Record<string, Said<string>>>;
  readonly serial: Said<SerialReport>;
  readonly packetSize: Said<number>;
  readonly packetCount: Said<number>;
  /** The names of the bits that are set. */
  readonly capabilities: Said<readonly string[]>;
}

export interface FailureReport {
  readonly kind: string;
  readonly says: string;
}

/** Makes the report. `version` is this program's. `examined` is what doctor found on the same host. */
export async function probeReport(
  host: Host,
  { version, examined }: { readonly version: string; readonly examined: HostReport },
): Promise<ProbeReport> {
  const { release, arch, node, libc, packages, secrets } = await host.facts();
  const found = await attached(host);
  const words = [...secrets, ...found.map(({ strings }) => serialIn(strings))];
  const clean: Clean = (text) => cleanText(text, words);
  const devices: DeviceReport[] = [];
  for (const one of found) devices.push(await deviceReport(one, clean));
  return {
    ...{ report: "dbgseq probes", version: REPORT_VERSION },
    system: {
      ...{ platform: host.platform, release: clean(release), arch, ...(libc === undefined ? {} : { libc }) },
      ...{ place: examined.place, node, dbgseq: version },
    },
    packages: packages.map(({ reason, ...one }) =>
      reason === undefined ? one : { ...one, reason: clean(reason) },
    ),
    devices,
    findings: examined.findings.map(({ code, severity, probe, says }) => ({
      ...{ code, severity, says: clean(says) },
      ...(probe === undefined ? {} : { probe: placeOfProbe(probe, found) }),
    })),
  };
}

type Clean = (text: string) => string;

interface Attached {
  readonly device: UsbDevice;
  readonly strings: UsbStrings | UsbError;
  readonly probe: UsbProbe | undefined;
}

function serialIn(strings: UsbStrings | UsbError): string {
  return strings instanceof UsbError ? "" : strings.serial;
}

/** Finds where a probe is attached. A finding names a probe by its id, which may be its serial number. */
function placeOfProbe(id: string, found: readonly Attached[]): string {
  const probe = found.find((one) => one.probe?.id === id)?.probe;
  return probe === undefined ? (/^usb@[\d:.-]+$/.exec(id)?.[0] ?? "(removed)") : `usb@${probe.port}`;
}

/** Lists what looks like a probe, is a known one, or is called one. Empty if USB cannot be used: a finding says that. */
async function attached(host: Host): Promise<readonly Attached[]> {
  let devices: readonly UsbDevice[];
  let probes: readonly UsbProbe[];
  try {
    const stack = await host.usb();
    devices = await stack.devices();
    probes = await listUsbProbes(stack);
  } catch (error) {
    if (asFailure(error) === undefined) throw error;
    return [];
  }
  const all: Attached[] = [];
  for (const device of devices) {
    const strings = await stringsOf(device);
    const probe = probes.find(({ port }) => mayBeAt(port, device));
    const product = strings instanceof UsbError ? "" : strings.product;
    if (probe !== undefined || knownAs(device) !== undefined || isCalledProbe(product))
      all.push({ device, strings, probe });
  }
  return all;
}

function knownAs(device: UsbDevice): string | undefined {
  return knownProbe(device)?.name ?? adapterOf(device)?.is;
}

async function stringsOf(device: UsbDevice): Promise<UsbStrings | UsbError> {
  try {
    return await device.strings();
  } catch (error) {
    if (error instanceof UsbError) return error;
    throw error;
  }
}

async function deviceReport({ device, strings, probe }: Attached, clean: Clean): Promise<DeviceReport> {
  const known = knownAs(device);
  return {
    port: probe?.port ?? portPath(device),
    vendorId: hex(device.vendorId, 4),
    productId: hex(device.productId, 4),
    release: versionOf(device.release),
    ...(device.deviceClass === undefined ? {} : { class: device.deviceClass.map((one) => hex(one, 2)) }),
    ...(known === undefined ? {} : { known }),
    strings:
      strings instanceof UsbError
        ? { failed: strings.code }
        : {
            manufacturer: clean(strings.manufacturer),
            product: clean(strings.product),
            serial: serialReport(strings.serial),
          },
    interfaces: device.interfaces.map(({ number, usbClass, subclass, protocol, endpoints }) => ({
      number,
      class: hex(usbClass, 2),
      subclass: hex(subclass, 2),
      protocol: hex(protocol, 2),
      ...(strings instanceof UsbError ? {} : { name: clean(strings.interfaces.get(number) ?? "") }),
      endpoints: endpoints.map(({ address, type, maxPacketSize }) => ({
        ...{ address: hex(address, 2), type, maxPacketSize },
      })),
    })),
    ...(probe === undefined ? {} : { probe: await askedProbe(probe, clean) }),
  };
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

function serialReport(serial: string): SerialReport {
  return { length: serial.length, meaningless: MEANINGLESS_SERIALS.test(serial) };
}

async function askedProbe(usb: UsbProbe, clean: Clean): Promise<NonNullable<DeviceReport["probe"]>> {
  const { generations, state } = usb;
  if (state !== "usable") return { generations, state };
  let pipe: PacketPipe | undefined;
  try {
    pipe = await usb.open();
    return { generations, state, info: await infoReport(pipe, clean) };
  } catch (error) {
    const failure = asFailure(error);
    if (failure === undefined) throw error;
    return { generations, state, failed: { kind: failure.fault.kind, says: clean(failure.message) } };
  } finally {
    await pipe?.close();
  }
}

const TEXTS = [
  "vendor",
  "product",
  "protocolVersion",
  "firmwareVersion",
  "targetDeviceVendor",
  "targetDeviceName",
  "targetBoardVendor",
  "targetBoardName",
] as const;

async function infoReport(pipe: PacketPipe, clean: Clean): Promise<InfoReport> {
  const ask = async <T>(id: number, read: (answer: InfoResponse) => T | undefined): Promise<Said<T>> => {
    const answer = await askInfo(pipe, id);
    return "refusal" in answer ? { refused: answer.refusal } : (read(answer) ?? null);
  };
  const serial = await ask(INFO.serialNumber, (answer) => answer);
  const own = serial === null || "refused" in serial ? undefined : infoText(serial);
  // A text may quote the number that only the probe itself tells.
  const cleaner: Clean = (text) => (own === undefined ? clean(text) : cleanText(clean(text), [own]));
  const texts: Record<string, Said<string>> = {};
  for (const name of TEXTS)
    texts[name] = await ask(INFO[name], (answer) => {
      const text = infoText(answer);
      return text === undefined ? undefined : cleaner(text);
    });
  return {
    texts,
    serial: serial !== null && "refused" in serial ? serial : own === undefined ? null : serialReport(own),
    packetSize: await ask(INFO.packetSize, infoNumber),
    packetCount: await ask(INFO.packetCount, infoNumber),
    capabilities: await ask(INFO.capabilities, (answer) =>
      Object.entries(capabilitiesFrom(answer)).flatMap(([name, isThere]) => (isThere ? [name] : [])),
    ),
  };
}
