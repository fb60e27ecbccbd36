/** Why one address does not answer, while the core does. */
import { CSW, field } from "../../coresight/registers.ts";
import { hex32 } from "../../lib/hex.ts";
import { isOpen } from "../target/look.ts";
import type { Sight } from "../target/sight.ts";
import { byHand } from "../try.ts";
import { ownPort } from "./lock.ts";
import { diagnosis, faultOf, type Asked, type Cause } from "./seen.ts";

/** DAUTHSTATUS.SID: 0b10, secure invasive debug exists and is not allowed (Armv8-M D1.2.46). */
function deniesSecure({ core, place, ports }: Sight): boolean {
  const own = ownPort({ place, ports } as Sight);
  const spiden = own?.csw === undefined ? undefined : field(CSW, "SPIDEN", own.csw);
  return (((core?.dauthstatus ?? 0) >>> 4) & 3) === 2 && spiden === 0;
}

export const secureDenied: Cause = ({ sight, error }) => {
  const fault = faultOf(error, "target-fault");
  if (fault?.ack !== "FAULT" || fault.address === undefined || !deniesSecure(sight)) return undefined;
  return diagnosis({
    code: "secure-denied",
    certainty: "likely",
    says: `the device denies secure access: ${hex32(fault.address)} belongs to the secure world, where this debugger may not go`,
    evidence: [
      `DAUTHSTATUS.SID = 2 (${hex32(sight.core?.dauthstatus ?? 0)}): secure debug exists and is not allowed`,
      "CSW.SPIDEN = 0",
    ],
    tries: byHand(
      "use the non-secure alias of the address, if the device has one",
      "open secure debug as the vendor says (debug authentication, a certificate, an earlier life cycle)",
    ),
  });
};

export const badAddress: Cause = ({ sight, asked, error }) => {
  const fault = faultOf(error, "target-fault");
  const own = ownPort(sight);
  if (fault?.address === undefined || own === undefined || !isOpen(own)) return undefined;
  if (sight.core?.cpuid === undefined) return undefined;
  const address = hex32(fault.address);
  if (fault.ack === "WAIT")
    return diagnosis({
      code: "bus-hangs",
      certainty: "likely",
      says: `the bus hangs on ${address}: what stands there has no clock, or is in reset`,
      evidence: ["the target answered WAIT until the probe gave up; the core's own registers answer"],
      tries: byHand("switch the clock of that peripheral or memory on first"),
    });
  if (fault.ack !== "FAULT") return undefined;
  const where = memoryAt(asked, fault.address);
  if (where === undefined)
    return diagnosis({
      code: "no-memory",
      certainty: asked.memories.length === 0 || fault.address >= 0x4000_0000 ? "likely" : "certain",
      says:
        fault.address >= 0x4000_0000
          ? `nothing answers at ${address}: no peripheral is there, or its clock is off`
          : `nothing answers at ${address}: ${asked.device ?? "the device"} has no memory there`,
      evidence: ["the core and its access port answer; this address alone gives FAULT", ...rangesText(asked)],
      tries: byHand("see the address and its alignment; a peripheral may need its clock switched on first"),
    });
  return diagnosis({
    code: "memory-closed",
    certainty: "likely",
    says: `${where} does not answer at ${address}: the device protects it, or has it switched off`,
    evidence: ["the core and its access port answer; this address alone gives FAULT"],
    tries: byHand("look for a read protection, a memory protection unit, or a power or clock switch"),
  });
};

function memoryAt({ memories }: Asked, address: number): string | undefined {
  return memories.find(({ start, size }) => address >= start && address < start + size)?.name;
}

function rangesText({ memories, device }: Asked): readonly string[] {
  if (memories.length === 0) return [];
  const shown = memories
    .slice(0, 4)
    .map(({ name, start, size }) => `${name} ${hex32(start)} to ${hex32(start + size - 1)}`);
  return [`${device ?? "the device"} has ${shown.join(", ")}${memories.length > 4 ? " and more" : ""}`];
}
