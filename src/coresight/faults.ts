/** What a target can answer wrongly, as facts. The sentences are made here once; callers branch on `kind`. */
import { Failure } from "../lib/fault.ts";
import { hex, hex32 } from "../lib/hex.ts";
import type { LinkFault } from "./link.ts";
import { CSW, CTRL_STAT, decode, field } from "./registers.ts";
import type { Origin } from "./wire.ts";

export interface TargetFault {
  readonly kind: "target-fault";
  readonly ack: LinkFault;
  /** `certain`: the one origin caused it. `one-of`: one of them did (WIRE.md 2). `older`: an access before it, already confirmed or by someone else. */
  readonly certainty: "certain" | "one-of" | "older";
  readonly origins: readonly Origin[];
  readonly ctrlStat?: number;
  /** CSW of the access port of the culprit, where it could be read afterwards. */
  readonly csw?: number;
  readonly ap?: number;
}

export type CoreSightFault =
  | TargetFault
  | {
      readonly kind: "core-timeout";
      readonly wanted: string;
      readonly limitUs: number;
      readonly dhcsr: number;
    }
  | { readonly kind: "core-running"; readonly register: string }
  | { readonly kind: "unknown-register"; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: "unaligned"; readonly address: number; readonly size: number };

export class CoreSightFailure extends Failure<CoreSightFault> {}

const ANSWERS: Readonly<Record<LinkFault, string>> = {
  WAIT: "WAIT until the probe gave up",
  FAULT: "FAULT",
  NO_ACK: "nothing at all (no ACK)",
  PARITY: "data with a wrong parity bit",
  MISMATCH: "another value than the one waited for",
};

export function targetFailure(fault: TargetFault): CoreSightFailure {
  return new CoreSightFailure(fault, sentence(fault));
}

function sentence({ ack, certainty, origins, ctrlStat, csw, ap }: TargetFault): string {
  const labels = origins.map(({ label }) => label);
  const what =
    certainty === "certain"
      ? `${labels.join("")} failed: the target answered ${ANSWERS[ack]}`
      : certainty === "one-of"
        ? `one of ${labels.join(", ")} failed: the target answered ${ANSWERS[ack]}`
        : `${labels.join("")} met an error that an earlier access left behind: the target answered ${ANSWERS[ack]}`;
  const details: string[] = [];
  if (ctrlStat !== undefined) details.push(decode(CTRL_STAT, ctrlStat));
  if (csw !== undefined && ap !== undefined) {
    const enabled = field(CSW, "DeviceEn", csw);
    const verdict =
      enabled === 0
        ? `AP ${ap} CSW.DeviceEn = 0: the device keeps this access port closed`
        : `AP ${ap} CSW.DeviceEn = 1`;
    details.push(`${verdict} (CSW ${hex32(csw)})`);
  }
  if (ack === "NO_ACK") details.push("is the target powered and wired, and is its debug port awake?");
  return [what, ...details].join("; ");
}

export function apLabel(kind: "read" | "write", ap: number, what: string, value?: number): string {
  const data = value === undefined ? "" : ` of ${hex(value)}`;
  return `${kind}${data} ${kind === "read" ? "of" : "to"} AP ${ap} ${what}`;
}
