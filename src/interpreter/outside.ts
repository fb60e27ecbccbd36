/**
 * Functions that work on buffers and, through the host's gate, on files and programs: their arguments checked as the
 * specification has them, their values made. Knows neither files nor the wire.
 */
import { table } from "../lib/table.ts";
import type { U64 } from "../lib/u64.ts";
import { BUFFER_LIMIT, BufferProblem, type Buffers } from "./buffers.ts";
import { decodeEscapes } from "./format.ts";
import type { Access, BlockAccess, FailedAccess, HostEffects } from "./ports.ts";

/** What a function finds around it. */
export interface Around {
  readonly buffers: Buffers;
  readonly host: HostEffects;
  /** The state that a target access runs under; `fn` and `args` are filled in by the function. */
  readonly access: (fn: string, args: readonly U64[]) => Access;
  readonly read: (access: BlockAccess) => Promise<Uint8Array | FailedAccess>;
  readonly write: (access: BlockAccess, data: Uint8Array) => Promise<FailedAccess | undefined>;
}

type Argument = U64 | string;
type Value = U64 | FailedAccess;
type Perform = (args: readonly Argument[], around: Around) => Value | Promise<Value>;

const number = (args: readonly Argument[], at: number): U64 => {
  const found = args[at];
  return typeof found === "bigint" ? found : 0n;
};
const text = (args: readonly Argument[], at: number): string => {
  const found = args[at];
  return typeof found === "string" ? decodeEscapes(found) : "";
};

function wrong(fn: string, problem: string): BufferProblem {
  return new BufferProblem({ kind: "wrong-arguments", fn, problem });
}

function itemSize(fn: string, size: U64, offset: U64): number {
  if (size < 1n || size > 8n) throw wrong(fn, `the size of an item is 1 to 8 bytes, not ${size}`);
  if (offset % size !== 0n) throw wrong(fn, `the offset ${offset} is not a multiple of ${size}`);
  return Number(size);
}

/** Access size, increment, and length as the mode and arguments say; everything is a multiple of the size. */
function blockOf(fn: string, offset: U64, address: U64, length: U64, mode: U64) {
  const size = Number(mode & 0x1fen);
  if (mode >> 9n !== 0n || ![8, 16, 32, 64].includes(size))
    throw wrong(fn, `the mode ${mode} has no access size of 8, 16, 32 or 64 bits`);
  const bytes = BigInt(size / 8);
  for (const [what, value] of [
    ["the offset", offset],
    ["the address", address],
    ["the length", length],
  ] as const)
    if (value % bytes !== 0n) throw wrong(fn, `${what} ${value} is not a multiple of ${bytes}`);
  if (length > BigInt(BUFFER_LIMIT))
    throw new BufferProblem({ kind: "buffer-limit", limit: BUFFER_LIMIT, what: "bytes" });
  return { size: size as BlockAccess["size"], increments: (mode & 1n) === 1n };
}

const PERFORM: Readonly<Record<string, Perform>> = table({
  BufferSet: (args, { buffers }) => {
    const [id, offset, count, size, value] = [0, 1, 2, 3, 4].map((at) => number(args, at)) as [
      U64,
      U64,
      U64,
      U64,
      U64,
    ];
    const bytes = itemSize("BufferSet", size, offset);
    const into = buffers.room(id, offset, count * size);
    const item = Uint8Array.from({ length: bytes }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
    for (let at = 0; at < into.length; at += bytes) into.set(item, at);
    return BigInt(into.length);
  },
  BufferGet: (args, { buffers }) => {
    const [id, offset, size] = [number(args, 0), number(args, 1), number(args, 2)];
    const bytes = itemSize("BufferGet", size, offset);
    const found = buffers.part(id, offset, size);
    if (found.length < bytes)
      throw wrong("BufferGet", `buffer ${id} has ${buffers.size(id)} bytes; there is no item at ${offset}`);
    return found.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  },
  BufferSize: (args, { buffers }) => BigInt(buffers.size(number(args, 0))),
  BufferRead: async (args, { buffers, access, read }) => {
    const [id, offset, address, length, mode] = [0, 1, 2, 3, 4].map((at) => number(args, at)) as [
      U64,
      U64,
      U64,
      U64,
      U64,
    ];
    const block = blockOf("BufferRead", offset, address, length, mode);
    const into = buffers.room(id, offset, length);
    const found = await read({
      ...block,
      ...access("BufferRead", [address, length]),
      address,
      length: into.length,
    });
    if ("failed" in found) return found;
    into.set(found);
    return 0n;
  },
  BufferWrite: async (args, { buffers, access, write }) => {
    const [id, offset, address, length, mode] = [0, 1, 2, 3, 4].map((at) => number(args, at)) as [
      U64,
      U64,
      U64,
      U64,
      U64,
    ];
    const block = blockOf("BufferWrite", offset, address, length, mode);
    const found = buffers.part(id, offset, length);
    // Whole items only, where the buffer ends early.
    const data = found.subarray(0, found.length - (found.length % (block.size / 8)));
    const failed = await write(
      {
        ...block,
        ...access("BufferWrite", [address, BigInt(data.length)]),
        address,
        length: data.length,
      },
      data,
    );
    return failed ?? BigInt(data.length);
  },
  BufferStreamIn: async (args, { buffers, host }) => {
    const [id, offset, length, mode] = [number(args, 0), number(args, 1), number(args, 2), number(args, 4)];
    if (mode !== 0n) throw wrong("BufferStreamIn", `the mode ${mode} is reserved; 0 is a binary file`);
    const most = length < BigInt(BUFFER_LIMIT) ? Number(length) : BUFFER_LIMIT;
    const data = await host.readFile(text(args, 3), {
      most,
      exact: length <= BigInt(BUFFER_LIMIT),
      timeoutUs: number(args, 5),
    });
    buffers.room(id, offset, BigInt(data.length)).set(data);
    return BigInt(data.length);
  },
  BufferStreamOut: async (args, { buffers, host }) => {
    const [id, offset, length, mode] = [number(args, 0), number(args, 1), number(args, 2), number(args, 4)];
    if (mode !== 0n && mode !== 0x10n)
      throw wrong("BufferStreamOut", `the mode ${mode} is reserved; 0 overwrites and 0x10 appends`);
    const data = buffers.part(id, offset, length);
    await host.writeFile(text(args, 3), data, { append: mode === 0x10n, timeoutUs: number(args, 5) });
    return BigInt(data.length);
  },
  FilePathExists: async (args, { host }) =>
    (await host.exists(text(args, 0), { timeoutUs: number(args, 1) })) ? 0n : 1n,
  RunApplication: (args, { host }) =>
    host.run(
      { program: text(args, 0), python: false, args: text(args, 1), folder: text(args, 2) },
      { timeoutUs: number(args, 3) },
    ),
  RunPythonScript: (args, { host }) =>
    host.run(
      { program: text(args, 0), python: true, args: text(args, 1), folder: text(args, 2) },
      { timeoutUs: number(args, 3) },
    ),
  LoadDebugInfo: async (args, { host }) => ((await host.loadDebugInfo(text(args, 0))) ? 0n : 1n),
});

export function isOutside(fn: string): boolean {
  return Object.hasOwn(PERFORM, fn);
}

export function performOutside(
  fn: string,
  args: readonly Argument[],
  around: Around,
): Value | Promise<Value> {
  const perform = PERFORM[fn];
  if (perform === undefined) throw new RangeError(`${fn} does not work on buffers or the host`);
  return perform(args, around);
}
