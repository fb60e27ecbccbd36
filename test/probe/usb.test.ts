import { describe, expect, test } from "vitest";
import { listUsbProbes } from "../../src/probe/usb/probes.ts";
import { UsbError } from "../../src/probe/usb/port.ts";
import { SmallProbe } from "./small-probe.ts";
import { IN_TIME_US } from "../support/in-time.ts";
import { bulk, FakeDevice, fakeStack, hid, onlyProbe, type FakeDeviceOptions } from "./usb-fake.ts";
import { fault } from "../support/fault.ts";

const SERIAL_REQUEST = Uint8Array.of(0x00, 0x03);
const SERIAL_ANSWER = Uint8Array.of(0x00, 3, 0x41, 0x31, 0);

describe("listing", () => {
  test.each<{ what: string; device: FakeDeviceOptions; generations: readonly string[] | undefined }>([
    {
      what: "v2 by its interface string, whatever the product is called",
      device: { product: "XYZ Link", names: { 0: "XYZ CMSIS-DAP v2" } },
      generations: ["v2"],
    },
    {
      what: "v2 by its product where the interface has no string",
      device: { names: {} },
      generations: ["v2"],
    },
    {
      what: "both, best first",
      device: { interfaces: [hid(0), bulk(1)], names: { 1: "CMSIS-DAP v2" } },
      generations: ["v2", "v1"],
    },
    { what: "v1 by its product", device: { interfaces: [hid(0)] }, generations: ["v1"] },
    {
      what: "the HID interface that is named, not a keyboard beside it",
      device: { interfaces: [hid(0), hid(3)], product: "Combo", names: { 0: "Keyboard", 3: "CMSIS-DAP" } },
      generations: ["v1"],
    },
    {
      what: "a vendor interface of another name on a probe is no v2",
      device: { interfaces: [bulk(0), hid(1)], names: { 0: "Trace" } },
      generations: ["v1"],
    },
    {
      what: "no mouse",
      device: { ids: [0x1209, 1], interfaces: [hid(0)], product: "Mouse" },
      generations: undefined,
    },
    { what: "no ST-Link", device: { product: "STLINK-V3", names: { 0: "ST Link" } }, generations: undefined },
    {
      what: "nothing that refuses to say its name",
      device: { ids: [0x1209, 1], stringsFail: new UsbError("access", "no") },
      generations: undefined,
    },
  ])("$what", async ({ device, generations }) => {
    const probes = await listUsbProbes(fakeStack([new FakeDevice(device)]));
    expect(probes.map((probe) => probe.generations)).toEqual(generations === undefined ? [] : [generations]);
  });

  test("a probe is called by its serial number, by its port where that is shared, missing or says nothing", async () => {
    const probes = await listUsbProbes(
      fakeStack([
        new FakeDevice({ ports: [10], serial: "0001A0000000" }),
        new FakeDevice({ ports: [2, 1], serial: "SAME" }),
        new FakeDevice({ ports: [2, 3], serial: "SAME" }),
        new FakeDevice({ ports: [4], serial: "" }),
        new FakeDevice({ ports: [5], serial: "E6614103E7" }),
      ]),
    );
    expect(probes.map(({ id }) => id)).toEqual([
      "usb@1-2.1",
      "usb@1-2.3",
      "usb@1-4",
      "E6614103E7",
      "usb@1-10",
    ]);
  });

  test("missing permission is a state of a probe that is there, not its absence", async () => {
    expect(await onlyProbe(new FakeDevice({ obstacle: "access" }))).toMatchObject({
      state: "no-permission",
      path: "/dev/bus/usb/001/007",
    });
    expect(await onlyProbe(new FakeDevice({ obstacle: "not-supported" }), "win32")).toMatchObject({
      state: "no-driver",
    });
  });

  test("no device at all, not even a root hub, is a machine without USB", async () => {
    const listing = listUsbProbes(fakeStack([]));
    await expect(listing).rejects.toThrow(/no USB bus.*container/s);
    await expect(listUsbProbes(fakeStack([]))).rejects.toEqual(fault("no-usb-bus", { platform: "linux" }));
  });
});

describe("opening", () => {
  test.each([
    ["access", "no-permission"],
    ["busy", "busy"],
    ["no-device", "unplugged"],
    ["not-supported", "no-driver"],
    ["io", "transfer-failed"],
  ] as const)("%s is the fault %s", async (code, kind) => {
    const error = new UsbError(code, "libusb says so");
    await expect((await onlyProbe(new FakeDevice({ openFails: error }))).open()).rejects.toEqual(fault(kind));
    const device = new FakeDevice({ claimFails: error });
    await expect((await onlyProbe(device)).open()).rejects.toEqual(fault(kind));
    expect(device.log.at(-1)).toBe("close");
  });

  test("a probe is opened once at a time, and again after it failed or was closed", async () => {
    const stack = fakeStack([new FakeDevice()]);
    const [probe] = await listUsbProbes(stack);
    const pipe = await probe?.open();
    const [again] = await listUsbProbes(stack);
    await expect(again?.open()).rejects.toEqual(fault("busy", { holder: "us" }));
    await pipe?.close();
    await expect(again?.open({ generation: "v1" })).rejects.toEqual(fault("transfer-failed"));
    await (await again?.open())?.close();
  });
});

describe("framing", () => {
  test("a v2 packet that fills USB packets but not the probe's buffer ends with an empty one", async () => {
    const device = new FakeDevice({
      firmware: new SmallProbe({ packetSize: 512 }),
      interfaces: [bulk(0, 64)],
    });
    const pipe = await (await onlyProbe(device)).open();
    await pipe.send(new Uint8Array(128));
    expect(device.log.slice(-2)).toEqual(["out 128", "out 0"]);
    await pipe.receive(IN_TIME_US);
    await pipe.close();
  });

  test("a v1 packet is a whole report, whatever packet size the probe claims", async () => {
    const device = new FakeDevice({ firmware: new SmallProbe({ packetSize: 1024 }), interfaces: [hid(0)] });
    const pipe = await (await onlyProbe(device)).open();
    expect(pipe.limits).toEqual({ packetSize: 64, inFlight: 2 });
    await pipe.send(SERIAL_REQUEST);
    expect(device.log.at(-1)).toBe("out 64");
    await pipe.receive(IN_TIME_US);
    await expect(pipe.send(new Uint8Array(65))).rejects.toEqual(fault("packet-too-long", { limit: 64 }));
    await pipe.close();
  });

  test("a HID probe without an OUT endpoint gets its reports by SET_REPORT", async () => {
    const { endpoints, ...rest } = hid(3);
    const device = new FakeDevice({ interfaces: [{ ...rest, endpoints: endpoints.slice(0, 1) }] });
    const pipe = await (await onlyProbe(device)).open();
    expect(device.log).toContain("SET_REPORT to 3");
    await pipe.send(SERIAL_REQUEST);
    expect((await pipe.receive(IN_TIME_US)).subarray(0, 5)).toEqual(SERIAL_ANSWER);
    await pipe.close();
  });
});
