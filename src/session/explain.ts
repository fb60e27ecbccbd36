/**
 * Says what else a reader should know about a failure: other places that contributed. Adds to the error,
 * never replaces it.
 */
import { apName } from "../coresight/ap-place.ts";
import type { CoreSightFault, TargetFault } from "../coresight/wire/faults.ts";
import { CSW, field } from "../coresight/registers.ts";
import { hex32 } from "../lib/hex.ts";
import { Failure } from "../lib/fault.ts";
import type { LastUse } from "./access/accounting.ts";
import type { DebugInfo } from "./debug-info.ts";
import type { Peripherals } from "../project/peripherals.ts";

/** These put names to addresses. */
export interface Namers {
  readonly debugInfo?: DebugInfo;
  readonly peripherals: Peripherals;
}

export async function explain(
  error: unknown,
  uses: LastUse | undefined,
  namers: Namers,
): Promise<readonly string[]> {
  const fault = targetFault(error);
  const address = fault?.address;
  return [
    ...(address === undefined ? [] : await named(address, namers)),
    ...(uses === undefined ? [] : closedPort(fault, uses)),
  ];
}

async function named(address: number, { debugInfo, peripherals }: Namers): Promise<readonly string[]> {
  const names = [debugInfo?.describe(address), await peripherals.nameAt(address)];
  return names.flatMap((name) => (name === undefined ? [] : [`${hex32(address)} is ${name}`]));
}

function closedPort(fault: TargetFault | undefined, uses: LastUse): readonly string[] {
  if (fault?.csw === undefined || fault.ap === undefined || field(CSW, "DeviceEn", fault.csw) !== 0)
    return [];
  return [
    `the device opens ${apName(fault.ap)} only after something else was done, often through another access port`,
    ...(typeof fault.ap === "number" ? uses.others(BigInt(fault.ap)) : []),
  ];
}

function targetFault(error: unknown): TargetFault | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (!(at instanceof Failure)) continue;
    const fault = at.fault as CoreSightFault;
    if (fault.kind === "target-fault") return fault;
  }
  return undefined;
}
