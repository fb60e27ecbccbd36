/** The package `usb` behind our port, with the package played: one object for each device, and one handle in it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UsbDevice } from "../../src/probe/usb/port.ts";
import { nativeUsbStack } from "../../src/probe/usb/libusb.ts";

/** As ExtendedDevice of usb 2.18: opening it twice opens it once, and closing closes it for all. */
const played = vi.hoisted(() => {
  const interfaces = [
    [{ bInterfaceNumber: 0, bInterfaceClass: 0xff, bInterfaceSubClass: 0, endpoints: [], iInterface: 4 }],
  ];
  return {
    isOpen: false,
    deviceDescriptor: {
      idVendor: 0x0d28,
      idProduct: 0x0204,
      iManufacturer: 1,
      iProduct: 2,
      iSerialNumber: 3,
    },
    configDescriptor: { interfaces },
    busNumber: 1,
    portNumbers: [2],
    deviceAddress: 7,
    timeout: 0,
    open(): void {
      this.isOpen = true;
    },
    close(): void {
      this.isOpen = false;
    },
    setAutoDetachKernelDriver: (): void => undefined,
    getStringDescriptor: (index: number, done: (error: undefined, text: string) => void): void => {
      setImmediate(done, undefined, `string ${index}`);
    },
  };
});

vi.mock("usb", () => ({ usb: { getDeviceList: () => [played] } }));

const { platform } = process;
beforeEach(() => Object.defineProperty(process, "platform", { value: "darwin" }));
afterEach(() => Object.defineProperty(process, "platform", { value: platform }));

async function device(): Promise<UsbDevice> {
  const [only] = await (await nativeUsbStack()).devices();
  if (only === undefined) throw new Error("the played device is missing");
  return only;
}

test("listing probes leaves the connection of the same process open", async () => {
  const handle = await (await device()).open();
  expect(await (await device()).obstacle()).toBeUndefined();
  expect(played.isOpen).toBe(true);
  expect((await (await device()).strings()).product).toBe("string 2");
  expect(played.isOpen).toBe(true);
  await handle.close();
  expect(played.isOpen).toBe(false);
});

test("a connection that ends leaves the device open for a listing that still reads names", async () => {
  const handle = await (await device()).open();
  const names = (await device()).strings();
  await handle.close();
  expect(played.isOpen).toBe(true);
  expect((await names).serial).toBe("string 3");
  expect(played.isOpen).toBe(false);
});
