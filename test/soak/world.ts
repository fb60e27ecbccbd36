/** What all parts of a soak share: the servers and the signal that last, a folder, and what was counted. */
import type { Random } from "../fuzz/random.ts";

export interface Tally {
  sessions: number;
  clients: number;
  recipes: number;
  faults: number;
  aborts: number;
  unplugged: number;
  exceptions: number;
}

export interface World {
  readonly folder: string;
  /** Never aborted before the end: each session of it that is over must have taken its listeners back. */
  readonly lasting: AbortSignal;
  /** Servers that last, as --probe takes their addresses. */
  readonly tcp: string;
  readonly pyocd: string;
  tally: Tally;
}

/** `note` hears what is done before it is done. */
export type Act = (world: World, random: Random, note: (text: string) => void) => Promise<void>;

export const zero = (): Tally => ({
  sessions: 0,
  clients: 0,
  recipes: 0,
  faults: 0,
  aborts: 0,
  unplugged: 0,
  exceptions: 0,
});

export function portOf(address: string): number {
  return Number(address.split(":").at(-1));
}

/** Of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
