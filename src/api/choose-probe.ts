/** Finds out which of several probes is meant, when it is opened: a person is asked, if there is one. */
import { asFailure } from "../lib/fault.ts";
import type { ProbeFault } from "../probe/faults.ts";

export interface ProbeChooser {
  /** Shows a question and resolves with the line that was typed; undefined if no user can be asked. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Shows the choices. */
  readonly tell: (text: string) => void;
}

/** Opens a probe. If several fit, asks for a number and opens that one; an empty line leaves the failure as it is. */
export async function openChosen<T>(
  { ask, tell }: ProbeChooser,
  open: (probe?: string) => Promise<T>,
): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const failure = asFailure(error);
    const fault = failure?.fault as ProbeFault | undefined;
    if (failure === undefined || fault?.kind !== "several-probes" || ask === undefined) throw error;
    tell(failure.message);
    for (;;) {
      const typed = (await ask(`Which one (1 to ${fault.ids.length}; none ends)? `)).trim();
      if (typed === "") throw error;
      const chosen = /^\d+$/.test(typed) ? fault.ids[Number(typed) - 1] : undefined;
      if (chosen !== undefined) return open(chosen);
    }
  }
}
