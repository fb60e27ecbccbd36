/** Finds the Arm architecture that a pack's core name means. Names are as in the schema's DcoreEnum. */
import { table } from "../lib/table.ts";

export type Architecture = "v6-M" | "v7-M" | "v8-M";

const BY_CORE: Readonly<Record<string, Architecture>> = table({
  "Cortex-M0": "v6-M",
  "Cortex-M0+": "v6-M",
  "Cortex-M1": "v6-M",
  SC000: "v6-M",
  "Cortex-M3": "v7-M",
  "Cortex-M4": "v7-M",
  "Cortex-M7": "v7-M",
  SC300: "v7-M",
  "Cortex-M23": "v8-M",
  "Cortex-M33": "v8-M",
  "Cortex-M35P": "v8-M",
  "Cortex-M52": "v8-M",
  "Cortex-M55": "v8-M",
  "Cortex-M85": "v8-M",
  "Star-MC1": "v8-M",
  "Star-MC3": "v8-M",
  ARMV8MBL: "v8-M",
  ARMV8MML: "v8-M",
  ARMV81MML: "v8-M",
});

export function architectureOfCore(core: string): Architecture | undefined {
  return BY_CORE[core];
}
