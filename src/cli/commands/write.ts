/** `dbgseq write` and `dbgseq fill`: put values into memory and into registers by name. */
import type { Command } from "commander";
import { fillMemory, writeRegister, writeValues } from "../../api/jobs/write-memory.ts";
import type { AccessBits } from "../../api/jobs/target-memory.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import { badRequest } from "../bad-request.ts";
import type { Io } from "../terminal/io.ts";
import { addMemoryOptions, onMemory, placeOf, type MemoryOptions } from "../memory.ts";
import { isImageFile, parseNumber, readRange } from "../flags/values.ts";

export function defineWrite(command: Command, io: Io): void {
  command
    .argument("<where>", "ADDRESS, or PERIPHERAL.REGISTER[.FIELD] of the device's SVD file")
    .argument("<values...>", "a value; at an address, one or more for consecutive places");
  addMemoryOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  dbgseq write 0x20000000 0x12345678 0x9ABCDEF0 --probe sim:generic-m4
  dbgseq write 0x20000000 0x41 --width 8 --probe sim:generic-m4
  dbgseq write DBGMCU.CR.DBG_STOP 1 --pack P.pdsc --device D`,
    )
    .action(async (where: string, texts: readonly string[], options: MemoryOptions) => {
      if (isImageFile(where))
        throw badRequest(
          `${where} is a file: \`dbgseq write ${texts[0] ?? "ADDRESS"} @${where}\` writes its bytes into memory, \`dbgseq flash ${where} --base ADDRESS\` programs flash`,
        );
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
