/** What holds in a session, each value with who gave it. */
import type { SourcedSettings } from "../options/settings.ts";
import { badArgument } from "./arguments.ts";
import {
  OPTION_NAMES,
  strongest,
  type GivenOptions,
  type OptionName,
  type SessionOptions,
} from "./options.ts";

export interface OptionValue<T> {
  /** Undefined where nobody said anything and there is no default. */
  readonly value: T;
  /** `keyword`, `options`, the name of a variable or a file, `pack`, `default`. */
  readonly origin: string;
}

/** Of the names that are no settings of the connection. */
const DEFAULTS: SessionOptions = { debugPortOnly: false, scanAllAps: false, config: true };

export class EffectiveOptions {
  readonly #given: readonly GivenOptions[];
  readonly #settings: () => SourcedSettings | undefined;

  /** `settings`: what the connection made of them and of the pack's wishes, as soon as there is one. */
  constructor(given: readonly GivenOptions[], settings: () => SourcedSettings | undefined) {
    this.#given = given;
    this.#settings = settings;
  }

  /** The value that holds and who gave it. Throws `bad-argument` for a name that is no option. */
  get<Name extends OptionName>(name: Name): OptionValue<SessionOptions[Name]> {
    if (!OPTION_NAMES.includes(name)) throw badArgument(`there is no session option "${name}"`);
    const settings = this.#settings();
    if (settings !== undefined && Object.hasOwn(settings, name))
      return settings[name as keyof SourcedSettings] as OptionValue<SessionOptions[Name]>;
    return strongest(name, this.#given) ?? { value: DEFAULTS[name], origin: "default" };
  }

  /** All that are set, by name. */
  [Symbol.iterator](): Iterator<readonly [OptionName, OptionValue<unknown>]> {
    return OPTION_NAMES.map((name) => [name, this.get(name)] as const)
      .filter(([, { value }]) => value !== undefined)
      [Symbol.iterator]();
  }
}
