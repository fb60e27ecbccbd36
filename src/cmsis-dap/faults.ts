/** What can be wrong with a packet itself; what the target answered is not a fault here but part of a response. */

export type CmsisDapFault =
  | { readonly kind: "truncated-packet"; readonly length: number; readonly needed: number }
  | {
      readonly kind: "wrong-echo";
      readonly command: string;
      readonly expected: number;
      readonly found: number;
    }
  /** How many transfers or commands an answer is about, which nothing in it explains. */
  | {
      readonly kind: "wrong-count";
      readonly command: string;
      readonly expected: number;
      readonly found: number;
    }
  | { readonly kind: "unknown-command"; readonly command: string; readonly id: number };
