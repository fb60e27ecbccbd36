/** Memory and registers of a target by address and by name, as data: the jobs read, write and fill. */
import type { ApPlace } from "../../coresight/ap-place.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import {
  fieldOf,
  fullName,
  isReadable,
  type PeripheralRegister,
  type RegisterField,
} from "../../device/peripherals.ts";
import { readMemory } from "../../flash/program/compare.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Connection } from "../../session/connection.ts";
import {
  badRequest,
  call,
  count,
  byKind,
  listOf,
  memoryAddress,
  oneOf,
  options as named,
  optional,
  record,
  signal,
  text,
  work,
  type Check,
} from "../arguments.ts";
import { session as sessionGiven } from "../given.ts";
import type { Session } from "../session.ts";
import { accessBits, apPlace } from "./given.ts";

export type { ApPlace };

/** The width of one access; 64 bits are two accesses, the lower word first. */
export type AccessBits = 8 | 16 | 32 | 64;

/** The place of a value, a range of memory (`size` in bytes), or a named register of the device's SVD file. */
export type Place =
  | { readonly kind: "value"; readonly address: number; readonly bits: AccessBits }
  | { readonly kind: "range"; readonly address: number; readonly size: number; readonly bits: AccessBits }
  | { readonly kind: "name"; readonly name: string };

export interface MemoryJobOptions {
  /** The access port to use: its number, or its base address on ADIv6. Default: the processor's. */
  readonly ap?: ApPlace | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called for registers that are left out, and for writes that do not do what they seem to. */
  readonly onNote?: (text: string) => void;
}

/** Columns of the jobs that read and write memory. */
export const memoryWishes = {
  ap: optional(apPlace),
  signal,
  onNote: optional(work),
} satisfies Record<keyof MemoryJobOptions, unknown>;

const PLACES = {
  value: record({ kind: oneOf(["value"]), address: memoryAddress, bits: accessBits }),
  range: record({ kind: oneOf(["range"]), address: memoryAddress, size: count(0), bits: accessBits }),
  name: record({ kind: oneOf(["name"]), name: text }),
} satisfies { readonly [Kind in Place["kind"]]: Check<Extract<Place, { readonly kind: Kind }>> };
const READ = call({
  session: sessionGiven,
  places: listOf(byKind(PLACES)),
  options: named({
    ...memoryWishes,
    onValues: optional(work),
  } satisfies Record<keyof ReadPlacesOptions, unknown>),
});

export interface ReadPlacesOptions extends MemoryJobOptions {
  /** Called with the values while the target is still connected, so that a failure on leaving does not lose them. */
  readonly onValues?: (values: readonly (readonly ReadValue[])[]) => Promise<void> | void;
}

/** A field and its value. */
export interface FieldValue {
  readonly name: string;
  readonly lsb: number;
  /** The width in bits. */
  readonly width: number;
  readonly value: bigint;
  /** The SVD file's name for the value. */
  readonly meaning?: string;
}

export type ReadValue =
  | { readonly kind: "value"; readonly address: number; readonly bits: AccessBits; readonly value: bigint }
  | {
      readonly kind: "range";
      readonly address: number;
      readonly bits: AccessBits;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: "register";
      /** `PERIPHERAL.REGISTER`. */
      readonly name: string;
      readonly address: number;
      readonly bits: AccessBits;
      readonly value: bigint;
      /** The fields that may be read. */
      readonly fields: readonly FieldValue[];
    }
  | {
      readonly kind: "field";
      /** `PERIPHERAL.REGISTER.FIELD`. */
      readonly name: string;
      /** The address of its register. */
      readonly address: number;
      readonly bits: AccessBits;
      readonly field: FieldValue;
    };

/**
 * Reads values, ranges and registers of the target, from connecting to leaving; takes a session that is not open.
 * Yields a list for each place; a peripheral yields all its registers except those that reading changes. Throws
 * `bad-request` for what cannot be read, `no-such-name`, `no-svd`, and what the target throws.
 *
 * `const [[cpuid]] = await readPlaces(session, [{ kind: "value", address: 0xe000ed00, bits: 32 }]);`
 */
export async function readPlaces(
  session: Session,
  places: readonly Place[],
  options: ReadPlacesOptions = {},
): Promise<readonly (readonly ReadValue[])[]> {
  READ({ session, places, options });
  const { onValues, ...wishes } = options;
  return overMemory(session, wishes, async (around) => {
    const values: (readonly ReadValue[])[] = [];
    for (const place of places) values.push(await valuesAt(place, around));
    await onValues?.(values);
    return values;
  });
}

export interface Around extends MemoryJobOptions {
  readonly connection: Connection;
  readonly memory: MemAp;
}

/** Works with memory, for the jobs of this folder. */
export function overMemory<T>(
  session: Session,
  options: MemoryJobOptions,
  work: (around: Around) => Promise<T>,
): Promise<T> {
  return session.withConnection(async (connection) => {
    const results: T[] = [];
    await connection.during(async () => {
      const { ap } = options;
      const memory = ap === undefined ? connection.rig.target.memory : await through(connection, ap);
      results.push(await work({ ...options, connection, memory }));
    });
    return results[0] as T;
  });
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

export async function readValue(memory: MemAp, address: number, bits: AccessBits): Promise<bigint> {
  if (bits !== 64) return BigInt(await memory.read(address, bits));
  const [low = 0, high = 0] = await memory.readWords(address, 2);
  return (BigInt(high) << 32n) | BigInt(low);
}

async function valuesAt(place: Place, around: Around): Promise<readonly ReadValue[]> {
  const { connection, memory } = around;
  if (place.kind === "value")
    return [{ ...place, value: await readValue(memory, place.address, place.bits) }];
  if (place.kind === "range") {
    const { address, bits } = place;
    return [{ kind: "range", address, bits, bytes: await bytesOf(place, around) }];
  }
  const found = await connection.peripherals.find(place.name);
  if (found.kind === "peripheral") return registers(found.registers, around);
  const { register } = found;
  if (!isReadable(register.access))
    throw badRequest(`${fullName(register)} can only be written, its SVD file says`);
  const value = await readValue(memory, register.address, register.size);
  if (found.kind === "register") return [registerValue(register, value)];
  const { field } = found;
  return [
    {
      kind: "field",
      name: `${fullName(register)}.${field.name}`,
      address: register.address,
      bits: register.size,
      field: fieldValue(field, value),
    },
  ];
}

async function bytesOf(
  { address, size, bits }: Extract<Place, { readonly kind: "range" }>,
  { memory, signal }: Around,
): Promise<Uint8Array> {
  if (bits > 8 && (address % (bits / 8) !== 0 || size % (bits / 8) !== 0))
    throw badRequest(
      `${hex32(address)}:${hex32(size)} is not made of ${bits}-bit values: start and size must be multiples of ${bits / 8}`,
    );
  return bits === 8 || bits >= 32
    ? readMemory(memory, { address, size }, { signal })
    : inHalfWords(memory, address, size);
}

async function inHalfWords(memory: MemAp, address: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < size; at += 2) view.setUint16(at, await memory.read(address + at, 16), true);
  return bytes;
}

/** Reads all registers of a peripheral except those that reading changes; the caller must name these. */
async function registers(
  all: readonly PeripheralRegister[],
  { memory, signal, onNote }: Around,
): Promise<readonly ReadValue[]> {
  const values: ReadValue[] = [];
  for (const register of all) {
    signal?.throwIfAborted();
    if (!isReadable(register.access)) continue;
    if (register.readAction) onNote?.(`note: ${fullName(register)} is left out: reading changes it`);
    else values.push(registerValue(register, await readValue(memory, register.address, register.size)));
  }
  return values;
}

function registerValue(register: PeripheralRegister, value: bigint): ReadValue {
  const { address, size, fields } = register;
  return {
    kind: "register",
    name: fullName(register),
    address,
    bits: size,
    value,
    fields: fields.filter(({ access }) => isReadable(access)).map((field) => fieldValue(field, value)),
  };
}

function fieldValue(field: RegisterField, whole: bigint): FieldValue {
  const { name, lsb, width, values } = field;
  const value = fieldOf(field, whole);
  const meaning = values.get(value);
  return { name, lsb, width, value, ...(meaning === undefined ? {} : { meaning }) };
}
