/** `dbgseq doctor` in each situation that a machine can present, through the one seam that facts of the host come by. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { listUsbProbes } from "../../src/probe/usb/probes.ts";
import { UsbError } from "../../src/probe/usb/port.ts";
import type { UsbStack } from "../../src/probe/usb/stack.ts";
import { transportFailure } from "../../src/probe/transport-faults.ts";
import { findingOf } from "../../src/doctor/finding.ts";
import type { Host } from "../../src/doctor/host.ts";
import { GENERAL_RULES, ruleFor } from "../../src/doctor/udev.ts";
import { KINDS_OF_NO_PROBE } from "../../src/session/exit-codes.ts";
import { Failure } from "../../src/lib/fault.ts";
import { SmallProbe } from "../probe/small-probe.ts";
import { FakeDevice, fakeStack, hid, type FakeDeviceOptions } from "../probe/usb-fake.ts";
import { dbgseqIn, type Finished } from "../support/command-line.ts";

const PLAIN = "Linux version 6.1.0-13-amd64 (debian-kernel@lists.debian.org)";
const WSL2 = "Linux version 5.15.133.1-microsoft-standard-WSL2 (root@1c602f52c2e4)";
const WSL1 = "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)";

interface Situation {
  readonly devices?: readonly FakeDevice[];
  readonly stack?: UsbStack;
  readonly procVersion?: string;
  readonly container?: string;
  readonly usbFails?: Error;
}

function host({ devices = [], stack, procVersion = PLAIN, container, usbFails }: Situation): Host {
  return {
    platform: "linux",
    procVersion,
    container,
    usb: () =>
      usbFails === undefined ? Promise.resolve(stack ?? fakeStack(devices)) : Promise.reject(usbFails),
    facts: () => Promise.reject(new Error("asked for a report only")),
  };
}

function doctor(situation: Situation, ...argv: readonly string[]): Promise<Finished> {
  return dbgseqIn({ cwd: process.cwd(), env: {}, host: host(situation) }, "doctor", ...argv);
}

/** A root hub: what makes a bus of an empty bus. */
const hub = (): FakeDevice => new FakeDevice({ ports: [], interfaces: [], product: "xHCI Host Controller" });
const device = (options: FakeDeviceOptions = {}): FakeDevice =>
  new FakeDevice({ names: { 0: "CMSIS-DAP v2" }, ...options });

/** A probe of SmallProbe's firmware answers every text of DAP_Info with this. */
const firmware = (version: string): SmallProbe => new SmallProbe({ serial: version });

describe("dbgseq doctor", () => {
  test.each<{ what: string; situation: Situation; code: number; says: readonly RegExp[] }>([
    {
      what: "a probe that works",
      situation: { devices: [device({ firmware: firmware("2.1.1") })] },
      code: 0,
      says: [/^usable: A1 {2}Board CMSIS-DAP {2}\(CMSIS-DAP v2, protocol 2\.1\.1/m],
    },
    {
      what: "a bus and no probe",
      situation: { devices: [hub()] },
      code: 3,
      says: [/^finding absent: the USB bus is there/m, /try: .*cable/],
    },
    {
      what: "a probe without permission, with the rule for it",
      situation: { devices: [device({ obstacle: "access" })] },
      code: 3,
      says: [
        /^not usable: A1/m,
        /finding no-permission: A1: Board CMSIS-DAP is attached, and this user may not open \/dev\/bus\/usb\/001\/007/,
        /\/etc\/udev\/rules\.d\/60-dbgseq\.rules/,
        /ATTR\{product\}=="\*CMSIS-DAP\*", MODE="0660"/,
        /udevadm control --reload/,
      ],
    },
    {
      what: "a nameless make without permission, with a rule for its ids",
      situation: { devices: [device({ product: "XYZ Link", obstacle: "access" })] },
      code: 3,
      says: [/ATTR\{idVendor\}=="0d28", ATTR\{idProduct\}=="0204"/],
    },
    {
      what: "a probe that another program has",
      situation: { devices: [device({ claimFails: new UsbError("busy", "busy") })] },
      code: 3,
      says: [/finding busy: A1: another program has the probe/],
    },
    {
      what: "old firmware, which is no obstacle",
      situation: { devices: [device({ firmware: firmware("1.10") })] },
      code: 0,
      says: [/^usable: A1/m, /note old-firmware: A1: its firmware speaks CMSIS-DAP 1\.10;/],
    },
    {
      what: "firmware from before the atomic commands",
      situation: { devices: [device({ firmware: firmware("1.0") })] },
      code: 0,
      says: [/note old-firmware: A1: its firmware speaks CMSIS-DAP 1\.0; 1\.2 is needed/],
    },
    {
      what: "a probe that speaks v1 only",
      situation: { devices: [device({ interfaces: [hid(0)], names: {}, firmware: firmware("1.2.0") })] },
      code: 0,
      says: [/note old-firmware: A1: it speaks CMSIS-DAP v1 only/],
    },
    {
      what: "something called CMSIS-DAP without such an interface",
      situation: { devices: [device({ interfaces: [], names: {} })] },
      code: 3,
      says: [/finding absent/, /finding wrong-interface: usb@1-2: it is called a CMSIS-DAP probe/],
    },
    ...(
      [
        ["a J-Link", [0x1366, 0x0101], /usb@1-2: this is a SEGGER J-Link/],
        ["an ST-Link", [0x0483, 0x374b], /usb@1-2: this is an ST-Link/],
        ["a Pico in its boot loader", [0x2e8a, 0x0003], /BOOTSEL\)\n {2}try: copy the debugprobe firmware/],
      ] as const
    ).map(([what, ids, says]) => ({
      what,
      situation: { devices: [device({ ids, names: {}, product: what })] },
      code: 3,
      says: [/finding absent/, says],
    })),
    {
      what: "no driver",
      situation: { devices: [device({ obstacle: "not-supported" })] },
      code: 3,
      says: [/finding no-driver: A1: .*no driver is bound/, /try: unplug it/],
    },
    {
      what: "a probe that does not answer sense",
      situation: { devices: [device({ openFails: new UsbError("io", "pipe error") })] },
      code: 3,
      says: [/finding garbled: A1/],
    },
    {
      what: "WSL2 without a bus",
      situation: { procVersion: WSL2 },
      code: 3,
      says: [/^host: linux, in WSL2$/m, /finding no-usb-bus: WSL2/, /usbipd attach --wsl/],
    },
    {
      what: "WSL2 with a bus and no probe on it",
      situation: { procVersion: WSL2, devices: [hub()] },
      code: 3,
      says: [/finding absent/, /usbipd bind/],
    },
    {
      what: "WSL1",
      situation: { procVersion: WSL1 },
      code: 3,
      says: [/^host: linux, in WSL1$/m, /wsl --set-version/],
    },
    {
      what: "a container without a bus",
      situation: { container: "docker" },
      code: 3,
      says: [
        /^host: linux, in a container$/m,
        /finding no-usb-bus: .*container \(docker\)/,
        /--device \/dev\/bus\/usb/,
      ],
    },
    {
      what: "a container where permission is missing",
      situation: { container: "podman", devices: [device({ obstacle: "access" })] },
      code: 3,
      says: [/the rule belongs to the machine outside/],
    },
    {
      what: "a virtual machine without a bus",
      situation: {},
      code: 3,
      says: [/finding no-usb-bus: this machine shows no USB bus/],
    },
    {
      what: "a platform without the library",
      situation: {
        usbFails: transportFailure({
          ...{ kind: "no-usb-library", library: "usb", problem: "no-libudev" },
          ...{ reason: "libudev.so.1: cannot open shared object file", remedy: "apk add eudev-libs" },
        }),
      },
      code: 3,
      says: [
        /^finding no-usb-library: the package usb needs libudev\.so\.1, .*cannot open shared object file\)$/m,
        /^ {2}try: apk add eudev-libs\n {2}try: tcp:\/\//m,
      ],
    },
  ])("$what", async ({ situation, code, says }) => {
    const finished = await doctor(situation);
    for (const pattern of says) expect(finished.out).toMatch(pattern);
    expect({ code: finished.code, err: finished.err }).toEqual({ code, err: "" });
  });

  test("a working probe has no finding at all", async () => {
    expect((await doctor({ devices: [device({ firmware: firmware("2.1.1") })] })).out).not.toMatch(
      /finding|note/,
    );
  });

  test("PROBE-13: two probes with meaningless port numbers have none either", async () => {
    const twins = [3, 4].map((address) => device({ ports: [], address, firmware: firmware("2.1.1") }));
    const { out } = await doctor({ devices: twins });
    expect(out).toMatch(/^usable: .*1-:3/m);
    expect(out).not.toMatch(/finding|note/);
  });

  test("our own lock on a probe is a busy probe", async () => {
    const stack = fakeStack([device()]);
    const [probe] = await listUsbProbes(stack);
    const pipe = await probe?.open();
    expect((await doctor({ stack })).out).toMatch(/finding busy: A1: .*in use by us/);
    await pipe?.close();
  });

  test("--json is one document with everything", async () => {
    const { out, code } = await doctor({ devices: [device({ obstacle: "access" })] }, "--json");
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      command: "doctor",
      platform: "linux",
      place: "plain",
      probes: [{ id: "A1", usable: false }],
      findings: [{ code: "no-permission", severity: "problem", probe: "A1" }],
      exitCode: 3,
    });
  });
});

describe("every exit 3 says what to do", () => {
  test.each([
    [["run", "ResetSystem", "--probe", "tcp://127.0.0.1:1"], /finding not-reachable: .*\n {2}try: /],
    [["run", "ResetSystem", "--probe", "usb@9-9"], /finding (no-usb-bus|absent): .*\n {2}try: /],
  ])("%j", async (argv, message) => {
    const { code, err } = await dbgseqIn({ cwd: process.cwd(), env: {} }, ...argv);
    expect(err).toMatch(message);
    expect(code).toBe(3);
  });

  test("and so does the document of --json", async () => {
    const { out } = await dbgseqIn(
      { cwd: process.cwd(), env: {} },
      ...["run", "ResetSystem", "--probe", "tcp://127.0.0.1:1", "--json"],
    );
    expect(JSON.parse(out)).toMatchObject({
      exitCode: 3,
      finding: { code: "not-reachable", steps: expect.arrayContaining([expect.any(String)]) as unknown },
    });
  });

  test.each(KINDS_OF_NO_PROBE)("%s has a finding with something to try", (kind) => {
    const finding = findingOf(new Failure({ kind, probe: "P" }, "words"), host({}));
    expect(finding?.steps.length).toBeGreaterThan(0);
  });
});

test("PROBE-18: no rule needs a group that a distribution lacks, and the group is made before it is joined", async () => {
  const { out } = await doctor({ devices: [device({ obstacle: "access" })] });
  expect([...GENERAL_RULES, ruleFor(1, 2)].filter((rule) => rule.includes("GROUP"))).toEqual([]);
  expect([...GENERAL_RULES, ruleFor(1, 2)].every((rule) => rule.includes('TAG+="uaccess"'))).toBe(true);
  expect(out).toMatch(/over ssh.*: add GROUP="plugdev".*groupadd -f -r plugdev && sudo usermod -aG plugdev/);
});

test("the rules that ship are those that the doctor prints", () => {
  const shipped = readFileSync("examples/udev/60-dbgseq.rules", "utf8").split("\n");
  expect(shipped.filter((line) => line !== "" && !line.startsWith("#"))).toEqual([...GENERAL_RULES]);
});
