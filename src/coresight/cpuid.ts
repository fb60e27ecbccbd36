/** What CPUID says of a core: its name and its architecture. Pure. */
import { hex } from "../lib/hex.ts";
import { CPUID, field } from "./registers.ts";

export type Architecture = "v6-M" | "v7-M" | "v8-M";

/** CPUID.PartNo of Arm's own cores, from their technical reference manuals. */
const PARTS: Readonly<Record<number, string>> = {
  0xc20: "Cortex-M0",
  0xc60: "Cortex-M0+",
  0xc21: "Cortex-M1",
  0xc23: "Cortex-M3",
  0xc24: "Cortex-M4",
  0xc27: "Cortex-M7",
  0xd20: "Cortex-M23",
  0xd21: "Cortex-M33",
  0xd31: "Cortex-M35P",
  0xd22: "Cortex-M55",
  0xd23: "Cortex-M85",
  0xd24: "Cortex-M52",
};

/** `Cortex-M7 r0p1`, or the raw number of a part nobody listed. */
export function coreName(cpuid: number): string {
  const part = field(CPUID, "PartNo", cpuid);
  const revision = `r${field(CPUID, "Variant", cpuid)}p${field(CPUID, "Revision", cpuid)}`;
  return `${PARTS[part] ?? `part ${hex(part, 3)}`} ${revision}`;
}

/** Architecture is 0xC for v6-M and v8-M Baseline, 0xF for those with the main extension; the part tells v8-M. */
export function architectureOf(cpuid: number): Architecture {
  if (field(CPUID, "PartNo", cpuid) >= 0xd00) return "v8-M";
  return field(CPUID, "Architecture", cpuid) === 0xc ? "v6-M" : "v7-M";
}
