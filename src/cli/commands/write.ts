/** `dbgseq write` and `dbgseq fill`: values into memory and into registers by name. */
import type { Command } from "commander";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import {
  fieldOf,
  fullName,
  isReadable,
  isWritable,
  maskOf,
  withField,
  type Named,
} from "../../device/peripherals.ts";
import type { DeviceDescription } from "../../device/description.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import type { Connection } from "../../session/connection.ts";
import { badRequest } from "../bad-request.ts";
import type { Io } from "../io.ts";
import {
  addMemoryOptions,
  onMemory,
  placeOf,
  readValue,
  writeValue,
  type AccessBits,
  type MemoryOptions,
} from "../memory.ts";
import { parseNumber, readRange } from "../values.ts";

export function defineWrite(command: Command, io: Io): void {
  command
    .argument("<where>", "ADDRESS, or PERIPHERAL.REGISTER[.FIELD] of the device's SVD file")
    .argument("<values...>", "one, or at an address several that follow each other");
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
      const place = placeOf(where, options.width);
      if (place.kind === "range")
        throw badRequest(`${where}: a range is filled with \`dbgseq fill ${where} VALUE\``);
      const values = texts.map(readNumber);
      if (place.kind === "value")
        values.forEach((value, at) => {
          mustFit(value, place.bits, texts[at] ?? "");
        });
      await onMemory(io, { command: "write", options }, async ({ session, memory, result }) => {
        if (place.kind === "name") {
          const [value, another] = values;
          if (value === undefined || another !== undefined)
            throw badRequest(`${where} is one register: one value is wanted, not ${values.length}`);
          result["written"] = await writeNamed(memory, await session.peripherals.find(place.name), value);
          return;
        }
        const { address, bits } = place;
        const size = (bits / 8) * values.length;
        mustEnd(address, size);
        warnOfFlash(session, { address, size }, io);
        for (const [at, value] of values.entries())
          await writeValue(memory, { address: address + (at * bits) / 8, bits }, value);
        result["written"] = { address: hex32(address), width: bits, count: values.length };
      });
    });
}

export function defineFill(command: Command, io: Io): void {
  command.argument("<range>", "START:SIZE, in bytes").argument("<value>", "what every access writes");
  addMemoryOptions(command)
    .addHelpText(
      "after",
      `
Example:
  dbgseq fill 0x20000000:0x1000 0xDEADBEEF --probe sim:generic-m4`,
    )
    .action(async (text: string, valueText: string, options: MemoryOptions) => {
      const { address, size } = readRange(text);
      if (size === undefined) throw badRequest(`${text}: how many bytes? START:SIZE is wanted`);
      const bits = options.width ?? 32;
      const unit = bits / 8;
      if (address % unit !== 0 || size % unit !== 0)
        throw badRequest(
          `${text}: start and size must be multiples of ${unit} for ${bits}-bit values; --width 8 reaches every byte`,
        );
      const value = readNumber(valueText);
      mustFit(value, bits, valueText);
      await onMemory(io, { command: "fill", options }, async ({ session, memory, result }) => {
        warnOfFlash(session, { address, size }, io);
        await fill(memory, { address, size, bits }, value, io.signal);
        result["filled"] = { address: hex32(address), size, value: hex(value) };
      });
    });
}

/** As large as keeps Ctrl-C quick. */
const CHUNK = 0x4000;

async function fill(
  memory: MemAp,
  { address, size, bits }: { readonly address: number; readonly size: number; readonly bits: AccessBits },
  value: bigint,
  signal: AbortSignal | undefined,
): Promise<void> {
  const unit = bits / 8;
  if (unit < 4) {
    for (let at = 0; at < size; at += unit) {
      if (at % CHUNK === 0) signal?.throwIfAborted();
      await memory.write(address + at, unit === 1 ? 8 : 16, Number(value));
    }
    return;
  }
  const pair = [Number(value & 0xffff_ffffn), Number((unit === 4 ? value : value >> 32n) & 0xffff_ffffn)];
  for (let at = 0; at < size; at += CHUNK) {
    signal?.throwIfAborted();
    const words = Uint32Array.from(
      { length: Math.min(CHUNK, size - at) / 4 },
      (_, index) => pair[index % 2] ?? 0,
    );
    await memory.writeWords(address + at, words);
  }
}

/** A field is read, changed and written; the other fields keep what was read. */
async function writeNamed(
  memory: MemAp,
  found: Exclude<Named, { readonly kind: "unknown" }>,
  value: bigint,
): Promise<{ readonly name: string; readonly value: string }> {
  if (found.kind === "peripheral")
    throw badRequest(`${found.name} is a peripheral; a register of it is wanted, as ${found.name}.NAME`);
  const { register } = found;
  const name = fullName(register);
  if (found.kind === "register") {
    if (!isWritable(register.access)) throw badRequest(`${name} can only be read, its SVD file says`);
    mustFit(value, register.size, hex(value));
    await writeValue(memory, { address: register.address, bits: register.size }, value);
    return { name, value: hex(value) };
  }
  const { field } = found;
  const full = `${name}.${field.name}`;
  if (!isWritable(field.access)) throw badRequest(`${full} can only be read, its SVD file says`);
  if (!isReadable(register.access) || register.readAction)
    throw badRequest(
      `${full}: the other fields of ${name} cannot be kept, for reading it is ${register.readAction ? "not without effect" : "not possible"}; write the whole register`,
    );
  if (fieldOf(field, maskOf(field)) < value)
    throw badRequest(`${hex(value)} has more than the ${field.width} bits of ${full}`);
  const before = await readValue(memory, register.address, register.size);
  const after = withField(field, before, value);
  await writeValue(memory, { address: register.address, bits: register.size }, after);
  return { name, value: hex(after) };
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

function mustEnd(address: number, size: number): void {
  if (address + size > 0x1_0000_0000)
    throw badRequest(`${size} bytes at ${hex32(address)} end behind the 32-bit address space`);
}

/** Plain writes do not program flash; some controllers take them once they were unlocked, so that it is only said. */
function warnOfFlash(
  session: Connection,
  { address, size }: { readonly address: number; readonly size: number },
  io: Io,
): void {
  const description: DeviceDescription | undefined = session.context.description;
  const end = BigInt(address + size);
  const flash = description?.algorithms.find(
    (one) => one.start < end && BigInt(address) < one.start + one.size,
  );
  if (flash !== undefined)
    io.err(`warning: ${hex32(address)} is flash, which plain writes do not program; \`dbgseq flash\` does\n`);
}
