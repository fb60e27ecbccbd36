/** Carries packets of CMSIS-DAP v1 as HID reports. */
import { transportFailure } from "../transport-faults.ts";
import type { HidInterface } from "./interfaces.ts";
import type { UsbFraming } from "./pipe.ts";

/**
 * Sends SET_REPORT to an interface, output report 0 (HID 1.11, 7.2.2), for probes without an interrupt OUT
 * endpoint.
 */
const SET_REPORT = { requestType: 0x21, request: 0x09, value: 0x0200 } as const;

/** A packet is a whole report, for any packet size that the probe claims. */
export function hidFraming({ number, input, output, reportBytes }: HidInterface, name: string): UsbFraming {
  return {
    interfaceNumber: number,
    input,
    firstReadLength: Math.max(reportBytes, input.maxPacketSize),
    believesPacketSize: false,
    write: async (handle, packet, _packetSize, limitMs) => {
      if (packet.length > reportBytes)
        throw transportFailure({
          kind: "packet-too-long",
          probe: name,
          length: packet.length,
          limit: reportBytes,
        });
      const report = new Uint8Array(reportBytes);
      report.set(packet);
      if (output === undefined) await handle.control({ ...SET_REPORT, index: number }, report, limitMs);
      else await handle.write(output, report, limitMs);
    },
  };
}
