/** The state of a part of the chip between two runs of a simulator: numbers by name. Knows no file. */

import { badArgument, call, recordOf, type Check } from "../../lib/arguments.ts";

export type KeptNumbers = Readonly<Record<string, number>>;

export interface Kept {
  save(): KeptNumbers;
  /** A missing number leaves its variable as it is. */
  load(numbers: KeptNumbers): void;
}

type Variable = readonly [get: () => number | boolean, set: (value: number) => void];

const variable: Check<Variable> = (value, what) => {
  if (Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "function"))
    return value as unknown as Variable;
  throw badArgument(`${what} must be an array of two functions, [get, set]`);
};
const KEEP = call({ variables: recordOf(variable) });

/** Keeps variables of a model's own, each by a way to read and to set it. */
export function keptVariables(variables: Readonly<Record<string, Variable>>): Kept {
  KEEP({ variables });
  return {
    save: () => Object.fromEntries(Object.entries(variables).map(([name, [get]]) => [name, Number(get())])),
    load(numbers) {
      for (const [name, [, set]] of Object.entries(variables)) {
        const value = numbers[name];
        if (value !== undefined) set(value);
      }
    },
  };
}
