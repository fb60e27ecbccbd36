/** Writes values into memory and into named registers of a target: the jobs write and fill. */
import { agree, plural } from "../../lib/plural.ts";
import { hex, hex32 } from "../../lib/hex.ts";
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
import {
  badRequest,
  bytes,
  call,
  count,
  listOf,
  memoryAddress,
  oneOf,
  options as named,
  optional,
  record,
  text,
  unsigned64,
  work,
} from "../arguments.ts";
import { session as sessionGiven } from "../given.ts";
import type { Session } from "../session.ts";
import { accessBits } from "./given.ts";
import {
  memoryWishes,
  overMemory,
  readValue,
  type AccessBits,
  type Around,
  type MemoryJobOptions,
  type Place,
} from "./target-memory.ts";

const OPTIONS = named({
  ...memoryWishes,
  onFlash: optional(work),
} satisfies Record<keyof WriteOptions, unknown>);
const WRITE = call({
  session: sessionGiven,
  place: record({ kind: optional(oneOf(["value"])), address: memoryAddress, bits: accessBits }),
  values: listOf(unsigned64),
  options: OPTIONS,
});
const WRITE_BYTES = call({ session: sessionGiven, address: memoryAddress, data: bytes, options: OPTIONS });
const WRITE_REGISTER = call({ session: sessionGiven, name: text, value: unsigned64, options: OPTIONS });
const FILL = call({
  session: sessionGiven,
  range: record({
    kind: optional(oneOf(["range"])),
    address: memoryAddress,
    size: count(0),
    bits: accessBits,
  }),
  value: unsigned64,
  options: OPTIONS,
});

export interface WriteOptions extends MemoryJobOptions {
  /** Called if a write goes to an address of flash, which plain writes do not program. */
  readonly onFlash?: (address: number) => void;
}

/** The value of a named register as it was written. */
export interface WrittenRegister {
  readonly name: string;
  readonly value: bigint;
}

/**
 * Writes values one after the other from an address of the target on, from connecting to leaving; takes a session
 * that is not open. Throws `bad-request` for values that do not fit, and what the target throws.
 *
 * `await writeValues(session, { address: 0x2000_0000, bits: 32 }, [1n, 2n]);`
 */
export async function writeValues(
  session: Session,
  place: Pick<Extract<Place, { readonly kind: "value" }>, "address" | "bits">,
  values: readonly bigint[],
  options: WriteOptions = {},
): Promise<void> {
  WRITE({ session, place, values, options });
  const { address, bits } = place;
  for (const value of values) mustFit(value, bits, hex(value));
  await overMemory(session, options, async (around) => {
    const size = (bits / 8) * values.length;
    mustEnd(address, size);
    warnOfFlash(around, { address, size }, options);
    for (const [at, value] of values.entries())
      await writeValue(around.memory, { address: address + (at * bits) / 8, bits }, value);
  });
}

/**
 * Writes bytes from an address of the target on, by the widest accesses that fit. Works and throws as writeValues.
 *
 * `await writeBytes(session, 0x2000_0000, await readBytes("table.bin"));`
 */
export async function writeBytes(
  session: Session,
  address: number,
  data: Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  WRITE_BYTES({ session, address, data, options });
  const size = data.length;
  mustEnd(address, size);
  await overMemory(session, options, async (around) => {
    warnOfFlash(around, { address, size }, options);
    for (let at = 0; at < size; at += CHUNK) {
      options.signal?.throwIfAborted();
      await around.memory.writeBytes(address + at, data.subarray(at, at + CHUNK));
    }
  });
}

/**
 * Writes a register of the device's SVD file, or one field of it (`PERIPHERAL.REGISTER[.FIELD]`), whose other
 * fields keep what is read. Works and throws as writeValues, and throws `no-such-name` and `no-svd`, too.
 *
 * `await writeRegister(session, "DBGMCU.CR.DBG_STOP", 1n);`
 */
export async function writeRegister(
  session: Session,
  name: string,
  value: bigint,
  options: WriteOptions = {},
): Promise<WrittenRegister> {
  WRITE_REGISTER({ session, name, value, options });
  return overMemory(session, options, async ({ connection, memory }) =>
    writeNamed(memory, await connection.peripherals.find(name), value),
  );
}

/**
 * Fills a range of the target's memory, `size` in bytes, with one value by accesses of `bits`. Works and throws
 * as writeValues.
 *
 * `await fillMemory(session, { address: 0x2000_0000, size: 0x1000, bits: 32 }, 0xdeadbeefn);`
 */
export async function fillMemory(
  session: Session,
  range: Omit<Extract<Place, { readonly kind: "range" }>, "kind">,
  value: bigint,
  options: WriteOptions = {},
): Promise<void> {
  FILL({ session, range, value, options });
  const unit = range.bits / 8;
  if (range.address % unit !== 0 || range.size % unit !== 0)
    throw badRequest(`start and size must be multiples of ${unit} for ${range.bits}-bit values`);
  mustFit(value, range.bits, hex(value));
  await overMemory(session, options, async (around) => {
    warnOfFlash(around, range, options);
    await fill(around.memory, range, value, options.signal);
  });
}

async function writeValue(
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

/** Small enough for a quick Ctrl-C. */
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

/** Writes a register or a field. A field is read, changed and written; the other fields keep what was read. */
async function writeNamed(
  memory: MemAp,
  found: Exclude<Named, { readonly kind: "unknown" }>,
  value: bigint,
): Promise<WrittenRegister> {
  if (found.kind === "peripheral")
    throw badRequest(`${found.name} is a peripheral; expected a register of it, as ${found.name}.NAME`);
  const { register } = found;
  const name = fullName(register);
  if (found.kind === "register") {
    if (!isWritable(register.access)) throw badRequest(`${name} can only be read, its SVD file says`);
    mustFit(value, register.size, hex(value));
    await writeValue(memory, { address: register.address, bits: register.size }, value);
    return { name, value };
  }
  const { field } = found;
  const full = `${name}.${field.name}`;
  if (!isWritable(field.access)) throw badRequest(`${full} can only be read, its SVD file says`);
  if (!isReadable(register.access) || register.readAction)
    throw badRequest(
      `${full}: the other fields of ${name} cannot be kept, because reading it is ${register.readAction ? "not without effect" : "not possible"}; write the whole register`,
    );
  if (fieldOf(field, maskOf(field)) < value)
    throw badRequest(`${hex(value)} has more than the ${field.width} bits of ${full}`);
  const before = await readValue(memory, register.address, register.size);
  const after = withField(field, before, value);
  await writeValue(memory, { address: register.address, bits: register.size }, after);
  return { name, value: after };
}

function mustFit(value: bigint, bits: AccessBits, text: string): void {
  if (value >> BigInt(bits) !== 0n) throw badRequest(`${text} has more than ${bits} bits`);
}

function mustEnd(address: number, size: number): void {
  if (address + size > 0x1_0000_0000)
    throw badRequest(
      `${plural(size, "byte")} at ${hex32(address)} ${agree(size, "ends", "end")} beyond the 32-bit address space`,
    );
}

/**
 * Warns of writes to flash, which plain writes do not program. It is not an error, for some controllers take them
 * once they were unlocked.
 */
function warnOfFlash(
  { connection }: Around,
  { address, size }: { readonly address: number; readonly size: number },
  { onFlash }: WriteOptions,
): void {
  const { description } = connection.context;
  const end = BigInt(address + size);
  const flash = description?.algorithms.find(
    (one) => one.start < end && BigInt(address) < one.start + one.size,
  );
  if (flash !== undefined) onFlash?.(address);
}
