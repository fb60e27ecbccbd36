/**
 * Lists the keys of a YAML file as its schema has them: name, kind of value, default, and the sentence for a
 * person. Reads schemas only.
 */
import * as v from "valibot";
import { hex } from "../lib/hex.ts";

export interface Key {
  readonly name: string;
  readonly value: string;
  /** It is absent if the key has no default. */
  readonly byDefault?: string;
  readonly required: boolean;
  readonly says: string;
}

/** The properties that valibot's schemas share, as far as they are needed here. */
interface Walkable {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
  readonly wrapped?: Schema;
  readonly value?: Schema;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly default?: unknown;
}

type Schema = v.GenericSchema;

export function keysOf(schema: object): readonly Key[] {
  const { entries = {} } = schema as Walkable;
  return Object.entries(entries).map(([name, entry]) => {
    const { type, default: byDefault } = entry as unknown as Walkable;
    const shown = defaultOf(byDefault);
    return {
      name,
      value: valueOf(entry),
      required: type !== "optional",
      says: v.getDescription(entry) ?? "",
      ...(shown === undefined ? {} : { byDefault: shown }),
    };
  });
}

function defaultOf(value: unknown): string | undefined {
  if (value === undefined || (typeof value === "object" && value !== null)) return undefined;
  return typeof value === "number" && value > 0xffff ? hex(value) : `${value as string | number | boolean}`;
}

/** Returns `swd | jtag`, `number`, `list of names` or the like. */
function valueOf(schema: Schema): string {
  const { type, wrapped, item, value, options, literal } = schema as unknown as Walkable;
  if (wrapped !== undefined) return valueOf(wrapped);
  switch (type) {
    case "picklist":
      return ((options ?? []) as readonly (string | number)[]).join(" | ");
    case "literal":
      return `${literal as string | number}`;
    case "union":
      return [...new Set((options as readonly Schema[]).map(valueOf))].join(" | ");
    case "array":
      return item === undefined ? "list" : listOf(valueOf(item));
    case "record":
      return value === undefined ? "mapping" : `mapping of name to ${valueOf(value)}`;
    case "strict_object":
      return "mapping";
    case "boolean":
      return "true | false";
    case "string":
      return "text";
    default:
      return "number";
  }
}

function listOf(what: string): string {
  return what.includes(" | ") ? `list of (${what})` : `list of ${what}s`;
}
