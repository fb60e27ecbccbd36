/** What every way to a USB probe must do, whatever stands behind the port: one suite for all of them. */
import { describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { SmallProbe, STUCK } from "./small-probe.ts";
import { IN_TIME_US } from "../support/in-time.ts";
import { FakeDevice, type FakeDeviceOptions } from "./usb-fake.ts";
import { fault } from "../support/fault.ts";

/** A way to a probe: what opens it, with the device at its other end. */
export interface Way {
  readonly name: string;
  readonly device: FakeDeviceOptions;
  open(device: FakeDevice): Promise<PacketPipe>;
  /** What the device is told at the beginning and at the end; undefined if the system does it unseen. */
  readonly opens?: readonly string[];
  readonly closes?: readonly string[];
}

const SERIAL_REQUEST = Uint8Array.of(0x00, 0x03);
const SERIAL_ANSWER = Uint8Array.of(0x00, 3, 0x41, 0x31, 0);

async function answers(pipe: PacketPipe): Promise<void> {
  await pipe.send(SERIAL_REQUEST);
  expect((await pipe.receive(IN_TIME_US)).subarray(0, 5)).toEqual(SERIAL_ANSWER);
}

export function describeWay(way: Way): void {
  const made = (more: FakeDeviceOptions = {}): FakeDevice => new FakeDevice({ ...way.device, ...more });

  describe(`packets over ${way.name}`, () => {
    test("go there and back, and the interface is given back", async () => {
      const device = made();
      const pipe = await way.open(device);
      await answers(pipe);
      await pipe.close();
      if (way.opens !== undefined) expect(device.log.slice(0, way.opens.length)).toEqual(way.opens);
      if (way.closes !== undefined) expect(device.log.slice(-way.closes.length)).toEqual(way.closes);
    });

    test("are answered in order", async () => {
      const pipe = await way.open(made());
      await pipe.send(SERIAL_REQUEST);
      await pipe.send(Uint8Array.of(0x00, 0xfe));
      await pipe.send(SERIAL_REQUEST);
      const lengths = [];
      for (let answer = 0; answer < 3; answer++) lengths.push((await pipe.receive(IN_TIME_US))[1]);
      expect(lengths).toEqual([3, 1, 3]);
      await pipe.close();
    });

    test("that come too late go nowhere", async () => {
      const firmware = new SmallProbe();
      const device = made({ firmware });
      const pipe = await way.open(device);
      await pipe.send(Uint8Array.of(STUCK));
      await expect(pipe.receive(20_000)).rejects.toEqual(fault("timeout", { limitUs: 20_000 }));
      device.inject(Uint8Array.of(STUCK, 0));
      await pipe.resync();
      await answers(pipe);
      await pipe.close();
    });

    test("may still be due when the pipe is closed", async () => {
      const device = made();
      const pipe = await way.open(device);
      await pipe.send(Uint8Array.of(STUCK));
      await expect(pipe.receive(20_000)).rejects.toEqual(fault("timeout"));
      await pipe.close();
      if (way.closes !== undefined) expect(device.log.slice(-way.closes.length)).toEqual(way.closes);
    });

    test.each([2, 3, 4])("%d of which never come leave no gap", async (count) => {
      const device = made();
      const pipe = await way.open(device);
      for (let stuck = 0; stuck < count; stuck++) await pipe.send(Uint8Array.of(STUCK));
      await expect(pipe.receive(20_000)).rejects.toEqual(fault("timeout"));
      const asked = device.firmware.requests.length;
      await pipe.resync();
      // In step at once: an answer that goes to the wrong reader costs another round of questions.
      expect(device.firmware.requests.length - asked).toBe(2);
      await answers(pipe);
      await pipe.close();
    });

    test("that an earlier program left behind are dropped", async () => {
      const device = made();
      device.leftOver = [Uint8Array.of(0x05, 1, 1), Uint8Array.of(0x00, 2, 0x40, 0)];
      const pipe = await way.open(device);
      await answers(pipe);
      await pipe.close();
    });

    test("fail at once when the plug is pulled, and all that follow", async () => {
      const device = made();
      const pipe = await way.open(device);
      await pipe.send(Uint8Array.of(STUCK));
      const answer = pipe.receive(IN_TIME_US);
      device.unplug();
      await expect(answer).rejects.toEqual(fault("unplugged"));
      await expect(pipe.send(SERIAL_REQUEST)).rejects.toEqual(fault("unplugged"));
      await pipe.close(); // there is nothing left that could fail
    });

    test("fail as an unplug if the device has left, whatever the transfer says", async () => {
      const device = made();
      const pipe = await way.open(device);
      await pipe.send(Uint8Array.of(STUCK));
      const answer = pipe.receive(IN_TIME_US);
      device.unplug("io");
      await expect(answer).rejects.toEqual(fault("unplugged"));
    });

    test("that do not fit are refused before they are sent", async () => {
      const device = made();
      const pipe = await way.open(device);
      const sent = device.log.length;
      await expect(pipe.send(new Uint8Array(1025))).rejects.toEqual(
        fault("packet-too-long", { length: 1025 }),
      );
      expect(device.log.length).toBe(sent);
      await pipe.close();
    });

    test("of a probe that answers nonsense are out of step", async () => {
      const firmware = new SmallProbe();
      firmware.receive = () => Promise.resolve(Uint8Array.of(0x42));
      await expect(way.open(made({ firmware }))).rejects.toEqual(fault("out-of-step"));
    });

    test("of a device that cannot be claimed are refused as busy, and it is closed", async () => {
      if (way.opens?.some((line) => line.startsWith("claim")) !== true) return;
      const device = made({
        claimFails: new (await import("../../src/probe/usb/port.ts")).UsbError("busy", "busy"),
      });
      await expect(way.open(device)).rejects.toEqual(fault("busy"));
      expect(device.log.at(-1)).toBe("close");
    });
  });
}
