/** Evaluates the conditions of IT blocks and branches. */
import type { State } from "./state.ts";

export const ALWAYS = 14;

export function passes(s: State, condition: number): boolean {
  switch (condition >> 1) {
    case 0:
      return (s.z === 0) === ((condition & 1) === 0);
    case 1:
      return (s.c !== 0) === ((condition & 1) === 0);
    case 2:
      return s.n < 0 === ((condition & 1) === 0);
    case 3:
      return (s.v !== 0) === ((condition & 1) === 0);
    case 4:
      return (s.c !== 0 && s.z !== 0) === ((condition & 1) === 0);
    case 5:
      return (s.n < 0 === (s.v !== 0)) === ((condition & 1) === 0);
    case 6:
      return (s.z !== 0 && s.n < 0 === (s.v !== 0)) === ((condition & 1) === 0);
    default:
      return true;
  }
}
