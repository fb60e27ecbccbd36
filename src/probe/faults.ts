/** Lists what can go wrong with the probe itself; what the target answers is in an Outcome, never here. */
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import type { LostRun } from "../coresight/wire/link.ts";
import { Failure } from "../lib/fault.ts";
import type { TransportFault } from "./transport-faults.ts";

/** Says what carried the packets; absent if it was this process itself. */
type Over = NonNullable<PacketPipe["over"]>;

export type ProbeFault =
  | TransportFault
  | { readonly kind: "no-probe"; readonly wanted?: string }
  | { readonly kind: "several-probes"; readonly ids: readonly string[] }
  | { readonly kind: "probe-not-openable"; readonly id: string }
  | { readonly kind: "bad-probe-name"; readonly text: string; readonly reason: string }
  | {
      readonly kind: "probe-timeout";
      readonly command: string;
      readonly limitUs: number;
      readonly over?: Over;
    }
  | { readonly kind: "probe-refused"; readonly command: string }
  | {
      readonly kind: "probe-protocol";
      readonly command: string;
      readonly reason: string;
      readonly over?: Over;
    }
  | LostRun
  | { readonly kind: "not-atomic"; readonly reason: string }
  | { readonly kind: "not-by-this-probe"; readonly what: string }
  | { readonly kind: "probe-given-back" };

export class ProbeFailure extends Failure<ProbeFault> {}

/** Makes the failure for a caller that goes on using what belonged to a session that ended. */
export function givenBack(): ProbeFailure {
  return new ProbeFailure({ kind: "probe-given-back" }, "the session is closed, and the probe given back");
}
