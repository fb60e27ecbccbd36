/**
 * The parts that read, write and fill share: places as they are written on the command line, the access port, the
 * width.
 */
import { InvalidArgumentError, Option, type Command } from "commander";
import type { AccessBits, ApPlace, MemoryJobOptions, Place } from "../api/jobs/target-memory.ts";
import type { Session } from "../api/session.ts";
import { hex32 } from "../lib/hex.ts";
import type { Json } from "../report/json.ts";
import { badRequest } from "./bad-request.ts";
import { gather } from "./flags/asked.ts";
import { addOutputOptions } from "./commands/run.ts";
import { withSession } from "./connected.ts";
import type { Io } from "./terminal/io.ts";
import type { OutputOptions } from "./terminal/output.ts";
import { readAsked } from "./flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "./flags/target-options.ts";
import { isImageFile, parseNumber, readRange } from "./flags/values.ts";

export interface MemoryOptions extends TargetOptions, OutputOptions {
  readonly width?: AccessBits;
  readonly ap?: ApPlace;
}

export function addMemoryOptions(command: Command): Command {
  command
    .addOption(
      new Option("--width <bits>", "bits of one access: 8, 16, 32 or 64 (32; for ranges 8)").argParser(
        (text) => {
          const bits = ([8, 16, 32, 64] as const).find((one) => String(one) === text);
          if (bits === undefined) throw new InvalidArgumentError("expected 8, 16, 32 or 64.");
          return bits;
        },
      ),
    )
    .option(
      "--ap <place>",
      "through this access port (the processor's): its number, or its base address on ADIv6 (OUTER/INNER of a nested one)",
      apPlace,
    );
  addTargetOptions(command);
  return addOutputOptions(command);
}

/** Parses a place. A name begins with a letter, an address with a digit. */
export function placeOf(text: string, bits: AccessBits | undefined): Place {
  if (isImageFile(text))
    throw badRequest(`${text} is a file; bytes are read into it by: dbgseq read START:SIZE -o ${text}`);
  if (/^b(?:8|16|32|64)$/.test(text))
    throw badRequest(`${text} is a width: expected ADDRESS, START:SIZE or a register`);
  if (/^[A-Za-z_]/.test(text)) return { kind: "name", name: text };
  const { address, size } = readRange(text);
  if (size !== undefined) return { kind: "range", address, size, bits: bits ?? 8 };
  const width = bits ?? 32;
  if (address % (width / 8) !== 0)
    throw badRequest(
      `${hex32(address)} is not a multiple of ${width / 8}: a ${width}-bit access needs that; --width 8 reaches every byte`,
    );
  return { kind: "value", address, bits: width };
}

export interface MemoryWork {
  readonly session: Session;
  /** The options for the job. */
  readonly wishes: MemoryJobOptions;
  /** The result for the JSON document. */
  readonly result: Record<string, Json>;
}

export async function onMemory(
  io: Io,
  { command, options }: { readonly command: string; readonly options: MemoryOptions },
  work: (around: MemoryWork) => Promise<void>,
): Promise<void> {
  const asked = await gather(io, options);
  const inputs = await readAsked(io, asked);
  const result: Record<string, Json> = {};
  const wishes: MemoryJobOptions = {
    ap: options.ap,
    signal: io.signal,
    onNote: (text) => {
      io.err(`${text}\n`);
    },
  };
  await withSession(io, {
    inputs,
    options,
    about: { command },
    result,
    work: (session) => work({ session, wishes, result }),
  });
}

/** Parses an access port. Numbers up to 255 are APSEL; a base address is a multiple of 4 KiB (IHI 0074, C2.6). */
function apPlace(text: string): ApPlace {
  const [outer = "", ...inner] = text.split("/");
  const first = Number(parseNumber(outer));
  if (first <= 0xff && inner.length === 0) return first;
  return inner.reduce<ApPlace>((parent, part) => ({ address: baseOf(part), parent }), {
    address: baseOf(outer),
  });
}

function baseOf(text: string): number {
  const address = Number(parseNumber(text));
  if (address % 0x1000 === 0 && Number.isSafeInteger(address)) return address;
  throw new InvalidArgumentError("expected 0 to 255, or on ADIv6 a base address, a multiple of 0x1000.");
}
