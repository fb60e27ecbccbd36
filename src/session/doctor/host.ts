/** The facts of this machine that decide whether a probe can be used, as one seam: tests present every situation through it. */
import type { UsbStack } from "../../probe/usb/stack.ts";

export interface Host {
  readonly platform: NodeJS.Platform;
  /** What /proc/version says; empty where there is none. */
  readonly procVersion: string;
  /** What this process is shut into ("docker", "podman", ...), as far as one can tell. */
  readonly container: string | undefined;
  /** Rejects with `no-usb-library`. */
  usb(): Promise<UsbStack>;
}

/** Where a process runs, as far as USB is concerned. */
export type Place = "plain" | "wsl1" | "wsl2" | "container";

/** A container inside WSL2 counts as the container: its own door is the nearer one. */
export function placeOf({ procVersion, container }: Host): Place {
  if (container !== undefined) return "container";
  if (!/microsoft/i.test(procVersion)) return "plain";
  return /wsl2|microsoft-standard/i.test(procVersion) ? "wsl2" : "wsl1";
}
