/**
 * Reads what a user may allow, word by word: `erase`, `remote`, `run=PROGRAM`, `read=PATH`. Knows the words;
 * grants nothing.
 */

/** These consent to what a target loses, and to a probe of another machine that a file names. */
export const GRANT_WORDS = ["erase", "lock", "lock=forever", "remote"] as const;

export type Effect = "run" | "read" | "write";

/** It is `run=PROGRAM`, `read=DIR` or `write=DIR`; a file is a grant of that file alone. */
export interface HostGrant {
  readonly effect: Effect;
  readonly path: string;
}

/** Parses `run=X`, `read=DIR`, `write=DIR`; returns undefined for anything else. */
export function parseGrant(text: string): HostGrant | undefined {
  const [, effect, path = ""] = /^(run|read|write)=(.+)$/s.exec(text) ?? [];
  return effect === "run" || effect === "read" || effect === "write" ? { effect, path } : undefined;
}

export function isGrant(text: string): boolean {
  return (GRANT_WORDS as readonly string[]).includes(text) || parseGrant(text) !== undefined;
}
