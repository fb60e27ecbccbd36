/** Why flash could not be erased or programmed, where the target tells more than the algorithm. */
import { DHCSR, field } from "../../coresight/registers.ts";
import { byHand } from "../try.ts";
import { reading } from "./lock.ts";
import { diagnosis, faultOf, type Cause } from "./seen.ts";

const OF_FLASH = [
  "algorithm-failed",
  "algorithm-hangs",
  "algorithm-crashed",
  "not-erased",
  "not-proved",
  "differs",
  "ram-differs",
] as const;

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

/** STM32F4: a 0 in nWRP protects its sector (RM0090 3.9.10). */
export const writeProtected: Cause = ({ sight, error }) => {
  const optcr = reading(sight, "FLASH_OPTCR");
  if (optcr === undefined || faultOf(error, ...OF_FLASH) === undefined) return undefined;
  const closed = ~(optcr >>> 16) & 0xfff;
  if (closed === 0) return undefined;
  const sectors = Array.from({ length: 12 }, (_, sector) => sector).filter(
    (sector) => (closed >>> sector) & 1,
  );
  return diagnosis({
    code: "write-protected",
    certainty: "certain",
    says: `flash is write-protected by the option bytes: ${sectors.length === 12 ? "every sector" : `sectors ${sectors.join(", ")}`}`,
    evidence: [
      `FLASH_OPTCR.nWRP = 0x${((optcr >>> 16) & 0xfff).toString(16).toUpperCase().padStart(3, "0")}`,
    ],
    tries: byHand("set nWRP in the option bytes (FLASH_OPTCR) again, then program"),
  });
};

export const flashBusy: Cause = ({ sight, error }) => {
  const status = reading(sight, "FLASH_SR");
  if (status === undefined || ((status >>> 16) & 1) === 0 || faultOf(error, ...OF_FLASH) === undefined)
    return undefined;
  return diagnosis({
    code: "flash-busy",
    certainty: "certain",
    says: "the flash controller is still busy (FLASH_SR.BSY): an erase goes on, or never ends",
    evidence: [`FLASH_SR.BSY = 1 after the algorithm gave up`],
    tries: byHand("switch the power of the target off and on, then try again"),
  });
};
