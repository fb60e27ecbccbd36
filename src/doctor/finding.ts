/** What a doctor may find, as data: its name, what it says, what to try. Does not look for anything itself. */
import type { CmsisDapFault } from "../cmsis-dap/faults.ts";
import { asFailure } from "../lib/fault.ts";
import type { ProbeFault } from "../probe/faults.ts";
import { isOverNetwork, libraryProblem, type TransportFault } from "../probe/transport-faults.ts";
import type { SessionFault } from "../project/faults.ts";
import type { SimulatorFault } from "../simulator/faults.ts";
import type { Host } from "./host.ts";
import { placeOf } from "./host.ts";
import type { CauseCode } from "./cause-codes.ts";
import { GENERAL_RULES, GROUP_STEP, RULES_FILE, ruleFor } from "./udev.ts";

/** About the machine and its probes. */
export type HostCode =
  | "absent"
  | "no-usb-bus"
  | "no-usb-library"
  | "no-permission"
  | "no-driver"
  | "busy"
  | "wrong-interface"
  | "old-firmware"
  | "several"
  | "not-reachable"
  | "not-a-probe"
  | "gone"
  | "silent"
  | "garbled"
  | "not-by-this-probe";

export type FindingCode = HostCode | CauseCode;

export interface Finding {
  readonly code: FindingCode;
  /** A `note` means that things work all the same. */
  readonly severity: "problem" | "note";
  /** The probe that it is about, by the name that selects it. */
  readonly probe?: string;
  readonly says: string;
  /** What to do, in this order. */
  readonly steps: readonly string[];
}

export const WSL_STEPS: readonly string[] = [
  "in an administrator's PowerShell: usbipd list; usbipd bind --busid BUSID",
  "after each plugging in: usbipd attach --wsl --busid BUSID",
  "lsusb in WSL shows the probe then; it needs a udev rule like on any Linux",
];

export const CONTAINER_STEPS: readonly string[] = [
  "start the container with --device /dev/bus/usb, or -v /dev/bus/usb:/dev/bus/usb with --device-cgroup-rule 'c 189:* rmw', so that a probe that is plugged in again is seen",
  "or lend the probe outside (`dbgseq serve`), and use the probe tcp://HOST inside",
];

const ABSENT_STEPS: readonly string[] = [
  "see whether the probe's own light is on, and try another cable: many carry power only",
  "leave hubs out",
  "the simulator needs no hardware",
];

/** How the system itself shows what is attached. */
const SEEN_BY: Readonly<Record<string, readonly string[]>> = {
  linux: ["see whether the system has the probe:\n  lsusb"],
  darwin: ["see whether the system has the probe:\n  ioreg -p IOUSB -w 0"],
  win32: [
    "see whether the system has the probe:\n  pnputil /enum-devices /connected /class USB",
    "if it was attached to WSL, hand it back:\n  usbipd detach --all",
  ],
};

export function absentSteps({ platform }: Pick<Host, "platform">): readonly string[] {
  return [...ABSENT_STEPS, ...(SEEN_BY[platform] ?? [])];
}

/** Explains why a machine has no USB, by the place where this process runs. */
function noBusFinding(host: Host): Finding {
  const place = placeOf(host);
  const base = { code: "no-usb-bus", severity: "problem" } as const;
  if (place === "container")
    return {
      ...base,
      says: `no USB bus reaches into this container (${host.container ?? "?"})`,
      steps: CONTAINER_STEPS,
    };
  if (place === "wsl2")
    return { ...base, says: "WSL2 has no USB bus before a device is handed to it", steps: WSL_STEPS };
  if (place === "wsl1")
    return {
      ...base,
      says: "WSL1 cannot reach USB at all",
      steps: [
        "wsl --set-version DISTRIBUTION 2",
        "or run dbgseq on Windows itself",
        "the simulator needs no hardware",
      ],
    };
  return {
    ...base,
    says: "this machine shows no USB bus",
    steps: [
      "a virtual machine needs a USB controller and the probe handed to it",
      "the simulator needs no hardware",
    ],
  };
}

export interface NamedDevice {
  readonly product: string;
  /** Absent if only the name is known. */
  readonly ids?: { readonly vendorId: number; readonly productId: number };
  readonly path?: string;
}

export function permissionFinding(probe: string, device: NamedDevice, host: Host): Finding {
  const { ids, product, path } = device;
  const rules =
    ids === undefined || /CMSIS-DAP/.test(product) ? GENERAL_RULES : [ruleFor(ids.vendorId, ids.productId)];
  const place = placeOf(host);
  const says = `${product || "the probe"} is attached, and this user may not open ${path ?? "it"}`;
  const base = { code: "no-permission", severity: "problem", probe, says } as const;
  // Other systems have no rights for USB devices: a probe that is refused there is another program's.
  if (host.platform !== "linux") return { ...base, steps: busyFinding(host).steps };
  return {
    ...base,
    steps: [
      ...(place === "container" ? ["the rule belongs to the machine outside, not into this container"] : []),
      `put into /etc/udev/rules.d/${RULES_FILE}:\n${rules.map((rule) => `  ${rule}`).join("\n")}`,
      ...(place === "wsl2" ? ["if WSL runs without systemd, start udev:\n  sudo service udev restart"] : []),
      "load the rule, or plug the probe in again:\n  sudo udevadm control --reload && sudo udevadm trigger",
      GROUP_STEP,
    ],
  };
}

export function driverFinding({ platform }: Pick<Host, "platform">): Finding {
  return {
    code: "no-driver",
    severity: "problem",
    says: "the probe is attached, and no driver is bound through which it can be opened",
    steps: [
      ...(platform === "win32"
        ? [
            "CMSIS-DAP v2: bind WinUSB to the interface whose name holds CMSIS-DAP (Zadig), or update the firmware, which brings it along",
          ]
        : []),
      "unplug it and plug it in again; leave hubs out",
      "update its firmware",
    ],
  };
}

const HOLDERS: Readonly<Record<string, string>> = {
  win32: "a debug session of an editor or of uVision, OpenOCD, pyocd, a serial terminal on some probes",
};

/** Windows gives an interface to one process, macOS a claimed one: a refused access is a busy probe there. */
export function busyFinding({ platform }: Pick<Host, "platform">): Finding {
  const holders =
    HOLDERS[platform] ?? "a debug session of an editor, OpenOCD, pyocd, a serial terminal on some probes";
  return {
    code: "busy",
    severity: "problem",
    says: "another program has the probe",
    steps: [
      `end it: ${holders}`,
      ...(platform === "win32" ? ["if usbipd has bound it for WSL:\n  usbipd unbind --all"] : []),
      "or wait for its end",
    ],
  };
}

/** What keeps the package from beginning. */
const SHUTS_OFF: Readonly<Record<string, string>> = {
  linux: "a sandbox without netlink sockets or /sys does that",
  win32: "a Windows service that has no desktop does that",
};

type NoLibrary = Extract<TransportFault, { kind: "no-usb-library" }>;

/** Explains a package that is missing or does not load, and what helps on this system. */
function libraryFinding(fault: NoLibrary, { platform }: Pick<Host, "platform">): Finding {
  const { problem: why, remedy } = fault;
  const shutOff =
    why === "not-started" ? `; ${SHUTS_OFF[platform] ?? "a sandbox without USB does that"}` : "";
  return {
    code: "no-usb-library",
    severity: "problem",
    says: `${libraryProblem(fault)}${shutOff}`,
    steps: [
      ...(remedy === undefined ? [] : [remedy]),
      ...(shutOff === ""
        ? []
        : [
            "run it outside; or lend the probe outside (`dbgseq serve`), and use the probe tcp://HOST inside",
          ]),
      "tcp:// probes and the simulator need no such package",
    ],
  };
}

function problem(code: FindingCode, says: string, ...steps: readonly string[]): Finding {
  return { code, severity: "problem", says, steps };
}

/** The finding for the first layer of a failure that is about a probe; undefined if none is. */
export function findingOf(error: unknown, host: Host): Finding | undefined {
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause)) {
    const finding = findingOfFault(at.fault as FaultOfProbe, host);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** Only a probe that is plugged into this machine can be unplugged here. */
function restartSteps(fault: FaultOfProbe, unplug: string): readonly string[] {
  const { over, probe = "" } = fault as { readonly over?: "usb" | "network"; readonly probe?: string };
  if (over === "network" || isOverNetwork(probe))
    return ["restart the server there, and see what it says; its probe may have to be plugged in again"];
  return over === "usb" || probe !== "" ? [unplug] : [];
}

type FaultOfProbe =
  ProbeFault | CmsisDapFault | SimulatorFault | Extract<SessionFault, { readonly kind: "state-in-use" }>;

/** Says, for each way in which a probe is unusable, what it means and what to try. */
function findingOfFault(fault: FaultOfProbe, host: Host): Finding | undefined {
  switch (fault.kind) {
    case "no-usb-bus":
      return noBusFinding(host);
    case "no-usb-library":
      return libraryFinding(fault, host);
    case "no-probe":
      return problem("absent", "no probe that fits is attached", ...absentSteps(host));
    case "no-permission":
      return permissionFinding(
        fault.probe,
        { product: fault.probe, ...(fault.path === undefined ? {} : { path: fault.path }) },
        host,
      );
    case "no-driver":
      return driverFinding(host);
    case "busy":
      return busyFinding(host);
    case "ambiguous":
      return problem(
        "several",
        "this system does not tell such probes apart",
        "unplug all but one, or use firmware with CMSIS-DAP v2",
      );
    case "state-in-use":
      return problem(
        "busy",
        "another process uses the state of the simulated device",
        "wait until it has ended, or give each process a state file of its own",
      );
    case "several-probes":
      return problem("several", "more than one probe fits", "name one by its id or its port");
    case "no-connection":
      return problem(
        "not-reachable",
        "nothing answers at that address",
        "start the server there: dbgseq serve, OpenOCD's CMSIS-DAP peer, pyocd server",
        "a server takes one client at a time, and listens on loopback unless told otherwise",
      );
    case "connection-closed":
      return problem(
        "gone",
        "the server closed the connection",
        "see what it says: it may have ended, lost its probe, or given the probe to another client",
        "a server takes one client at a time; the next one has to wait",
      );
    case "bad-frame":
      return problem(
        "not-a-probe",
        "something else listens there",
        "look at the port number: 4441 is CMSIS-DAP's, 5555 pyOCD's",
      );
    case "unplugged":
    case "closed":
      return problem(
        "gone",
        "the probe left while it was used",
        "check the cable and the hub; a probe that its target overloads restarts, too",
      );
    case "timeout":
    case "probe-timeout":
      return problem(
        "silent",
        "the probe takes requests and does not answer",
        ...restartSteps(fault, "unplug it and plug it in again"),
        "update its firmware",
      );
    case "out-of-step":
    case "transfer-failed":
    case "probe-protocol":
    case "packet-too-long":
    case "truncated-packet":
    case "wrong-echo":
    case "wrong-count":
    case "unasked-answer":
    case "unknown-command":
    case "oversized-packet":
      return problem(
        "garbled",
        "the probe answers, and not what was asked",
        ...restartSteps(fault, "unplug it and plug it in again; leave hubs out"),
        "update its firmware; `dbgseq doctor` says how old it is",
      );
    case "probe-refused":
    case "not-by-this-probe":
    case "probe-not-openable":
      return problem(
        "not-by-this-probe",
        "this probe cannot do what was asked",
        "update its firmware, or ask for less: the other protocol, a lower clock, atomic blocks as a best effort",
      );
    default:
      return undefined; // This is about the request, the target, or something else altogether.
  }
}
