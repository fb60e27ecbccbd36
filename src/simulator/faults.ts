/**
 * Lists what can be wrong with a model or with what is asked of it. Wrong YAML is reported as diagnostics
 * inside `bad-model`.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

export type ModelFault =
  | {
      readonly kind: "overlapping-ranges";
      readonly bus: string;
      readonly first: string;
      readonly second: string;
    }
  | { readonly kind: "bad-model"; readonly diagnostics: readonly Diagnostic[] }
  /** The code of a model cannot be used; `path` is the name of the file. */
  | { readonly kind: "bad-model-code"; readonly path: string; readonly reason: string }
  | { readonly kind: "unknown-model"; readonly name: string; readonly known: readonly string[] }
  | {
      readonly kind: "unknown-option";
      readonly model: string;
      readonly option: string;
      readonly known: readonly string[];
    }
  | {
      readonly kind: "bad-option-value";
      readonly model: string;
      readonly option: string;
      readonly value: string;
      readonly expected: string;
    }
  | {
      readonly kind: "unknown-part";
      readonly part: string;
      readonly name: string;
      readonly known: readonly string[];
    }
  /** A file of kept state is of another kind, version or model. */
  | { readonly kind: "bad-state"; readonly path: string; readonly reason: string }
  | { readonly kind: "underivable"; readonly device: string; readonly reason: string };

export type SimulatorFault =
  | ModelFault
  | { readonly kind: "timeout"; readonly limitUs: number }
  | { readonly kind: "closed" }
  | {
      readonly kind: "oversized-packet";
      readonly what: "request" | "response";
      readonly length: number;
      readonly limit: number;
    };
