/** Writes the value of a register for a person: a line for each field. */
import type { ExplainedField, ExplainedRegister } from "../../api/calls/registers.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import { greatest } from "../../lib/lists.ts";
import { COLUMNS } from "./wrapped.ts";

/** With a newline at the end. */
export function registerText(
  { name, of, address, value, says, whole, source, fields }: ExplainedRegister,
  columns = COLUMNS,
): string {
  const place =
    of === "the core" || of === "the device" ? `at ${hex32(address)}` : `of ${of} at ${hex(address, 2)}`;
  const lines = [
    `${name} = ${hex32(value)}  (${place}${source === undefined ? "" : `; ${source}`})`,
    ...(says === undefined ? [] : [`  ${says}`]),
    ...(whole === undefined ? [] : [`  ${whole}`]),
    ...fieldLines(fields, columns),
    ...restLines(fields, value),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Those that are set, or whose value means something. */
function fieldLines(fields: readonly ExplainedField[], columns: number): readonly string[] {
  const nameWidth = greatest(fields.map(({ name }) => name.length));
  const bitsWidth = greatest(fields.map((field) => bitsText(field).length));
  const valueWidth = greatest(fields.map((field) => valueText(field).length));
  return fields.flatMap((field) => {
    const head = `  ${field.name.padEnd(nameWidth)}  ${bitsText(field).padStart(bitsWidth)}  ${valueText(field).padStart(valueWidth)}`;
    if (field.meaning === undefined) return [head];
    const [first = "", ...more] = broken(field.meaning, Math.max(20, columns - head.length - 2));
    return [`${head}  ${first}`, ...more.map((line) => `${" ".repeat(head.length)}  ${line}`)];
  });
}

function restLines(fields: readonly ExplainedField[], value: bigint): readonly string[] {
  const known = fields.reduce(
    (bits, { bits: { high, low } }) => bits | (((1n << BigInt(high - low + 1)) - 1n) << BigInt(low)),
    0n,
  );
  const rest = value & ~known;
  return rest === 0n || fields.length === 0 ? [] : [`  ${hex(rest)} is in no field`];
}

function bitsText({ bits: { high, low } }: ExplainedField): string {
  return high === low ? String(low) : `${high}:${low}`;
}

function valueText({ bits: { high, low }, value }: ExplainedField): string {
  return high - low < 3 ? String(value) : hex(value);
}

function broken(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}
