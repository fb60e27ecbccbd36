/** Makes the schema of each kind of value in a YAML file: a recipe's header and dbgseq.yaml. */
import * as v from "valibot";
import { u64 } from "../lib/formats/checked-yaml.ts";
import type { Kind } from "./kinds.ts";

const NAME = "a text that is not empty";
/** YAML reads digits as a number, so that the serial number 0123 would lose its first one. */
const QUOTES = "a number is not a text; write it in quotes";

export function schemaOf(kind: Kind<unknown>): v.GenericSchema {
  const name = v.pipe(
    v.string(({ input }) => (typeof input === "number" ? QUOTES : NAME)),
    v.minLength(1, NAME),
    v.check((text) => text.trim() !== "", NAME),
  );
  switch (kind.form) {
    case "text":
      return name;
    case "texts":
      return v.array(name);
    case "choice":
      return v.picklist(kind.choices ?? []);
    case "flag":
      return v.boolean(kind.says);
    case "numbers":
      return v.record(v.string(), u64);
    case "whole":
      return whole(kind);
    case "read":
      return readBy(kind);
  }
}

function whole({ says, range }: Kind<unknown>): v.GenericSchema {
  const { from, to } = range ?? { from: 0, to: Number.MAX_SAFE_INTEGER };
  return v.pipe(v.number(says), v.integer(says), v.minValue(from, says), v.maxValue(to, says));
}

/** Accepts a text that the kind's reader understands, as its value; the reader's reason is the problem. */
function readBy(kind: Kind<unknown>): v.GenericSchema<string, unknown> {
  return v.pipe(
    v.string(({ input }) => reasonAgainst(kind, input)),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const got = kind.read(dataset.value);
      if (got.ok) return got.value;
      addIssue({ message: got.reason });
      return NEVER;
    }),
  );
}

/** Refuses a number without its unit; the reader's reason says more. */
function reasonAgainst(kind: Kind<unknown>, input: unknown): string {
  if (typeof input !== "number" && typeof input !== "bigint") return kind.says;
  const got = kind.read(String(input));
  return got.ok ? kind.says : got.reason;
}
