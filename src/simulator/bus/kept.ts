/** The state of a part of the chip between two runs of a simulator: numbers by name. Knows no file. */

export type KeptNumbers = Readonly<Record<string, number>>;

export interface Kept {
  save(): KeptNumbers;
  /** A missing number leaves its variable as it is. */
  load(numbers: KeptNumbers): void;
}

/** Keeps variables of a model's own, each by a way to read and to set it. */
export function keptVariables(
  variables: Readonly<Record<string, readonly [get: () => number | boolean, set: (value: number) => void]>>,
): Kept {
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
