/** Our USB transports over the real package `usb`, a real libusb and a real Linux kernel. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { knownProbe } from "../../src/probe/usb/known.ts";
import { SmallProbe } from "../probe/small-probe.ts";
import { Fixture, noFixture } from "./fixture.ts";
import { v1, v2, type ProbeDescription } from "./usbip/device.ts";

const why = noFixture();
/** Our own over libusb, WebUSB's interface of the package `usb`, and node-hid; guest-probe.ts has them. */
const WAYS = ["v2", "v1", "web", "node-hid"] as const;
const SERIALS: Readonly<Record<(typeof WAYS)[number], string>> = {
  v2: "two",
  web: "two",
  v1: "one",
  "node-hid": "one",
};
/** Neither root nor in any group; 65534 is `nobody` on Debian. */
const NOBODY = 65534;

const PROBE: ProbeDescription = {
  vendorId: 0x0d28,
  productId: 0x0204,
  manufacturer: "dbgseq",
  product: "Test CMSIS-DAP",
  serial: "VM-0001",
  speed: "high",
  interfaces: [
    v1(() => new SmallProbe({ serial: "one", packetSize: 64 })),
    v2(() => new SmallProbe({ serial: "two", packetSize: 512 })),
  ],
};

describe.skipIf(why !== undefined)(why === undefined ? "a guest with a probe" : `skipped: ${why}`, () => {
  let fixture: Fixture;
  const plugged = new Set<string>();

  async function plug(busId: string, description: ProbeDescription) {
    plugged.add(busId);
    return fixture.plug(busId, description);
  }

  beforeAll(async () => {
    fixture = await Fixture.start();
  });
  afterEach(async () => {
    for (const busId of plugged) fixture.cut(busId);
    plugged.clear();
    await fixture.unplugged();
  });
  afterAll(async () => {
    await fixture.stop();
  });

  test("is listed with what it says of itself", async () => {
    const { port } = await plug("1-1", PROBE);
    const { result } = await fixture.probe(["list"]);
    expect(result).toEqual([
      {
        id: "VM-0001",
        serial: "VM-0001",
        vendorId: 0x0d28,
        productId: 0x0204,
        release: 0x0100,
        known: knownProbe({ vendorId: 0x0d28, productId: 0x0204 }),
        manufacturer: "dbgseq",
        product: "Test CMSIS-DAP",
        port,
        generations: ["v2", "v1"],
        state: "usable",
        path: expect.stringMatching(/^\/dev\/bus\/usb\/001\/\d{3}$/) as string,
      },
    ]);
  });

  test("is not listed when it is not there", async () => {
    expect(await fixture.probe(["list"])).toEqual({ result: [] });
  });

  test("two with one serial number are told apart by their ports", async () => {
    const first = await plug("1-1", PROBE);
    const second = await plug("1-2", PROBE);
    const { result } = await fixture.probe(["list"]);
    const ids = (result as readonly { readonly id: string }[]).map(({ id }) => id);
    expect(ids).toEqual([`usb@${first.port}`, `usb@${second.port}`].sort());
  });

  test.each(["high", "full"] as const)(
    "exchanges packets at %s speed, v2 and v1, one and four deep",
    async (speed) => {
      await plug("1-1", { ...PROBE, speed });
      expect((await fixture.probe(["exchange", "v2", "60"])).result).toMatchObject({ serials: ["two"] });
      expect((await fixture.probe(["pipelined", "v2", "60"])).result).toMatchObject({ serials: ["two"] });
      expect((await fixture.probe(["exchange", "v1", "40"])).result).toMatchObject({ serials: ["one"] });
      expect((await fixture.probe(["pipelined", "v1", "40"])).result).toMatchObject({ serials: ["one"] });
    },
  );

  test("v1 gives the HID interface back to the kernel", async () => {
    const { port } = await plug("1-1", PROBE);
    const driver = async (): Promise<string> => {
      const { stdout } = await fixture.guest.run(["readlink", `/sys/bus/usb/devices/${port}:1.0/driver`]);
      return stdout.trim().split("/").at(-1) ?? "";
    };
    expect(await driver()).toBe("usbhid");
    const other = await fixture.hold("hold", "v1");
    expect(await driver()).toBe("usbfs");
    await other.giveBack();
    expect(await driver()).toBe("usbhid");
  });

  test.each(WAYS)("packets go there and back, and are answered in order (%s)", async (way) => {
    await plug("1-1", PROBE);
    expect((await fixture.probe(["exchange", way])).result).toMatchObject({ serials: [SERIALS[way]] });
    expect((await fixture.probe(["order", way])).result).toEqual([4, 1, 4]);
  });

  test.each(WAYS)("an unplug in mid-transfer is a fault of its own, at once (%s)", async (generation) => {
    const device = await plug("1-1", PROBE);
    device.onRequest = ([id]) => {
      if (id === 0x80)
        setTimeout(() => {
          fixture.cut("1-1");
        }, 100);
    };
    const { result } = await fixture.probe(["stuck", generation]);
    expect(result).toMatchObject({ fault: { kind: "unplugged" } });
    expect((result as { readonly afterMs: number }).afterMs).toBeLessThan(5000);
  });

  test.each(WAYS)("comes back in step after a timeout (%s)", async (way) => {
    await plug("1-1", PROBE);
    const serials = [SERIALS[way]];
    expect((await fixture.probe(["timeout", way])).result).toMatchObject({ kind: "timeout", serials });
  });

  test.each(WAYS)("closes while an answer is due, and the next program gets its own (%s)", async (way) => {
    await plug("1-1", PROBE);
    expect(await fixture.probe(["give-up", way])).toEqual({ result: "timeout" });
    expect((await fixture.probe(["exchange", way])).result).toMatchObject({ serials: [SERIALS[way]] });
  });

  test("answers that a crashed program never read reach nobody", async () => {
    await plug("1-1", PROBE);
    const crashed = await fixture.guest.run(fixture.command(["leave", "v2"]));
    expect(crashed.code).toBe(0);
    expect((await fixture.probe(["exchange", "v2"])).result).toMatchObject({ serials: ["two"] });
  });

  test.each(["v2", "v1", "node-hid"] as const)(
    "a second program finds it busy, and who holds it (%s)",
    async (generation) => {
      await plug("1-1", PROBE);
      const other = await fixture.hold("hold", generation);
      const busy = await fixture.probe(["exchange", generation]);
      expect(busy.fault).toEqual({
        kind: "busy",
        probe: expect.any(String) as string,
        holder: expect.stringMatching(/^process \d+$/) as string,
      });
      await other.giveBack();
      expect((await fixture.probe(["exchange", generation])).fault).toBeUndefined();
    },
  );

  test.each(["v2", "web"] as const)(
    "a program that knows nothing of our locks keeps it busy, too (%s)",
    async (way) => {
      await plug("1-1", PROBE);
      const other = await fixture.hold("seize", way);
      expect(await fixture.probe(["exchange", way])).toMatchObject({ fault: { kind: "busy" } });
      await other.giveBack();
      expect((await fixture.probe(["exchange", way])).fault).toBeUndefined();
    },
  );

  test("missing permission is told from absence, and the device file is named", async () => {
    await plug("1-1", PROBE);
    const { result } = await fixture.probe(["list"], { user: NOBODY });
    expect(result).toMatchObject([{ id: "VM-0001", state: "no-permission" }]);
    const [{ path = "" } = {}] = result as readonly { readonly path?: string }[];
    const refused = await fixture.probe(["exchange", "v2"], { user: NOBODY });
    expect(refused).toMatchObject({ fault: { kind: "no-permission", path } });
    await fixture.guest.run(["chmod", "666", path]); // what a udev rule would do
    expect((await fixture.probe(["exchange", "v2"], { user: NOBODY })).result).toMatchObject({
      serials: ["two"],
    });
  });

  test("a machine whose USB controller is gone has no USB bus", async () => {
    expect((await fixture.guest.run(["busybox", "rmmod", "vhci-hcd"])).code).toBe(0);
    expect(await fixture.probe(["list"])).toMatchObject({ fault: { kind: "no-usb-bus" } });
  });
});
