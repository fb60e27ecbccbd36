/** What a user may allow besides, word by word: `erase`, `remote`, `run=PROGRAM`, `read=PATH`. Knows the words; grants nothing. */

/** Consent to what a target loses, and to a probe of another machine that a file names. */
export const GRANT_WORDS = ["erase", "lock", "lock=forever", "remote"] as const;

export type Effect = "run" | "read" | "write";

/** `run=PROGRAM`, `read=DIR`, `write=DIR`; a file is a grant of that file alone. */
export interface HostGrant {
  readonly effect: Effect;
  readonly path: string;
}

/** `run=X`, `read=DIR`, `write=DIR`; undefined for anything else. */
export function parseGrant(text: string): HostGrant | undefined {
  const [, effect, path = ""] = /^(run|read|write)=(.+)$/s.exec(text) ?? [];
  return effect === "run" || effect === "read" || effect === "write" ? { effect, path } : undefined;
}

export function isGrant(text: string): boolean {
  return (GRANT_WORDS as readonly string[]).includes(text) || parseGrant(text) !== undefined;
}
