/** A USB stack in memory, with a probe on it: endpoints, short packets, cancelling and unplugging as libusb shows them. */
import {
  UsbError,
  type UsbDevice,
  type UsbEndpoint,
  type UsbHandle,
  type UsbInterface,
  type UsbStrings,
  type UsbTransfer,
} from "../../src/probe/usb/port.ts";
import { listUsbProbes, type UsbProbe } from "../../src/probe/usb/probes.ts";
import type { UsbStack } from "../../src/probe/usb/stack.ts";
import { transportFailure } from "../../src/probe/transport-faults.ts";
import { SmallProbe } from "./small-probe.ts";

const endpoint = (address: number, type: "bulk" | "interrupt", maxPacketSize: number): UsbEndpoint => ({
  address,
  type,
  maxPacketSize,
});

export function bulk(number: number, maxPacketSize = 512): UsbInterface {
  const endpoints = [endpoint(0x02, "bulk", maxPacketSize), endpoint(0x82, "bulk", maxPacketSize)];
  return { number, usbClass: 0xff, subclass: 0, protocol: 0, endpoints };
}

export function hid(number: number): UsbInterface {
  const endpoints = [endpoint(0x81, "interrupt", 64), endpoint(0x01, "interrupt", 64)];
  return { number, usbClass: 0x03, subclass: 0, protocol: 0, endpoints };
}

export interface FakeDeviceOptions {
  readonly ids?: readonly [vendorId: number, productId: number];
  readonly release?: number;
  readonly ports?: readonly number[];
  readonly address?: number;
  readonly interfaces?: readonly UsbInterface[];
  readonly names?: Readonly<Record<number, string>>;
  readonly product?: string;
  readonly serial?: string;
  readonly firmware?: SmallProbe;
  readonly obstacle?: "access" | "not-supported";
  /** What opening or claiming answers. */
  readonly openFails?: UsbError;
  readonly claimFails?: UsbError;
  readonly stringsFail?: UsbError;
  /** Behind the bulk endpoints stands something that takes everything and answers nothing. */
  readonly deafBulk?: boolean;
  readonly onAsked?: () => void;
}

interface Pending {
  readonly length: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: UsbError) => void;
}

export class FakeDevice implements UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly release: number;
  readonly deviceClass = [0xef, 2, 1] as const; // interface association, as of most composite probes
  readonly bus = 1;
  readonly ports: readonly number[];
  readonly address: number;
  readonly path = "/dev/bus/usb/001/007";
  readonly interfaces: readonly UsbInterface[];
  readonly firmware: SmallProbe;
  readonly attachment = this;
  readonly log: string[] = [];
  readonly #options: FakeDeviceOptions;
  #pending: Pending[] = [];
  #ready: Uint8Array[] = [];
  /** A packet is whole when a USB packet shorter than the endpoint's came, or the probe's packet size is full. */
  #incoming: number[] = [];
  present = true;
  /** How often it was asked for its strings, which opens it on some systems. */
  asked = 0;
  readonly readLengths: number[] = [];
  #stringsFail: UsbError | undefined;
  /** How often bytes that came for the host were left lying. */
  leftOver: Uint8Array[] = [];

  constructor(options: FakeDeviceOptions = {}) {
    this.#options = options;
    this.#stringsFail = options.stringsFail;
    [this.vendorId, this.productId] = options.ids ?? [0x0d28, 0x0204];
    this.release = options.release ?? 0x0100;
    this.ports = options.ports ?? [2];
    this.address = options.address ?? 7;
    this.interfaces = options.interfaces ?? [bulk(0)];
    this.firmware = options.firmware ?? new SmallProbe();
  }

  strings(): Promise<UsbStrings> {
    const { names = {}, product = "Board CMSIS-DAP", serial = "A1", onAsked } = this.#options;
    this.asked += 1;
    onAsked?.();
    if (this.#stringsFail !== undefined) return Promise.reject(this.#stringsFail);
    const interfaces = new Map(Object.entries(names).map(([number, name]) => [Number(number), name]));
    return Promise.resolve({ manufacturer: "Maker", product, serial, interfaces });
  }

  /** The other program has ended. */
  answerStrings(): void {
    this.#stringsFail = undefined;
  }

  obstacle(): Promise<"access" | "not-supported" | undefined> {
    return Promise.resolve(this.#options.obstacle);
  }

  open(): Promise<UsbHandle> {
    const { openFails, claimFails } = this.#options;
    if (openFails !== undefined) return Promise.reject(openFails);
    this.log.push("open");
    this.#ready = [...this.leftOver];
    return Promise.resolve({
      claim: (number) => {
        this.log.push(`claim ${number}`);
        return claimFails === undefined ? Promise.resolve() : Promise.reject(claimFails);
      },
      release: (number) => this.#act(`release ${number}`),
      read: (_endpoint, length) => this.#read(length),
      write: (to, bytes) => this.#write(to, bytes),
      control: ({ index }, bytes) => {
        this.log.push(`SET_REPORT to ${index}`);
        return this.#request(bytes);
      },
      clearHalt: () => this.#act("clear halt"),
      close: () => this.#act("close"),
    });
  }

  /** The cable is out: what is under way fails at once, what comes later too. */
  unplug(code: "no-device" | "io" = "no-device"): void {
    this.present = false;
    for (const { reject } of this.#pending.splice(0)) reject(new UsbError(code, code));
  }

  #act(what: string): Promise<void> {
    this.log.push(what);
    return this.present ? Promise.resolve() : Promise.reject(new UsbError("no-device", "gone"));
  }

  #read(length: number): UsbTransfer {
    this.readLengths.push(length);
    let cancel = (): void => undefined;
    const done = new Promise<Uint8Array>((resolve, reject) => {
      if (!this.present) {
        reject(new UsbError("no-device", "gone"));
        return;
      }
      const entry = { length, resolve, reject };
      this.#pending.push(entry);
      cancel = (): void => {
        const at = this.#pending.indexOf(entry);
        if (at < 0) return;
        this.#pending.splice(at, 1);
        reject(new UsbError("cancelled", "cancelled"));
      };
      this.#match();
    });
    return {
      done,
      cancel: () => {
        cancel();
      },
    };
  }

  #match(): void {
    for (;;) {
      const [pending] = this.#pending;
      const [packet] = this.#ready;
      if (pending === undefined || packet === undefined) return;
      this.#pending.shift();
      this.#ready.shift();
      if (packet.length > pending.length) this.#ready.unshift(packet.subarray(pending.length));
      pending.resolve(packet.subarray(0, pending.length));
    }
  }

  async #write({ maxPacketSize, type }: UsbEndpoint, bytes: Uint8Array): Promise<void> {
    if (!this.present) throw new UsbError("no-device", "gone");
    this.log.push(`out ${bytes.length}`);
    if (type === "interrupt") return this.#request(bytes);
    this.#incoming.push(...bytes);
    const short = bytes.length % maxPacketSize !== 0 || bytes.length === 0;
    if (!short) return;
    const packet = Uint8Array.from(this.#incoming);
    this.#incoming = [];
    if (this.#options.deafBulk !== true) await this.#request(packet);
  }

  async #request(packet: Uint8Array): Promise<void> {
    await this.firmware.send(packet);
    void this.#deliver();
  }

  async #deliver(): Promise<void> {
    try {
      this.#ready.push(await this.firmware.receive(60_000));
    } catch {
      return; // the firmware is stuck, nothing comes
    }
    this.#match();
  }

  /** An answer that arrives whether or not anybody asked. */
  inject(packet: Uint8Array): void {
    this.#ready.push(packet);
    this.#match();
  }
}

/** `openHid`: where the system keeps HID devices for itself. */
export function fakeStack(
  devices: readonly FakeDevice[],
  platform: NodeJS.Platform = "linux",
  openHid?: UsbStack["openHid"],
): UsbStack {
  const locked = new Set<string>();
  return {
    platform,
    ...(openHid === undefined ? {} : { openHid }),
    devices: () => Promise.resolve(devices.filter(({ present }) => present)),
    lock: (port) => {
      if (locked.has(port))
        return Promise.reject(transportFailure({ kind: "busy", probe: port, holder: "us" }));
      locked.add(port);
      return Promise.resolve({ release: () => Promise.resolve(void locked.delete(port)) });
    },
  };
}

/** The one probe that is listed if this device alone is attached. */
export async function onlyProbe(device: FakeDevice, platform?: NodeJS.Platform): Promise<UsbProbe> {
  const [probe, ...others] = await listUsbProbes(fakeStack([device], platform));
  if (probe === undefined || others.length > 0)
    throw new Error(`${others.length + 1} probes are listed, or none`);
  return probe;
}
