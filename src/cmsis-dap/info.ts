/**
 * Defines DAP_Info: what a probe says about itself. Keeps the bytes; functions beside it read the few forms
 * they take.
 */
import { Reader } from "./bytes.ts";
import type { Command } from "./command.ts";

export const INFO = {
  vendor: 0x01,
  product: 0x02,
  serialNumber: 0x03,
  protocolVersion: 0x04,
  targetDeviceVendor: 0x05,
  targetDeviceName: 0x06,
  targetBoardVendor: 0x07,
  targetBoardName: 0x08,
  firmwareVersion: 0x09,
  capabilities: 0xf0,
  testDomainTimer: 0xf1,
  uartReceiveBuffer: 0xfb,
  uartTransmitBuffer: 0xfc,
  swoBuffer: 0xfd,
  packetCount: 0xfe,
  packetSize: 0xff,
} as const;

export interface InfoRequest {
  readonly id: number;
}

export interface InfoResponse {
  /** Empty means that the probe has no answer, which differs from an empty string (one byte, 0). */
  readonly info: Uint8Array;
}

export const dapInfo: Command<InfoRequest, InfoResponse> = {
  id: 0x00,
  name: "DAP_Info",
  request: {
    encode: ({ id }, to) => {
      to.u8(id);
    },
    decode: (from) => ({ id: from.u8() }),
  },
  response: {
    encode: ({ info }, to) => {
      to.u8(info.length);
      to.bytes(info);
    },
    decode: (from) => ({ info: from.bytes(from.u8()) }),
  },
};

/** Returns undefined if the probe has no string. Some probes leave out the terminating 0. */
export function infoText({ info }: InfoResponse): string | undefined {
  if (info.length === 0) return undefined;
  const end = info.indexOf(0);
  return new TextDecoder().decode(end < 0 ? info : info.subarray(0, end));
}

/** Reads a BYTE, SHORT or WORD; returns undefined for any other length. */
export function infoNumber({ info }: InfoResponse): number | undefined {
  const from = new Reader(info);
  if (info.length === 1) return from.u8();
  if (info.length === 2) return from.u16();
  if (info.length === 4) return from.u32();
  return undefined;
}

export interface Capabilities {
  readonly swd: boolean;
  readonly jtag: boolean;
  readonly swoUart: boolean;
  readonly swoManchester: boolean;
  readonly atomic: boolean;
  readonly testDomainTimer: boolean;
  readonly swoStreaming: boolean;
  readonly uart: boolean;
  readonly usbComPort: boolean;
}

const CAPABILITY_BITS: readonly (keyof Capabilities)[] = [
  "swd",
  "jtag",
  "swoUart",
  "swoManchester",
  "atomic",
  "testDomainTimer",
  "swoStreaming",
  "uart",
  "usbComPort",
];

export function capabilitiesFrom({ info }: InfoResponse): Capabilities {
  const bits = (info[0] ?? 0) | ((info[1] ?? 0) << 8);
  return Object.fromEntries(
    CAPABILITY_BITS.map((name, bit) => [name, ((bits >> bit) & 1) === 1]),
  ) as unknown as Capabilities;
}

export function capabilitiesInfo(capabilities: Capabilities): Uint8Array {
  const bits = CAPABILITY_BITS.reduce((all, name, bit) => all | (capabilities[name] ? 1 << bit : 0), 0);
  return Uint8Array.of(bits & 0xff, bits >> 8);
}
