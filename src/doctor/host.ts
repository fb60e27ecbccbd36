/** The facts of this machine that decide whether a probe can be used, as one seam: tests present every situation through it. */
import type { LoadProblem } from "../probe/transport-faults.ts";
import type { NativePackage } from "../probe/transport-faults.ts";
import type { UsbStack } from "../probe/usb/stack.ts";

export interface Host {
  readonly platform: string;
  /** What /proc/version says; empty if there is none. */
  readonly procVersion: string;
  /** What this process is shut into ("docker", "podman", ...), as far as one can tell. */
  readonly container: string | undefined;
  /** Rejects with `no-usb-library`. */
  usb(): Promise<UsbStack>;
  /** What a report tells of this machine; asked for only then. */
  facts(): Promise<HostFacts>;
}

export interface HostFacts {
  /** Of the kernel. */
  readonly release: string;
  readonly arch: string;
  readonly node: string;
  readonly libc?: string;
  readonly packages: readonly PackageFacts[];
  /** Words that a report must not hold: the user's name, the machine's, the home folder. */
  readonly secrets: readonly string[];
}

/** An optional native package, and whether it can be used. */
export interface PackageFacts {
  readonly name: NativePackage;
  /** Absent if it is not installed. */
  readonly version?: string;
  /** Of the libusb that it brings along. */
  readonly libusb?: string;
  readonly problem?: LoadProblem;
  /** What the loader said. */
  readonly reason?: string;
}

/** Where a process runs, as far as USB is concerned. */
export type Place = "plain" | "wsl1" | "wsl2" | "container";

/** A container inside WSL2 counts as the container: its own door is the nearer one. */
export function placeOf({ procVersion, container }: Host): Place {
  if (container !== undefined) return "container";
  if (!/microsoft/i.test(procVersion)) return "plain";
  return /wsl2|microsoft-standard/i.test(procVersion) ? "wsl2" : "wsl1";
}
