/** Why an access port stays closed: a lock that the vendor's own access port tells, or a core that sleeps. */
import { CSW, field, IDR } from "../../coresight/registers.ts";
import { apName } from "../../coresight/ap-place.ts";
import { isMemAp, isNothing } from "../../coresight/adi/identity.ts";
import { designerName } from "../../coresight/adi/jep106.ts";
import { hex32 } from "../../lib/hex.ts";
import { isOpen } from "../target/look.ts";
import type { PortSight, Sight } from "../target/sight.ts";
import { vendorPort, type VendorPort } from "../target/vendor-ports.ts";
import { byHand, type Try } from "../try.ts";
import { diagnosis, faultOf, type Cause } from "./seen.ts";

/** A port through which the core was reached, and that a reset or the firmware has closed since. */
export const closedAgain: Cause = ({ sight, asked, error }) => {
  const own = ownPort(sight);
  if (asked.reached !== true || error === undefined) return undefined;
  if (own?.idr === undefined || !isMemAp(own.idr) || isOpen(own)) return undefined;
  const place = apName(own.place);
  return diagnosis({
    code: "closed-again",
    certainty: "certain",
    says: `${place} was open, and the reset has closed it again: this part is locked after every reset`,
    evidence: [portText(own), "the core answered through it earlier in this session"],
    tries: byHand(
      "use the device's pack, whose reset sequences open the part again",
      "connect without a reset, or halt the core in the place of a reset",
    ),
  });
};

/** A part that is locked, and that its vendor's access port opens. */
export const lockedPart: Cause = ({ sight }) => {
  const own = ownPort(sight);
  if (own !== undefined && isOpen(own)) return undefined;
  for (const port of sight.ports) {
    const vendor = port.idr === undefined ? undefined : vendorPort(port.idr, port.place);
    const lock = vendor?.locked((name) => port.readings?.find((one) => one.name === name)?.value);
    if (vendor === undefined || lock === undefined) continue;
    const { part, name, shipped } = vendor;
    const evidence = [
      ...(own === undefined ? [] : [portText(own)]),
      `${apName(port.place)} is the ${name} of an ${part} (IDR ${hex32(port.idr ?? 0)})`,
      ...(port.readings ?? []).flatMap(({ name: register, value }) =>
        value === undefined ? [] : [`${name} ${register} reads ${hex32(value)}`],
      ),
    ];
    if (lock.forEver === true)
      return diagnosis({
        code: "locked-for-ever",
        certainty: "certain",
        says: `the ${part} is locked, and nothing opens it: ${lock.because}`,
        evidence,
        tries: byHand("use another part: this one stays closed to debuggers"),
      });
    return diagnosis({
      code: "locked",
      certainty: "certain",
      says: `the ${part} is locked: ${lock.because}`,
      evidence,
      tries: [opening(shipped)],
    });
  }
  return undefined;
};

function opening({ file, opens, erases }: VendorPort["shipped"]): Try {
  if (!erases) return { kind: "again", options: { shippedSeq: file } };
  return { kind: "shipped", file, sequence: opens, allow: ["erase"] };
}

/** SAM D, L and C: AP 0 is open, and of the memory only the DSU answers. */
export const securedSam: Cause = ({ sight }) => {
  const status = reading(sight, "DSU STATUS");
  if (status === undefined || ((status >>> 16) & 1) === 0) return undefined;
  return diagnosis({
    code: "locked",
    certainty: "certain",
    says: "the SAM is locked: its security bit is set, so that only the DSU answers",
    evidence: [`DSU STATUSB.PROT = 1 (${hex32(status)} at 0x41002100)`, "CPUID does not answer"],
    tries: [{ kind: "shipped", file: "microchip/sam-d-l", sequence: "Recover", allow: ["erase"] }],
  });
};

const RDP_LEVEL_0 = 0xaa;

/** STM32F4 at level 1: the core answers, and the flash does not. */
export const readProtected: Cause = ({ sight, error }) => {
  const optcr = reading(sight, "FLASH_OPTCR");
  if (optcr === undefined) return undefined;
  const rdp = (optcr >>> 8) & 0xff;
  if (rdp === RDP_LEVEL_0) return undefined;
  const fault = faultOf(error, "target-fault");
  const address = fault?.address;
  const isFlash = address !== undefined && (address < 0x2000_0000 || address >= 0x4000_0000);
  if (fault !== undefined && address !== undefined && !isFlash) return undefined;
  return diagnosis({
    code: "read-protected",
    certainty: "certain",
    says: "the STM32 is read-protected (RDP level 1): no debugger may read, erase or program its flash",
    evidence: [`FLASH_OPTCR.RDP = 0x${rdp.toString(16).toUpperCase()} (level 0 is 0xAA)`],
    tries: [{ kind: "shipped", file: "st/stm32f4", sequence: "Recover", allow: ["erase"] }],
  });
};

/** No port of a vendor tells why: asleep, locked, or taken by the firmware. */
export const closedPort: Cause = (seen) => {
  const { sight, asked } = seen;
  const own = ownPort(sight);
  if (own?.idr === undefined || !isMemAp(own.idr) || isOpen(own)) return undefined;
  const others = sight.ports.filter((port) => port !== own && port.idr !== undefined && isMemAp(port.idr));
  const evidence = [portText(own), ...others.map(portText)];
  const isPsoc = /^(CY8C6|CYB06|PSoC ?6)/i.test(asked.device ?? "") || isPsoc6(sight);
  if (isPsoc)
    return diagnosis({
      code: "pins-taken",
      certainty: "likely",
      says: "the firmware of the PSoC 6 has taken the debug pins, or the part is locked",
      evidence,
      tries: [{ kind: "shipped", file: "infineon/psoc6", sequence: "Acquire" }],
    });
  if (asked.connect === "under-reset" || asked.connect === "auto")
    return diagnosis({
      code: "sealed",
      certainty: "likely",
      says: `the part is locked: ${apName(own.place)} stays closed even while nRESET is held low, when no firmware runs`,
      evidence,
      tries: byHand(
        "read which protection the part has: at RDP level 2 of an STM32, for example, nothing opens it again",
        "see that nRESET is wired: without it the firmware went on running",
      ),
    });
  return diagnosis({
    code: "closed-port",
    certainty: "possible",
    says: `${apName(own.place)} is closed: the firmware has put the device to sleep (Stop, Standby), or the part is locked`,
    evidence,
    tries: [{ kind: "again", options: { connect: "under-reset" } }],
  });
};

/** Three access ports of a system and two cores, with the IDR that PSoC 6 has. */
function isPsoc6({ ports }: Sight): boolean {
  const [first, second, third] = ports;
  return first?.idr === 0x8477_0001 && second?.idr === 0x8477_0001 && third?.idr === 0x2477_0011;
}

export function ownPort({ ports, place }: Sight): PortSight | undefined {
  return ports.find((port) => port.place === place || apName(port.place) === apName(place));
}

export function reading({ readings }: Sight, name: string): number | undefined {
  return readings.find((one) => one.name === name)?.value;
}

function madeBy(idr: number): string {
  const maker = designerName(field(IDR, "DESIGNER", idr));
  return maker === undefined ? "" : `, made by ${maker}`;
}

export function portText({ place, idr, csw }: PortSight): string {
  if (idr === undefined) return `${apName(place)} does not answer`;
  if (isNothing(idr)) return `${apName(place)} does not exist (IDR ${hex32(idr)})`;
  if (csw === undefined)
    return `${apName(place)} is ${isMemAp(idr) ? "a" : "not a"} MEM-AP${madeBy(idr)} (IDR ${hex32(idr)})`;
  return `${apName(place)} CSW.DeviceEn = ${field(CSW, "DeviceEn", csw)} (CSW ${hex32(csw)})`;
}
