/**
 * What `--json` and `--jsonl` print, as grammar/output.schema.json says it: one document of a command, or one line. The
 * schema is generated from here, and every JSON text that a test makes the command line print is held against it.
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import { Ajv } from "ajv";
import * as v from "valibot";
import { JSON_VERSION } from "../../src/report/json.ts";

const version = v.literal(JSON_VERSION);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Each document has the exit code of the process. */
const document = { version, exitCode: count };
const timeUs = v.pipe(v.number(), v.minValue(0));
/** A number of the target, which may have 64 bits. */
const hex = v.pipe(v.string(), v.regex(/^0x[0-9A-Fa-f]+$/));
const named = v.record(v.string(), v.unknown());

const place = { file: v.string(), line: count, column: count };
const severity = v.picklist(["error", "warning", "note"]);

interface Caller {
  readonly span: { readonly file: string; readonly line: number; readonly column: number };
  readonly sequence: string;
  readonly caller?: Caller | undefined;
}

const site: v.GenericSchema<Caller> = v.strictObject({
  span: v.strictObject(place),
  sequence: v.string(),
  caller: v.optional(v.lazy(() => site)),
});

/** One sentence per layer, the last nearest to the cause; `fault` has its `kind` and facts. */
const error = v.strictObject({
  sentences: v.array(v.string()),
  fault: v.nullable(v.looseObject({ kind: v.string() })),
});

const access = v.looseObject({ fn: v.string(), args: v.array(hex) });

const happening = <const K extends string, E extends v.ObjectEntries>(kind: K, entries: E) =>
  v.strictObject({ kind: v.literal(kind), timeUs, site, ...entries });
const noted = <const K extends string, E extends v.ObjectEntries>(kind: K, entries: E) =>
  v.strictObject({ kind: v.literal(kind), timeUs, ...entries });

const event = v.variant("kind", [
  happening("enter", { name: v.string(), origin: v.string(), depth: count }),
  happening("leave", { name: v.string(), result: hex, depth: count }),
  happening("skip", { name: v.string(), origin: v.string(), depth: count }),
  happening("assign", { name: v.string(), value: hex }),
  happening("access", { access, value: v.optional(hex), failed: v.optional(error) }),
  happening("atomic", { info: v.optional(v.string()), accesses: count }),
  happening("condition", { of: v.picklist(["if", "while"]), value: hex }),
  happening("doubtful-condition", { of: v.picklist(["if", "while"]), value: hex, failed: error }),
  happening("timeout", { limitUs: count, turns: count, value: hex, sleep: v.boolean() }),
  happening("message", { level: v.picklist([0, 1, 2]), text: v.string() }),
  happening("query", { text: v.string(), answer: hex }),
  happening("outside", {
    fn: v.string(),
    args: v.array(v.string()),
    value: hex,
    failed: v.optional(error),
    ended: v.optional(named),
    note: v.optional(v.string()),
  }),
  happening("sync", { reason: v.string() }),
  noted("exchange", { reason: v.string(), operations: count, exchanges: count }),
  noted("tolerated", { failure: error }),
  noted("patched", { place: v.string(), raw: count, value: count }),
  noted("flow", { flow: v.picklist(["connect", "reset", "run", "disconnect"]), text: v.string() }),
  noted("act", { act: v.string(), text: v.string() }),
  noted("step", { text: v.string() }),
  noted("notice", { text: v.string() }),
  noted("warning", { text: v.string() }),
]);

const modelOption = v.strictObject({
  name: v.string(),
  values: v.optional(v.array(v.string())),
  min: v.optional(v.number()),
  max: v.optional(v.number()),
  default: v.union([v.string(), v.number()]),
  about: v.string(),
});

/** What doctor finds. */
const found = v.looseObject({
  code: v.string(),
  severity: v.string(),
  says: v.string(),
  steps: v.array(v.string()),
});

/** The cause of a failure; each of `tries` is a command, or what is to be done by hand. */
const cause = v.strictObject({
  code: v.string(),
  certainty: v.picklist(["certain", "likely", "possible"]),
  says: v.string(),
  evidence: v.array(v.string()),
  tries: v.array(v.string()),
});

/** The failure that was kept, for `explain`. */
const kept = v.strictObject({
  when: v.string(),
  command: v.string(),
  exitCode: count,
  sentences: v.array(v.string()),
  diagnosis: v.nullable(cause),
  notes: v.array(v.string()),
  places: v.array(v.strictObject({ where: v.string(), lines: v.array(v.string()) })),
  variables: v.array(v.strictObject({ name: v.string(), value: hex })),
  registers: v.array(v.strictObject({ name: v.string(), value: hex })),
  tried: v.array(v.strictObject({ name: v.string(), reason: v.string() })),
});

/** The value of a register, field by field. */
const register = v.strictObject({
  kind: v.literal("register"),
  name: v.string(),
  of: v.picklist(["the core", "the debug port", "an access port", "the device"]),
  address: count,
  value: hex,
  says: v.optional(v.string()),
  whole: v.optional(v.string()),
  source: v.optional(v.string()),
  fields: v.array(
    v.strictObject({
      name: v.string(),
      bits: v.strictObject({ high: count, low: count }),
      value: hex,
      meaning: v.optional(v.string()),
    }),
  ),
});

/** A page, option, finding, failure, ... as `doc` has it. */
const topic = v.looseObject({ kind: v.string(), name: v.string() });

/** How a command ended that may have had a target; with `--json` also all that happened. */
const ended = {
  ...document,
  error: v.optional(error),
  /** The flag that helps. */
  hint: v.optional(v.string()),
  finding: v.optional(found),
  diagnosis: v.optional(cause),
  eventsLeftOut: v.optional(count),
  events: v.optional(v.array(event)),
};

const sector = { region: v.string(), address: count, size: count };
/** How it is known what a sector holds: seen in the flash, or by the word of the vendor's algorithm only. */
const verified = v.picklist(["algorithm", "crc", "read"]);

/** What `flash` did; `proof` is "flash" only where every byte was seen there. */
const flashed = v.looseObject({
  sectors: v.array(
    v.looseObject({
      ...sector,
      planned: count,
      programmed: count,
      erase: v.picklist(["no", "blank", "erased"]),
      skipped: v.boolean(),
      verified: v.optional(verified),
    }),
  ),
  imageSha256: v.string(),
  proof: v.picklist(["flash", "algorithm", "none"]),
  complete: v.boolean(),
});

const erased = v.strictObject({ ...sector, was: v.picklist(["blank", "erased"]), verified });

const OUTPUTS = {
  line: v.strictObject({ version, event }),
  run: v.looseObject({
    ...ended,
    command: v.string(),
    flash: v.optional(flashed),
    erased: v.optional(v.array(erased)),
  }),
  check: v.strictObject({
    ...document,
    files: count,
    errors: count,
    warnings: count,
    findings: v.array(
      v.looseObject({
        code: v.string(),
        severity,
        message: v.string(),
        ...place,
        endLine: count,
        endColumn: count,
        hint: v.optional(v.string()),
      }),
    ),
  }),
  devices: v.strictObject({
    ...document,
    pack: v.string(),
    devices: v.array(
      v.strictObject({
        vendor: v.string(),
        name: v.string(),
        family: v.string(),
        cores: v.array(v.string()),
      }),
    ),
  }),
  packs: v.strictObject({ ...document, packs: v.array(named) }),
  part: v.strictObject({ ...document, part: v.string(), matches: v.array(named), near: v.array(v.string()) }),
  list: v.strictObject({
    ...document,
    device: v.nullable(v.string()),
    pack: v.nullable(v.string()),
    pname: v.nullable(v.string()),
    sequences: v.array(named),
  }),
  models: v.strictObject({
    ...document,
    models: v.array(v.strictObject({ name: v.string(), about: v.string() })),
  }),
  model: v.strictObject({
    ...document,
    name: v.string(),
    about: v.string(),
    sources: v.array(v.string()),
    options: v.array(modelOption),
    commonOptions: v.array(modelOption),
  }),
  shipped: v.strictObject({
    ...document,
    shipped: v.array(
      v.strictObject({
        name: v.string(),
        about: v.string(),
        sequences: v.array(v.strictObject({ name: v.string(), about: v.string(), erases: v.boolean() })),
      }),
    ),
  }),
  show: v.strictObject({ ...document, name: v.string(), definitions: v.array(named) }),
  config: v.strictObject({ ...document, settings: v.array(named) }),
  probes: v.strictObject({ ...document, probes: v.array(named) }),
  eval: v.strictObject({ ...document, hex, decimal: v.pipe(v.string(), v.regex(/^\d+$/)) }),
  explain: v.strictObject({
    ...document,
    command: v.literal("explain"),
    failure: v.optional(v.nullable(kept)),
    explained: v.optional(v.array(v.union([register, topic]))),
  }),
  test: v.looseObject({ ...document, passed: count, of: count }),
};

const output = v.union(Object.values(OUTPUTS) as unknown as [v.GenericSchema, ...v.GenericSchema[]]);

export function outputSchema(): object {
  const definitions = { event, error, site, cause, register, ...OUTPUTS };
  return {
    title: "What dbgseq prints with --json (one document) and --jsonl (a document for each line)",
    ...toJsonSchema(output, { typeMode: "input", errorMode: "throw", definitions }),
  };
}

const validate = new Ajv({ strict: false }).compile(outputSchema());

/** Throws if a JSON text of the command line is none that the schema has, or has another exit code than the process. */
export function expectInSchema(argv: readonly string[], out: string, code: number): void {
  if (!argv.some((one) => one === "--json" || one === "--jsonl")) return;
  for (const line of out.split("\n").filter((one) => one.startsWith("{"))) {
    const value: unknown = JSON.parse(line);
    if (validate(value)) {
      const { exitCode = code } = value as { readonly exitCode?: number };
      if (exitCode === code) continue;
      throw new Error(
        `dbgseq ${argv.join(" ")}: its document has exit code ${exitCode}, and it ended with ${code}`,
      );
    }
    const reasons = JSON.stringify(validate.errors?.slice(-6), undefined, 2);
    throw new Error(
      `dbgseq ${argv.join(" ")}: ${line.slice(0, 2000)} is not as output.schema.json says: ${reasons}`,
    );
  }
}

/** Returns the one document that a program printed; throws if there is another number of them, or it is not in the schema. */
export function documentOf(out: string): { readonly exitCode?: number; readonly error?: unknown } {
  const lines = out.split("\n");
  if (lines.length !== 2 || lines[1] !== "") throw new Error(`not one line: ${out.slice(0, 2000)}`);
  const value: unknown = JSON.parse(lines[0] ?? "");
  if (!validate(value)) throw new Error(`not as output.schema.json says: ${out.slice(0, 2000)}`);
  return value as { readonly exitCode?: number };
}
