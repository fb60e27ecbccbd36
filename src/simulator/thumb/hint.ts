/**
 * Decodes hints: some wait or send events, and the rest do nothing. Barriers are here too, because there is
 * nothing to order.
 */
import type { Make, Op } from "./encoding.ts";

const nothing: Op = () => undefined;

/** Reserved hints are NOPs by the architecture. */
export const hint: Make = (cpu, { o }, place) => {
  switch (o) {
    case 2:
      place.ends = true;
      return () => {
        if (cpu.state.event) cpu.state.event = false;
        else {
          cpu.waiting = "event";
          cpu.attend();
        }
      };
    case 3:
      place.ends = true;
      return () => {
        cpu.waiting = "interrupt";
        cpu.attend();
      };
    case 4:
      return () => {
        cpu.state.event = true;
      };
    default:
      return nothing;
  }
};

/** After a barrier, pending exceptions are taken before anything else. */
export const barrier: Make = (cpu, _fields, place) => {
  place.cycles = 3;
  return () => {
    cpu.attend();
  };
};

export const doNothing: Make = () => nothing;
