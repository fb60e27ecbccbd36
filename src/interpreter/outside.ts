/**
 * Functions that work on buffers and, through the host's gate, on files and programs. Checks their arguments as
 * the specification asks and makes their values. Knows neither files nor the wire.
 */
import type { Clock } from "../lib/clock.ts";
import { table } from "../lib/table.ts";
import type { U64 } from "../lib/u64.ts";
import { BUFFER_LIMIT, BufferProblem, type Buffers } from "./buffers.ts";
import type { Access, BlockAccess, Ended, FailedAccess, HostEffects } from "./ports.ts";

/** What a function finds around it. */
export interface Around {
  readonly buffers: Buffers;
  readonly host: HostEffects;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** The time that the run has left; nothing outside may take longer. */
  readonly leftUs: number;
  /** The state that a target access runs under; `fn` and `args` are filled in by the function. */
  readonly access: (fn: string, args: readonly U64[]) => Access;
  readonly read: (access: BlockAccess) => Promise<Uint8Array | FailedAccess>;
  readonly write: (access: BlockAccess, data: Uint8Array) => Promise<FailedAccess | undefined>;
}

/** A value with more facts about how it came to be. */
export interface Done {
  readonly value: U64;
  readonly ended?: Ended;
  readonly note?: string;
}

type Argument = U64 | string;
type Value = U64 | FailedAccess | Done;
type Perform = (args: readonly Argument[], around: Around) => Value | Promise<Value>;

const number = (args: readonly Argument[], at: number): U64 => {
  const found = args[at];
  return typeof found === "bigint" ? found : 0n;
};
const text = (args: readonly Argument[], at: number): string => {
  const found = args[at];
  // The text stays as written: a backslash in a path is not an escape.
  return typeof found === "string" ? found : "";
};

/** The time between two looks at a path that may still appear. */
const LOOK_AGAIN_US = 10_000;

async function runProgram(
  fn: "RunApplication" | "RunPythonScript",
  args: readonly Argument[],
  { host, leftUs, signal }: Around,
): Promise<Done> {
  const limitUs = limitOf(fn, args[3], leftUs);
  const [path, words, folder] = [text(args, 0), text(args, 1), text(args, 2)];
  const ended = await host.run(
    { path, python: fn === "RunPythonScript", args: words, folder, limitUs },
    signal,
  );
  return { value: BigInt.asUintN(64, BigInt(ended.exitCode)), ended };
}

/**
 * Reads a limit: 0 sets none, and anything else is 32 bits of microseconds, as in any timeout of a sequence. The
 * result is at most what the run has left.
 */
function limitOf(fn: string, value: Argument | undefined, leftUs: number): number {
  if (typeof value !== "bigint" || value === 0n) return leftUs;
  if (value <= 0xffff_ffffn) return Math.min(Number(value), leftUs);
  throw wrong(fn, `the timeout of ${value} us must be at most 4294967295 us`);
}

function wrong(fn: string, problem: string): BufferProblem {
  return new BufferProblem({ kind: "wrong-arguments", fn, problem });
}

function itemSize(fn: string, size: U64, offset: U64): number {
  if (size < 1n || size > 8n) throw wrong(fn, `the size of an item is 1 to 8 bytes, not ${size}`);
  if (offset % size !== 0n) throw wrong(fn, `the offset ${offset} is not a multiple of ${size}`);
  return Number(size);
}

/** Reads access size, increment and length from the mode and the arguments; everything must be a multiple of the size. */
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
    if (into.length > 0) into.set(item);
    // Each turn copies all that was written before, so that a large buffer takes few turns.
    for (let done = bytes; done < into.length; done *= 2) into.copyWithin(done, 0, done);
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
      // The specification makes a failure fatal, whatever __errorcontrol says.
      tolerate: false,
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
    // A buffer that ends early yields whole items only.
    const data = found.subarray(0, found.length - (found.length % (block.size / 8)));
    const failed = await write(
      {
        ...block,
        ...access("BufferWrite", [address, BigInt(data.length)]),
        tolerate: false,
        address,
        length: data.length,
      },
      data,
    );
    return failed ?? BigInt(data.length);
  },
  BufferStreamIn: async (args, { buffers, host, leftUs }) => {
    const [id, offset, length, mode] = [number(args, 0), number(args, 1), number(args, 2), number(args, 4)];
    if (mode !== 0n) throw wrong("BufferStreamIn", `the mode ${mode} is reserved; 0 is a binary file`);
    // Asking for one byte more than fits finds out that a file is too long.
    const most = length > BigInt(BUFFER_LIMIT) ? BUFFER_LIMIT + 1 : Number(length);
    const data = await host.readFile(text(args, 3), {
      most,
      limitUs: limitOf("BufferStreamIn", args[5], leftUs),
    });
    buffers.room(id, offset, BigInt(data.length)).set(data);
    return BigInt(data.length);
  },
  BufferStreamOut: async (args, { buffers, host, leftUs }) => {
    const [id, offset, length, mode] = [number(args, 0), number(args, 1), number(args, 2), number(args, 4)];
    if (mode !== 0n && mode !== 0x10n)
      throw wrong("BufferStreamOut", `the mode ${mode} is reserved; 0 overwrites and 0x10 appends`);
    const data = buffers.part(id, offset, length);
    const limitUs = limitOf("BufferStreamOut", args[5], leftUs);
    await host.writeFile(text(args, 3), data, { append: mode === 0x10n, limitUs });
    return BigInt(data.length);
  },
  FilePathExists: async (args, { host, clock, signal, leftUs }) => {
    const waits = number(args, 1) === 0n ? 0 : limitOf("FilePathExists", args[1], leftUs);
    const endUs = clock.nowUs() + waits;
    for (;;) {
      if (await host.exists(text(args, 0))) return 0n;
      const leftUs = endUs - clock.nowUs();
      if (leftUs <= 0) return 1n;
      await clock.sleep(Math.min(LOOK_AGAIN_US, leftUs), signal);
    }
  },
  RunApplication: (args, around) => runProgram("RunApplication", args, around),
  RunPythonScript: (args, around) => runProgram("RunPythonScript", args, around),
  LoadDebugInfo: async (args, { host }) => {
    const loaded = await host.loadDebugInfo(text(args, 0));
    return "problem" in loaded ? { value: 1n, note: loaded.problem } : { value: 0n, note: loaded.note };
  },
});

/** The functions of the builtin table that work on buffers or on the host. */
export const PERFORMED: readonly string[] = Object.keys(PERFORM);

export function performOutside(
  fn: string,
  args: readonly Argument[],
  around: Around,
): Value | Promise<Value> {
  const perform = PERFORM[fn];
  if (perform === undefined) throw new RangeError(`${fn} does not work on buffers or the host`);
  return perform(args, around);
}
