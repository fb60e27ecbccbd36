/** Why no core answers behind a port that does: another access port, another device, a reset that lasts, a lockup. */
import { agreesWith, coreName } from "../../coresight/cpuid.ts";
import { apName } from "../../coresight/ap-place.ts";
import { isMemAp, isNothing } from "../../coresight/adi/identity.ts";
import { designerName } from "../../coresight/adi/jep106.ts";
import { CFSR, decode, DHCSR, field, HFSR } from "../../coresight/registers.ts";
import { hex32 } from "../../lib/hex.ts";
import type { PortSight } from "../target/sight.ts";
import { byHand, type Try } from "../try.ts";
import { ownPort, portText } from "./lock.ts";
import { diagnosis, faultOf, type Asked, type Cause } from "./seen.ts";

export const noAccessPort: Cause = ({ sight, asked }) => {
  if (sight.powered !== true || sight.ports.length === 0) return undefined;
  const own = ownPort(sight);
  if (own === undefined || (own.idr !== undefined && isMemAp(own.idr))) return undefined;
  const memories = sight.ports.filter(({ idr }) => idr !== undefined && isMemAp(idr));
  const evidence = [portText(own), ...memories.map(portText)];
  const what = isNothing(own.idr ?? 0) ? "does not exist" : "is not a MEM-AP";
  const place = apName(own.place);
  const whose = asked.pname === undefined ? "" : `, the access port of ${asked.pname},`;
  if (memories.length === 0)
    return diagnosis({
      code: "no-access-port",
      certainty: "likely",
      says: `${place}${whose} ${what}, and no other access port leads to memory: the device has a lower power state, or is locked`,
      evidence,
      tries: [
        ...(asked.connect === "under-reset"
          ? []
          : [{ kind: "again", options: { connect: "under-reset" } } as const]),
        ...byHand("see that the power domain of the processor is on, and that the device is unlocked"),
      ],
    });
  return diagnosis({
    code: "wrong-access-port",
    certainty: "likely",
    says: `${place}${whose} ${what} on this device: the pack or processor named is not the one on the board`,
    evidence,
    tries: [...otherProcessor(asked, memories), ...byHand("name the device that is printed on the chip")],
  });
};

function otherProcessor({ processors, pname }: Asked, ports: readonly PortSight[]): readonly Try[] {
  const other = processors.find((one) => one.pname !== pname && ports.some(({ place }) => place === one.ap));
  return other === undefined ? [] : [{ kind: "again", options: { pname: other.pname } }];
}

export const otherCore: Cause = ({ sight: { core, identity }, asked }) => {
  if (core?.cpuid === undefined || asked.core === undefined || isNothing(core.cpuid)) return undefined;
  if (agreesWith(core.cpuid, asked.core)) return undefined;
  const maker =
    identity === undefined || identity.designer === ARM ? undefined : designerName(identity.designer);
  const device = asked.device ?? "the device";
  return diagnosis({
    code: "wrong-device",
    certainty: "certain",
    says: `this is not ${article(device)}: the core is a ${coreName(core.cpuid)}, and ${device} has a ${asked.core}`,
    evidence: [
      `CPUID reads ${hex32(core.cpuid)}`,
      ...(maker === undefined ? [] : [`the part was made by ${maker}`]),
    ],
    tries: byHand("name the device that is printed on the chip, and use its pack"),
  });
};

function article(device: string): string {
  return /^(the|an?) /.test(device) ? device : `the ${device} of the pack`;
}

/** Its own tables are in the parts of many makers. */
const ARM = 0x23b;

/** A vendor's name as packs spell it, by who made the part. */
const VENDORS: ReadonlyMap<number, RegExp> = new Map([
  [0x00e, /freescale|nxp/i],
  [0x015, /nxp|freescale/i],
  [0x01f, /atmel|microchip/i],
  [0x020, /st|stmicro/i],
  [0x029, /microchip|atmel/i],
  [0x034, /cypress|infineon/i],
  [0x041, /infineon|cypress/i],
  [0x144, /nordic/i],
  [0x223, /renesas/i],
  [0x373, /silicon ?lab|energy ?micro/i],
  [0x493, /raspberry/i],
]);

/** The maker of the part is not the vendor of the pack. Arm as the maker says nothing: its own tables are in many parts. */
export const otherMaker: Cause = ({ sight: { identity }, asked, error }) => {
  if (identity === undefined || asked.vendor === undefined || error === undefined) return undefined;
  const pattern = VENDORS.get(identity.designer);
  const isKnownVendor = [...VENDORS.values()].some((one) => one.test(asked.vendor ?? ""));
  if (pattern === undefined || !isKnownVendor || pattern.test(asked.vendor)) return undefined;
  const maker = designerName(identity.designer) ?? "another maker";
  return diagnosis({
    code: "wrong-device",
    certainty: "likely",
    says: `this is not ${article(asked.device ?? "the device")}: the part was made by ${maker}`,
    evidence: [
      `designer 0x${identity.designer.toString(16).toUpperCase()}, part 0x${identity.part.toString(16).toUpperCase()} (ROM table or TARGETID); the pack is by ${asked.vendor.replace(/:.*/, "")}`,
    ],
    tries: byHand("name the device that is printed on the chip, and use its pack"),
  });
};

export const heldInReset: Cause = ({ sight: { core, levels } }) => {
  if (core?.dhcsr === undefined || field(DHCSR, "S_RESET_ST", core.dhcsr) !== 1) return undefined;
  const isLow = levels.nreset === 0;
  return diagnosis({
    code: "held-in-reset",
    certainty: "certain",
    says: isLow
      ? "the core is held in reset: something on the board keeps nRESET low"
      : "the core is held in reset, and not by nRESET",
    evidence: [`DHCSR.S_RESET_ST stays 1 (${hex32(core.dhcsr)})`, `nRESET reads ${levels.nreset}`],
    tries: isLow
      ? byHand("release the reset button; look for a supervisor, a watchdog or a capacitor on nRESET")
      : byHand(
          "another core or a reset controller of the device must release it: run the device's own sequence",
        ),
  });
};

export const lockup: Cause = ({ sight: { core }, error }) => {
  if (core?.dhcsr === undefined || field(DHCSR, "S_LOCKUP", core.dhcsr) !== 1) return undefined;
  // Memory answers in lockup as ever.
  if (error !== undefined && faultOf(error, "no-halt", "core-timeout", "algorithm-crashed") === undefined)
    return undefined;
  const { cfsr, hfsr, bfar } = core;
  const hasAddress = cfsr !== undefined && ((cfsr >>> 15) & 1) === 1;
  return diagnosis({
    code: "lockup",
    certainty: "certain",
    says: "the core is in lockup: a fault occurred while it could not handle one",
    evidence: [
      `DHCSR.S_LOCKUP = 1 (${hex32(core.dhcsr)})`,
      ...(hfsr === undefined || hfsr === 0 ? [] : [decode(HFSR, hfsr)]),
      ...(cfsr === undefined || cfsr === 0 ? [] : [decode(CFSR, cfsr)]),
      ...(hasAddress && bfar !== undefined ? [`BFAR reads ${hex32(bfar)}`] : []),
    ],
    tries: [
      { kind: "reset", type: "system" },
      ...byHand("an empty or wrong vector table at the start of flash looks like this: program the flash"),
    ],
  });
};

export const noCore: Cause = ({ sight, error }) => {
  const own = ownPort(sight);
  const { core } = sight;
  if (core === undefined || own === undefined) return undefined;
  if (core.cpuid !== undefined && !isNothing(core.cpuid)) return undefined;
  if (error !== undefined && faultOf(error, "target-fault", "wrong-identity", "no-way-in") === undefined)
    return undefined;
  return diagnosis({
    code: "no-core",
    certainty: "likely",
    says: `${apName(own.place)} is open, but no core answers behind it: the core has no clock or power, or stands behind another access port`,
    evidence: [
      portText(own),
      core.cpuid === undefined ? "CPUID does not answer" : `CPUID reads ${hex32(core.cpuid)}`,
      ...sight.ports
        .filter((one) => one !== own && one.idr !== undefined && !isNothing(one.idr))
        .map(portText),
    ],
    tries: [
      { kind: "again", options: { connect: "under-reset" } },
      ...byHand("use the device's pack: it says which access port leads to the processor"),
    ],
  });
};
