/** What else a reader should know about a failure: other places that had a hand in it. Adds to the error, never replaces it. */
import type { CoreSightFault } from "../coresight/faults.ts";
import { CSW, field } from "../coresight/registers.ts";
import { Failure } from "../lib/fault.ts";
import type { LastUse } from "./accounting.ts";

export function explain(error: unknown, uses: LastUse): readonly string[] {
  const fault = targetFault(error);
  if (fault?.csw === undefined || fault.ap === undefined || field(CSW, "DeviceEn", fault.csw) !== 0)
    return [];
  return [
    `the device opens AP ${fault.ap} only after something else was done, often through another access port`,
    ...uses.others(BigInt(fault.ap)),
  ];
}

function targetFault(error: unknown): (CoreSightFault & { readonly kind: "target-fault" }) | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (!(at instanceof Failure)) continue;
    const fault = at.fault as CoreSightFault;
    if (fault.kind === "target-fault") return fault;
  }
  return undefined;
}
