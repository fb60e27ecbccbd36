/** `dbgseq read`: values, memory and registers of the device by name. */
import { Option, type Command } from "commander";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import {
  fieldOf,
  fullName,
  isReadable,
  type PeripheralRegister,
  type RegisterField,
} from "../../device/peripherals.ts";
import { readMemory } from "../../flash/program/compare.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { replaceFile } from "../../host/output-files.ts";
import type { Connection } from "../../session/connection.ts";
import { badRequest } from "../bad-request.ts";
import { hexLines } from "../hex-lines.ts";
import type { Io } from "../io.ts";
import { addMemoryOptions, onMemory, placeOf, readValue, type MemoryOptions, type Place } from "../memory.ts";
import type { AccessBits } from "../memory.ts";

interface ReadOptions extends MemoryOptions {
  readonly output?: string;
  readonly format?: "hexdump" | "json" | "bin";
}

/** What one argument yields: lines for people, data for programs, and the bytes for a file. */
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
      new Option("--format <format>", "of the output (hexdump; bin with -o)").choices([
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
    .action(async (what: readonly string[], options: ReadOptions) => {
      const { output, format = output === undefined ? "hexdump" : "bin" } = options;
      if (format === "bin" && output === undefined)
        throw badRequest("bytes go into a file: -o FILE, or `--format hexdump`");
      const places = what.map((text) => placeOf(text, options.width));
      await onMemory(io, { command: "read", options }, async ({ session, memory, result }) => {
        const answers: Answer[] = [];
        for (const place of places) answers.push(await answer(place, { session, memory, io }));
        result["read"] = answers.flatMap(({ json }) => json);
        if (output !== undefined) await replaceFile(output, fileOf(answers, format));
        else if (format === "json") io.json(result["read"]);
        else if (options.json !== true && options.jsonl !== true)
          for (const { lines } of answers) io.out(lines);
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

interface Around {
  readonly session: Connection;
  readonly memory: MemAp;
  readonly io: Io;
}

async function answer(place: Place, around: Around): Promise<Answer> {
  const { session, memory, io } = around;
  if (place.kind === "value") return plainValue(place, await readValue(memory, place.address, place.bits));
  if (place.kind === "range") {
    const { address, size, bits } = place;
    if (bits > 8 && (address % (bits / 8) !== 0 || size % (bits / 8) !== 0))
      throw badRequest(
        `${hex32(address)}:${hex32(size)} is not made of ${bits}-bit values: start and size must be multiples of ${bits / 8}`,
      );
    const bytes =
      bits === 8 || bits >= 32
        ? await readMemory(memory, { address, size }, { signal: io.signal })
        : await inHalfWords(memory, address, size);
    return {
      lines: hexLines(address, bytes, bits),
      json: [{ address: hex32(address), size, bytes: Buffer.from(bytes).toString("hex") }],
      bytes,
    };
  }
  const found = await session.peripherals.find(place.name);
  if (found.kind === "peripheral") return registers(found.registers, around);
  const { register } = found;
  if (!isReadable(register.access))
    throw badRequest(`${fullName(register)} can only be written, its SVD file says`);
  const value = await readValue(memory, register.address, register.size);
  return found.kind === "field" ? fieldAnswer(register, found.field, value) : registerAnswer(register, value);
}

async function inHalfWords(memory: MemAp, address: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < size; at += 2) view.setUint16(at, await memory.read(address + at, 16), true);
  return bytes;
}

/** All of a peripheral, but those that reading changes: who wants one names it. */
async function registers(all: readonly PeripheralRegister[], { memory, io }: Around): Promise<Answer> {
  const answers: Answer[] = [];
  for (const register of all) {
    io.signal?.throwIfAborted();
    if (!isReadable(register.access)) continue;
    if (register.readAction) io.err(`note: ${fullName(register)} is left out: reading changes it\n`);
    else answers.push(registerAnswer(register, await readValue(memory, register.address, register.size)));
  }
  return {
    lines: answers.map(({ lines }) => lines).join(""),
    json: answers.flatMap(({ json }) => json),
    bytes: Uint8Array.from(answers.flatMap(({ bytes }) => [...bytes])),
  };
}

function plainValue(
  { address, bits }: { readonly address: number; readonly bits: AccessBits },
  value: bigint,
): Answer {
  return {
    lines: `${hex32(address)}  ${shownValue(value, bits)}\n`,
    json: [{ address: hex32(address), width: bits, value: shownValue(value, bits) }],
    bytes: bytesOf(value, bits),
  };
}

function registerAnswer(register: PeripheralRegister, value: bigint): Answer {
  const { address, size, fields } = register;
  const name = fullName(register);
  const parts = fields.filter(({ access }) => isReadable(access));
  const lines = parts.map((field) => {
    const bits = field.width === 1 ? String(field.lsb) : `${field.lsb + field.width - 1}:${field.lsb}`;
    return `  ${field.name.padEnd(18)} ${`[${bits}]`.padEnd(8)} ${meaning(field, value)}\n`;
  });
  return {
    lines: `${hex32(address)}  ${shownValue(value, size)}  ${name}\n${lines.join("")}`,
    json: [
      {
        name,
        address: hex32(address),
        width: size,
        value: shownValue(value, size),
        fields: Object.fromEntries(parts.map((field) => [field.name, Number(fieldOf(field, value))])),
      },
    ],
    bytes: bytesOf(value, size),
  };
}

function fieldAnswer(register: PeripheralRegister, field: RegisterField, value: bigint): Answer {
  const name = `${fullName(register)}.${field.name}`;
  return {
    lines: `${name} = ${meaning(field, value)}\n`,
    json: [{ name, address: hex32(register.address), value: hex(fieldOf(field, value)) }],
    bytes: bytesOf(fieldOf(field, value), register.size),
  };
}

function meaning(field: RegisterField, value: bigint): string {
  const part = fieldOf(field, value);
  const name = field.values.get(part);
  return name === undefined ? hex(part) : `${hex(part)} (${name})`;
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
