/**
 * Tells what is known of an access from its row of the builtin table and its arguments, before anything is
 * sent for it.
 */
import type { DpAddress } from "../../coresight/adi/dp.ts";
import { AIRCR, DHCSR, mask } from "../../coresight/registers.ts";
import type { Protocol } from "../../coresight/wire/verdict.ts";
import type { Access } from "../../interpreter/ports.ts";
import { findBuiltin, isThroughAp, type Through } from "../../language/builtins.ts";
import type { U64 } from "../../lib/u64.ts";

function throughOf({ fn }: Access): Through | undefined {
  return findBuiltin(fn)?.through;
}

/** Returns true if it reads or writes one word. */
function is({ fn }: Access, wanted: "read" | "write", of: Through): boolean {
  const { through, bits, answers = false } = findBuiltin(fn) ?? {};
  return through === of && bits === 32 && answers === (wanted === "read");
}

/** Returns true if a debug port must hear it; other accesses move lines or concern the probe. */
export function touchesPort(access: Access): boolean {
  return isThroughAp(access.fn) || throughOf(access) === "dp";
}

/** Returns true if the access goes through memory, so that the access port's CSW must be known. */
export function needsMemory(access: Access): boolean {
  return throughOf(access) === "memory";
}

/** Returns true if it accesses registers of an access port as they are. */
export function usesRegisters(access: Access): boolean {
  return throughOf(access) === "ap";
}

/** Returns true if its address lies in the debug port's own space of access ports (ADIv6). */
export function usesApSpace(access: Access): boolean {
  return throughOf(access) === "access-ap";
}

/** Returns true if it goes through an access port, which posts it: its error comes late. */
export function isPosted({ fn }: Access): boolean {
  return isThroughAp(fn);
}

/** Returns true if the access needs to know whether the access port has accesses of 64 bits. */
export function asksForWide({ fn }: Access): boolean {
  return findBuiltin(fn)?.bits === 64;
}

/** Returns true if it moves SWDIO or TMS by itself, so that another debug port may hear afterwards. */
export function movesLines(access: Access): boolean {
  return throughOf(access) === "swj";
}

/** Recognises ABORT, as SWD reaches it: it clears what tells of an error of earlier accesses. */
export function isAbort(access: Access, protocol: Protocol): boolean {
  return protocol === "swd" && writesDp(access, 0x0);
}

/** Recognises TARGETSEL, which must follow the line reset at once, so nothing may be put before it. */
export function isTargetsel(access: Access, protocol: Protocol): boolean {
  return protocol === "swd" && writesDp(access, 0xc);
}

/** Returns the bank if an access writes SELECT: it counts for the rest of the sequence (wire rule 14). */
export function bankWritten(access: Access): number | undefined {
  return writesDp(access, 0x8) ? Number((access.args[1] ?? 0n) & 0xfn) : undefined;
}

function writesDp(access: Access, register: DpAddress): boolean {
  return is(access, "write", "dp") && dpAddress(access.args[0] ?? 0n) === register;
}

/** DP registers have the four addresses that A[3:2] can say. */
export function dpAddress(value: U64): DpAddress {
  return Number(value & 0xcn) as DpAddress;
}

const PIN_NRESET = 0x80n;

/** Returns the level to which it drives nRESET, or undefined if it leaves nRESET alone. */
export function resetDriven(access: Access): "low" | "high" | undefined {
  const [output = 0n, select = 0n] = access.args;
  if (throughOf(access) !== "pins" || (select & PIN_NRESET) === 0n) return undefined;
  return (output & PIN_NRESET) === 0n ? "low" : "high";
}

const RESETS = BigInt(mask(AIRCR, "SYSRESETREQ", "VECTRESET"));

/** Returns true if it asks the core for a reset. */
export function requestsReset(access: Access): boolean {
  const [address, value = 0n] = access.args;
  return is(access, "write", "memory") && address === BigInt(AIRCR.address) && (value & RESETS) !== 0n;
}

export function readsDhcsr(access: Access): boolean {
  return is(access, "read", "memory") && access.args[0] === BigInt(DHCSR.address);
}
