/**
 * The facts of this machine that decide whether a probe can be used. Tests present every situation through this
 * one interface.
 */
import type { LoadProblem } from "../probe/transport-faults.ts";
import type { NativePackage } from "../probe/transport-faults.ts";
import type { UsbStack } from "../probe/usb/stack.ts";

export interface Host {
  readonly platform: string;
  /** The text of /proc/version; empty if there is none. */
  readonly procVersion: string;
  /** The kind of container that this process runs in ("docker", "podman", ...), as far as can be told. */
  readonly container: string | undefined;
  /** Rejects with `no-usb-library`. */
  usb(): Promise<UsbStack>;
  /** What a report tells of this machine; asked for only when one is made. */
  facts(): Promise<HostFacts>;
}

export interface HostFacts {
  /** The release of the kernel. */
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
  /** The version of the libusb that it includes. */
  readonly libusb?: string;
  readonly problem?: LoadProblem;
  /** The loader's message. */
  readonly reason?: string;
}

/** Where a process runs, as far as USB is concerned. */
export type Place = "plain" | "wsl1" | "wsl2" | "container";

/** Tells where a process runs. A container inside WSL2 counts as the container, whose walls are the nearer ones. */
export function placeOf({ procVersion, container }: Host): Place {
  if (container !== undefined) return "container";
  if (!/microsoft/i.test(procVersion)) return "plain";
  return /wsl2|microsoft-standard/i.test(procVersion) ? "wsl2" : "wsl1";
}
