/** A USB device as bytes: descriptors, control requests, endpoints. Knows no USB/IP; knows CMSIS-DAP by its interfaces only. */
import type { PacketPipe } from "../../../src/cmsis-dap/pipe.ts";
import { DAP_TRANSFER_ABORT } from "../../../src/cmsis-dap/transfer.ts";
import { Relay } from "../../../src/probe/tcp/relay.ts";

export interface ProbeDescription {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice; 1.0.0 where left away. */
  readonly release?: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  /** True: what is empty has a number all the same, and a descriptor without text. */
  readonly numbersEmptyStrings?: boolean;
  /** In the order of their numbers. */
  readonly interfaces: readonly InterfaceDescription[];
  /** Full speed has bulk packets of 64 bytes, high speed of 512. */
  readonly speed: "full" | "high";
}

export interface InterfaceDescription {
  readonly kind: "hid" | "bulk";
  /** Empty: it has none. */
  readonly name: string;
  /** Plugging in starts the firmware anew, so each attachment makes its pipe. Absent: it takes everything and stays silent. */
  readonly firmware?: () => PacketPipe;
  /** Vendor-specific where left away. */
  readonly usbClass?: number;
  /** The endpoint IN stands before OUT. */
  readonly isInFirst?: boolean;
  /** Of a HID interface, and the packets of its endpoints; 64 where left away. */
  readonly reportBytes?: number;
  /** Its firmware takes DAP_TransferAbort for a command that it does not know, in its turn (DAPLink, debugprobe). */
  readonly answersAbort?: boolean;
}

export function v1(firmware: () => PacketPipe): InterfaceDescription {
  return { kind: "hid", name: "CMSIS-DAP v1", firmware };
}

export function v2(firmware: () => PacketPipe): InterfaceDescription {
  return { kind: "bulk", name: "CMSIS-DAP v2", firmware };
}

export interface Setup {
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
}

/** An endpoint stalls: the request is not one that this device knows. */
export class Stall extends Error {}

const IN = 0x80;
const DEVICE = 1;
const CONFIGURATION = 2;
const STRING = 3;
const HID = 0x21;
const REPORT = 0x22;
const INTERFACE = 4;
const ENDPOINT = 5;
const GET_DESCRIPTOR = 6;
const BULK = 2;
const INTERRUPT = 3;

const VENDOR_CLASS = 0xff;
const HID_CLASS = 0x03;
const HID_REPORT_LENGTH = 64;
/** Strings before those of the interfaces: languages, manufacturer, product, serial number. */
const FIRST_INTERFACE_STRING = 4;
/** Of the vendor's range, and none has it. */
const UNKNOWN_COMMAND = 0x9f;

type Sink = (endpoint: number, packet: Buffer) => void;

export class ProbeDevice {
  readonly description: ProbeDescription;
  readonly #strings: readonly string[];
  readonly #relays = new Map<number, Relay>();
  #passed: Promise<unknown> = Promise.resolve();
  /** Requests for less than a whole packet of the endpoint: a longer answer would be lost. */
  tightReads = 0;
  /** Called for each request before the probe sees it, which waits for it; tests count and pull the plug here. */
  onRequest: (packet: Uint8Array) => Promise<void> | void = () => undefined;

  constructor(description: ProbeDescription) {
    this.description = description;
    const { manufacturer, product, serial, interfaces } = description;
    this.#strings = ["", manufacturer, product, serial, ...interfaces.map(({ name }) => name)];
  }

  /** From now on answers go to this sink, and nothing of an earlier host is under way. */
  attach(sink: Sink): void {
    this.#relays.clear();
    for (const [number, one] of this.description.interfaces.entries()) {
      const input = IN | endpointOf(number);
      const answer = (packet: Uint8Array): void => {
        sink(input, one.kind === "hid" ? report(packet, one) : Buffer.from(packet));
      };
      if (one.firmware === undefined) continue;
      const relay = new Relay(one.firmware(), 255, { answer, failed: () => undefined });
      this.#relays.set(endpointOf(number), relay);
    }
  }

  out(endpoint: number, bytes: Buffer): void {
    const one = this.#interfaceOf(endpoint);
    if (bytes.length === 0) return; // ends a transfer, is no packet of its own
    this.#passed = this.#passed
      .then(() => this.onRequest(bytes))
      .then(() => {
        const isAbort = bytes[0] === DAP_TRANSFER_ABORT && one.answersAbort === true;
        this.#relays.get(endpoint)?.request(isAbort ? Buffer.of(UNKNOWN_COMMAND) : bytes);
      });
  }

  /** Bytes of a packet of an endpoint; the host asks it for `length` bytes. */
  asked(endpoint: number, length: number): number {
    const size = this.#packetSize(this.#interfaceOf(endpoint & 0x7f));
    if (length % size !== 0) this.tightReads += 1;
    return size;
  }

  #interfaceOf(endpoint: number): InterfaceDescription {
    const one = this.description.interfaces[endpoint - 1];
    if (one === undefined) throw new Stall(`no endpoint ${endpoint}`);
    return one;
  }

  #packetSize({ kind, reportBytes = HID_REPORT_LENGTH }: InterfaceDescription): number {
    if (kind === "hid") return reportBytes;
    return this.description.speed === "high" ? 512 : 64;
  }

  control({ requestType, request, value, index, length }: Setup): Buffer {
    const standardIn = (requestType & 0xe0) === IN;
    if (!standardIn || request !== GET_DESCRIPTOR) {
      // SET_CONFIGURATION, SET_INTERFACE, SET_IDLE and the like: nothing to do. What asks for bytes is unknown.
      if ((requestType & IN) !== 0) throw new Stall(`request ${request}`);
      return Buffer.alloc(0);
    }
    return this.#descriptor(value >> 8, value & 0xff, index).subarray(0, length);
  }

  #descriptor(type: number, number: number, interfaceNumber: number): Buffer {
    if (type === DEVICE) return this.device();
    if (type === CONFIGURATION) return this.configuration();
    if (type === REPORT) return reportDescriptor(this.#interfaceOf(endpointOf(interfaceNumber)));
    if (type !== STRING) throw new Stall(`descriptor ${type}`);
    const text =
      number === 0 ? Buffer.from([0x09, 0x04]) : Buffer.from(this.#strings[number] ?? "", "utf16le");
    return Buffer.concat([Buffer.from([text.length + 2, STRING]), text]);
  }

  device(): Buffer {
    const { vendorId, productId, release = 0x0100 } = this.description;
    return Buffer.from([
      ...[18, DEVICE, 0x00, 0x02, 0, 0, 0, 64, ...word(vendorId), ...word(productId), ...word(release)],
      ...[this.#string(1), this.#string(2), this.#string(3), 1],
    ]);
  }

  #string(number: number): number {
    return this.#strings[number] === "" && this.description.numbersEmptyStrings !== true ? 0 : number;
  }

  configuration(): Buffer {
    const { interfaces } = this.description;
    const body = interfaces.flatMap((one, number) => this.#interface(one, number));
    return Buffer.from([
      ...[9, CONFIGURATION, ...word(9 + body.length), interfaces.length, 1, 0, 0x80, 50],
      ...body,
    ]);
  }

  #interface(one: InterfaceDescription, number: number): number[] {
    const isHid = one.kind === "hid";
    const endpoint = endpointOf(number);
    const endpoints = [endpoint, IN | endpoint].map((address) => [
      ...[7, ENDPOINT, address, isHid ? INTERRUPT : BULK, ...word(this.#packetSize(one))],
      !isHid ? 0 : this.description.speed === "high" ? 4 : 1,
    ]);
    const { usbClass = isHid ? HID_CLASS : VENDOR_CLASS } = one;
    return [
      ...[9, INTERFACE, number, 0, 2, usbClass, 0, 0, this.#string(FIRST_INTERFACE_STRING + number)],
      ...(isHid ? [9, HID, 0x11, 0x01, 0, 1, REPORT, ...word(reportDescriptor(one).length)] : []),
      ...(one.isInFirst === true ? endpoints.toReversed() : endpoints).flat(),
    ];
  }
}

/** 1 for interface 0: the OUT endpoint, and with bit 7 the IN endpoint. */
function endpointOf(interfaceNumber: number): number {
  return interfaceNumber + 1;
}

function word(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}

function report(packet: Uint8Array, { reportBytes = HID_REPORT_LENGTH }: InterfaceDescription): Buffer {
  const whole = Buffer.alloc(reportBytes);
  whole.set(packet.subarray(0, reportBytes));
  return whole;
}

/** One vendor-defined report each way, as the CMSIS-DAP documentation describes it for v1. */
function reportDescriptor({ reportBytes = HID_REPORT_LENGTH }: InterfaceDescription): Buffer {
  const count = [0x96, ...word(reportBytes)];
  return Buffer.from([
    ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08],
    ...[...count, 0x09, 0x01, 0x81, 0x02, ...count, 0x09, 0x01, 0x91, 0x02, 0xc0],
  ]);
}
