/**
 * Loads a native package, or says by a fault why it cannot be used and what helps. Both packages are
 * optional.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transportFailure, type TransportFailure } from "../transport-faults.ts";
import {
  distributionOf,
  installPlaceOf,
  problemOf,
  reasonOf,
  remedyOf,
  type NativeSystem,
} from "./install.ts";
import type { NativePackage } from "../transport-faults.ts";

/** Rejects with `no-usb-library`. `probe` is the one that cannot be opened without the package. */
export async function loadPackage<T>(
  library: NativePackage,
  load: () => Promise<T>,
  probe?: string,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw unusable(library, error, probe);
  }
}

export function unusable(library: NativePackage, error: unknown, probe?: string): TransportFailure {
  const problem = problemOf(library, error);
  const remedy = remedyOf(library, problem, thisSystem(library));
  return transportFailure({
    ...{ kind: "no-usb-library", library, problem, reason: reasonOf(error) },
    ...(remedy === undefined ? {} : { remedy }),
    ...(probe === undefined ? {} : { probe }),
  });
}

function thisSystem(library: NativePackage): NativeSystem {
  const { platform, arch } = process;
  const distribution = platform === "linux" ? distributionOf(text("/etc/os-release")) : undefined;
  const glibc = glibcVersion();
  const folder = folderOf(library);
  return {
    ...{ platform, arch, hasLibudev: hasLibudev(), isRoot: process.getuid?.() === 0 },
    ...(distribution === undefined ? {} : { distribution }),
    ...(glibc === undefined ? {} : { glibc }),
    ...(folder === undefined ? {} : { folder }),
    place: installPlaceOf(fileURLToPath(import.meta.url), (at) => existsSync(join(at, "package.json"))),
  };
}

/** Returns undefined on systems other than Linux, and with musl. */
export function glibcVersion(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const { header } = process.report.getReport() as {
    readonly header: { readonly glibcVersionRuntime?: string };
  };
  return header.glibcVersionRuntime;
}

/** Returns the folder of an installed package, even if it cannot be loaded. */
export function folderOf(library: NativePackage): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${library}/package.json`));
  } catch {
    return undefined;
  }
}

const MACHINES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64", ia32: "i386" };

/** Distributions put it in these folders; with multiarch it is in a folder named after the machine. */
function hasLibudev(): boolean {
  const triplet = `${MACHINES[process.arch] ?? process.arch}-linux-gnu${process.arch === "arm" ? "eabihf" : ""}`;
  return ["/lib64", "/usr/lib64", "/lib", "/usr/lib", `/lib/${triplet}`, `/usr/lib/${triplet}`].some(
    (folder) => existsSync(join(folder, "libudev.so.1")),
  );
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
