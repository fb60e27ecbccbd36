/** Looks at what is attached and says why something is not usable. Opens each usable probe once, to ask how old it is. */
import { INFO } from "../cmsis-dap/info.ts";
import { Failure } from "../lib/fault.ts";
import { readName } from "../probe/cmsis-dap/identity.ts";
import { isCalledProbe } from "../probe/usb/interfaces.ts";
import { oldFirmware } from "../probe/usb/known.ts";
import { listUsbProbes, type UsbProbe } from "../probe/usb/probes.ts";
import { mayBeAt, portPath, UsbError, type UsbDevice } from "../probe/usb/port.ts";
import type { UsbStack } from "../probe/usb/stack.ts";
import { adapterOf } from "./adapters.ts";
import {
  absentSteps,
  busyFinding,
  CONTAINER_STEPS,
  driverFinding,
  findingOf,
  permissionFinding,
  WSL_STEPS,
  type Finding,
} from "./finding.ts";
import { placeOf, type Host, type Place } from "./host.ts";
import { append } from "../lib/lists.ts";

export interface ExaminedProbe extends Pick<
  UsbProbe,
  "id" | "product" | "port" | "generations" | "vendorId" | "productId"
> {
  readonly usable: boolean;
  /** The version that DAP_Info gives; absent if it could not be asked. */
  readonly protocolVersion?: string;
  readonly firmwareVersion?: string;
}

export interface HostReport {
  readonly platform: string;
  readonly place: Place;
  readonly probes: readonly ExaminedProbe[];
  readonly findings: readonly Finding[];
}

export async function examineHost(host: Host): Promise<HostReport> {
  const about = { platform: host.platform, place: placeOf(host) };
  let stack: UsbStack;
  let found: readonly UsbProbe[];
  try {
    stack = await host.usb();
    found = await listUsbProbes(stack);
  } catch (error) {
    const finding = findingOf(error, host);
    if (finding === undefined) throw error;
    return { ...about, probes: [], findings: [finding] };
  }
  const probes: ExaminedProbe[] = [];
  const findings: Finding[] = [];
  for (const probe of found) {
    const examined = await examineProbe(probe, host);
    probes.push(examined.probe);
    append(findings, examined.findings);
  }
  append(findings, await strangers(stack, found));
  if (found.length === 0) findings.unshift(absent(host));
  return { ...about, probes, findings };
}

interface Examined {
  readonly probe: ExaminedProbe;
  readonly findings: readonly Finding[];
}

async function examineProbe(usb: UsbProbe, host: Host): Promise<Examined> {
  const { id, product, port, generations, vendorId, productId, state, path } = usb;
  const known = { id, product, port, generations, vendorId, productId };
  if (state === "no-permission") {
    const device = { product, ids: { vendorId, productId }, ...(path === undefined ? {} : { path }) };
    return { probe: { ...known, usable: false }, findings: [permissionFinding(id, device, host)] };
  }
  if (state === "no-driver")
    return { probe: { ...known, usable: false }, findings: [{ ...driverFinding(host), probe: id }] };
  if (state === "busy")
    return { probe: { ...known, usable: false }, findings: [{ ...busyFinding(host), probe: id }] };
  try {
    const versions = await ask(usb);
    return { probe: { ...known, usable: true, ...versions }, findings: ageFindings(usb, versions) };
  } catch (error) {
    const finding = findingOf(error, host);
    if (finding === undefined) throw error;
    const failure = error instanceof Failure ? error : undefined;
    // The sentence of a missing package is the same in both.
    const says =
      failure === undefined || failure.message.includes(finding.says)
        ? finding.says
        : `${finding.says} (${failure.message})`;
    return { probe: { ...known, usable: false }, findings: [{ ...finding, says, probe: id }] };
  }
}

interface Versions {
  readonly protocolVersion?: string;
  readonly firmwareVersion?: string;
}

async function ask(usb: UsbProbe): Promise<Versions> {
  const pipe = await usb.open();
  try {
    const protocolVersion = await readName(pipe, INFO.protocolVersion);
    const firmwareVersion = await readName(pipe, INFO.firmwareVersion);
    return {
      ...(protocolVersion === undefined ? {} : { protocolVersion }),
      ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
    };
  } finally {
    await pipe.close();
  }
}

/** "1.2.0" and later have three parts; before that "1.10" was 1.1.0 (CMSIS-DAP documentation, DAP_Info). */
function isBefore12(version: string): boolean {
  const [, major = "", minor = "", patch] = /^V?(\d+)\.(\d+)(\.\d+)?/i.exec(version) ?? [];
  if (major === "") return false;
  return Number(major) < 1 || (major === "1" && Number(patch === undefined ? minor.slice(0, 1) : minor) < 2);
}

function ageFindings(usb: UsbProbe, { protocolVersion = "" }: Versions): readonly Finding[] {
  const { id, generations, known } = usb;
  const findings: Finding[] = [];
  const old = oldFirmware(usb, known);
  if (old !== undefined)
    findings.push({
      code: "old-firmware",
      severity: "note",
      probe: id,
      says: old,
      steps: ["update the probe's firmware"],
    });
  // DAP_SWD_Sequence, queued and executed commands came with 1.2.
  if (isBefore12(protocolVersion))
    findings.push({
      code: "old-firmware",
      severity: "note",
      probe: id,
      says: `its firmware speaks CMSIS-DAP ${protocolVersion}; 1.2 is needed for blocks without the host (atomic)`,
      steps: ["update the probe's firmware", "until then, run atomic blocks as a best effort"],
    });
  if (!generations.includes("v2"))
    findings.push({
      code: "old-firmware",
      severity: "note",
      probe: id,
      says: "it speaks CMSIS-DAP v1 only (HID, 64 bytes a report), which is slow: about 55 KiB/s at best",
      steps: ["newer firmware of most probes speaks v2"],
    });
  return findings;
}

/** Finds devices that a person may take for a probe. */
async function strangers(stack: UsbStack, probes: readonly UsbProbe[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const device of await stack.devices()) {
    if (probes.some(({ port }) => mayBeAt(port, device))) continue;
    const adapter = adapterOf(device);
    const where = { code: "wrong-interface", severity: "problem", probe: `usb@${portPath(device)}` } as const;
    if (adapter !== undefined)
      findings.push({ ...where, says: `this is ${adapter.is}`, steps: adapter.steps });
    else if (isCalledProbe(await productOf(device)))
      findings.push({
        ...where,
        says: "it is called a CMSIS-DAP probe, and has no interface that is one",
        steps: [
          "it may wait in its boot loader: plug it in with its buttons released",
          "update its firmware",
        ],
      });
  }
  return findings;
}

async function productOf(device: UsbDevice): Promise<string> {
  try {
    return (await device.strings()).product;
  } catch (error) {
    if (error instanceof UsbError) return ""; // A device that must not be asked for its name is left out.
    throw error;
  }
}

function absent(host: Host): Finding {
  const place = placeOf(host);
  const near = place === "wsl2" ? WSL_STEPS : place === "container" ? CONTAINER_STEPS : [];
  return {
    code: "absent",
    severity: "problem",
    says: "the USB bus is there, and no CMSIS-DAP probe is on it",
    steps: [...near, ...absentSteps(host)],
  };
}
