/** `dbgseq read`: reads values, memory and registers of the device by name. */
import { Option, type Command } from "commander";
import {
  readPlaces,
  type AccessBits,
  type FieldValue,
  type ReadValue,
} from "../../api/jobs/target-memory.ts";
import { saveFile } from "../../api/node/files.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { badRequest } from "../bad-request.ts";
import { hexLines } from "../terminal/hex-lines.ts";
import type { Io } from "../terminal/io.ts";
import { addMemoryOptions, onMemory, placeOf, type MemoryOptions } from "../memory.ts";

interface ReadOptions extends MemoryOptions {
  readonly output?: string;
  readonly format?: "hexdump" | "json" | "bin";
}

/** One answer in three forms: lines for people, data for programs, and the bytes for a file. */
interface Answer {
  readonly lines: string;
  readonly json: readonly Json[];
  readonly bytes: Uint8Array;
}

export function defineRead(command: Command, io: Io): void {
  command
    .argument("<what...>", "ADDRESS, START:SIZE, or PERIPHERAL[.REGISTER[.FIELD]] of the device's SVD file")
    .option("-o, --output <file>", "write the bytes there")
    .addOption(
      new Option("--format <format>", "format of the output (hexdump; bin with -o)").choices([
        "hexdump",
        "json",
        "bin",
      ]),
    );
  addMemoryOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  dbgseq read 0xE000ED00 --probe sim:generic-m4
  dbgseq read 0x20000000:64 --width 32 --probe sim:generic-m4
  dbgseq read DBGMCU.CR --pack P.pdsc --device D
  dbgseq read 0x20000000:0x1000 -o ram.bin`,
    )
    .action(async (what: readonly string[], given: ReadOptions) => {
      const { output, format = output === undefined ? "hexdump" : "bin" } = given;
      // On standard output both give the one document, which says how it ended.
      const asDocument = format === "json" && output === undefined && given.jsonl !== true;
      const options = asDocument ? { ...given, json: true } : given;
      if (format === "bin" && output === undefined)
        throw badRequest("bytes go into a file: -o FILE, or `--format hexdump`");
      const places = what.map((text) => placeOf(text, options.width));
      await onMemory(io, { command: "read", options }, async ({ session, wishes, result }) => {
        const onValues = async (values: readonly (readonly ReadValue[])[]): Promise<void> => {
          const answers = values.flat().map(answer);
          result["read"] = answers.flatMap(({ json }) => json);
          if (output !== undefined) await saveFile(output, fileOf(answers, format));
          else if (options.json !== true && options.jsonl !== true)
            for (const { lines } of answers) io.out(lines);
        };
        await readPlaces(session, places, { ...wishes, onValues });
      });
    });
}

function fileOf(answers: readonly Answer[], format: string): Uint8Array {
  if (format === "bin") return Uint8Array.from(answers.flatMap(({ bytes }) => [...bytes]));
  const text =
    format === "json"
      ? `${JSON.stringify(answers.flatMap(({ json }) => json))}\n`
      : answers.map(({ lines }) => lines).join("");
  return new TextEncoder().encode(text);
}

function answer(read: ReadValue): Answer {
  switch (read.kind) {
    case "value":
      return plainValue(read);
    case "range": {
      const { address, bits, bytes } = read;
      return {
        lines: hexLines(address, bytes, bits),
        json: [{ address: hex32(address), size: bytes.length, bytes: Buffer.from(bytes).toString("hex") }],
        bytes,
      };
    }
    case "register":
      return registerAnswer(read);
    case "field":
      return fieldAnswer(read);
  }
}

type Read<K extends ReadValue["kind"]> = Extract<ReadValue, { readonly kind: K }>;

function plainValue({ address, bits, value }: Read<"value">): Answer {
  return {
    lines: `${hex32(address)}  ${shownValue(value, bits)}\n`,
    json: [{ address: hex32(address), width: bits, value: shownValue(value, bits) }],
    bytes: bytesOf(value, bits),
  };
}

function registerAnswer({ name, address, bits, value, fields }: Read<"register">): Answer {
  const lines = fields.map((field) => {
    const { lsb, width } = field;
    const place = width === 1 ? String(lsb) : `${lsb + width - 1}:${lsb}`;
    return `  ${field.name.padEnd(18)} ${`[${place}]`.padEnd(8)} ${meaning(field)}\n`;
  });
  return {
    lines: `${hex32(address)}  ${shownValue(value, bits)}  ${name}\n${lines.join("")}`,
    json: [
      {
        name,
        address: hex32(address),
        width: bits,
        value: shownValue(value, bits),
        fields: Object.fromEntries(fields.map((field) => [field.name, Number(field.value)])),
      },
    ],
    bytes: bytesOf(value, bits),
  };
}

function fieldAnswer({ name, address, bits, field }: Read<"field">): Answer {
  return {
    lines: `${name} = ${meaning(field)}\n`,
    json: [{ name, address: hex32(address), value: hex(field.value) }],
    bytes: bytesOf(field.value, bits),
  };
}

function meaning({ value, meaning: name }: FieldValue): string {
  return name === undefined ? hex(value) : `${hex(value)} (${name})`;
}

function shownValue(value: bigint, bits: AccessBits): string {
  return `0x${value
    .toString(16)
    .toUpperCase()
    .padStart(bits / 4, "0")}`;
}

function bytesOf(value: bigint, bits: AccessBits): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes.subarray(0, bits / 8);
}
