/** Carries packets of CMSIS-DAP v2 over bulk endpoints. */
import { transportFailure } from "../transport-faults.ts";
import type { BulkInterface } from "./interfaces.ts";
import type { UsbFraming } from "./pipe.ts";

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
      // A packet shorter than the probe's buffer ends with a short USB packet, which is empty if the packet
      // fills the one before it.
      if (packet.length < packetSize && packet.length % output.maxPacketSize === 0)
        await handle.write(output, new Uint8Array(), limitMs);
    },
  };
}
