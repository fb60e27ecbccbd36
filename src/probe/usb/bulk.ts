/** CMSIS-DAP v2 on a USB device: which interface it is, and how packets travel over bulk endpoints. */
import { transportFailure } from "../transport-faults.ts";
import type { UsbFraming } from "./pipe.ts";
import type { UsbEndpoint, UsbInterface, UsbStrings } from "./port.ts";

const VENDOR_CLASS = 0xff;
const NAME = "CMSIS-DAP";

export interface BulkInterface {
  readonly number: number;
  readonly output: UsbEndpoint;
  readonly input: UsbEndpoint;
  /** The third endpoint, where the probe streams SWO. */
  readonly swo?: UsbEndpoint;
}

/**
 * The documentation asks for an interface string that contains "CMSIS-DAP" and for bulk OUT, bulk IN, optional SWO IN in
 * this order ("Configure USB interface"). Some clones leave the interface string empty and say it in the product name.
 */
export function bulkInterface(
  interfaces: readonly UsbInterface[],
  strings: UsbStrings,
): BulkInterface | undefined {
  const named = (number: number): boolean => {
    const name = strings.interfaces.get(number) ?? "";
    return name.includes(NAME) || (name === "" && strings.product.includes(NAME));
  };
  for (const { number, usbClass, subclass, endpoints } of interfaces) {
    if (usbClass !== VENDOR_CLASS || subclass !== 0 || !named(number)) continue;
    const bulk = endpoints.filter(({ type }) => type === "bulk");
    const output = bulk.find(({ address }) => (address & 0x80) === 0);
    const [input, swo] = bulk.filter(({ address }) => (address & 0x80) !== 0);
    if (output === undefined || input === undefined) continue;
    return { number, output, input, ...(swo === undefined ? {} : { swo }) };
  }
  return undefined;
}

export function bulkFraming({ number, output, input }: BulkInterface, name: string): UsbFraming {
  return {
    interfaceNumber: number,
    input,
    firstReadLength: input.maxPacketSize,
    believesPacketSize: true,
    write: async (handle, packet, packetSize, limitMs) => {
      const limit = Math.max(packetSize, output.maxPacketSize);
      if (packet.length > limit)
        throw transportFailure({ kind: "packet-too-long", probe: name, length: packet.length, limit });
      await handle.write(output, packet, limitMs);
      // A packet shorter than the probe's buffer ends with a short USB packet; where it fills the last one, that is empty.
      if (packet.length < packetSize && packet.length % output.maxPacketSize === 0)
        await handle.write(output, new Uint8Array(), limitMs);
    },
  };
}
