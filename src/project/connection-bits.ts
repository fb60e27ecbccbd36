/**
 * Makes the bit maps of the predefined variables that describe a connection (specification 1.7, "Debug access
 * variables").
 */
import type { U64 } from "../lib/u64.ts";
import type { Settings } from "../options/resolve.ts";

export type ResetKind = "hardware" | "system" | "processor";

export const RESET_SEQUENCES: Readonly<Record<ResetKind, string>> = {
  hardware: "ResetHardware",
  system: "ResetSystem",
  processor: "ResetProcessor",
};

const RESET_TYPES: Readonly<Record<ResetKind, bigint>> = { hardware: 1n, system: 2n, processor: 3n };

export function resetKindOf(sequence: string): ResetKind | undefined {
  return (Object.keys(RESET_SEQUENCES) as ResetKind[]).find((kind) => RESET_SEQUENCES[kind] === sequence);
}

export interface ConnectionFacts {
  /** Flash operations connect as type 2; everything else is type 1 (wire rule 20). */
  readonly purpose: "debug" | "flash";
  readonly reset: ResetKind;
  readonly underReset: boolean;
  /** It is true only while the flow calls ResetHardware before it connects. */
  readonly preReset: boolean;
}

/**
 * `__connection` has the type in bits 0-7, the reset type in 8-15, under reset in 16 and pre-connection reset
 * in 17.
 */
export function connectionBits(facts: ConnectionFacts): U64 {
  return (
    (facts.purpose === "flash" ? 2n : 1n) |
    (RESET_TYPES[facts.reset] << 8n) |
    (facts.underReset ? 1n << 16n : 0n) |
    (facts.preReset ? 1n << 17n : 0n)
  );
}

/** `__protocol` has the type in bits 0-15 (JTAG 1, SWD 2), SWJ-DP in 16 and through dormant state in 17. */
export function protocolBits(settings: Pick<Settings, "protocol" | "swj" | "dormant">): U64 {
  return (
    (settings.protocol === "jtag" ? 1n : 2n) |
    (settings.swj ? 1n << 16n : 0n) |
    (settings.dormant ? 1n << 17n : 0n)
  );
}

/**
 * `__traceout` has SWO in bit 0, a parallel port in 1, a buffer in 2 and the port's width in 16-21; 0 runs no
 * trace (wire rule 22).
 */
export function traceOutBits(sink: Settings["traceOut"]): U64 {
  if (sink === undefined) return 0n;
  if (sink === "swo") return 0x1n;
  if (sink === "buffer") return 0x4n;
  return 0x2n | (BigInt(sink.slice("port:".length)) << 16n);
}
