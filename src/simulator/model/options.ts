/** Reads options of a model, as they stand after the `?` of `sim:NAME?option=value`: names, types, defaults. */
import { Failure } from "../../lib/fault.ts";
import { hex } from "../../lib/hex.ts";
import { nearest } from "../../lib/nearest.ts";
import type { ModelFault } from "../faults.ts";

export type OptionSpec =
  | {
      readonly type: "choice";
      readonly values: readonly string[];
      readonly default: string;
      readonly about: string;
    }
  | {
      readonly type: "integer";
      readonly min: number;
      readonly max: number;
      readonly default: number;
      readonly about: string;
    };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** Maps `{ mailbox: { type: "choice", values: ["on", "off"], ... } }` to `{ mailbox: "on" | "off" }`. */
export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K] extends { readonly type: "choice"; readonly values: readonly (infer V)[] }
    ? V
    : number;
};

/** Throws `unknown-option` or `bad-option-value`, whose sentence lists the possible values. */
export function readOptions(
  model: string,
  specs: OptionSpecs,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string | number>> {
  for (const option of Object.keys(given))
    if (!Object.hasOwn(specs, option)) throw unknown(model, option, specs);
  return Object.fromEntries(
    Object.entries(specs).map(([option, spec]) => {
      const text = given[option];
      return [option, text === undefined ? spec.default : parse(model, option, { spec, text })];
    }),
  );
}

/** Returns `mailbox=on|off (default on)`, for lists. */
export function describeOption(name: string, spec: OptionSpec): string {
  const shown = spec.type === "choice" ? spec.default : hex(spec.default);
  return `${name}=${expected(spec)} (default ${shown})`;
}

function expected(spec: OptionSpec): string {
  return spec.type === "choice" ? spec.values.join("|") : `${hex(spec.min)}..${hex(spec.max)}`;
}

function parse(
  model: string,
  option: string,
  { spec, text }: { readonly spec: OptionSpec; readonly text: string },
): string | number {
  if (spec.type === "choice") {
    if (spec.values.includes(text)) return text;
    throw badValue(model, option, { spec, text });
  }
  const value = /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : NaN;
  if (value >= spec.min && value <= spec.max) return value;
  throw badValue(model, option, { spec, text });
}

function badValue(
  model: string,
  option: string,
  { spec, text }: { readonly spec: OptionSpec; readonly text: string },
): Failure<ModelFault> {
  return new Failure(
    { kind: "bad-option-value", model, option, value: text, expected: expected(spec) },
    `sim:${model} has no ${option}=${text}; expected ${describeOption(option, spec)}`,
  );
}

function unknown(model: string, option: string, specs: OptionSpecs): Failure<ModelFault> {
  const known = Object.keys(specs);
  const guess = nearest(option, known);
  const list = Object.entries(specs).map(([name, spec]) => describeOption(name, spec));
  const meant = guess === undefined ? "" : `, did you mean "${guess}"?`;
  const has = list.length === 0 ? "it has none" : `it has ${list.join(", ")}`;
  return new Failure(
    { kind: "unknown-option", model, option, known },
    `sim:${model} has no option "${option}"${meant}; ${has}`,
  );
}
