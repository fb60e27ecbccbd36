/** Which of several probes is meant: asked of whoever sits there, otherwise left to --probe. */
import { asFailure } from "../lib/fault.ts";
import type { ProbeFault } from "../probe/faults.ts";
import type { Io } from "./io.ts";

/** Opens, and where several probes fit asks for a number and opens that one. An empty line takes none: the failure stays. */
export async function openChosen<T>(
  io: Io,
  { batch = false }: { readonly batch?: boolean },
  open: (probe?: string) => Promise<T>,
): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const failure = asFailure(error);
    const fault = failure?.fault as ProbeFault | undefined;
    if (failure === undefined || fault?.kind !== "several-probes" || io.ask === undefined || batch)
      throw error;
    io.err(`${failure.message}\n`);
    for (;;) {
      const typed = (await io.ask(`Which one (1 to ${fault.ids.length}; none ends)? `)).trim();
      if (typed === "") throw error;
      const chosen = /^\d+$/.test(typed) ? fault.ids[Number(typed) - 1] : undefined;
      if (chosen !== undefined) return open(chosen);
    }
  }
}
