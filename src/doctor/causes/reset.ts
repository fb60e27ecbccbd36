/** Why a reset did not do what it was asked for. */
import { DHCSR, field } from "../../coresight/registers.ts";
import { byHand, type Try } from "../try.ts";
import { diagnosis, faultOf, type Asked, type Cause } from "./seen.ts";

/** nRESET was released, and reads low all the same. */
export const lineLow: Cause = ({ sight: { levels, core }, asked, error }) => {
  if (faultOf(error, "reset-line-low", "reset-stuck", "still-in-reset") === undefined) return undefined;
  if (levels.nreset === 1) return undefined;
  const runs = core?.dhcsr !== undefined && field(DHCSR, "S_RESET_ST", core.dhcsr) === 0;
  if (runs)
    return diagnosis({
      code: "no-nreset",
      certainty: "certain",
      says: "the probe cannot reset the target: it has no nRESET, or does not see the line",
      evidence: ["nRESET reads 0 after its release, and the core runs all the same (DHCSR.S_RESET_ST = 0)"],
      tries: withoutLine(asked),
    });
  return diagnosis({
    code: "nreset-held-low",
    certainty: "likely",
    says: "nRESET is stuck low: something on the board holds the target in reset",
    evidence: ["nRESET reads 0 after its release, and the core does not run"],
    tries: byHand(
      "release the reset button; look for a supervisor, a watchdog or a short circuit on nRESET",
      "measure the target's supply: a supervisor holds nRESET low while it is too low",
    ),
  });
};

/** nRESET was pulled, and the core saw nothing of it. */
export const notWired: Cause = ({ sight: { levels }, asked, error }) => {
  if (faultOf(error, "reset-not-seen") === undefined) return undefined;
  return diagnosis({
    code: "nreset-not-wired",
    certainty: "likely",
    says: "nRESET is not wired: the probe pulled it low, and the core saw no reset",
    evidence: ["DHCSR.S_RESET_ST stayed 0 while nRESET was low", `nRESET reads ${levels.nreset} now`],
    tries: [...withoutLine(asked), ...byHand("connect the probe's nRESET with the target's reset pin")],
  });
};

/** What needs no nRESET. */
function withoutLine({ connect }: Asked): readonly Try[] {
  if (connect === "under-reset" || connect === "pre-reset")
    return [{ kind: "again", options: { connect: "halt" } }];
  return [{ kind: "reset", type: "system" }];
}
