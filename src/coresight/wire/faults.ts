/** The faults in a target's answers, as facts. The sentences are made here once; callers branch on `kind`. */
import { Failure } from "../../lib/fault.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import { apName, type ApPlace } from "../ap-place.ts";
import type { GuardedWrite, Origin } from "./access.ts";
import type { LinkFault } from "./link.ts";
import { CSW, CTRL_STAT, decode, field, registerAt } from "../registers.ts";

export interface TargetFault {
  readonly kind: "target-fault";
  readonly ack: LinkFault;
  /** Says whether the one origin caused it, or one of several (wire rule 2). */
  readonly certainty: "certain" | "one-of";
  readonly origins: readonly Origin[];
  /** True if the sticky error was there before the last of the origins was sent. */
  readonly older: boolean;
  /** The name of the register that the first suspect accessed. */
  readonly register?: string;
  readonly ap?: ApPlace;
  /** The memory address of the access; within a block, that of the word. */
  readonly address?: number;
  /** Its value before the error was cleared. */
  readonly ctrlStat?: number;
  /** CSW and TAR of the access port, if it still answered. */
  readonly csw?: number;
  readonly tar?: number;
  /** Memory that a block write may have damaged: packets after the failed one ran, with TAR out of place (wire rule 1). */
  readonly undefinedMemory?: { readonly address: number; readonly size: number };
}

/** An identity register says that what the run needs is missing, or is something else (see identity.ts). */
export interface IdentityFault {
  readonly kind: "wrong-identity";
  readonly register: string;
  /** The name of the place: `the debug port`, `AP 1`, `the core behind AP 0`. */
  readonly place: string;
  readonly expected: string;
  readonly found: number;
  readonly meaning: Meaning;
  /** What to try, if anything; it ends the message. */
  readonly tries?: string;
}

export type Meaning =
  /** It reads 0 or all ones, like a register that does not exist. */
  | "absent"
  | "no-power"
  /** An access port of another class than a MEM-AP. */
  | "other-class"
  /** A value that something else has: another core, another device. */
  | "other-part"
  /** The register cannot have this value. */
  | "not-possible";

export type CoreSightFault =
  | TargetFault
  | IdentityFault
  /** The probe did not say what became of these accesses. */
  | {
      readonly kind: "in-the-dark";
      readonly origins: readonly Origin[];
      readonly undefinedMemory?: { readonly address: number; readonly size: number };
    }
  /** A write that erases everything or cannot be undone had no consent and was not sent. */
  | {
      readonly kind: "no-consent";
      readonly effect: GuardedWrite["grant"];
      readonly origins: readonly Origin[];
    }
  | {
      readonly kind: "core-timeout";
      readonly wanted: string;
      readonly limitUs: number;
      readonly dhcsr: number;
    }
  | {
      readonly kind: "power-timeout";
      readonly wanted: "up" | "down";
      readonly limitUs: number;
      readonly ctrlStat: number;
    }
  /** nRESET stays low after the probe released it. */
  | { readonly kind: "reset-stuck"; readonly limitUs: number }
  | { readonly kind: "no-chain"; readonly reason: string }
  | {
      readonly kind: "ambiguous-chain";
      readonly idcodes: readonly (number | undefined)[];
      readonly irBits: number;
    }
  | { readonly kind: "core-running"; readonly wanted: string }
  | { readonly kind: "unknown-register"; readonly name: string; readonly known: readonly string[] }
  /** The breakpoint or watchpoint unit does not have a free comparator that could stand for the address. */
  | {
      readonly kind: "no-comparator";
      readonly unit: "breakpoint" | "watchpoint";
      readonly address: number;
      readonly count: number;
    }
  | { readonly kind: "unaligned"; readonly address: number; readonly size: number }
  | { readonly kind: "address-too-wide"; readonly address: bigint };

export class CoreSightFailure extends Failure<CoreSightFault> {}

const ANSWERS: Readonly<Record<LinkFault, string>> = {
  WAIT: "the target answered WAIT until the probe gave up",
  FAULT: "the target answered FAULT",
  NO_ACK: "the target did not answer",
  PARITY: "the answer had a wrong parity bit",
  MISMATCH: "the value that was waited for did not come",
};

const MOST_NAMED = 8;

export function lostFailure(
  origins: readonly Origin[],
  undefinedMemory: TargetFault["undefinedMemory"],
  cause: unknown,
): CoreSightFailure {
  const labels = [...new Set(origins.map(({ label }) => label))];
  const named = labels.slice(0, MOST_NAMED).join(", ");
  const more = labels.length > MOST_NAMED ? ` and ${labels.length - MOST_NAMED} more` : "";
  const message = [
    `what became of ${named}${more} is not known`,
    ...(undefinedMemory === undefined ? [] : [`memory ${rangeText(undefinedMemory)} is undefined`]),
  ].join("; ");
  return new CoreSightFailure(
    { kind: "in-the-dark", origins, ...(undefinedMemory === undefined ? {} : { undefinedMemory }) },
    message,
    cause,
  );
}

function rangeText({ address, size }: { readonly address: number; readonly size: number }): string {
  return `from ${hex32(address)} to ${hex32(address + size - 1)}`;
}

export function targetFailure(fault: TargetFault): CoreSightFailure {
  return new CoreSightFailure(fault, [subject(fault), ...details(fault)].join("; "));
}

function subject({ certainty, origins, older, ack }: TargetFault): string {
  const labels = origins.map(({ label }) => label);
  if (certainty === "one-of") return `one of ${labels.join(", ")} failed: ${ANSWERS[ack]}`;
  const verb = older ? "met an error that was there before" : "failed";
  return `${labels.join("")} ${verb}: ${ANSWERS[ack]}`;
}

function details(fault: TargetFault): readonly string[] {
  const { ack, register, ap, address, ctrlStat, csw } = fault;
  const found: string[] = [];
  if (ap !== undefined) {
    const name = address === undefined ? undefined : registerAt(address);
    const where =
      address === undefined ? "" : `, address ${hex32(address)}${name === undefined ? "" : ` (${name})`}`;
    found.push(`through ${apName(ap)}${register === undefined ? "" : ` ${register}`}${where}`);
  }
  if (ctrlStat !== undefined) found.push(decode(CTRL_STAT, ctrlStat));
  if (csw !== undefined && ap !== undefined) {
    const closed = field(CSW, "DeviceEn", csw) === 0;
    found.push(
      closed
        ? `${apName(ap)} CSW.DeviceEn = 0: the device keeps this access port closed (CSW ${hex32(csw)})`
        : `${apName(ap)} CSW.DeviceEn = 1, so the access port is open and the address did not answer`,
    );
  }
  const { undefinedMemory } = fault;
  if (undefinedMemory !== undefined) {
    found.push(`memory ${rangeText(undefinedMemory)} is undefined: words after the failed one were written`);
  }
  const hint = HINTS[ack];
  return hint === undefined ? found : [...found, hint];
}

const HINTS: Partial<Readonly<Record<LinkFault, string>>> = {
  NO_ACK: "is the target powered and wired, its debug port awake, and the clock low enough?",
  WAIT: "the bus hangs on this access: is the address clocked and out of reset?",
  PARITY: "a shorter cable or a lower clock helps",
};

export function apLabel(kind: "read" | "write", ap: ApPlace, what: string, value?: number): string {
  const data = value === undefined ? "" : ` of ${hex(value)}`;
  return `${kind}${data} ${kind === "read" ? "of" : "to"} ${apName(ap)} ${what}`;
}

export function notConsented({ grant, does }: GuardedWrite, by: Origin): CoreSightFailure {
  return new CoreSightFailure(
    { kind: "no-consent", effect: grant, origins: [by] },
    `${by.label} ${does}; it was not sent: consent required (${grant})`,
  );
}
