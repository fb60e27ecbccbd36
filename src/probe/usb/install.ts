/**
 * Says why a native package cannot be used, and the one command that helps on this system. Decides only;
 * packages.ts looks. The facts are read from usb 2.18.0, node-hid 3.4.0 and node-gyp-build 4.8.4; they were
 * tried on Debian alone.
 */
import type { NativePackage } from "../transport-faults.ts";
import type { LoadProblem } from "../transport-faults.ts";

/** They are pinned in package.json too. */
export const VERSIONS: Readonly<Record<NativePackage, string>> = { usb: "2.18.0", "node-hid": "3.4.0" };

/** Systems that call their packages by the same names. */
export type Distribution = "debian" | "fedora" | "arch" | "alpine";

/** The place where dbgseq is installed: a missing package belongs beside it. */
export interface InstallPlace {
  readonly folder: string;
  /** True after `npm install --global`: the folder is npm's own. */
  readonly isGlobal: boolean;
}

export interface NativeSystem {
  readonly platform: string;
  readonly arch: string;
  readonly distribution?: Distribution;
  /** The version of glibc on Linux. Linux systems without glibc have musl. */
  readonly glibc?: string;
  readonly hasLibudev: boolean;
  readonly isRoot: boolean;
  readonly place: InstallPlace;
  /** The folder of the package, if it is installed. */
  readonly folder?: string;
}

const FAMILIES: Readonly<Record<string, Distribution>> = {
  debian: "debian",
  ubuntu: "debian",
  raspbian: "debian",
  fedora: "fedora",
  rhel: "fedora",
  centos: "fedora",
  arch: "arch",
  archarm: "arch",
  alpine: "alpine",
};

/** Reads /etc/os-release: ID is asked first, then ID_LIKE. */
export function distributionOf(osRelease: string): Distribution | undefined {
  const value = (key: string): string =>
    new RegExp(`^${key}=["']?([^"'\\n]*)`, "m").exec(osRelease)?.[1]?.trim() ?? "";
  const names = [value("ID"), ...value("ID_LIKE").split(/\s+/)].map((name) => name.toLowerCase());
  return names.flatMap((name) => (Object.hasOwn(FAMILIES, name) ? [FAMILIES[name]] : []))[0];
}

/** `path` is a file of dbgseq; a package that is linked, or runs in its own checkout, has itself around it. */
export function installPlaceOf(path: string, hasManifest: (folder: string) => boolean): InstallPlace {
  const plain = path.replaceAll("\\", "/");
  const at = plain.lastIndexOf("/node_modules/dbgseq/");
  if (at === -1) return { folder: plain.replace(/\/(?:dist|src)\/.*$/, ""), isGlobal: false };
  const folder = plain.slice(0, at);
  return { folder, isGlobal: !hasManifest(folder) };
}

/**
 * Thrown by a caller that loads a package: the package is there, but libusb's error says that it could not
 * begin.
 */
export class NotStarted extends Error {
  override readonly name = "NotStarted";
}

export function problemOf(library: NativePackage, error: unknown): LoadProblem {
  if (error instanceof NotStarted) return "not-started";
  const { code = "", message = "" } = error as { readonly code?: string; readonly message?: string };
  if (/libudev\.so\.1/.test(message)) return "no-libudev";
  if (/MODULE_NOT_FOUND$/.test(code) && new RegExp(`'${library}'`).test(message)) return "not-installed";
  return "no-build";
}

/** Names the obstacle, for a sentence: the first line of the loader's message. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0]?.trim() ?? "";
}

/** Returns undefined if no command helps. */
export function remedyOf(
  library: NativePackage,
  problem: LoadProblem,
  system: NativeSystem,
): string | undefined {
  switch (problem) {
    case "not-started":
      return undefined;
    case "no-libudev":
      return withRights(LIBUDEV, system);
    case "no-build":
      return joined(toolsCommand(system), rebuild(library, system), system);
    case "not-installed":
      if (!hasPrebuild(library, system))
        return joined(toolsCommand(system), standard(library, system) + install(library, system), system);
      if (!system.hasLibudev && system.platform === "linux")
        return joined(withRights(LIBUDEV, system), install(library, system), system);
      return install(library, system);
  }
}

const LIBUDEV: Readonly<Record<Distribution, string>> = {
  debian: "apt-get install -y libudev1",
  fedora: "dnf install -y systemd-libs",
  arch: "pacman -S --needed systemd-libs",
  alpine: "apk add eudev-libs",
};

/** These are the needs of node-gyp, and libudev's headers. */
const TOOLS: Readonly<Record<Distribution, string>> = {
  debian: "apt-get install -y build-essential python3 libudev-dev",
  fedora: "dnf install -y gcc-c++ make python3 systemd-devel",
  arch: "pacman -S --needed base-devel python systemd-libs",
  alpine: "apk add build-base python3 linux-headers eudev-dev",
};

function withRights(
  commands: Readonly<Record<Distribution, string>>,
  { distribution, isRoot }: NativeSystem,
): string | undefined {
  if (distribution === undefined) return undefined;
  const command = commands[distribution];
  if (isRoot) return command;
  return distribution === "alpine" ? `doas ${command}` : `sudo ${command}`;
}

function toolsCommand(system: NativeSystem): string | undefined {
  if (system.platform === "darwin") return "xcode-select --install";
  if (system.platform === "win32")
    return 'winget install Microsoft.VisualStudio.2022.BuildTools --override "--passive --wait --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"';
  return system.platform === "linux" ? withRights(TOOLS, system) : undefined;
}

/** Joins both in one line. PowerShell 5 knows no `&&`. */
function joined(first: string | undefined, second: string, { platform }: NativeSystem): string {
  if (first === undefined) return second;
  return platform === "win32" ? `${first}; ${second}` : `${first} && ${second}`;
}

function install(library: NativePackage, { place }: NativeSystem): string {
  const where = place.isGlobal ? "--global" : `--prefix ${quoted(place.folder)}`;
  return `npm install ${where} ${library}@${VERSIONS[library]}`;
}

/**
 * Runs the package's own script: npm runs it even if it holds back install scripts (`ignore-scripts`,
 * allowScripts of npm 11).
 */
function rebuild(library: NativePackage, system: NativeSystem): string {
  const { folder } = system;
  const command =
    folder === undefined ? install(library, system) : `npm run rebuild --prefix ${quoted(folder)}`;
  return standard(library, system) + command;
}

/**
 * usb 2.18.0 asks its compiler for C++14, but the node-addon-api that npm gives it (8.9) needs C++17. This
 * helped on Debian. Node's own headers tell Visual Studio C++17.
 */
function standard(library: NativePackage, { platform }: NativeSystem): string {
  return library === "usb" && platform !== "win32" ? "CXXFLAGS=-std=c++17 " : "";
}

function quoted(path: string): string {
  return /^[\w./:\\@-]+$/.test(path) ? path : `"${path}"`;
}

/** On older versions the 32-bit builds for Arm ask for symbols that glibc does not have. */
const GLIBC_OF_ARM = 34;

/** These are in the prebuilds folders of both packages. Neither has one for riscv64, ppc64 or s390x. */
function hasPrebuild(library: NativePackage, { platform, arch, glibc }: NativeSystem): boolean {
  if (platform === "darwin") return arch === "x64" || arch === "arm64";
  if (platform === "win32") return ["x64", "ia32", "arm64"].includes(arch);
  if (platform !== "linux") return false;
  if (glibc === undefined) return arch === "x64"; // musl on arm64 is given the file for glibc
  if (arch === "ia32") return library === "usb";
  if (arch === "arm") return library === "node-hid" || Number(glibc.split(".")[1] ?? 0) >= GLIBC_OF_ARM;
  return arch === "x64" || arch === "arm64";
}
