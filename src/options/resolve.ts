/** Decides which of several givers' values holds for each option, by its row's merge, and who gave it. */
import {
  OPTION_NAMES,
  rowOf,
  SETTING_NAMES,
  type Given,
  type OptionName,
  type SettingName,
  type Values,
} from "./given.ts";
import type { Numbers } from "./kinds.ts";
import type { OPTIONS } from "./table.ts";

/** A value with its giver. */
export interface Sourced<T> {
  readonly value: T;
  readonly origin: string;
}

/**
 * The settings that hold for a connection. One is undefined if its row has no default: then the action
 * decides.
 */
export type Settings = {
  readonly [Name in SettingName]: HasDefault<Name> extends true
    ? NonNullable<Values[Name]>
    : Values[Name] | undefined;
};
type HasDefault<Name extends OptionName> = undefined extends (typeof OPTIONS)[Name]["default"] ? false : true;

export type SourcedSettings = { readonly [Name in SettingName]: Sourced<Settings[Name]> };

/** Returns the value that holds; for lists and numbers by name it is the merged one, with its strongest giver. */
export function strongest<Name extends OptionName>(
  name: Name,
  given: readonly Given[],
): Sourced<NonNullable<Values[Name]>> | undefined {
  const all = allOf(name, given);
  const [first] = all;
  if (first === undefined) return undefined;
  switch (rowOf(name).merge) {
    case "strongest":
      return first;
    case "all": {
      const lists = all.map(({ value }) => value as unknown as readonly unknown[]);
      return { value: lists.flat() as unknown as typeof first.value, origin: first.origin };
    }
    case "by-name": {
      const merged: Numbers = Object.assign({}, ...all.map(({ value }) => value).reverse()) as Numbers;
      return { value: merged as unknown as typeof first.value, origin: first.origin };
    }
  }
}

/** Returns every giver's value of one option, the strongest first. */
export function allOf<Name extends OptionName>(
  name: Name,
  given: readonly Given[],
): readonly Sourced<NonNullable<Values[Name]>>[] {
  return given.flatMap(({ values, origin }) => {
    const value = values[name];
    return value === undefined ? [] : [{ value: value as NonNullable<Values[Name]>, origin }];
  });
}

/** Resolves the settings of a connection, over the defaults. */
export function resolveSettings(given: readonly Given[]): SourcedSettings {
  const settings = SETTING_NAMES.map(
    (name) => [name, strongest(name, given) ?? { value: rowOf(name).default, origin: "default" }] as const,
  );
  return Object.fromEntries(settings) as unknown as SourcedSettings;
}

/** Returns the values alone, for code that does not need their givers. */
export function plain(settings: SourcedSettings): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([key, { value }]) => [key, value]),
  ) as unknown as Settings;
}

/** One line of `config`: an element of a list, and each name of numbers, has a line of its own. */
export interface Effective {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

/** Returns everything that holds, in the order of the table: what is given, and every setting. */
export function effective(given: readonly Given[]): readonly Effective[] {
  return OPTION_NAMES.flatMap((name) => effectiveOf(name, given));
}

function effectiveOf(name: OptionName, given: readonly Given[]): readonly Effective[] {
  const { kind, merge, setting, default: standard, otherwise = "by what is done" } = rowOf(name);
  if (merge === "by-name") return byName(allOf(name, given) as readonly Sourced<Numbers>[]);
  if (merge === "all")
    return allOf(name, given).flatMap(({ value, origin }) =>
      (value as unknown as readonly unknown[]).map((one) => ({ name, value: kind.show([one]), origin })),
    );
  const found = strongest(name, given);
  if (found !== undefined) return [{ name, value: kind.show(found.value), origin: found.origin }];
  if (!setting) return [];
  const value = standard === undefined ? `(${otherwise})` : kind.show(standard);
  return [{ name, value, origin: "default" }];
}

function byName(all: readonly Sourced<Numbers>[]): readonly Effective[] {
  const lines = new Map<string, Effective>();
  for (const { value, origin } of all)
    for (const [name, number] of Object.entries(value))
      if (!lines.has(name)) lines.set(name, { name: `variable ${name}`, value: String(number), origin });
  return [...lines.values()];
}

/** `auto` tries several of the flows, mildest first. */
export type ConnectMode = Settings["connect"];
/** A flow connects in one of these ways. */
export type FlowMode = Exclude<ConnectMode, "auto">;
/** `undefined` leaves it to what was done: halted after a halting reset, else as found (wire rule 21). */
export type Leave = NonNullable<Settings["leave"]>;
