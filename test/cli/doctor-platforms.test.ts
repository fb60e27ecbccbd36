/** `dbgseq doctor` on each system, with played USB stacks: its steps are those of that system. Nothing ran on Windows or macOS. */
import { describe, expect, test } from "vitest";
import type { Host } from "../../src/doctor/host.ts";
import { transportFailure } from "../../src/probe/transport-faults.ts";
import { UsbError } from "../../src/probe/usb/port.ts";
import { SmallProbe } from "../probe/small-probe.ts";
import { FakeDevice, fakeStack, hid, type FakeDeviceOptions } from "../probe/usb-fake.ts";
import { dbgseqIn } from "../support/command-line.ts";

type System = "linux" | "wsl2" | "win32" | "darwin";

const SYSTEMS: readonly System[] = ["linux", "wsl2", "win32", "darwin"];
const WSL2 = "Linux version 5.15.133.1-microsoft-standard-WSL2";

interface Situation {
  readonly device?: FakeDeviceOptions;
  readonly missing?: "usb" | "node-hid";
}

const device = (options: FakeDeviceOptions): FakeDevice =>
  new FakeDevice({ names: { 0: "CMSIS-DAP v2" }, firmware: new SmallProbe({ serial: "2.1.1" }), ...options });
const hub = (): FakeDevice => new FakeDevice({ ports: [], interfaces: [], product: "xHCI Host Controller" });

async function doctor(system: System, { device: given, missing }: Situation) {
  const platform = system === "wsl2" ? "linux" : system;
  const noLibrary = (library: "usb" | "node-hid", probe?: string): Error =>
    transportFailure({
      ...{ kind: "no-usb-library", library, problem: "not-installed", reason: "Cannot find package" },
      ...{ remedy: `npm install ${library}`, ...(probe === undefined ? {} : { probe }) },
    });
  const devices = [hub(), ...(given === undefined ? [] : [device(given)])];
  const openHid =
    platform === "linux" ? undefined : () => Promise.reject(noLibrary("node-hid", "Board CMSIS-DAP"));
  const host: Host = {
    ...{ platform, procVersion: system === "wsl2" ? WSL2 : "", container: undefined },
    usb: () =>
      missing === "usb"
        ? Promise.reject(noLibrary("usb"))
        : Promise.resolve(fakeStack(devices, platform, missing === "node-hid" ? openHid : undefined)),
    facts: () => Promise.reject(new Error("asked for a report only")),
  };
  return dbgseqIn({ cwd: process.cwd(), env: {}, host }, "doctor");
}

const SITUATIONS: Readonly<Record<string, Situation>> = {
  "no probe": {},
  "v1 only": { device: { interfaces: [hid(0)], names: {} } },
  "v2 only": { device: {} },
  "no permission": { device: { obstacle: "access" } },
  busy: { device: { claimFails: new UsbError("busy", "busy") } },
  "no driver": { device: { obstacle: "not-supported" } },
  "usb missing": { missing: "usb" },
  "node-hid missing": { device: { interfaces: [hid(0)], names: {} }, missing: "node-hid" },
};

const rows = SYSTEMS.flatMap((system) => Object.keys(SITUATIONS).map((what) => [system, what] as const));

/** What is said there, and the code. */
function expected(system: System, what: string): readonly [code: number, says: RegExp] {
  const isLinux = system === "linux" || system === "wsl2";
  switch (what) {
    case "v1 only":
      return [0, /^usable: A1[^]*note old-firmware: A1: it speaks CMSIS-DAP v1 only/m];
    case "v2 only":
      return [0, /^usable: A1/m];
    case "no permission":
      return isLinux
        ? [3, /finding no-permission: A1[^]*60-dbgseq\.rules[^]*\n {9}sudo udevadm control/]
        : [3, /finding busy: A1: another program/];
    case "busy":
      return [3, /finding busy: A1: another program[^]*try: end it/];
    case "no driver":
      return [3, system === "win32" ? /no-driver: A1[^]*WinUSB.*Zadig/ : /no-driver: A1[^]*try: unplug it/];
    case "usb missing":
      return [3, /finding no-usb-library: the package usb is not installed\n {2}try: npm install usb\n/];
    case "node-hid missing":
      // Linux reaches HID through libusb.
      return isLinux
        ? [0, /^usable: A1/m]
        : [3, /the package node-hid is not installed[^]*try: npm install node-hid\n/];
    default:
      return [3, OF_ABSENT[system]];
  }
}

const OF_ABSENT: Readonly<Record<System, RegExp>> = {
  linux: /finding absent[^]*\n {9}lsusb\n/,
  wsl2: /finding absent[^]*usbipd attach --wsl --busid/,
  win32: /finding absent[^]*\n {9}pnputil \/enum-devices[^]*\n {9}usbipd detach --all\n/,
  darwin: /finding absent[^]*\n {9}ioreg -p IOUSB -w 0\n/,
};

describe("doctor", () => {
  test.each(rows)("on %s, %s", async (system, what) => {
    const { code, out } = await doctor(system, SITUATIONS[what] ?? {});
    const [wanted, says] = expected(system, what);
    expect(out).toMatch(says);
    expect(code).toBe(wanted);
    if (system === "win32" || system === "darwin") expect(out).not.toMatch(/udev|lsusb|\/etc\/|sudo/);
    if (system !== "win32") expect(out).not.toMatch(/WinUSB|Zadig|uVision|pnputil/);
    if (system === "linux" || system === "darwin") expect(out).not.toMatch(/usbipd/);
    expect(out).not.toContain("input monitoring");
  });
});
