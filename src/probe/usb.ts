/** The probes on the USB, through the only import of `usb`; it is loaded when first needed, for it binds libusb. */
import { ProbeFailure } from "./faults.ts";

export interface UsbProbe {
  /** Serial number, or the port path where the device has none. */
  readonly id: string;
  readonly vid: number;
  readonly pid: number;
  readonly product: string;
  /** `BUS-PORT.PORT`, which tells two devices with one serial number apart. */
  readonly path: string;
  readonly version: "v1" | "v2";
}

/** Descriptor values of the USB specification: vendor class for CMSIS-DAP v2, HID for v1. */
const VENDOR_CLASS = 0xff;
const HID_CLASS = 0x03;

type UsbModule = typeof import("usb");
type Device = import("usb").Device;

/** Every CMSIS-DAP interface that this machine sees. Throws `no-usb-bus` where there is no USB at all. */
export async function listUsbProbes(): Promise<readonly UsbProbe[]> {
  const { getDeviceList }: UsbModule = await import("usb");
  const devices = getDeviceList();
  if (devices.length === 0) {
    throw new ProbeFailure(
      { kind: "no-usb-bus" },
      "this machine shows no USB bus (a container or a virtual machine needs the device passed in); " +
        "`--probe sim` runs without hardware",
    );
  }
  const found: UsbProbe[] = [];
  for (const device of devices) {
    const probe = await asProbe(device);
    if (probe !== undefined) found.push(probe);
  }
  return found;
}

async function asProbe(device: Device): Promise<UsbProbe | undefined> {
  try {
    device.open();
  } catch {
    return undefined; // no permission or in use: it cannot be named, so it cannot be offered
  }
  try {
    const { idVendor, idProduct, iProduct, iSerialNumber } = device.deviceDescriptor;
    const product = await stringOf(device, iProduct);
    const version = await versionOf(device, product);
    if (version === undefined) return undefined;
    const path = `${device.busNumber}-${device.portNumbers.join(".")}`;
    const serial = await stringOf(device, iSerialNumber);
    return { id: serial === "" ? path : serial, vid: idVendor, pid: idProduct, product, path, version };
  } finally {
    device.close();
  }
}

async function versionOf(device: Device, product: string): Promise<"v1" | "v2" | undefined> {
  let hid = false;
  for (const { descriptor } of device.interfaces ?? []) {
    const name = await stringOf(device, descriptor.iInterface);
    const named = name.includes("CMSIS-DAP") || product.includes("CMSIS-DAP");
    if (descriptor.bInterfaceClass === VENDOR_CLASS && name.includes("CMSIS-DAP")) return "v2";
    if (descriptor.bInterfaceClass === HID_CLASS && named) hid = true;
  }
  return hid ? "v1" : undefined;
}

function stringOf(device: Device, index: number): Promise<string> {
  if (index === 0) return Promise.resolve("");
  return new Promise((resolve) => {
    device.getStringDescriptor(index, (error, text) => {
      resolve(error === undefined ? (text ?? "") : "");
    });
  });
}
