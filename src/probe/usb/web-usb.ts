/**
 * Puts USB devices in the shape of WebUSB (navigator.usb of a browser, or a library that has it) behind our
 * port. A browser shows the devices that its user has granted to the page, but no bus and no port. Pages have
 * no access to HID interfaces, so only CMSIS-DAP v2 works there.
 */
import { transportFailure } from "../transport-faults.ts";
import {
  UsbError,
  type UsbControl,
  type UsbDevice,
  type UsbEndpoint,
  type UsbHandle,
  type UsbInterface,
  type UsbStrings,
  type UsbTransfer,
} from "./port.ts";
import type { UsbStack } from "./stack.ts";
import { asked, failureOf, isPending, type WebUsbResult } from "./web-usb-errors.ts";

/** The part of the interface USB (WebUSB, section 4) that is used. */
export interface WebUsb {
  getDevices(): Promise<WebUsbDevice[]>;
}

export interface WebUsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceVersionMajor: number;
  readonly deviceVersionMinor: number;
  readonly deviceVersionSubminor: number;
  readonly manufacturerName?: string | null | undefined;
  readonly productName?: string | null | undefined;
  readonly serialNumber?: string | null | undefined;
  readonly configuration?: WebUsbConfiguration | null | undefined;
  readonly configurations: readonly WebUsbConfiguration[];
  open(): Promise<void>;
  close(): Promise<void>;
  selectConfiguration(value: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  transferIn(endpointNumber: number, length: number): Promise<WebUsbAnswer>;
  transferOut(endpointNumber: number, data: Uint8Array<ArrayBuffer>): Promise<WebUsbResult>;
  controlTransferOut(setup: WebUsbSetup, data: Uint8Array<ArrayBuffer>): Promise<WebUsbResult>;
  clearHalt(direction: "in" | "out", endpointNumber: number): Promise<void>;
}

interface WebUsbConfiguration {
  readonly configurationValue: number;
  readonly interfaces: readonly {
    readonly interfaceNumber: number;
    readonly alternates: readonly WebUsbAlternate[];
  }[];
}

interface WebUsbAlternate {
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly interfaceProtocol: number;
  readonly interfaceName?: string | null | undefined;
  readonly endpoints: readonly {
    readonly endpointNumber: number;
    readonly direction: "in" | "out";
    readonly type: "bulk" | "interrupt" | "isochronous";
    readonly packetSize: number;
  }[];
}

interface WebUsbSetup {
  readonly requestType: "standard" | "class" | "vendor";
  readonly recipient: "device" | "interface" | "endpoint" | "other";
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

interface WebUsbAnswer extends WebUsbResult {
  readonly data?: DataView | undefined;
}

/** What releasing an interface ends has ended long before this. */
const ENDING_LIMIT_MS = 1000;

const STACKS = new WeakMap<WebUsb, UsbStack>();

/**
 * Returns the stack of the page's own probes. There is one for each `usb`, so that a probe keeps its place
 * and its lock from listing to listing.
 */
export function webUsbStack(usb: WebUsb): UsbStack {
  const stack = STACKS.get(usb) ?? newStack(usb);
  STACKS.set(usb, stack);
  return stack;
}

function newStack(usb: WebUsb): UsbStack {
  const places = new WeakMap<WebUsbDevice, number>();
  let last = 0;
  const locked = new Set<string>();
  const placeOf = (device: WebUsbDevice): number => {
    const place = places.get(device) ?? ++last;
    places.set(device, place);
    return place;
  };
  return {
    platform: "web",
    devices: async () => (await usb.getDevices()).map((device) => new WebDevice(device, placeOf(device))),
    // The browser keeps other pages off. Opening a device that this page has open would succeed and mix up
    // two conversations.
    lock: (port) => {
      if (locked.has(port))
        return Promise.reject(transportFailure({ kind: "busy", probe: `usb@${port}`, holder: "this page" }));
      locked.add(port);
      return Promise.resolve({ release: () => Promise.resolve(void locked.delete(port)) });
    },
  };
}

class WebDevice implements UsbDevice {
  readonly #device: WebUsbDevice;
  readonly bus = 0;
  readonly ports: readonly number[] = [];
  readonly address: number;

  constructor(device: WebUsbDevice, address: number) {
    this.#device = device;
    this.address = address;
  }

  get attachment(): object {
    return this.#device;
  }

  get vendorId(): number {
    return this.#device.vendorId;
  }

  get productId(): number {
    return this.#device.productId;
  }

  get release(): number {
    const { deviceVersionMajor, deviceVersionMinor, deviceVersionSubminor } = this.#device;
    return (deviceVersionMajor << 8) | (deviceVersionMinor << 4) | deviceVersionSubminor;
  }

  get interfaces(): readonly UsbInterface[] {
    return this.#alternates().map(([number, alternate]) => ({
      number,
      usbClass: alternate.interfaceClass,
      subclass: alternate.interfaceSubclass,
      protocol: alternate.interfaceProtocol,
      endpoints: alternate.endpoints.map(({ endpointNumber, direction, type, packetSize }) => ({
        address: endpointNumber | (direction === "in" ? 0x80 : 0),
        type,
        maxPacketSize: packetSize,
      })),
    }));
  }

  strings(): Promise<UsbStrings> {
    const { manufacturerName, productName, serialNumber } = this.#device;
    return Promise.resolve({
      manufacturer: manufacturerName ?? "",
      product: productName ?? "",
      serial: serialNumber ?? "",
      interfaces: new Map(
        this.#alternates().map(([number, { interfaceName }]) => [number, interfaceName ?? ""]),
      ),
    });
  }

  obstacle(): Promise<undefined> {
    return Promise.resolve(undefined); // only opening tells
  }

  async open(): Promise<UsbHandle> {
    const device = this.#device;
    await asked("open", () => device.open());
    const [first] = device.configurations;
    if ((device.configuration ?? undefined) === undefined && first !== undefined)
      await asked("open", () => device.selectConfiguration(first.configurationValue));
    return new WebHandle(device);
  }

  #alternates(): readonly (readonly [number, WebUsbAlternate])[] {
    const configuration = this.#device.configuration ?? this.#device.configurations[0];
    return (configuration?.interfaces ?? []).flatMap(({ interfaceNumber, alternates: [first] }) =>
      first === undefined ? [] : [[interfaceNumber, first] as const],
    );
  }
}

interface Submitted {
  readonly at: number;
  readonly answer: Promise<WebUsbAnswer>;
}

class WebHandle implements UsbHandle {
  readonly #device: WebUsbDevice;
  /**
   * The transfers whose reader has given up, in the order in which they were submitted. WebUSB cannot cancel
   * them, the device fills the oldest first, and their data are for the next readers.
   */
  readonly #abandoned: Submitted[] = [];
  #submitted = 0;

  constructor(device: WebUsbDevice) {
    this.#device = device;
  }

  claim(interfaceNumber: number): Promise<void> {
    return asked("claim", () => this.#device.claimInterface(interfaceNumber));
  }

  release(interfaceNumber: number): Promise<void> {
    return asked("close", () => this.#device.releaseInterface(interfaceNumber));
  }

  read({ address }: UsbEndpoint, length: number): UsbTransfer {
    const transfer = this.#abandoned.shift() ?? {
      at: this.#submitted++,
      answer: this.#device.transferIn(address & 0x7f, length),
    };
    let cancel = (): void => undefined;
    const done = new Promise<Uint8Array>((resolve, reject) => {
      let isOver = false;
      cancel = (): void => {
        if (isOver) return;
        isOver = true;
        this.#abandoned.push(transfer);
        this.#abandoned.sort((a, b) => a.at - b.at);
        reject(new UsbError("cancelled", "the read was cancelled"));
      };
      asked("transfer", () => transfer.answer).then(
        ({ data, status }) => {
          if (isOver) return;
          isOver = true;
          const failure = failureOf(status);
          if (failure === undefined) resolve(bytesOf(data));
          else reject(failure);
        },
        (error: unknown) => {
          if (isOver) return;
          isOver = true;
          reject(error instanceof Error ? error : new UsbError("io", String(error)));
        },
      );
    });
    return {
      done,
      cancel: () => {
        cancel();
      },
    };
  }

  write({ address }: UsbEndpoint, bytes: Uint8Array, limitMs: number): Promise<void> {
    return within(limitMs, () => this.#device.transferOut(address & 0x7f, Uint8Array.from(bytes)));
  }

  /** Does a control transfer of a class and an interface, which is all that CMSIS-DAP needs (SET_REPORT). */
  control({ request, value, index }: UsbControl, bytes: Uint8Array, limitMs: number): Promise<void> {
    const setup = { requestType: "class", recipient: "interface", request, value, index } as const;
    return within(limitMs, () => this.#device.controlTransferOut(setup, Uint8Array.from(bytes)));
  }

  clearHalt({ address }: UsbEndpoint): Promise<void> {
    const direction = (address & 0x80) === 0 ? "out" : "in";
    return asked("transfer", () => this.#device.clearHalt(direction, address & 0x7f));
  }

  /**
   * A browser ends what is still under way. The library `usb` refuses to close until that has ended, so the
   * interface is released first.
   */
  async close(): Promise<void> {
    const ended = Promise.allSettled(this.#abandoned.splice(0).map(({ answer }) => answer));
    try {
      await asked("close", () => this.#device.close());
    } catch (error) {
      if (!isPending(error)) throw error;
      await Promise.race([ended, delayed(ENDING_LIMIT_MS)]);
      await asked("close", () => this.#device.close());
    }
  }
}

function bytesOf(data: DataView | undefined): Uint8Array {
  return data === undefined
    ? new Uint8Array()
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

async function within(limitMs: number, transfer: () => Promise<WebUsbResult>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new UsbError("timeout", `not sent within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    const { status } = await Promise.race([asked("transfer", transfer), late]);
    const failure = failureOf(status);
    if (failure !== undefined) throw failure;
  } finally {
    clearTimeout(timer);
  }
}

function delayed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
