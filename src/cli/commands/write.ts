/** `dbgseq write` and `dbgseq fill`: put values into memory and into registers by name. */
import type { Command } from "commander";
import { fillMemory, writeBytes, writeRegister, writeValues } from "../../api/jobs/write-memory.ts";
import type { AccessBits } from "../../api/jobs/target-memory.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import { addressedFormat } from "../../api/jobs/flash-inputs.ts";
import { readBytes } from "../../api/node/files.ts";
import { badRequest } from "../bad-request.ts";
import { shellWord } from "../completion/shell-quotes.ts";
import type { Io } from "../terminal/io.ts";
import { addMemoryOptions, onMemory, placeOf, type MemoryOptions } from "../memory.ts";
import { isImageFile, parseNumber, readRange } from "../flags/values.ts";

export function defineWrite(command: Command, io: Io): void {
  command
    .argument("<where>", "ADDRESS, or PERIPHERAL.REGISTER[.FIELD] of the device's SVD file")
    .argument(
      "<values...>",
      "a value; at an address, one or more for consecutive places, or @FILE: the bytes of a file",
    );
  addMemoryOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  dbgseq write 0x20000000 0x12345678 0x9ABCDEF0 --probe sim:generic-m4
  dbgseq write 0x20000000 0x41 --width 8 --probe sim:generic-m4
  dbgseq write 0x20000000 @table.bin --probe sim:generic-m4
  dbgseq write DBGMCU.CR.DBG_STOP 1 --pack P.pdsc --device D`,
    )
    .action(async (where: string, texts: readonly string[], options: MemoryOptions) => {
      if (isImageFile(where))
        throw badRequest(
          `${where} is a file: \`dbgseq write ${texts[0] ?? "ADDRESS"} @${where}\` writes its bytes into memory, \`dbgseq flash ${where} --base ADDRESS\` programs flash`,
        );
      const [text = ""] = texts;
      if (text.startsWith("@")) {
        if (texts.length > 1) throw badRequest(`${text} is the whole of it: expected no value beside a file`);
        await writeFileBytes(io, { where, file: text.slice(1) }, options);
        return;
      }
      const place = placeOf(where, options.width);
      if (place.kind === "range")
        throw badRequest(`${where}: a range is filled with \`dbgseq fill ${where} VALUE\``);
      const values = texts.map(readNumber);
      if (place.kind === "value")
        values.forEach((value, at) => {
          mustFit(value, place.bits, texts[at] ?? "");
        });
      await onMemory(io, { command: "write", options }, async ({ session, wishes, result }) => {
        if (place.kind === "name") {
          const [value, another] = values;
          if (value === undefined || another !== undefined)
            throw badRequest(`${where} is one register: expected one value, not ${values.length}`);
          const { name, value: written } = await writeRegister(session, place.name, value, wishes);
          result["written"] = { name, value: hex(written) };
          return;
        }
        const { address, bits } = place;
        await writeValues(session, place, values, { ...wishes, onFlash: warner(io) });
        result["written"] = { address: hex32(address), width: bits, count: values.length };
      });
    });
}

/** Writes the bytes of a raw file, and says how many went where. */
async function writeFileBytes(
  io: Io,
  { where, file }: { readonly where: string; readonly file: string },
  options: MemoryOptions,
): Promise<void> {
  const place = placeOf(where, 8);
  if (place.kind !== "value") throw badRequest(`${where} is not an address: a file is written to ADDRESS`);
  if (options.width !== undefined)
    throw badRequest("--width is for values: a file is written by the widest accesses that fit");
  const bytes = await readBytes(file);
  const format = addressedFormat(file, bytes);
  if (format !== undefined)
    throw badRequest(
      `${file} is ${format.toUpperCase()} and has addresses of its own; RAM is written from it by: dbgseq load ${shellWord(file)}`,
    );
  if (bytes.length === 0) throw badRequest(`${file} is empty`);
  const { address } = place;
  await onMemory(io, { command: "write", options }, async ({ session, wishes, result }) => {
    await writeBytes(session, address, bytes, { ...wishes, onFlash: warner(io) });
    result["written"] = { address: hex32(address), size: bytes.length };
    if (options.json !== true && options.jsonl !== true)
      io.out(
        `${bytes.length} bytes of ${file} written, ${hex32(address)} to ${hex32(address + bytes.length - 1)}\n`,
      );
  });
}

export function defineFill(command: Command, io: Io): void {
  command
    .argument("<range>", "START:SIZE, in bytes")
    .argument("<value>", "the value that every access writes");
  addMemoryOptions(command)
    .addHelpText(
      "after",
      `
Example:
  dbgseq fill 0x20000000:0x1000 0xDEADBEEF --probe sim:generic-m4`,
    )
    .action(async (text: string, valueText: string, options: MemoryOptions) => {
      const { address, size } = readRange(text);
      if (size === undefined) throw badRequest(`${text}: how many bytes? expected START:SIZE`);
      const bits = options.width ?? 32;
      const unit = bits / 8;
      if (address % unit !== 0 || size % unit !== 0)
        throw badRequest(
          `${text}: start and size must be multiples of ${unit} for ${bits}-bit values; --width 8 reaches every byte`,
        );
      const value = readNumber(valueText);
      mustFit(value, bits, valueText);
      await onMemory(io, { command: "fill", options }, async ({ session, wishes, result }) => {
        await fillMemory(session, { address, size, bits }, value, { ...wishes, onFlash: warner(io) });
        result["filled"] = { address: hex32(address), size, value: hex(value) };
      });
    });
}

function readNumber(text: string): bigint {
  try {
    return parseNumber(text);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message.replace(/\.$/, "") : text);
  }
}

function mustFit(value: bigint, bits: AccessBits, text: string): void {
  if (value >> BigInt(bits) !== 0n) throw badRequest(`${text} has more than ${bits} bits`);
}

function warner(io: Io): (address: number) => void {
  return (address) => {
    io.err(`warning: ${hex32(address)} is flash, which plain writes do not program; \`dbgseq flash\` does\n`);
  };
}
