/** The fake device in the shapes that other USB libraries have: WebUSB's and node-hid's. */
import { UsbError, type UsbEndpoint, type UsbHandle } from "../../src/probe/usb/port.ts";
import type { HidDevice, HidLibrary } from "../../src/probe/usb/node-hid.ts";
import type { WebUsb, WebUsbDevice } from "../../src/probe/usb/web-usb.ts";
import type { FakeDevice } from "./usb-fake.ts";

/** The errors of WebUSB, by what the fake says (WebUSB, section 4.2 and 4.6). */
const NAMES: Readonly<Record<string, string>> = {
  "no-device": "NotFoundError",
  access: "SecurityError",
  busy: "NetworkError",
  io: "NetworkError",
};

function asException(error: unknown): unknown {
  return error instanceof UsbError
    ? new DOMException(error.message, NAMES[error.code] ?? "NetworkError")
    : error;
}

/** The class WebUSB of the package `usb` throws plain errors, which hold what libusb says. */
function asLibraryError(error: unknown): unknown {
  if (!(error instanceof UsbError)) return error;
  const code = error.code.toUpperCase().replaceAll("-", "_");
  return new Error(`error: Error: LIBUSB_ERROR_${code}`);
}

/** Whose shape it is: a browser ends with closing what is under way, the library refuses to close before that has ended. */
export type WebUsbShape = "browser" | "library";

/** Transfers cannot be cancelled; closing the device, or releasing the interface, ends them. */
export function asWebUsb(devices: readonly FakeDevice[], shape: WebUsbShape = "browser"): WebUsb {
  const web = devices.map((device) => asWebDevice(device, shape));
  return { getDevices: () => Promise.resolve(web.filter((_, at) => devices[at]?.present === true)) };
}

function asWebDevice(fake: FakeDevice, shape: WebUsbShape): WebUsbDevice {
  let handle: UsbHandle | undefined;
  let pending: (() => void)[] = [];
  const opened = (): UsbHandle => {
    if (handle === undefined) throw new DOMException("the device must be opened first", "InvalidStateError");
    return handle;
  };
  const endpoint = (number: number, direction: "in" | "out"): UsbEndpoint => {
    const address = number | (direction === "in" ? 0x80 : 0);
    const found = fake.interfaces
      .flatMap(({ endpoints }) => endpoints)
      .find((one) => one.address === address);
    if (found === undefined) throw new DOMException(`no endpoint ${number}`, "NotFoundError");
    return found;
  };
  const attempt = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw shape === "browser" ? asException(error) : asLibraryError(error);
    }
  };
  const configuration = {
    configurationValue: 1,
    interfaces: fake.interfaces.map(({ number, usbClass, subclass, protocol, endpoints }) => ({
      interfaceNumber: number,
      alternates: [
        {
          interfaceClass: usbClass,
          interfaceSubclass: subclass,
          interfaceProtocol: protocol,
          interfaceName: null,
          endpoints: endpoints.map(({ address, type, maxPacketSize }) => ({
            endpointNumber: address & 0x7f,
            direction: (address & 0x80) === 0 ? ("out" as const) : ("in" as const),
            type: type as "bulk" | "interrupt",
            packetSize: maxPacketSize,
          })),
        },
      ],
    })),
  };
  return {
    vendorId: fake.vendorId,
    productId: fake.productId,
    deviceVersionMajor: fake.release >> 8,
    deviceVersionMinor: (fake.release >> 4) & 0xf,
    deviceVersionSubminor: fake.release & 0xf,
    productName: "Board CMSIS-DAP",
    serialNumber: "A1",
    configuration: null,
    configurations: [configuration],
    open: () =>
      attempt(async () => {
        handle = await fake.open();
      }),
    close: () =>
      attempt(async () => {
        if (shape === "library" && pending.length > 0)
          throw new Error("Can't close device with a pending request");
        for (const cancel of pending.splice(0)) cancel();
        await opened().close();
        handle = undefined;
      }),
    selectConfiguration: () => Promise.resolve(),
    claimInterface: (number) => attempt(() => opened().claim(number)),
    releaseInterface: (number) =>
      attempt(async () => {
        // Without a device it finds no configuration, and without that no interface.
        if (shape === "library" && !fake.present)
          throw new Error("releaseInterface error: interface not found");
        await opened().release(number);
        // The system ends them in its own time.
        if (shape === "library") for (const cancel of [...pending]) setImmediate(cancel);
      }),
    transferIn: (number, length) =>
      attempt(async () => {
        const transfer = opened().read(endpoint(number, "in"), length);
        const cancel = (): void => {
          transfer.cancel();
        };
        pending.push(cancel);
        const bytes = await transfer.done.finally(() => {
          pending = pending.filter((one) => one !== cancel);
        });
        return { status: "ok", data: new DataView(bytes.slice().buffer) };
      }),
    transferOut: (number, data) =>
      attempt(async () => {
        await opened().write(endpoint(number, "out"), data, 1000);
        return { status: "ok" };
      }),
    controlTransferOut: () => Promise.reject(new DOMException("no control transfers", "NotSupportedError")),
    clearHalt: (direction, number) => attempt(() => opened().clearHalt(endpoint(number, direction))),
  };
}

/** The system reads reports by itself and hands them on as they come. */
export function asHidLibrary(fake: FakeDevice): HidLibrary {
  return {
    devicesAsync: () => Promise.resolve([{ path: "hid-1", interface: 0, usagePage: 0xff00 }]),
    HIDAsync: { open: () => opened(fake) },
  };
}

async function opened(fake: FakeDevice): Promise<HidDevice> {
  const handle = await fake.open();
  const [input, output] = fake.interfaces[0]?.endpoints ?? [];
  if (input === undefined || output === undefined) throw new Error("a HID interface has two endpoints");
  let closed = false;
  const isClosed = (): boolean => closed;
  const listeners = new Map<string, (what: never) => void>();
  const read = async (): Promise<void> => {
    while (!isClosed()) {
      try {
        const report = Buffer.from(await handle.read(input, input.maxPacketSize).done);
        listeners.get("data")?.(report as never);
      } catch (error) {
        if (!isClosed()) listeners.get("error")?.(error as never);
        return;
      }
    }
  };
  return {
    write: async (report) => {
      await handle.write(output, Uint8Array.from(report).subarray(1), 1000);
      return report.length;
    },
    on: (event: string, listener: (what: never) => void) => {
      listeners.set(event, listener);
      if (event === "data") void read();
    },
    close: async () => {
      closed = true;
      await handle.close();
    },
  };
}
