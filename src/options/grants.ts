/**
 * Reads what a user may allow, word by word: `erase`, `remote`, `run=PROGRAM`, `read=PATH`, `model=FILE`. Knows the words;
 * grants nothing.
 */

/** These consent to what a target loses, and to a probe of another machine that a file names. */
export const GRANT_WORDS = ["erase", "lock", "lock=forever", "remote"] as const;

/** `model` runs the code of a simulated device in this process. */
export type Effect = "run" | "read" | "write" | "model";

/** It is `run=PROGRAM`, `model=FILE`, `read=DIR` or `write=DIR`; a file is a grant of that file alone. */
export interface HostGrant {
  readonly effect: Effect;
  readonly path: string;
}

/** Parses `run=X`, `model=FILE`, `read=DIR`, `write=DIR`; returns undefined for anything else. */
export function parseGrant(text: string): HostGrant | undefined {
  const [, effect, path = ""] = /^(run|read|write|model)=(.+)$/s.exec(text) ?? [];
  return effect === undefined ? undefined : { effect: effect as Effect, path };
}

export function isGrant(text: string): boolean {
  return (GRANT_WORDS as readonly string[]).includes(text) || parseGrant(text) !== undefined;
}
