/** Lists what can go wrong between this machine and a probe. What the target answers is not known here. */
import { Failure } from "../lib/fault.ts";

export type NativePackage = "usb" | "node-hid";

export type LoadProblem =
  /** The package was left out, or its install script failed: npm removes an optional package then. */
  | "not-installed"
  /** The package is there, but the system's libudev.so.1 is not. */
  | "no-libudev"
  /** The package is there, but holds nothing that this system can load. */
  | "no-build"
  /** The package was loaded, but the system did not let it begin. */
  | "not-started";

export type TransportFault =
  /** There was no answer within the limit; the pipe is out of step until `resync`. */
  | { readonly kind: "timeout"; readonly probe: string; readonly limitUs: number }
  | { readonly kind: "unplugged"; readonly probe: string }
  | { readonly kind: "no-permission"; readonly probe: string; readonly path?: string }
  | { readonly kind: "busy"; readonly probe: string; readonly holder?: string }
  /** The host has a device that looks right, but has no driver to open it. */
  | { readonly kind: "no-driver"; readonly probe: string; readonly need: "winusb" }
  /** Several devices fit, and the system shows nothing that tells them apart. */
  | { readonly kind: "ambiguous"; readonly probe: string }
  /**
   * Answers came that belong to no request, and draining did not end it; or no answer comes any more
   * (`silent`).
   */
  | { readonly kind: "out-of-step"; readonly probe: string; readonly silent: boolean }
  /** An answer lay there before anything was asked. */
  | { readonly kind: "unasked-answer"; readonly probe: string }
  | { readonly kind: "transfer-failed"; readonly probe: string; readonly code: string }
  | {
      readonly kind: "packet-too-long";
      readonly probe: string;
      readonly length: number;
      readonly limit: number;
    }
  | { readonly kind: "no-usb-bus"; readonly platform: string }
  /** An optional package cannot be used; `remedy` is the one command that helps here, if there is one. */
  | {
      readonly kind: "no-usb-library";
      readonly library: NativePackage;
      readonly problem: LoadProblem;
      /** The first line of the loader's message. */
      readonly reason: string;
      readonly remedy?: string;
      /** The probe that cannot be opened without it; absent if none can be listed. */
      readonly probe?: string;
    }
  | { readonly kind: "no-connection"; readonly probe: string; readonly code: string }
  /** The other side ended the connection; `code` is the system's word, if it has one. */
  | { readonly kind: "connection-closed"; readonly probe: string; readonly code?: string }
  /** The server cannot listen on its own address. */
  | { readonly kind: "no-port"; readonly address: string; readonly code: string }
  /** Other machines would reach the port, which was not asked for. */
  | { readonly kind: "beyond-loopback"; readonly host: string }
  | { readonly kind: "bad-frame"; readonly probe: string; readonly reason: string };

export class TransportFailure extends Failure<TransportFault> {}

/** Makes the failure with its one sentence; callers branch on `kind`. */
export function transportFailure(fault: TransportFault, cause?: unknown): TransportFailure {
  return new TransportFailure(fault, sentence(fault), cause);
}

/** Decides by its name; a probe on another machine cannot be unplugged from here. */
export function isOverNetwork(probe: string): boolean {
  return /^(?:tcp|pyocd):\/\//.test(probe);
}

/** Recognises the timeout of any pipe: the simulator has its own faults of the same kind. */
export function isTimeout(error: unknown): boolean {
  const failure: Failure | undefined = error instanceof Failure ? error : undefined;
  return failure?.fault.kind === "timeout";
}

function sentence(fault: TransportFault): string {
  switch (fault.kind) {
    case "timeout":
      return `${fault.probe} gave no answer within ${Math.ceil(fault.limitUs / 1000)} ms`;
    case "unplugged":
      if (isOverNetwork(fault.probe)) return `${fault.probe} says that its probe is gone`;
      return `${fault.probe} is gone: it was unplugged, or its firmware restarted`;
    case "no-permission":
      return fault.path === undefined
        ? `${fault.probe} is attached, but this user may not open it`
        : `${fault.probe} is attached, but this user may not open ${fault.path}: a udev rule has to allow it`;
    case "busy":
      return fault.holder === undefined
        ? `${fault.probe} is in use by another program`
        : `${fault.probe} is in use by ${fault.holder}`;
    case "no-driver":
      return `${fault.probe} is attached, but Windows has no WinUSB driver bound to its CMSIS-DAP interface`;
    case "ambiguous":
      return `several probes like ${fault.probe} are attached, and they have no serial numbers that tell them apart: unplug the others`;
    case "out-of-step":
      return (
        (fault.silent
          ? `${fault.probe} does not even say who it is any more`
          : `${fault.probe} keeps sending answers that belong to no request`) +
        (isOverNetwork(fault.probe) ? "" : ": unplug it and plug it in again")
      );
    case "unasked-answer":
      return `${fault.probe} sent an answer without a request`;
    case "transfer-failed":
      return `a USB transfer of ${fault.probe} failed (${fault.code})`;
    case "packet-too-long":
      return `a packet of ${fault.length} bytes does not fit ${fault.probe}, which takes ${fault.limit}`;
    case "no-usb-bus":
      return fault.platform === "linux"
        ? "this machine shows no USB bus: a container needs /dev/bus/usb passed in, WSL2 a probe attached by usbipd, a virtual machine a USB controller; the simulator needs none of these"
        : "this machine shows no USB bus; the simulator needs none";
    case "no-usb-library":
      return fault.probe === undefined
        ? libraryProblem(fault)
        : `${fault.probe} speaks CMSIS-DAP v1 (HID), and ${libraryProblem(fault)}`;
    case "no-connection":
      return `${fault.probe} could not be reached (${fault.code})`;
    case "connection-closed":
      return fault.code === undefined
        ? `${fault.probe} closed the connection`
        : `${fault.probe} closed the connection (${fault.code})`;
    case "no-port":
      return fault.code === "EADDRINUSE"
        ? `${fault.address} is taken by another program: choose another port, or 0 for a free one`
        : `${fault.address} cannot be listened on (${fault.code})`;
    case "beyond-loopback":
      return `listening on ${fault.host} lends the target to every machine that reaches this one, with no password: consent is needed`;
    case "bad-frame":
      return `${fault.probe} does not speak CMSIS-DAP over TCP: ${fault.reason}`;
  }
}

/** The sentence names what the system's loader names, because people search for it. */
export function libraryProblem({
  library,
  problem,
  reason,
}: Extract<TransportFault, { kind: "no-usb-library" }>): string {
  switch (problem) {
    case "not-installed":
      return `the package ${library} is not installed`;
    case "no-libudev":
      return `the package ${library} needs libudev.so.1, which this system does not have (${reason})`;
    case "no-build":
      return `the package ${library} has nothing that this system can load (${reason})`;
    case "not-started":
      return `the system did not let the package ${library} begin (${reason})`;
  }
}
