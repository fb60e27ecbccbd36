/**
 * Lists what can be wrong with a pack file or the search for one. Findings inside a readable pack are
 * diagnostics.
 */
import { Failure } from "../lib/fault.ts";

export type PackFault =
  | { readonly kind: "unreadable-file"; readonly path: string; readonly reason: string }
  /** The file is not an archive, or an entry's bytes are not what the archive says they are. */
  | {
      readonly kind: "damaged-archive";
      readonly path: string;
      readonly entry?: string;
      readonly reason: string;
    }
  | { readonly kind: "encrypted-entry"; readonly path: string; readonly entry: string }
  | {
      readonly kind: "archive-limit";
      readonly path: string;
      readonly entry?: string;
      readonly limit: number;
      readonly unit: "bytes" | "entries";
    }
  /** The pack names a file that it does not hold. */
  | {
      readonly kind: "missing-file";
      readonly path: string;
      readonly file: string;
      readonly near: readonly string[];
    }
  /** The archive has no pack description, or several. */
  | { readonly kind: "no-description"; readonly path: string; readonly found: readonly string[] }
  /**
   * A file that should describe registers does not; `found` is its root element, or what there is too much
   * of.
   */
  | { readonly kind: "not-svd"; readonly path: string; readonly found: string }
  | { readonly kind: "bad-pack-name"; readonly name: string }
  | {
      readonly kind: "unknown-pack";
      readonly name: string;
      readonly near: readonly string[];
      readonly searched: readonly string[];
    };

export class PackFailure extends Failure<PackFault> {}
