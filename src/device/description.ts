/**
 * Declares what is known of one device (or variant) and its processors, as plain data with places. pack/
 * makes it; the session, the simulator and the checker use it. Knows no XML. Numbers are as the pack gives
 * them; sizes are in bytes.
 */
import type { Span } from "../lib/source.ts";
import type { DebugVars, Sequence } from "../language/tree.ts";

export type Level = "family" | "subFamily" | "device" | "variant";

/** Says where a definition comes from; `list`, `show` and traces print it. */
export interface Origin {
  readonly layer: "project" | "pack" | "default";
  /** It is `family STM32H7 Series`, `default`, or a file of the project. */
  readonly label: string;
  readonly level?: Level;
  readonly span: Span;
}

export interface SequenceDefinition {
  readonly name: string;
  readonly pname?: string;
  readonly disabled: boolean;
  readonly origin: Origin;
  readonly sequence: Sequence;
}

export interface Processor {
  readonly pname?: string;
  /** The name is as in the pack: `Cortex-M7`, `ARMV8MML`, ... */
  readonly core: string;
  readonly version?: string;
  readonly fpu?: string;
  readonly mpu?: string;
  readonly trustZone?: string;
  readonly dsp?: string;
  readonly endian?: string;
  readonly clockHz?: number;
  readonly units: number;
  readonly span: Span;
}

export interface DebugConfig {
  readonly protocol: "swd" | "jtag" | "cjtag";
  readonly clockHz?: number;
  readonly swj: boolean;
  readonly dormant: boolean;
  readonly sdf?: string;
  readonly span: Span;
}

/** One `<debug>` says how a processor is reached. */
export interface Debug {
  readonly pname?: string;
  readonly punit?: number;
  readonly svd?: string;
  /** The place of the SVD file, unless the device's own pack has it. */
  readonly svdFrom?: FileHome;
  readonly dp?: number;
  readonly ap?: number;
  readonly apid?: number;
  /** The base address of the ROM table or core. */
  readonly address?: bigint;
  readonly defaultResetSequence?: string;
  readonly datapatches: readonly DataPatch[];
  readonly span: Span;
}

export interface DataPatch {
  readonly address: bigint;
  readonly value: bigint;
  readonly mask: bigint;
  readonly type: "DP" | "AP" | "Mem";
  readonly dp?: number;
  readonly ap?: number;
  readonly apid?: number;
  readonly info?: string;
  readonly span: Span;
}

export interface DebugPort {
  readonly dp: number;
  readonly swd?: { readonly targetsel?: number; readonly idcode?: number };
  readonly jtag?: {
    readonly tapindex: number;
    readonly irlen?: number;
    readonly idcode?: number;
    readonly targetsel?: number;
  };
  readonly span: Span;
}

export interface AccessPort {
  readonly version: 1 | 2;
  readonly apid: number;
  readonly dp: number;
  /** On version 1 it is APSEL. */
  readonly index?: number;
  /** On version 2 it is the base address, possibly inside the parent's space. */
  readonly address?: bigint;
  readonly parent?: number;
  readonly hprot?: number;
  readonly sprot?: number;
  readonly span: Span;
}

export interface Memory {
  readonly name?: string;
  readonly id?: string;
  readonly pname?: string;
  readonly start: bigint;
  readonly size: bigint;
  /** The letters are from rwxpsncd, as in the pack. */
  readonly access: string;
  readonly isDefault: boolean;
  readonly startup: boolean;
  readonly init: boolean;
  readonly uninit: boolean;
  readonly alias?: string;
  readonly span: Span;
}

export interface Algorithm {
  /** The path of the FLM inside the pack, with separators as written. */
  readonly file: string;
  /**
   * The place of the file, unless the device's own pack has it: another pack by its path, or a place of its
   * own on the disk.
   */
  readonly from?: FileHome;
  readonly pname?: string;
  readonly start: bigint;
  readonly size: bigint;
  readonly ramStart?: bigint;
  readonly ramSize?: bigint;
  readonly isDefault: boolean;
  readonly style: string;
  readonly span: Span;
}

export type FileHome = { readonly pack: string } | "disk";

export interface FlashInfo {
  readonly name: string;
  readonly pname?: string;
  readonly start: bigint;
  readonly pageSize: number;
  readonly blankValue: bigint;
  readonly filler: bigint;
  readonly programTimeoutMs: number;
  readonly eraseTimeoutMs: number;
  /** The sectors stand in order from `start`; a gap is a block without argument. */
  readonly blocks: readonly FlashBlock[];
  readonly span: Span;
}

export interface FlashBlock {
  readonly kind: "block" | "gap";
  readonly count: number;
  readonly size: bigint;
  readonly argument: bigint;
}

export interface DeviceDescription {
  readonly vendor: string;
  readonly family: string;
  readonly subFamily?: string;
  readonly device: string;
  readonly variant?: string;
  /** The pack id and path are for messages, as in `Keil::STM32H7xx_DFP@4.1.3`. */
  readonly pack: { readonly id: string; readonly path: string };
  readonly processors: readonly Processor[];
  readonly debugConfig?: DebugConfig;
  readonly debugs: readonly Debug[];
  readonly debugPorts: readonly DebugPort[];
  readonly accessPorts: readonly AccessPort[];
  readonly memories: readonly Memory[];
  readonly algorithms: readonly Algorithm[];
  readonly flashInfos: readonly FlashInfo[];
  /** The innermost wins as a whole; `shadowed` keeps the outer ones so that lost names can be reported. */
  readonly debugVars?: DebugVars;
  readonly shadowedDebugVars: readonly DebugVars[];
  readonly traceSetup: "full" | "legacy";
  /** The list has all definitions of all levels, innermost first. */
  readonly sequences: readonly SequenceDefinition[];
  readonly span: Span;
}
