/**
 * Lists how the Cortex-M types differ for a debugger: CPUID, architecture, breakpoint unit, and the
 * identification of their debug components. The values are from the Technical Reference Manual of each core
 * (CPUID: system control chapter; component ids: debug chapter) and, for v8-M, the DEVARCH values of the
 * Armv8-M Architecture Reference Manual D1.2.
 */
import type { ComponentId } from "../port/component-id.ts";

export type Architecture = "v6-M" | "v7-M" | "v8-M.baseline" | "v8-M.mainline" | "v8.1-M";

export interface CorePart {
  readonly cpuid: number;
  readonly architecture: Architecture;
  /** FP_CTRL without KEY and ENABLE has the number of comparators and, in bits 31:28, version 2 of the unit. */
  readonly fpCtrl: number;
  readonly breakpoints: number;
  readonly watchpoints: number;
  readonly fpu: boolean;
  readonly scs: ComponentId;
  readonly dwt: ComponentId;
  readonly fpb: ComponentId;
  /** v6-M and v8-M baseline have none. */
  readonly itm?: ComponentId;
  /** It identifies the table at 0xE00FF000. */
  readonly romTable: ComponentId;
}

const ARM = { bank: 4, code: 0x3b } as const;

function ip(part: number): ComponentId {
  return { ...ARM, part, revision: 0, componentClass: 0xe };
}

function coreSight(part: number, devarch: number): ComponentId {
  return { ...ARM, part, revision: 0, componentClass: 9, devarch };
}

function table(part: number): ComponentId {
  return { ...ARM, part, revision: 0, componentClass: 1 };
}

function v6(cpuid: number, romPart: number): CorePart {
  return {
    cpuid,
    architecture: "v6-M",
    fpCtrl: 0x40,
    breakpoints: 4,
    watchpoints: 2,
    fpu: false,
    scs: ip(0x008),
    dwt: ip(0x00a),
    fpb: ip(0x00b),
    romTable: table(romPart),
  };
}

function v7(
  cpuid: number,
  parts: { readonly rom: number; readonly scs: number; readonly fpb: number; readonly fpu: boolean },
): CorePart {
  const second = parts.fpb === 0x00e;
  return {
    cpuid,
    architecture: "v7-M",
    fpCtrl: second ? 0x1000_0080 : 0x260,
    breakpoints: second ? 8 : 6,
    watchpoints: 4,
    fpu: parts.fpu,
    scs: ip(parts.scs),
    dwt: ip(0x002),
    fpb: ip(parts.fpb),
    itm: ip(0x001),
    romTable: table(parts.rom),
  };
}

function v8(
  cpuid: number,
  core: { readonly part: number; readonly rom: number; readonly architecture: Architecture },
): CorePart {
  const mainline = core.architecture !== "v8-M.baseline";
  return {
    cpuid,
    architecture: core.architecture,
    fpCtrl: mainline ? 0x1000_0080 : 0x1000_0040,
    breakpoints: mainline ? 8 : 4,
    watchpoints: 4,
    fpu: mainline,
    scs: coreSight(core.part, 0x4770_2a04),
    dwt: coreSight(core.part, 0x4770_1a02),
    fpb: coreSight(core.part, 0x4770_1a03),
    ...(mainline ? { itm: coreSight(core.part, 0x4770_1a01) } : {}),
    romTable: table(core.rom),
  };
}

/** The keys are as in a pack's Dcore, if it uses Arm's own name. */
export const coreParts = {
  "Cortex-M0": v6(0x410c_c200, 0x471),
  "Cortex-M0+": v6(0x410c_c601, 0x4c0),
  "Cortex-M1": v6(0x410c_c210, 0x470),
  "Cortex-M3": v7(0x412f_c231, { rom: 0x4c3, scs: 0x000, fpb: 0x003, fpu: false }),
  "Cortex-M4": v7(0x410f_c241, { rom: 0x4c4, scs: 0x00c, fpb: 0x003, fpu: true }),
  "Cortex-M7": v7(0x411f_c271, { rom: 0x4c7, scs: 0x00c, fpb: 0x00e, fpu: true }),
  "Cortex-M23": v8(0x411c_d200, { part: 0xd20, rom: 0x4cb, architecture: "v8-M.baseline" }),
  "Cortex-M33": v8(0x410f_d214, { part: 0xd21, rom: 0x4c9, architecture: "v8-M.mainline" }),
  "Cortex-M55": v8(0x411f_d221, { part: 0xd22, rom: 0x4d0, architecture: "v8.1-M" }),
  "Cortex-M85": v8(0x411f_d230, { part: 0xd23, rom: 0x4d2, architecture: "v8.1-M" }),
} as const satisfies Readonly<Record<string, CorePart>>;

export type CoreType = keyof typeof coreParts;

export function isCoreType(name: string): name is CoreType {
  return Object.hasOwn(coreParts, name);
}
