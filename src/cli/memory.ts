/** What read, write and fill share: places as they are written on the command line, the access port, the width. */
import { InvalidArgumentError, Option, type Command } from "commander";
import type { MemAp } from "../coresight/mem-ap.ts";
import { IDR } from "../coresight/registers.ts";
import { hex32 } from "../lib/hex.ts";
import type { Json } from "../report/json.ts";
import { SessionFailure } from "../session/faults.ts";
import { readInputs } from "../session/node/inputs.ts";
import type { Session } from "../session/session.ts";
import { gather } from "./asked.ts";
import { addOutputOptions, badRequest } from "./commands/run.ts";
import { withSession } from "./connected.ts";
import type { Io } from "./io.ts";
import type { OutputOptions } from "./output.ts";
import { addTargetOptions, type TargetOptions } from "./target-options.ts";
import { parseNumber, readRange } from "./values.ts";

export type AccessBits = 8 | 16 | 32 | 64;

export interface MemoryOptions extends TargetOptions, OutputOptions {
  readonly width?: AccessBits;
  readonly ap?: number;
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
    .option("--ap <number>", "through this access port (the processor's)", (text) => {
      const ap = Number(parseNumber(text));
      if (ap > 0xff) throw new InvalidArgumentError("0 to 255 is wanted.");
      return ap;
    });
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
  readonly session: Session;
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
  const inputs = await readInputs(asked.request);
  const result: Record<string, Json> = {};
  await withSession(io, {
    inputs,
    options,
    asked,
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

async function through(session: Session, ap: number): Promise<MemAp> {
  const { access } = session.rig;
  if ((await access.dp.readAp(ap, IDR.address)) !== 0) return access.memory(ap);
  throw new SessionFailure(
    { kind: "no-access-port", ap, known: [] },
    `there is no AP ${ap}: its IDR reads 0`,
  );
}
