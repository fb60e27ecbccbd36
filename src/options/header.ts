/**
 * Makes the schema that a recipe's header and a project's dbgseq.yaml share from the table. Consent has no
 * key there.
 */
import * as v from "valibot";
import { given, OPTION_NAMES, rowOf, type OptionName, type Values } from "./given.ts";
import { schemaOf } from "./schemas.ts";
import type { OPTIONS } from "./table.ts";

type FileName = {
  [Name in OptionName]: (typeof OPTIONS)[Name]["file"] extends string ? Name : never;
}[OptionName];

export type Header = {
  readonly [Name in FileName as (typeof OPTIONS)[Name]["file"]]?: Values[Name] | undefined;
};

type HeaderEntries = {
  [Key in keyof Header]-?: v.OptionalSchema<v.GenericSchema<unknown, NonNullable<Header[Key]>>, undefined>;
};

const FILE_NAMES = OPTION_NAMES.filter((name): name is FileName => rowOf(name).file !== undefined);

export const headerEntries = Object.fromEntries(
  FILE_NAMES.map((name) => {
    const { file, kind, says } = rowOf(name);
    return [file, v.optional(v.pipe(schemaOf(kind), v.description(says)))];
  }),
) as HeaderEntries;

/** Returns what a header says, by the names of the options. */
export function headerValues(header: Header): Values {
  return given(
    Object.fromEntries(FILE_NAMES.map((name) => [name, header[rowOf(name).file as keyof Header]])),
  );
}
