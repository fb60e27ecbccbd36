/** Why flash could not be erased or programmed, where the target tells more than the algorithm. */
import { DHCSR, field } from "../../coresight/registers.ts";
import { hex32 } from "../../lib/hex.ts";
import type { AnyFault } from "../../session/exit-codes.ts";
import { byHand } from "../try.ts";
import { controllerOf } from "./flash-controllers.ts";
import { diagnosis, faultOf, type Asked, type Cause } from "./seen.ts";

const OF_FLASH = [
  "algorithm-failed",
  "algorithm-hangs",
  "algorithm-crashed",
  "flash-sequence-failed",
  "not-erased",
  "not-proved",
  "differs",
  "ram-differs",
] as const;

/** The address at which flash did not do what it should, if it is known. */
function addressIn(fault: AnyFault): number | undefined {
  if (fault.kind === "algorithm-crashed") return undefined;
  return "address" in fault && typeof fault.address === "number" ? fault.address : undefined;
}

/** Between the start of an algorithm and its end nothing of ours resets the core. */
export const resetMeanwhile: Cause = ({ sight: { core }, error }) => {
  const fault = faultOf(error, ...OF_FLASH);
  if (fault === undefined || core?.wasReset !== true) return undefined;
  if (core.dhcsr !== undefined && field(DHCSR, "S_RESET_ST", core.dhcsr) === 1) return undefined;
  return diagnosis({
    code: "reset-meanwhile",
    certainty: "likely",
    says: "the target reset itself while its flash was programmed: a watchdog runs, or its supply is too weak",
    evidence: ["DHCSR.S_RESET_ST = 1: the core was reset since the algorithm was started"],
    tries: [
      { kind: "again", options: { connect: "under-reset" } },
      ...byHand(
        "a watchdog that the option bytes start needs to be stopped in debug (DBGMCU and the like) or fed by the algorithm",
        "measure the supply while flash is erased",
      ),
    ],
  });
};

export const writeProtected: Cause = ({ sight, error }) => {
  const fault = faultOf(error, ...OF_FLASH);
  if (fault === undefined || fault.kind === "ram-differs") return undefined;
  const protection = controllerOf(sight)?.protection(addressIn(fault));
  if (protection === undefined) return undefined;
  const { says, evidence, tries } = protection;
  return diagnosis({ code: "write-protected", certainty: "certain", says, evidence: [evidence], tries });
};

export const flashBusy: Cause = ({ sight, error }) => {
  const controller = controllerOf(sight);
  if (controller?.isBusy !== true || faultOf(error, ...OF_FLASH) === undefined) return undefined;
  const { status } = controller;
  return diagnosis({
    code: "flash-busy",
    certainty: "certain",
    says: "the flash controller is still busy: an erase goes on, or never ends",
    evidence: [`${status} after the algorithm gave up`],
    tries: byHand("switch the power of the target off and on, then try again"),
  });
};

/** The algorithm waits for a controller, or reaches for registers, that this part does not have. */
export const wrongAlgorithm: Cause = ({ sight, asked, error }) => {
  const crash = faultOf(error, "algorithm-crashed");
  const hang = faultOf(error, "algorithm-hangs");
  const controller = controllerOf(sight);
  const fn = crash?.fn ?? hang?.fn;
  if (fn === undefined) return undefined;
  const isIdle = controller?.isBusy === false;
  const isPeripheral = crash?.address !== undefined && crash.address >= 0x4000_0000;
  if (crash === undefined ? !isIdle : !isPeripheral && !isIdle) return undefined;
  return diagnosis({
    code: "wrong-algorithm",
    certainty: "likely",
    says: `the flash algorithm is made for another family of devices: ${
      isPeripheral
        ? `it accesses ${hex32(crash.address ?? 0)}, where this part has nothing`
        : crash === undefined
          ? "it waits for a flash controller that this part does not have"
          : "it crashes, while this part's own controller is idle"
    }`,
    evidence: [
      crash === undefined ? `${fn} did not return` : `${fn} ended in a fault`,
      ...(controller === undefined ? [] : [`${controller.status}: the part's own controller is idle`]),
    ],
    tries: byHand(rightAlgorithm(asked)),
  });
};

function rightAlgorithm({ device }: Asked): string {
  return device === undefined
    ? "use the device's pack, which has its algorithm, instead of an .FLM of another device"
    : "name the device that is printed on the chip: its pack has the algorithm for it";
}
