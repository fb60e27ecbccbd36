/**
 * Lists what can be wrong with a packet itself; the target's answer is not a fault here but part of a
 * response.
 */

export type CmsisDapFault =
  | { readonly kind: "truncated-packet"; readonly length: number; readonly needed: number }
  | {
      readonly kind: "wrong-echo";
      readonly command: string;
      readonly expected: number;
      readonly found: number;
    }
  /** The number of transfers or commands in an answer does not fit the request. */
  | {
      readonly kind: "wrong-count";
      readonly command: string;
      readonly expected: number;
      readonly found: number;
    }
  | { readonly kind: "unknown-command"; readonly command: string; readonly id: number };
