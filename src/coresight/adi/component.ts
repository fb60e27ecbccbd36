/**
 * Decodes what a CoreSight component says of itself in the last words of its 4 KiB (ADIv5.2 D1.2, ADIv6.0 D1),
 * and names it. Reads nothing. The names are Arm's; part numbers are those of its Technical Reference Manuals.
 */
import { designerName } from "./jep106.ts";
import { hex } from "../../lib/hex.ts";

/** Offsets of the identification registers, in the order in which `identityOf` expects their words. */
export const IDENTIFICATION: readonly number[] = [
  0xfe0, 0xfe4, 0xfe8, 0xfec, 0xfd0, 0xff0, 0xff4, 0xff8, 0xffc,
];
/** The offset of DEVARCH, which only components of class 9 have. */
export const DEVARCH = 0xfbc;
export const DEVTYPE = 0xfcc;
export const DEVID = 0xfc8;

export interface ComponentIdentity {
  /** CIDR1[7:4]: 1 ROM table, 9 CoreSight component, 0xE generic IP, 0xF system component. */
  readonly class: number;
  readonly part: number;
  /** The JEP106 code as in DPIDR; undefined if the part has none. */
  readonly designer: number | undefined;
  readonly revision: number;
}

export interface Architecture {
  readonly devarch: number;
  readonly devtype: number;
}

export const CLASS = { romTable: 1, coreSight: 9, generic: 0xe, system: 0xf } as const;
const ARM = 0x23b;
/** The value of CIDR without the class. */
const PREAMBLE = 0xb105_000d;

/** Decodes the words; undefined if they are not an identification, like those of memory. */
export function identityOf(words: readonly number[]): ComponentIdentity | undefined {
  const [p0 = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, ...cidr] = words.map((word) => word & 0xff);
  const whole = cidr.reduce((value, byte, at) => (value | (byte << (8 * at))) >>> 0, 0);
  if ((whole & ~0xf000) >>> 0 !== PREAMBLE) return undefined;
  const usesJep106 = (p2 & 8) !== 0;
  return {
    class: (whole >>> 12) & 0xf,
    part: ((p1 & 0xf) << 8) | p0,
    designer: usesJep106 ? ((p4 & 0xf) << 7) | ((p2 & 7) << 4) | (p1 >> 4) : undefined,
    revision: ((p2 >> 4) << 4) | (p3 >> 4),
  };
}

/** DEVARCH.ARCHID with those bits that name the architecture, if the register exists and Arm defined the architecture. */
export function archidOf({ devarch }: Architecture): number | undefined {
  const present = (devarch & (1 << 20)) !== 0;
  return present && devarch >>> 21 === ARM ? devarch & 0xffff : undefined;
}

export const ARCHID = { scs: 0x2a04, memAp: 0x0a17, romTable: 0x0af7 } as const;

const BY_ARCHID: ReadonlyMap<number, string> = new Map([
  [0x0a00, "RAS"],
  [0x1a01, "ITM"],
  [0x1a02, "DWT"],
  [0x1a03, "FPB"],
  [0x2a04, "SCS (v8-M)"],
  [0x6a05, "debug unit (v8-R)"],
  [0x0a06, "PMU (v8-M)"],
  [0x0a07, "EWIC"],
  [0x4a13, "ETM"],
  [0x1a14, "CTI"],
  [0x6a15, "debug unit (v8-A)"],
  [0x2a16, "PMU"],
  [0x0a17, "MEM-AP"],
  [0x0a27, "JTAG-AP"],
  [0x0a31, "MTB"],
  [0x0a34, "power requester"],
  [0x0a47, "access port"],
  [0x0a55, "PMC"],
  [0x0a57, "COM-AP"],
  [0x0a63, "STM"],
  [0x0a75, "ELA"],
  [0x0af7, "ROM table"],
]);

/** Names for Arm's generic IP, in cores before v8-M. */
const GENERIC: ReadonlyMap<number, string> = new Map([
  [0x000, "SCS (v7-M)"],
  [0x001, "ITM"],
  [0x002, "DWT"],
  [0x003, "FPB"],
  [0x004, "SCS (SC300)"],
  [0x005, "ITM"],
  [0x006, "DWT"],
  [0x007, "FPB"],
  [0x008, "SCS (v6-M)"],
  [0x00a, "DWT"],
  [0x00b, "BPU"],
  [0x00c, "SCS (v7-M)"],
  [0x00d, "SCS (SC000)"],
  [0x00e, "FPB"],
]);

/** Names by DEVTYPE, if DEVARCH is missing (ADIv6.0 table D1-2: sub type in 7:4, major type in 3:0). */
const BY_TYPE: ReadonlyMap<number, string> = new Map([
  [0x11, "TPIU"],
  [0x21, "ETB"],
  [0x31, "MTB"],
  [0x12, "trace funnel"],
  [0x22, "trace replicator"],
  [0x32, "ETF"],
  [0x13, "ETM"],
  [0x43, "ITM"],
  [0x63, "STM"],
  [0x14, "CTI"],
  [0x34, "power requester"],
  [0x15, "debug unit"],
  [0x16, "PMU"],
]);

export function componentName(identity: ComponentIdentity, architecture?: Architecture): string {
  if (identity.class === CLASS.romTable) return "ROM table";
  if (identity.class === CLASS.generic && identity.designer === ARM)
    return GENERIC.get(identity.part) ?? "generic IP";
  if (identity.class === CLASS.system) return "system component";
  const archid = architecture === undefined ? undefined : archidOf(architecture);
  return (
    (archid === undefined ? undefined : BY_ARCHID.get(archid)) ??
    BY_TYPE.get(architecture?.devtype ?? 0) ??
    `component of class ${hex(identity.class)}`
  );
}

/** True for a core's system control space, which holds CPUID and the debug registers. */
export function isSystemControlSpace(identity: ComponentIdentity, architecture?: Architecture): boolean {
  if (identity.class === CLASS.generic && identity.designer === ARM)
    return GENERIC.get(identity.part)?.startsWith("SCS") === true;
  return architecture !== undefined && archidOf(architecture) === ARCHID.scs;
}

/** Names the maker for people: `Arm, part 0x4C3`. */
export function makerOf({ designer, part }: Pick<ComponentIdentity, "designer" | "part">): string {
  const maker =
    designer === undefined ? "no JEP106 code" : (designerName(designer) ?? `designer ${hex(designer, 3)}`);
  return `${maker}, part ${hex(part, 3)}`;
}
