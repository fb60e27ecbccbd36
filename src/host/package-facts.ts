/** Finds out which native packages are installed, in which version, and by trying whether they can be used. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { asFailure } from "../lib/fault.ts";
import type { TransportFault } from "../probe/transport-faults.ts";
import type { NativePackage } from "../probe/transport-faults.ts";
import { nativeUsbStack } from "../probe/usb/libusb.ts";
import { loadHidLibrary } from "../probe/usb/node-hid.ts";
import { folderOf } from "../probe/usb/packages.ts";
import type { PackageFacts } from "../doctor/host.ts";

export async function packageFacts(): Promise<readonly PackageFacts[]> {
  return [await factsOf("usb", nativeUsbStack), await factsOf("node-hid", loadHidLibrary)];
}

async function factsOf(name: NativePackage, load: () => Promise<unknown>): Promise<PackageFacts> {
  const folder = folderOf(name);
  const version = folder === undefined ? undefined : versionIn(folder);
  const libusb = folder === undefined ? undefined : libusbIn(folder);
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(libusb === undefined ? {} : { libusb }),
    ...(await problemOf(load)),
  };
}

async function problemOf(load: () => Promise<unknown>): Promise<Pick<PackageFacts, "problem" | "reason">> {
  try {
    await load();
    return {};
  } catch (error) {
    const fault = asFailure(error)?.fault as TransportFault | undefined;
    if (fault?.kind !== "no-usb-library") throw error;
    return { problem: fault.problem, reason: fault.reason };
  }
}

function versionIn(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly version: string;
  };
  return version;
}

/**
 * The version of libusb in the sources that the package ships and was built from; the package does not let its
 * callers ask libusb itself.
 */
function libusbIn(folder: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, "libusb/libusb/version.h"), "utf8");
  } catch {
    return undefined;
  }
  const part = (name: string): string => new RegExp(`LIBUSB_${name} (\\d+)`).exec(text)?.[1] ?? "?";
  return `${part("MAJOR")}.${part("MINOR")}.${part("MICRO")}`;
}
