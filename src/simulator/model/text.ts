/**
 * Writes a model as the text of a YAML file, as a person would: addresses in hexadecimal, one line for each
 * thing, no default values. Reading the text gives the same model. Knows no file.
 */
import * as v from "valibot";
import { inOneLine } from "../../lib/shown-text.ts";
import { modelSchema, type ModelData } from "./schema.ts";
import { append } from "../../lib/lists.ts";

type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** These are counts, times and numbers of bits; all others are addresses, masks or identification values. */
const DECIMAL = /^(?:index|dp|instance|irLength|mhz|us|\w+Us|addressBits|bank|class|revision|domain|power)$/;
/** These have a line for each entry. */
const LISTS = [
  "furtherDebugPorts",
  "otherTaps",
  "accessPorts",
  "processors",
  "memories",
  "romTables",
] as const;

/** `notes` stand as comments at the top. */
export function modelText(data: ModelData, notes: readonly string[]): string {
  const lines = [
    ...notes.map((note) => `# ${inOneLine(note)}`),
    `model: ${text(data.model)}`,
    `about: ${text(data.about)}`,
    "sources:",
    ...data.sources.map((source) => `  - ${text(source)}`),
    `debugPort: ${flow(without(data.debugPort, "debugPort"))}`,
  ];
  for (const key of ["resetUs", "nresetRiseUs"] as const)
    if (data[key] !== v.parse(modelSchema.entries[key], undefined)) lines.push(`${key}: ${data[key]}`);
  for (const key of LISTS) {
    const entries = data[key] as readonly { readonly [key: string]: Plain }[];
    if (entries.length > 0)
      append(
        lines,
        [`${key}:`],
        entries.map((one) => `  - ${flow(without(one, key))}`),
      );
  }
  if (data.registers.length > 0) append(lines, ["registers:"], data.registers.flatMap(registersText));
  return `${lines.join("\n")}\n`;
}

function registersText({ items, ...block }: ModelData["registers"][number]): readonly string[] {
  const entries = Object.entries(without(block, "registers")).map(
    ([key, value]) => `${key}: ${valueText(value, key)}`,
  );
  const lines = entries.map((entry, at) => `  ${at === 0 ? "- " : "  "}${entry}`);
  const names = Object.entries(items);
  if (names.length === 0) return lines;
  return [
    ...lines,
    "    items:",
    ...names.map(([name, item]) => `      ${text(name)}: ${flow(without(item, "item"))}`),
  ];
}

/** The schema fills these in by itself, by the list that an entry is in. */
const DEFAULTS: Readonly<Record<string, { readonly [key: string]: Plain }>> = {
  debugPort: { targetId: 0, instance: 0, powerUpUs: 20, answers: true },
  furtherDebugPorts: { targetId: 0, instance: 0, powerUpUs: 20, answers: true },
  otherTaps: { nearTdo: false },
  accessPorts: { base: 0xffff_ffff, bus: "main", dp: 0 },
  processors: { bus: "main", vectors: 0, mhz: 16 },
  memories: { access: "rwx", fill: 0, bus: "main", aliases: [], alsoOn: [], content: [] },
  romTables: { bus: "main", bank: 0, revision: 0, components: [], class: 1, power: [] },
  registers: { bus: "main", alsoOn: [], aliases: [], views: [], debugDomain: false, others: "error" },
  item: { reset: 0, access: "rw", writable: 0xffff_ffff, w1c: 0, readClears: 0, resetBy: "system" },
};

function without(entry: object, list: string): { readonly [key: string]: Plain } {
  const usual = DEFAULTS[list] ?? {};
  const { name, ...rest } = entry as { readonly [key: string]: Plain | undefined };
  return Object.fromEntries(
    Object.entries({ name, ...rest }).flatMap(([key, value]) =>
      value === undefined || JSON.stringify(value) === JSON.stringify(usual[key])
        ? []
        : key === "index" && value === 0 && "address" in entry
          ? []
          : [[key, value] as const],
    ),
  );
}

function flow(entry: { readonly [key: string]: Plain }): string {
  return `{ ${Object.entries(entry)
    .map(([key, value]) => `${key}: ${valueText(value, key)}`)
    .join(", ")} }`;
}

function valueText(value: Plain, key: string): string {
  if (typeof value === "number") return DECIMAL.test(key) ? String(value) : hexText(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value);
  if (isList(value)) return `[${value.map((one) => valueText(one, key)).join(", ")}]`;
  return flow(value as { readonly [key: string]: Plain });
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function hexText(value: number): string {
  const digits = value.toString(16).toUpperCase();
  return `0x${digits.padStart(digits.length > 4 ? 8 : digits.length > 2 ? 4 : 2, "0")}`;
}

/** Quotes a text that YAML could read as something else. */
function text(value: string): string {
  return /^[A-Za-z][\w .()+-]*$/.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value) &&
    value === value.trim()
    ? value
    : JSON.stringify(value);
}
