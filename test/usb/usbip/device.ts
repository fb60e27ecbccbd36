/** A USB device as bytes: descriptors, control requests, endpoints. Knows no USB/IP; knows CMSIS-DAP by its interfaces only. */
import type { PacketPipe } from "../../../src/cmsis-dap/pipe.ts";
import { Relay } from "../../../src/probe/tcp-relay.ts";

export interface ProbeDescription {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  /** In this order. Plugging in starts the firmware anew, so each attachment makes its pipes. */
  readonly v1?: () => PacketPipe;
  readonly v2?: () => PacketPipe;
  /** Full speed has bulk packets of 64 bytes, high speed of 512. */
  readonly speed: "full" | "high";
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
const GET_DESCRIPTOR = 6;

/** One vendor-defined report of 64 bytes each way, as the CMSIS-DAP documentation describes it for v1. */
const REPORT_DESCRIPTOR = Buffer.from([
  ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08],
  ...[0x95, 0x40, 0x09, 0x01, 0x81, 0x02, 0x95, 0x40, 0x09, 0x01, 0x91, 0x02, 0xc0],
]);

const HID_OUT = 0x01;
const HID_IN = 0x81;
const BULK_OUT = 0x02;
const BULK_IN = 0x82;
const HID_REPORT_LENGTH = 64;

type Sink = (endpoint: number, packet: Buffer) => void;

export class ProbeDevice {
  readonly description: ProbeDescription;
  readonly #strings: readonly string[];
  readonly #relays = new Map<number, Relay>();
  /** Called for each request before the probe sees it; tests count and pull the plug here. */
  onRequest: (packet: Uint8Array) => void = () => undefined;

  constructor(description: ProbeDescription) {
    this.description = description;
    const { manufacturer, product, serial } = description;
    this.#strings = ["", manufacturer, product, serial, "CMSIS-DAP v1", "CMSIS-DAP v2"];
  }

  /** From now on answers go to this sink, and nothing of an earlier host is under way. */
  attach(sink: Sink): void {
    this.#relays.clear();
    const { v1, v2 } = this.description;
    if (v1 !== undefined)
      this.#relay(HID_OUT, v1(), (packet) => {
        const report = Buffer.alloc(HID_REPORT_LENGTH);
        report.set(packet.subarray(0, HID_REPORT_LENGTH));
        sink(HID_IN, report);
      });
    if (v2 !== undefined)
      this.#relay(BULK_OUT, v2(), (packet) => {
        sink(BULK_IN, Buffer.from(packet));
      });
  }

  #relay(endpoint: number, pipe: PacketPipe, answer: (packet: Uint8Array) => void): void {
    this.#relays.set(endpoint, new Relay(pipe, 255, { answer, failed: () => undefined }));
  }

  out(endpoint: number, bytes: Buffer): void {
    const relay = this.#relays.get(endpoint);
    if (relay === undefined) throw new Stall(`no endpoint ${endpoint}`);
    if (bytes.length === 0) return; // ends a transfer, is no packet of its own
    this.onRequest(bytes);
    relay.request(bytes);
  }

  control({ requestType, request, value, length }: Setup): Buffer {
    const standardIn = (requestType & 0xe0) === IN;
    if (!standardIn || request !== GET_DESCRIPTOR) {
      // SET_CONFIGURATION, SET_INTERFACE, SET_IDLE and the like: nothing to do. What asks for bytes is unknown.
      if ((requestType & IN) !== 0) throw new Stall(`request ${request}`);
      return Buffer.alloc(0);
    }
    return this.#descriptor(value >> 8, value & 0xff).subarray(0, length);
  }

  #descriptor(type: number, index: number): Buffer {
    if (type === DEVICE) return this.device();
    if (type === CONFIGURATION) return this.configuration();
    if (type === REPORT) return REPORT_DESCRIPTOR;
    if (type !== STRING) throw new Stall(`descriptor ${type}`);
    const text = index === 0 ? Buffer.from([0x09, 0x04]) : Buffer.from(this.#strings[index] ?? "", "utf16le");
    return Buffer.concat([Buffer.from([text.length + 2, STRING]), text]);
  }

  device(): Buffer {
    const { vendorId, productId, manufacturer, product, serial } = this.description;
    const id = (value: number): [number, number] => [value & 0xff, value >> 8];
    const string = (index: number, text: string): number => (text === "" ? 0 : index);
    return Buffer.from([
      ...[18, DEVICE, 0x00, 0x02, 0, 0, 0, 64, ...id(vendorId), ...id(productId), 0x00, 0x01],
      ...[string(1, manufacturer), string(2, product), string(3, serial), 1],
    ]);
  }

  configuration(): Buffer {
    const { v1, v2, speed } = this.description;
    const interfaces: number[][] = [];
    const bulk = speed === "high" ? [0x00, 0x02] : [64, 0];
    if (v1 !== undefined)
      interfaces.push([
        ...[9, 4, interfaces.length, 0, 2, 3, 0, 0, 4],
        ...[9, HID, 0x11, 0x01, 0, 1, REPORT, REPORT_DESCRIPTOR.length, 0],
        ...[7, 5, HID_IN, 3, 64, 0, speed === "high" ? 4 : 1],
        ...[7, 5, HID_OUT, 3, 64, 0, speed === "high" ? 4 : 1],
      ]);
    if (v2 !== undefined)
      interfaces.push([
        ...[9, 4, interfaces.length, 0, 2, 0xff, 0, 0, 5],
        ...[7, 5, BULK_OUT, 2, ...bulk, 0],
        ...[7, 5, BULK_IN, 2, ...bulk, 0],
      ]);
    const body = interfaces.flat();
    return Buffer.from([9, CONFIGURATION, 9 + body.length, 0, interfaces.length, 1, 0, 0x80, 50, ...body]);
  }
}
