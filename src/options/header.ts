/** The schema that a recipe's header and a project's dbgseq.yaml share, made of the table. Consent has no key there. */
import * as v from "valibot";
import { u64 } from "../lib/checked-yaml.ts";
import type { Read } from "../lib/units.ts";
import { given, OPTION_NAMES, rowOf, type OptionName, type Values } from "./given.ts";
import type { Kind } from "./kinds.ts";
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

/** What a header says, by the names of the options. */
export function headerValues(header: Header): Values {
  return given(
    Object.fromEntries(FILE_NAMES.map((name) => [name, header[rowOf(name).file as keyof Header]])),
  );
}

function schemaOf(kind: Kind<unknown>): v.GenericSchema {
  const name = v.pipe(v.string(), v.minLength(1, "a name"));
  switch (kind.form) {
    case "text":
      return name;
    case "texts":
      return v.array(name);
    case "choice":
      return v.picklist(kind.choices ?? []);
    case "flag":
      return v.boolean();
    case "numbers":
      return v.record(v.string(), u64);
    case "unit":
      return unit((text) => kind.read(text));
  }
}

/** A text that a reader of units understands, as its value; the reader's reason is the problem. */
function unit(read: (text: string) => Read<unknown>): v.GenericSchema<string, unknown> {
  return v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const got = read(dataset.value);
      if (got.ok) return got.value;
      addIssue({ message: got.reason });
      return NEVER;
    }),
  );
}
