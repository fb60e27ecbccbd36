/** CMSIS-DAP v1 on a USB device: which HID interface it is, and how packets travel as reports. */
import { transportFailure } from "../transport-faults.ts";
import type { UsbFraming } from "./pipe.ts";
import type { UsbEndpoint, UsbInterface, UsbStrings } from "./port.ts";

const HID_CLASS = 0x03;
const NAME = "CMSIS-DAP";
/** SET_REPORT to an interface, output report 0 (HID 1.11, 7.2.2): for probes without an interrupt OUT endpoint. */
const SET_REPORT = { requestType: 0x21, request: 0x09, value: 0x0200 } as const;

export interface HidInterface {
  readonly number: number;
  readonly input: UsbEndpoint;
  readonly output?: UsbEndpoint;
}

/** Boot keyboards and mice (subclass 1) of a composite board are never the probe. */
export function hidInterface(
  interfaces: readonly UsbInterface[],
  strings: UsbStrings,
): HidInterface | undefined {
  const candidates = interfaces.filter(({ usbClass, subclass }) => usbClass === HID_CLASS && subclass === 0);
  const found =
    candidates.find(({ number }) => strings.interfaces.get(number)?.includes(NAME)) ??
    (strings.product.includes(NAME) ? candidates[0] : undefined);
  if (found === undefined) return undefined;
  const interrupt = found.endpoints.filter(({ type }) => type === "interrupt");
  const input = interrupt.find(({ address }) => (address & 0x80) !== 0);
  const output = interrupt.find(({ address }) => (address & 0x80) === 0);
  if (input === undefined) return undefined;
  return { number: found.number, input, ...(output === undefined ? {} : { output }) };
}

/** The report is what one interrupt packet holds, whatever packet size the probe claims. */
export function hidFraming({ number, input, output }: HidInterface, name: string): UsbFraming {
  const size = output?.maxPacketSize ?? input.maxPacketSize;
  return {
    interfaceNumber: number,
    input,
    firstReadLength: input.maxPacketSize,
    believesPacketSize: false,
    write: async (handle, packet, _packetSize, limitMs) => {
      if (packet.length > size)
        throw transportFailure({ kind: "packet-too-long", probe: name, length: packet.length, limit: size });
      const report = new Uint8Array(size);
      report.set(packet);
      if (output === undefined) await handle.control({ ...SET_REPORT, index: number }, report, limitMs);
      else await handle.write(output, report, limitMs);
    },
  };
}
