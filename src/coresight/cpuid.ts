/** The meaning of CPUID: the core's name, its architecture, and whether it is the core that a pack names. Pure. */
import { hex } from "../lib/hex.ts";
import { table } from "../lib/table.ts";
import { CPUID, field } from "./registers.ts";

export type Architecture = "v6-M" | "v7-M" | "v8-M";

/** CPUID.Implementer of Arm, and of Arm China for the Star cores. */
const ARM = 0x41;
const ARM_CHINA = 0x63;

/** CPUID.PartNo of Arm's own cores, from their technical reference manuals. */
const PARTS: Readonly<Record<number, string>> = {
  0xc20: "Cortex-M0",
  0xc60: "Cortex-M0+",
  0xc21: "Cortex-M1",
  0xc23: "Cortex-M3",
  0xc24: "Cortex-M4",
  0xc27: "Cortex-M7",
  0xc30: "SC000",
  0xc33: "SC300",
  0xd20: "Cortex-M23",
  0xd21: "Cortex-M33",
  0xd31: "Cortex-M35P",
  0xd22: "Cortex-M55",
  0xd23: "Cortex-M85",
  0xd24: "Cortex-M52",
};

/** Names the core: `Cortex-M7 r0p1`, or the raw number of an unlisted part. */
export function coreName(cpuid: number): string {
  const part = field(CPUID, "PartNo", cpuid);
  const revision = `r${field(CPUID, "Variant", cpuid)}p${field(CPUID, "Revision", cpuid)}`;
  return `${PARTS[part] ?? (isStar(cpuid) ? "Star-MC1" : `part ${hex(part, 3)}`)} ${revision}`;
}

function isStar(cpuid: number): boolean {
  return field(CPUID, "Implementer", cpuid) === ARM_CHINA && field(CPUID, "PartNo", cpuid) === 0x132;
}

/**
 * Returns the architecture. CPUID.Architecture is 0xC for v6-M and v8-M Baseline, 0xF for those with the main
 * extension; the part distinguishes v8-M.
 */
export function architectureOf(cpuid: number): Architecture {
  if (field(CPUID, "PartNo", cpuid) >= 0xd00 || isStar(cpuid)) return "v8-M";
  return hasMainExtension(cpuid) ? "v7-M" : "v6-M";
}

/** Judges by CPUID.Architecture: 0xF is a core with the main extension, 0xC one without (Armv8-M D1.2.52). */
function hasMainExtension(cpuid: number): boolean {
  return field(CPUID, "Architecture", cpuid) !== 0xc;
}

interface Wanted {
  readonly architecture: Architecture;
  readonly main: boolean;
  /** The cores that a generic name stands for; the name of one core stands for that alone. */
  readonly cores?: readonly string[];
}

/** The names of a pack's Dcore that are M-profile cores. */
const WANTED: Readonly<Record<string, Wanted>> = table<Wanted>({
  "Cortex-M0": { architecture: "v6-M", main: false },
  "Cortex-M0+": { architecture: "v6-M", main: false },
  "Cortex-M1": { architecture: "v6-M", main: false },
  SC000: { architecture: "v6-M", main: false },
  "Cortex-M3": { architecture: "v7-M", main: true },
  "Cortex-M4": { architecture: "v7-M", main: true },
  "Cortex-M7": { architecture: "v7-M", main: true },
  SC300: { architecture: "v7-M", main: true },
  "Cortex-M23": { architecture: "v8-M", main: false },
  "Cortex-M33": { architecture: "v8-M", main: true },
  "Cortex-M35P": { architecture: "v8-M", main: true },
  "Cortex-M52": { architecture: "v8-M", main: true },
  "Cortex-M55": { architecture: "v8-M", main: true },
  "Cortex-M85": { architecture: "v8-M", main: true },
  "Star-MC1": { architecture: "v8-M", main: true, cores: ["Star-MC1"] },
  "Star-MC3": { architecture: "v8-M", main: true, cores: [] },
  ARMV8MBL: { architecture: "v8-M", main: false, cores: ["Cortex-M23"] },
  ARMV8MML: {
    architecture: "v8-M",
    main: true,
    cores: ["Cortex-M33", "Cortex-M35P", "Cortex-M52", "Cortex-M55", "Cortex-M85"],
  },
  ARMV81MML: { architecture: "v8-M", main: true, cores: ["Cortex-M52", "Cortex-M55", "Cortex-M85"] },
});

/**
 * Tells whether a core may be the one that a pack names. Arm's own cores are judged by their part. Other makers'
 * cores are judged by their architecture, for a pack names them by the similar core of Arm. A name that is not an
 * M-profile core says nothing.
 */
export function agreesWith(cpuid: number, core: string): boolean {
  const wanted = WANTED[core];
  if (wanted === undefined) return true;
  const part = PARTS[field(CPUID, "PartNo", cpuid)];
  if (field(CPUID, "Implementer", cpuid) === ARM && part !== undefined)
    return (wanted.cores ?? [core]).includes(part);
  return architectureOf(cpuid) === wanted.architecture && hasMainExtension(cpuid) === wanted.main;
}
