/** What read, write and fill share: places as they are written on the command line, the access port, the width. */
import { InvalidArgumentError, Option, type Command } from "commander";
import type { ApPlace } from "../coresight/ap-place.ts";
import type { MemAp } from "../coresight/adi/mem-ap.ts";
import { hex32 } from "../lib/hex.ts";
import type { Json } from "../report/json.ts";
import type { Connection } from "../session/connection.ts";
import { badRequest } from "./bad-request.ts";
import { gather } from "./asked.ts";
import { addOutputOptions } from "./commands/run.ts";
import { withConnection } from "./connected.ts";
import type { Io } from "./io.ts";
import type { OutputOptions } from "./output.ts";
import { readAsked } from "./read-asked.ts";
import { addTargetOptions, type TargetOptions } from "./target-options.ts";
import { parseNumber, readRange } from "./values.ts";

export type AccessBits = 8 | 16 | 32 | 64;

export interface MemoryOptions extends TargetOptions, OutputOptions {
  readonly width?: AccessBits;
  readonly ap?: ApPlace;
}

export type Place =
  | { readonly kind: "value"; readonly address: number; readonly bits: AccessBits }
  | { readonly kind: "range"; readonly address: number; readonly size: number; readonly bits: AccessBits }
  | { readonly kind: "name"; readonly name: string };

export function addMemoryOptions(command: Command): Command {
  command
    .addOption(
      new Option("--width <bits>", "of one access: 8, 16, 32 or 64 (32; of ranges 8)").argParser((text) => {
        const bits = ([8, 16, 32, 64] as const).find((one) => String(one) === text);
        if (bits === undefined) throw new InvalidArgumentError("8, 16, 32 or 64 is wanted.");
        return bits;
      }),
    )
    .option(
      "--ap <place>",
      "through this access port (the processor's): its number, or its base address on ADIv6 (OUTER/INNER of a nested one)",
      apPlace,
    );
  addTargetOptions(command);
  return addOutputOptions(command);
}

/** A name begins with a letter, an address with a digit. */
export function placeOf(text: string, bits: AccessBits | undefined): Place {
  if (/^[A-Za-z_]/.test(text)) return { kind: "name", name: text };
  const { address, size } = readRange(text);
  if (size !== undefined) return { kind: "range", address, size, bits: bits ?? 8 };
  const width = bits ?? 32;
  if (address % (width / 8) !== 0)
    throw badRequest(
      `${hex32(address)} is no multiple of ${width / 8}: a ${width}-bit access needs that; --width 8 reaches every byte`,
    );
  return { kind: "value", address, bits: width };
}

/** 64 bits are two accesses, the lower word first. */
export async function readValue(memory: MemAp, address: number, bits: AccessBits): Promise<bigint> {
  if (bits !== 64) return BigInt(await memory.read(address, bits));
  const [low = 0, high = 0] = await memory.readWords(address, 2);
  return (BigInt(high) << 32n) | BigInt(low);
}

/** 64 bits are two accesses, the lower word first. */
export async function writeValue(
  memory: MemAp,
  { address, bits }: { readonly address: number; readonly bits: AccessBits },
  value: bigint,
): Promise<void> {
  if (bits !== 64) await memory.write(address, bits, Number(value));
  else
    await memory.writeWords(
      address,
      Uint32Array.of(Number(value & 0xffff_ffffn), Number(BigInt.asUintN(64, value) >> 32n)),
    );
}

export interface MemoryWork {
  readonly session: Connection;
  readonly memory: MemAp;
  /** For the JSON document. */
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
  await withConnection(io, {
    inputs,
    options,
    about: { command },
    result,
    work: (session) =>
      session.during(async () => {
        const memory =
          options.ap === undefined ? session.rig.target.memory : await through(session, options.ap);
        await work({ session, memory, result });
      }),
  });
}

/** Numbers up to 255 are APSEL; a base address is a multiple of 4 KiB (IHI 0074, C2.6). */
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
  throw new InvalidArgumentError("0 to 255, or on ADIv6 a base address, a multiple of 0x1000, is wanted.");
}

async function through({ rig: { access } }: Connection, ap: ApPlace): Promise<MemAp> {
  const version = access.dp.version ?? 0;
  if (typeof ap === "number" && ap !== 0 && version >= 3)
    throw badRequest(
      `the access ports of this debug port have base addresses, as \`info\` shows them, not ${ap}`,
    );
  if (typeof ap !== "number" && version < 3)
    throw badRequest(`the access ports of this debug port are 0 to 255, and not ${hex32(ap.address)}`);
  const memory = access.memory(typeof ap === "number" && version >= 3 ? { address: ap } : ap);
  await memory.ready();
  return memory;
}
