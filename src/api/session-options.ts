/** The values that hold in a session, each with its giver. */
import { OPTION_NAMES, rowOf, type Given, type OptionName, type Values } from "../options/given.ts";
import { nearest } from "../lib/nearest.ts";
import { effective, strongest, type Effective } from "../options/resolve.ts";
import { badArgument } from "./arguments.ts";

export interface OptionValue<T> {
  /** Undefined if no giver has a value and there is no default. */
  readonly value: T;
  /** The giver: `keyword`, `options`, the name of a variable or a file, `pack`, `default`. */
  readonly origin: string;
}

export class EffectiveOptions {
  readonly #given: readonly Given[];

  /** The strongest giver comes first, the pack last. */
  constructor(given: readonly Given[]) {
    this.#given = given;
  }

  /** Returns the value that holds and its giver. Throws `bad-argument` for a name that is not an option. */
  get<Name extends OptionName>(name: Name): OptionValue<Values[Name]> {
    if (!OPTION_NAMES.includes(name)) {
      const near = nearest(name, OPTION_NAMES);
      throw badArgument(
        `unknown session option "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
      );
    }
    const standard = rowOf(name).default as Values[Name];
    return strongest(name, this.#given) ?? { value: standard, origin: "default" };
  }

  /** Iterates over all that are set, by name. */
  [Symbol.iterator](): Iterator<readonly [OptionName, OptionValue<unknown>]> {
    return OPTION_NAMES.map((name) => [name, this.get(name)] as const)
      .filter(([, { value }]) => value !== undefined)
      [Symbol.iterator]();
  }

  /** Returns the lines of `dbgseq config`: every setting, and what else is given; each element of a list is a line. */
  lines(): readonly Effective[] {
    return effective(this.#given);
  }
}
