/** Says which instructions and habits each architecture variant has, with profiles of usual cores. */
import type { ThumbArchitecture, ThumbProfile } from "./port.ts";

/**
 * Sets of instructions: `all` exist since Armv6-M; `wide` exist everywhere except in Armv6-M; `main` are in
 * Armv7-M and Armv8-M mainline; `v8` are in both of Armv8-M; `v8main` are in its mainline; `dsp` are in the
 * DSP extension.
 */
export type InstructionSet = "all" | "wide" | "main" | "v8" | "v8main" | "dsp";

const SETS: Readonly<Record<ThumbArchitecture, readonly InstructionSet[]>> = {
  "v6-M": ["all"],
  "v7-M": ["all", "wide", "main"],
  "v8-M.base": ["all", "wide", "v8"],
  "v8-M.main": ["all", "wide", "main", "v8", "v8main"],
};

export function includes(profile: ThumbProfile, set: InstructionSet): boolean {
  return set === "dsp" ? profile.dsp && isMainline(profile) : SETS[profile.architecture].includes(set);
}

/**
 * True for Armv7-M and Armv8-M mainline, which have IT blocks, configurable faults, unaligned access, BASEPRI
 * and FAULTMASK.
 */
export function isMainline({ architecture }: ThumbProfile): boolean {
  return architecture === "v7-M" || architecture === "v8-M.main";
}

export function isV8({ architecture }: ThumbProfile): boolean {
  return architecture === "v8-M.base" || architecture === "v8-M.main";
}

const common = { dsp: false, interrupts: 64, priorityBits: 3 };

/** The CPUID values are from the technical reference manuals of these cores. */
export const PROFILES = {
  "Cortex-M0": { ...common, architecture: "v6-M", interrupts: 32, priorityBits: 2, cpuid: 0x410c_c200 },
  "Cortex-M0+": { ...common, architecture: "v6-M", interrupts: 32, priorityBits: 2, cpuid: 0x410c_c601 },
  "Cortex-M3": { ...common, architecture: "v7-M", cpuid: 0x412f_c231 },
  "Cortex-M4": { ...common, architecture: "v7-M", dsp: true, cpuid: 0x410f_c241 },
  "Cortex-M7": { ...common, architecture: "v7-M", dsp: true, priorityBits: 4, cpuid: 0x411f_c271 },
  "Cortex-M23": { ...common, architecture: "v8-M.base", priorityBits: 2, cpuid: 0x410f_d200 },
  "Cortex-M33": { ...common, architecture: "v8-M.main", dsp: true, cpuid: 0x410f_d213 },
} as const satisfies Readonly<Record<string, ThumbProfile>>;
