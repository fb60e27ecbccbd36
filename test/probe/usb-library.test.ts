/**
 * The optional native packages where they are missing, do not load or cannot begin: by the decision for each system, and by
 * a process beside a package that behaves so. The commands themselves were run on Debian only.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unwrapped } from "../support/command-line.ts";
import {
  distributionOf,
  installPlaceOf,
  NotStarted,
  problemOf,
  reasonOf,
  remedyOf,
  VERSIONS,
  type NativeSystem,
} from "../../src/probe/usb/install.ts";
import type { LoadProblem } from "../../src/probe/transport-faults.ts";
import type { NativePackage } from "../../src/probe/transport-faults.ts";
import { nativeUsbStack } from "../../src/probe/usb/libusb.ts";
import { loadPackage } from "../../src/probe/usb/packages.ts";
import { transportFailure } from "../../src/probe/transport-faults.ts";
import { bundledCli } from "../support/bundled-cli.ts";

const PROJECT = { folder: "/home/me/board", isGlobal: false };
const IN_PROJECT = "npm install --prefix /home/me/board usb@2.18.0";
const BUILD_IN_PROJECT = `CXXFLAGS=-std=c++17 ${IN_PROJECT}`;
const REBUILD = "CXXFLAGS=-std=c++17 npm run rebuild --prefix /home/me/board/node_modules/usb";
const FOLDER = "/home/me/board/node_modules/usb";

const on = (platform: string, facts: Partial<NativeSystem> = {}): NativeSystem => ({
  ...{ platform, arch: "x64", hasLibudev: platform === "linux", isRoot: false, place: PROJECT },
  ...facts,
});
const linux = (facts: Partial<NativeSystem> = {}): NativeSystem => on("linux", { glibc: "2.36", ...facts });
const debian = (facts: Partial<NativeSystem> = {}): NativeSystem =>
  linux({ distribution: "debian", ...facts });
const alpine = (facts: Partial<NativeSystem> = {}): NativeSystem =>
  on("linux", { distribution: "alpine", ...facts });
const other = (platform: string, arch: string, facts: Partial<NativeSystem> = {}): NativeSystem =>
  on(platform, { arch, ...facts });

describe("PROBE-16: what is missing comes with the one command that helps on this system", () => {
  test.each<[what: string, problem: LoadProblem, system: NativeSystem, command: string | undefined]>([
    ["left out", "not-installed", debian(), IN_PROJECT],
    ["left out, on macOS", "not-installed", other("darwin", "arm64"), IN_PROJECT],
    ["left out, on Windows", "not-installed", other("win32", "arm64"), IN_PROJECT],
    [
      "left out of a global installation",
      "not-installed",
      debian({ place: { folder: "/usr/lib", isGlobal: true } }),
      "npm install --global usb@2.18.0",
    ],
    [
      "taken away because libudev was not there",
      "not-installed",
      debian({ hasLibudev: false }),
      `sudo apt-get install -y libudev1 && ${IN_PROJECT}`,
    ],
    [
      "... as root, in a container say",
      "not-installed",
      debian({ hasLibudev: false, isRoot: true }),
      `apt-get install -y libudev1 && ${IN_PROJECT}`,
    ],
    [
      "taken away because nothing is built for riscv64",
      "not-installed",
      debian({ arch: "riscv64" }),
      `sudo apt-get install -y build-essential python3 libudev-dev && ${BUILD_IN_PROJECT}`,
    ],
    [
      "... on Fedora",
      "not-installed",
      linux({ distribution: "fedora", arch: "s390x" }),
      `sudo dnf install -y gcc-c++ make python3 systemd-devel && ${BUILD_IN_PROJECT}`,
    ],
    [
      "taken away on a 32-bit Arm with an old glibc",
      "not-installed",
      debian({ arch: "arm", glibc: "2.31" }),
      `sudo apt-get install -y build-essential python3 libudev-dev && ${BUILD_IN_PROJECT}`,
    ],
    ["left out on a 32-bit Arm", "not-installed", debian({ arch: "arm", glibc: "2.36" }), IN_PROJECT],
    [
      "taken away on Alpine for arm64, where the file for glibc is picked",
      "not-installed",
      alpine({ arch: "arm64" }),
      `doas apk add build-base python3 linux-headers eudev-dev && ${BUILD_IN_PROJECT}`,
    ],
    ["left out on Alpine", "not-installed", alpine(), IN_PROJECT],
    ["no libudev on Debian", "no-libudev", debian(), "sudo apt-get install -y libudev1"],
    [
      "no libudev on Fedora",
      "no-libudev",
      linux({ distribution: "fedora" }),
      "sudo dnf install -y systemd-libs",
    ],
    [
      "no libudev on Arch",
      "no-libudev",
      linux({ distribution: "arch" }),
      "sudo pacman -S --needed systemd-libs",
    ],
    ["no libudev on Alpine, as root", "no-libudev", alpine({ isRoot: true }), "apk add eudev-libs"],
    ["no libudev on another Linux", "no-libudev", linux(), undefined],
    [
      "no build on Debian",
      "no-build",
      debian({ arch: "riscv64", folder: FOLDER }),
      `sudo apt-get install -y build-essential python3 libudev-dev && ${REBUILD}`,
    ],
    [
      "no build on Arch",
      "no-build",
      linux({ distribution: "arch", arch: "riscv64", folder: FOLDER }),
      `sudo pacman -S --needed base-devel python systemd-libs && ${REBUILD}`,
    ],
    [
      "no build on Alpine",
      "no-build",
      alpine({ arch: "arm64", folder: FOLDER, isRoot: true }),
      `apk add build-base python3 linux-headers eudev-dev && ${REBUILD}`,
    ],
    ["no build on another Linux", "no-build", linux({ folder: FOLDER }), REBUILD],
    [
      "no build on macOS",
      "no-build",
      other("darwin", "arm64", { folder: FOLDER }),
      `xcode-select --install && ${REBUILD}`,
    ],
    [
      "no build on Windows, as PowerShell takes it",
      "no-build",
      other("win32", "x64", { folder: "C:/Users/A B/node_modules/usb" }),
      'winget install Microsoft.VisualStudio.2022.BuildTools --override "--passive --wait --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"; npm run rebuild --prefix "C:/Users/A B/node_modules/usb"',
    ],
    ["not let begin, where no command helps", "not-started", debian(), undefined],
  ])("%s", (_what, problem, system, command) => {
    expect(remedyOf("usb", problem, system)).toBe(command);
  });

  test("node-hid is treated in the same way", () => {
    expect(remedyOf("node-hid", "not-installed", other("darwin", "x64"))).toBe(
      "npm install --prefix /home/me/board node-hid@3.4.0",
    );
  });

  test("the versions equal those of package.json", () => {
    const { optionalDependencies, dependencies } = JSON.parse(
      readFileSync("package.json", "utf8"),
    ) as Readonly<Record<string, Record<string, string>>>;
    expect(optionalDependencies).toEqual(VERSIONS);
    expect(Object.keys(dependencies ?? {})).toEqual(["valibot"]);
  });

  const thrown = (message: string, code?: string): Error => Object.assign(new Error(message), { code });

  test.each<[problem: LoadProblem, library: NativePackage, error: Error]>([
    [
      "not-installed",
      "usb",
      thrown("Cannot find package 'usb' imported from /a/dist/cli.js", "ERR_MODULE_NOT_FOUND"),
    ],
    [
      "not-installed",
      "node-hid",
      thrown("Cannot find package 'node-hid' imported from /a/cli.js", "ERR_MODULE_NOT_FOUND"),
    ],
    [
      "no-libudev",
      "usb",
      thrown("libudev.so.1: cannot open shared object file: No such file or directory", "ERR_DLOPEN_FAILED"),
    ],
    [
      "no-libudev",
      "usb",
      thrown(
        "Error loading shared library libudev.so.1: No such file or directory (needed by /a/node.napi.musl.node)",
        "ERR_DLOPEN_FAILED",
      ),
    ],
    [
      "no-build",
      "usb",
      thrown("No native build was found for platform=linux arch=riscv64\n    loaded from: /a\n"),
    ],
    ["no-build", "node-hid", thrown("Failed to find binding for HID\nTried paths:\n - /a")],
    [
      "no-build",
      "usb",
      thrown("/lib/libc.so.6: version `GLIBC_2.34' not found (required by /a.node)", "ERR_DLOPEN_FAILED"),
    ],
    [
      "no-build",
      "usb",
      thrown("Error relocating /a.node: __sprintf_chk: symbol not found", "ERR_DLOPEN_FAILED"),
    ],
    // A package that is there, and one that it needs is not.
    ["no-build", "usb", thrown("Cannot find module 'node-gyp-build'", "MODULE_NOT_FOUND")],
    ["not-started", "usb", new NotStarted("libusb_init failed with -99")],
  ])("told by what the loader says: %s of %s", (problem, library, error) => {
    expect(problemOf(library, error)).toBe(problem);
    expect(reasonOf(error)).toBe(error.message.split("\n")[0]);
  });

  test.each([
    ["debian", "ID=debian\n"],
    ["debian", 'ID=linuxmint\nID_LIKE="ubuntu debian"\n'],
    ["fedora", 'NAME="Rocky"\nID="rocky"\nID_LIKE="rhel centos fedora"\n'],
    ["arch", "ID=manjaro\nID_LIKE=arch\n"],
    ["alpine", "NAME='Alpine Linux'\nID=alpine\n"],
    ["alpine", 'ID="postmarketos"\nID_LIKE="alpine"\n'],
    [undefined, "ID=nixos\nID_LIKE=\n"],
    [undefined, "ID=constructor\n"],
    [undefined, ""],
  ])("a distribution by /etc/os-release: %s", (distribution, text) => {
    expect(distributionOf(text)).toBe(distribution);
  });

  test.each([
    ["/home/me/board/node_modules/dbgseq/dist/cli.js", "/home/me/board", false],
    ["/usr/lib/node_modules/dbgseq/dist/chunk-1.js", "/usr/lib", true],
    ["C:\\Users\\me\\board\\node_modules\\dbgseq\\dist\\cli.js", "C:/Users/me/board", false],
    ["/home/ada/dbgseq/dist/cli.js", "/home/ada/dbgseq", false],
    ["/home/ada/dbgseq/src/probe/usb/packages.ts", "/home/ada/dbgseq", false],
  ])("the folder that a package is installed into: %s", (path, folder, isGlobal) => {
    expect(installPlaceOf(path, (at) => at !== "/usr/lib")).toEqual({ folder, isGlobal });
  });

  test("a probe that only node-hid can open is named", () => {
    const { message } = transportFailure({
      ...{ kind: "no-usb-library", library: "node-hid", problem: "not-installed" },
      ...{ reason: "words", probe: "Board at usb@1-2" },
    });
    expect(message).toBe(
      "Board at usb@1-2 speaks CMSIS-DAP v1 (HID), and the package node-hid is not installed",
    );
  });
});

test("PROBE-16: node-hid that cannot be loaded is told with the probe that needs it", async () => {
  const load = () => Promise.reject(new Error("Failed to find binding for HID\nTried paths:\n - /a"));
  await expect(loadPackage("node-hid", load, "Board at usb@1-2")).rejects.toMatchObject({
    fault: {
      ...{ kind: "no-usb-library", library: "node-hid", problem: "no-build", probe: "Board at usb@1-2" },
      reason: "Failed to find binding for HID",
    },
  });
});

test("PROBE-14: the native stack is one for the process, so that names stay known", async () => {
  const [one, other] = await Promise.allSettled([nativeUsbStack(), nativeUsbStack()]);
  expect(one.status).toBe(other.status);
  if (one.status === "fulfilled" && other.status === "fulfilled") expect(one.value).toBe(other.value);
});

describe("a process beside such a package ends with 3, says why, and does all that needs no USB", () => {
  let folder = "";
  let cli = "";
  beforeAll(async () => {
    ({ folder, cli } = await bundledCli());
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The command line with a package `usb` of this text; without one if there is no text. */
  function beside(text: string | undefined, ...argv: readonly string[]) {
    const root = mkdtempSync(join(folder, "beside-"));
    const copy = join(root, "node_modules/dbgseq/dist/cli.mjs");
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, readFileSync(cli));
    if (text !== undefined) {
      const usb = join(root, "node_modules/usb");
      mkdirSync(usb);
      writeFileSync(join(usb, "package.json"), '{ "name": "usb", "main": "index.js" }');
      writeFileSync(join(usb, "index.js"), text);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [copy, ...argv], { encoding: "utf8" });
    return { status, out: stdout, err: unwrapped(stderr) };
  }

  const failing = (message: string): string =>
    `throw Object.assign(new Error(${JSON.stringify(message)}), { code: "ERR_DLOPEN_FAILED" });`;

  test.each([
    [
      "PROBE-12: libusb_init failed, and the package exports no function",
      "exports.usb = { INIT_ERROR: -99 };",
      /the system did not let the package usb begin \(libusb_init failed with -99\)/,
    ],
    [
      "PROBE-12: the system refuses to list devices",
      "exports.usb = { getDeviceList: () => { throw new Error('LIBUSB_ERROR_IO'); } };",
      /did not let the package usb begin \(libusb_get_device_list: LIBUSB_ERROR_IO\)/,
    ],
    [
      "PROBE-16: no libudev.so.1",
      failing("libudev.so.1: cannot open shared object file: No such file or directory"),
      /needs libudev\.so\.1, which this system does not have/,
    ],
    [
      "PROBE-16: no prebuild",
      "throw new Error('No native build was found for platform=linux arch=riscv64\\n    loaded from: /a');",
      /has nothing that this system can load \(No native build was found for platform=linux arch=riscv64\)/,
    ],
    ["PROBE-16: not installed", undefined, /the package usb is not installed/],
  ])("%s", (_what, text, words) => {
    const { status, out, err } = beside(text, "probes");
    expect({ status, out }).toEqual({ status: 3, out: "" });
    expect(err).toMatch(words);
    expect(err).toMatch(/^ {2}try: tcp:\/\/ probes and the simulator need no such package$/m);
    const doctor = beside(text, "doctor", "--json");
    expect(doctor.status).toBe(3);
    expect(JSON.parse(doctor.out)).toMatchObject({ exitCode: 3, findings: [{ code: "no-usb-library" }] });
    expect(beside(text, "run", "ResetSystem", "--probe", "sim:generic-m4").status).toBe(0);
  });
});
