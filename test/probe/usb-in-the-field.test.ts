/**
 * What real probes, USB libraries and systems do beside the specification, on a fake stack that plays each system. Each
 * name begins with the number of its fact in grammar/probes.md. None of it was run on Windows, macOS or hardware.
 */
import { describe, expect, test } from "vitest";
import { openHid, type HidEntry, type HidLibrary } from "../../src/probe/usb/node-hid.ts";
import { UsbError, type UsbInterface } from "../../src/probe/usb/port.ts";
import { chooseUsbProbe, describe as lineOf } from "../../src/probe/usb/choice.ts";
import { listUsbProbes, type UsbProbe } from "../../src/probe/usb/probes.ts";
import { parseProbe } from "../../src/probe/select.ts";
import type { HidWish } from "../../src/probe/usb/stack.ts";
import { SmallProbe } from "./small-probe.ts";
import { IN_TIME_US } from "../support/in-time.ts";
import { bulk, FakeDevice, fakeStack, hid, onlyProbe } from "./usb-fake.ts";
import { asHidLibrary } from "./usb-shapes.ts";
import { fault } from "../support/fault.ts";

const SERIAL_REQUEST = Uint8Array.of(0x00, 0x03);
const SERIAL_ANSWER = Uint8Array.of(0x00, 3, 0x41, 0x31, 0);
const ACCESS = new UsbError("access", "LIBUSB_ERROR_ACCESS");

async function answers(probe: UsbProbe): Promise<void> {
  const pipe = await probe.open();
  await pipe.send(SERIAL_REQUEST);
  expect((await pipe.receive(IN_TIME_US)).subarray(0, 5)).toEqual(SERIAL_ANSWER);
  await pipe.close();
}

const inBeforeOut = (number: number): UsbInterface => {
  const one = bulk(number);
  return { ...one, endpoints: one.endpoints.toReversed() };
};

describe("PROBE-01: Windows shows a probe that another program has without its names", () => {
  test.each<{ what: string; device: FakeDevice; line: RegExp }>([
    {
      what: "one whose interface fits",
      device: new FakeDevice({ ids: [0x1209, 0x0001], stringsFail: ACCESS, openFails: ACCESS }),
      line: /^usb@1-2 .*1209:0001 .*\(in use by another program\)$/,
    },
    {
      what: "a known one, by its name in the table",
      device: new FakeDevice({ ids: [0x2e8a, 0x000c], stringsFail: ACCESS, openFails: ACCESS }),
      line: /^usb@1-2 {2}Raspberry Pi Debug Probe.*\(in use by another program\)$/,
    },
  ])("$what is listed as busy, and opening it says so", async ({ device, line }) => {
    const probe = await onlyProbe(device, "win32");
    expect(probe.state).toBe("busy");
    expect(lineOf(probe)).toMatch(line);
    expect(chooseUsbProbe([probe], parseProbe("usb@1-2") as never)).toBe(probe);
    await expect(probe.open()).rejects.toEqual(fault("busy"));
  });

  test("a device with other interfaces stays unlisted", async () => {
    const mouse = new FakeDevice({ ids: [0x1209, 0x0002], interfaces: [hid(0)], stringsFail: ACCESS });
    expect(await listUsbProbes(fakeStack([mouse], "win32"))).toEqual([]);
  });

  test("it is asked again once it is free", async () => {
    const device = new FakeDevice({ stringsFail: ACCESS });
    const stack = fakeStack([device], "win32");
    expect((await listUsbProbes(stack))[0]?.state).toBe("busy");
    device.answerStrings();
    expect((await listUsbProbes(stack))[0]).toMatchObject({ state: "usable", serial: "A1" });
  });
});

describe("PROBE-02: a refused access is a permission on Linux only", () => {
  test.each([
    ["linux", "no-permission"],
    ["darwin", "busy"],
    ["win32", "busy"],
  ] as const)("on %s it is %s, when opened and when claimed", async (platform, kind) => {
    for (const failure of [{ openFails: ACCESS }, { claimFails: ACCESS }])
      await expect((await onlyProbe(new FakeDevice(failure), platform)).open()).rejects.toEqual(fault(kind));
    const listed = await onlyProbe(new FakeDevice({ obstacle: "access" }), platform);
    expect(listed.state).toBe(kind);
  });

  test("is the same in the system's HID list", async () => {
    const library = hidLibrary([{ path: "a" }], () => Promise.reject(new Error("cannot open device")));
    const opening = openHid(wish({ platform: "darwin" }), library);
    await expect(opening).rejects.toEqual(fault("busy"));
  });
});

describe("PROBE-04: a probe whose firmware stops for good at DAP_QueueCommands", () => {
  test.each([
    [0x0223, undefined],
    [0x0230, false],
    [0x0231, false],
  ] as const)("debugprobe of release %d", async (release, queues) => {
    const pipe = await (await onlyProbe(new FakeDevice({ ids: [0x2e8a, 0x000c], release }))).open();
    expect(pipe.limits?.queues).toBe(queues);
    await pipe.close();
  });
});

describe("PROBE-06: an interface of another class is v2 if its name says so", () => {
  const ofClass = (usbClass: number): UsbInterface => ({ ...bulk(0), usbClass, subclass: 0 });

  test.each([
    ["class 0, as of KitProg3", 0x00, ["v2"]],
    ["a class that no specification has", 0xdc, ["v2"]],
    ["mass storage", 0x08, []],
  ] as const)("%s", async (_what, usbClass, generations) => {
    const device = new FakeDevice({
      ids: [0x1209, 0x0003],
      interfaces: [ofClass(usbClass)],
      names: { 0: "CMSIS-DAP v2" },
    });
    const probes = await listUsbProbes(fakeStack([device]));
    expect(probes.map((probe) => probe.generations)).toEqual(generations.length === 0 ? [] : [generations]);
  });

  test("KitProg3 that another program has is busy, though its names are not known", async () => {
    const device = new FakeDevice({
      ids: [0x04b4, 0xf155],
      interfaces: [hid(0), { ...ofClass(0), number: 1 }],
      ...{ stringsFail: ACCESS, openFails: ACCESS },
    });
    const probe = await onlyProbe(device, "win32");
    expect(probe).toMatchObject({ state: "busy", generations: ["v2"] });
    await expect(probe.open()).rejects.toEqual(fault("busy"));
  });

  test("KitProg3's HID bridge beside it is not taken for v1", async () => {
    const device = new FakeDevice({
      ids: [0x04b4, 0xf155],
      interfaces: [hid(0), { ...ofClass(0), number: 1 }],
      names: { 0: "KitProg3 Bridge", 1: "CMSIS-DAP" },
      product: "KitProg3 CMSIS-DAP",
    });
    const probe = await onlyProbe(device);
    expect(probe.generations).toEqual(["v2"]);
    await answers(probe);
    expect(device.log).toContain("claim 1");
  });
});

describe("PROBE-07: of several HID interfaces the one that carries CMSIS-DAP is taken", () => {
  test("on Linux by the number that is known", async () => {
    const device = new FakeDevice({
      ids: [0x1fc9, 0x0090],
      interfaces: [hid(2), hid(0), hid(3)],
      product: "LPC-LINK2 CMSIS-DAP V5.134",
    });
    await answers(await onlyProbe(device));
    expect(device.log).toContain("claim 0");
  });

  test.each<{ what: string; entries: readonly HidEntry[]; isSure: boolean; path: string }>([
    {
      what: "by the number, if that is sure",
      entries: [
        { path: "wrong", interface: 3, usagePage: 0xff00 },
        { path: "right", interface: 0, usagePage: 0xff43 },
      ],
      isSure: true,
      path: "right",
    },
    {
      what: "else by the usage page, exactly",
      entries: [
        { path: "wrong", interface: -1, usagePage: 0xff43 },
        { path: "right", interface: -1, usagePage: 0xff00 },
      ],
      isSure: false,
      path: "right",
    },
    {
      what: "a number that is only a guess loses against the usage page",
      entries: [
        { path: "wrong", interface: 0, usagePage: 0xff43 },
        { path: "right", interface: 1, usagePage: 0xff00 },
      ],
      isSure: false,
      path: "right",
    },
    {
      what: "the only one, whatever its page",
      entries: [{ path: "right", interface: -1, usagePage: 0xff01 }],
      isSure: false,
      path: "right",
    },
  ])("elsewhere $what", async ({ entries, isSure, path }) => {
    const opened: string[] = [];
    const library = hidLibrary(entries, (which) => {
      opened.push(which);
      return Promise.reject(new Error("enough"));
    });
    await expect(openHid(wish({ isSure }), library)).rejects.toThrow();
    expect(opened).toEqual([path]);
  });

  test("two probes that nothing tells apart are refused, not mixed up", async () => {
    const entries = ["one", "two"].map((path) => ({ path, interface: 0, usagePage: 0xff00 }));
    const opening = openHid(wish({}), hidLibrary(entries));
    await expect(opening).rejects.toEqual(fault("ambiguous"));
  });
});

describe("PROBE-08: a report is as long as the probe wants it", () => {
  const wide = (number: number): UsbInterface => ({
    ...hid(number),
    endpoints: hid(number).endpoints.map((one) => ({ ...one, maxPacketSize: 512 })),
  });

  test.each([
    ["by its endpoint", { interfaces: [wide(0)] }],
    ["by the table of known probes", { interfaces: [hid(0)], ids: [0x03eb, 0x2141] as const }],
  ])("512 bytes %s", async (_how, options) => {
    const device = new FakeDevice({ ...options, firmware: new SmallProbe({ packetSize: 512 }) });
    const pipe = await (await onlyProbe(device)).open();
    await pipe.send(SERIAL_REQUEST);
    expect(device.log.at(-1)).toBe("out 512");
    expect((await pipe.receive(IN_TIME_US)).subarray(0, 5)).toEqual(SERIAL_ANSWER);
    expect(pipe.limits?.packetSize).toBe(512);
    await pipe.close();
  });

  test("through the system's HID list as well", async () => {
    const written: number[] = [];
    const library = hidLibrary([{ path: "a" }], () =>
      Promise.resolve({
        write: (report) => {
          written.push(report.length);
          return Promise.reject(new Error("enough"));
        },
        on: () => undefined,
        close: () => Promise.resolve(),
      }),
    );
    await expect(openHid(wish({ reportBytes: 512 }), library)).rejects.toThrow();
    expect(written).toEqual([513]); // the report's number comes first
  });
});

describe("PROBE-09: names and serial numbers that only almost keep to the rules", () => {
  test.each([
    ["CMSIS_DAP", { ids: [0xc251, 0xf001] as const, product: "LPC11U35 CMSIS_DAP", serial: "7" }, "7"],
    [
      "CMSIS_DAP of unknown numbers",
      { ids: [0x1209, 0x0001] as const, product: "A CMSIS_DAP", serial: "8" },
      "8",
    ],
    ["WCH-Link", { ids: [0x1a86, 0x8011] as const, product: "WCH-Link", serial: "0001A0000001" }, "usb@1-2"],
    [
      "a WCH-Link of other numbers",
      { ids: [0x1a86, 0x8012] as const, product: "WCH-Link", serial: "5" },
      "usb@1-2",
    ],
  ] as const)("%s", async (_what, options, id) => {
    const probe = await onlyProbe(new FakeDevice({ ...options, names: {} }));
    expect(probe.id).toBe(id);
    await answers(probe);
  });
});

describe("PROBE-10: a nameless interface of the right shape is a guess", () => {
  test("one with OUT before IN is taken before one with IN first", async () => {
    const device = new FakeDevice({ interfaces: [inBeforeOut(0), bulk(1)], names: {} });
    await answers(await onlyProbe(device));
    expect(device.log).toContain("claim 1");
  });

  test("the named one is taken before it", async () => {
    const device = new FakeDevice({ interfaces: [bulk(0), bulk(1)], names: { 1: "CMSIS-DAP v2" } });
    await answers(await onlyProbe(device));
    expect(device.log).toContain("claim 1");
  });

  test("if it is silent, HID is used", async () => {
    const device = new FakeDevice({ interfaces: [bulk(0), hid(1)], names: {}, deafBulk: true });
    const probe = await onlyProbe(device);
    expect(probe.generations).toEqual(["v2", "v1"]);
    await answers(probe);
    expect(device.log.filter((line) => line.startsWith("claim"))).toEqual(["claim 0", "claim 1"]);
    expect(device.log.filter((line) => line === "release 0")).toHaveLength(1);
  });

  test("of a probe that is known to speak v1 only it is not tried", async () => {
    const device = new FakeDevice({ ids: [0x03eb, 0x2111], interfaces: [bulk(0), hid(1)], names: {} });
    expect((await onlyProbe(device)).generations).toEqual(["v1"]);
  });

  test("is reported as silent if v2 was asked for", async () => {
    const device = new FakeDevice({ interfaces: [bulk(0), hid(1)], names: {}, deafBulk: true });
    await expect((await onlyProbe(device)).open({ generation: "v2" })).rejects.toEqual(fault("out-of-step"));
  });
});

describe("PROBE-11: v2 without a driver", () => {
  test("falls back to v1 of the same device", async () => {
    const device = new FakeDevice({
      interfaces: [bulk(0), hid(1)],
      names: { 0: "CMSIS-DAP v2", 1: "CMSIS-DAP v1" },
      obstacle: "not-supported",
    });
    expect(await onlyProbe(device, "win32")).toMatchObject({ state: "usable", generations: ["v1"] });
  });

  test("falls back to v1 if only opening tells that there is none", async () => {
    const device = new FakeDevice({
      interfaces: [hid(0), bulk(1)],
      names: { 0: "CMSIS-DAP v1", 1: "CMSIS-DAP v2" },
      claimFails: new UsbError("not-supported", "LIBUSB_ERROR_NOT_SUPPORTED"),
    });
    const system = (hidWish: HidWish) => openHid(hidWish, asHidLibrary(device));
    const [probe] = await listUsbProbes(fakeStack([device], "win32", system));
    expect(probe?.generations).toEqual(["v2", "v1"]);
    if (probe !== undefined) await answers(probe);
  });

  test("is reported as missing if there is nothing else", async () => {
    expect((await onlyProbe(new FakeDevice({ obstacle: "not-supported" }), "win32")).state).toBe("no-driver");
  });
});

describe("PROBE-13: port numbers that tell nothing", () => {
  test("an empty bus is no machine without USB, but on Linux", async () => {
    expect(await listUsbProbes(fakeStack([], "darwin"))).toEqual([]);
    expect(await listUsbProbes(fakeStack([], "win32"))).toEqual([]);
    await expect(listUsbProbes(fakeStack([]))).rejects.toEqual(fault("no-usb-bus"));
  });

  test("equal or empty ones get the address, so that each probe has its own id and lock", async () => {
    const twins = [3, 4].map((address) => new FakeDevice({ serial: "", ports: [1], address }));
    const portless = new FakeDevice({ serial: "", ports: [], address: 9 });
    const stack = fakeStack([...twins, portless], "darwin");
    const probes = await listUsbProbes(stack);
    expect(probes.map(({ id }) => id)).toEqual(["usb@1-:9", "usb@1-1:3", "usb@1-1:4"]);
    const pipes = await Promise.all(probes.map((probe) => probe.open()));
    expect(chooseUsbProbe(probes, parseProbe("usb@1-1:4") as never)).toBe(probes[2]);
    await Promise.all(pipes.map((pipe) => pipe.close()));
  });
});

describe("PROBE-14: listing opens each strange device once", () => {
  test("and again only after it was plugged in anew", async () => {
    const mouse = new FakeDevice({ ids: [0x1209, 1], interfaces: [hid(0)], product: "Mouse", address: 4 });
    const probe = new FakeDevice({ ports: [3], address: 5 });
    const stack = fakeStack([mouse, probe], "darwin");
    for (let turn = 0; turn < 5; turn++) expect(await listUsbProbes(stack)).toHaveLength(1);
    expect([mouse.asked, probe.asked]).toEqual([1, 1]);
    mouse.present = false;
    await listUsbProbes(stack);
    mouse.present = true;
    await listUsbProbes(stack);
    expect([mouse.asked, probe.asked]).toEqual([2, 1]);
  });

  test("another probe that got the address of the one before is asked for its own names", async () => {
    const [before, after] = ["A1", "B2"].map((serial) => new FakeDevice({ serial }));
    if (before === undefined || after === undefined) throw new Error("two devices");
    after.present = false;
    const stack = fakeStack([before, after], "darwin");
    expect((await listUsbProbes(stack))[0]?.serial).toBe("A1");
    [before.present, after.present] = [false, true];
    expect((await listUsbProbes(stack))[0]?.serial).toBe("B2");
  });

  test("what is known to be a probe is asked first", async () => {
    const order: string[] = [];
    const mouse = new FakeDevice({
      ids: [0x1209, 1],
      interfaces: [hid(0)],
      onAsked: () => order.push("mouse"),
    });
    const probe = new FakeDevice({ ports: [3], onAsked: () => order.push("probe") });
    await listUsbProbes(fakeStack([mouse, probe], "win32"));
    expect(order).toEqual(["probe", "mouse"]);
  });

  test("devices of other kinds are never opened", async () => {
    const disk = new FakeDevice({ ids: [0x1209, 2], interfaces: [{ ...bulk(0), usbClass: 8 }] });
    await listUsbProbes(fakeStack([disk], "darwin"));
    expect(disk.asked).toBe(0);
  });
});

describe("PROBE-15: packets of 64 bytes on an endpoint of 512", () => {
  test("reads have room for a packet of the endpoint", async () => {
    const device = new FakeDevice({
      firmware: new SmallProbe({ packetSize: 64 }),
      interfaces: [bulk(0, 512)],
    });
    const pipe = await (await onlyProbe(device)).open();
    await pipe.send(SERIAL_REQUEST);
    await pipe.receive(IN_TIME_US);
    expect(new Set(device.readLengths)).toEqual(new Set([512]));
    await pipe.close();
  });

  test("a packet size between two of the endpoint's is rounded up", async () => {
    const device = new FakeDevice({
      firmware: new SmallProbe({ packetSize: 100 }),
      interfaces: [bulk(0, 64)],
    });
    const pipe = await (await onlyProbe(device)).open();
    await pipe.send(SERIAL_REQUEST);
    await pipe.receive(IN_TIME_US);
    expect(device.readLengths.at(-1)).toBe(128);
    await pipe.close();
  });
});

describe("PROBE-17: firmware that is known to be faulty", () => {
  test.each([
    [0x0213, /has version 2\.1\.3, and firmware before 2\.2\.0 loses packets: update it to 2\.2\.0/],
    [0x0220, undefined],
  ] as const)("of release %d is said, and used all the same", async (release, says) => {
    const probe = await onlyProbe(new FakeDevice({ ids: [0x2e8a, 0x000c], release }));
    const pipe = await probe.open();
    if (says === undefined) expect(pipe.notes).toEqual([]);
    else expect(pipe.notes?.join()).toMatch(says);
    await pipe.close();
    await answers(probe);
  });
});

function hidLibrary(
  entries: readonly HidEntry[],
  open: HidLibrary["HIDAsync"]["open"] = () => Promise.reject(new Error("not opened")),
): HidLibrary {
  return { devicesAsync: () => Promise.resolve(entries), HIDAsync: { open } };
}

function wish({
  platform = "win32",
  isSure = false,
  reportBytes = 64,
}: {
  readonly platform?: string;
  readonly isSure?: boolean;
  readonly reportBytes?: number;
}): Parameters<typeof openHid>[0] {
  const [input, output] = hid(0).endpoints;
  if (input === undefined || output === undefined) throw new Error("a HID interface has two endpoints");
  return {
    device: { vendorId: 0x1209, productId: 1 },
    hid: { number: 0, input, output, reportBytes, isSure },
    ...{ serial: "", name: "Test probe", platform },
  };
}
