/** The settings that a recipe's header and a project's dbgseq.yaml share: one schema, one meaning. Consent has no key here. */
import * as v from "valibot";
import { u64 } from "../lib/checked-yaml.ts";
import { readDuration, readFrequency, type Read } from "../lib/units.ts";
import type { Layer, Settings } from "./settings.ts";

const name = v.pipe(v.string(), v.minLength(1, "a name"));
const flag = v.optional(v.boolean());

/** A text that a reader of units understands, as its value; the reader's reason is the problem. */
function unit(read: (text: string) => Read<number>): v.GenericSchema<string, number> {
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

export const headerEntries = {
  device: v.optional(name),
  pack: v.optional(name),
  pname: v.optional(name),
  dbgconf: v.optional(name),
  probe: v.optional(name),
  connect: v.optional(v.picklist(["none", "attach", "halt", "pre-reset", "under-reset", "auto"])),
  protocol: v.optional(v.picklist(["swd", "jtag"])),
  dormant: flag,
  clock: v.optional(unit(readFrequency)),
  seq: v.optional(v.array(name)),
  leave: v.optional(v.picklist(["running", "halted", "as-found"])),
  deadline: v.optional(unit(readDuration)),
  "strict-timeouts": flag,
  "strict-spec": flag,
  atomic: v.optional(v.picklist(["strict", "best-effort"])),
  variables: v.optional(v.record(v.string(), u64)),
};

export type Header = v.InferOutput<v.ObjectSchema<typeof headerEntries, undefined>>;

/** What a header says about the connection; what it names (pack, device, files) is read by whoever knows files. */
export function headerLayer(given: Header, origin: string): Layer {
  const values: { [K in keyof Settings]?: Settings[K] | undefined } = {
    connect: given.connect,
    protocol: given.protocol,
    dormant: given.dormant,
    clockHz: given.clock,
    leave: given.leave,
    deadlineUs: given.deadline,
    strictTimeouts: given["strict-timeouts"],
    strictSpec: given["strict-spec"],
    atomic: given.atomic,
  };
  const said = Object.entries(values).filter(([, value]) => value !== undefined);
  return { origin, values: Object.fromEntries(said) };
}
