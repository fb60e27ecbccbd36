/**
 * Handles the requests of pyOCD's protocol that move bits: lines, nRESET, registers. SELECT is the client's
 * own affair.
 */
import type { SwdSegment } from "../../cmsis-dap/swd.ts";
import type { Register, WireOp } from "../../coresight/wire/link.ts";
import { whole, type Arguments } from "./arguments.ts";
import type { Json } from "./lines.ts";
import { RequestError, STATUS } from "./protocol.ts";

/** Reads all its arguments and returns the work, so that nothing is done for a malformed request. */
export type Handler = (given: Arguments) => () => Json | undefined | Promise<Json | undefined>;

export interface ProbeActs {
  /**
   * Returns the words that the operation yields; rejects with RequestError if the target answers with an
   * error.
   */
  readonly run: (op: WireOp) => Promise<Uint32Array>;
  readonly swdSequence: (segments: readonly SwdSegment[]) => Promise<Json>;
  readonly sleep: (us: number) => Promise<void>;
}

const NRESET = 0x80;
/** pyOCD's own probes do the same: nRESET is low for 100 ms, and the target has 100 ms to start. */
const RESET_US = 100_000;
const MOST_LINE_BITS = 256;
const MOST_SEQUENCE_BITS = 64;
const MOST_WORDS = 0x1_0000;

export function lineRequests({ run, swdSequence, sleep }: ProbeActs): readonly [string, Handler][] {
  const nreset = async (level: boolean): Promise<undefined> => {
    await run({ kind: "pins", output: level ? NRESET : 0, select: NRESET, waitUs: 0 });
  };
  return [
    [
      "swj_sequence",
      (given) => {
        const count = given.integer("length", MOST_LINE_BITS);
        const bits = given.wide("bits", mask(MOST_LINE_BITS));
        return async () => {
          if (count > 0) await run({ kind: "swj", count, bits });
          return undefined;
        };
      },
    ],
    [
      "swd_sequence",
      (given) => {
        const segments = given.list("sequences").map(segment);
        return () => swdSequence(segments);
      },
    ],
    [
      "jtag_sequence",
      (given) => {
        const count = given.integer("cycles", MOST_SEQUENCE_BITS);
        const tms = given.integer("tms", 1) === 1 ? 1 : 0;
        const wanted = given.boolean("read_tdo");
        const tdi = given.wide("tdi", mask(MOST_SEQUENCE_BITS));
        return async () => {
          const [low = 0, high = 0] = count === 0 ? [] : await run({ kind: "jtag", count, tms, tdi });
          return wanted ? BigInt.asUintN(count, BigInt(low) | (BigInt(high) << 32n)) : undefined;
        };
      },
    ],
    [
      "reset",
      () => async () => {
        await nreset(false);
        await sleep(RESET_US);
        await nreset(true);
        await sleep(RESET_US);
        return undefined;
      },
    ],
    [
      "assert_reset",
      (given) => {
        const asserted = given.boolean("asserted");
        return () => nreset(!asserted);
      },
    ],
    [
      "is_reset_asserted",
      () => async () => {
        const [pins = 0] = await run({ kind: "pins", output: 0, select: 0, waitUs: 0 });
        return (pins & NRESET) === 0;
      },
    ],
  ];
}

export function registerRequests({ run }: ProbeActs): readonly [string, Handler][] {
  const read = (port: Register["port"], address: Register["address"], words: number): Promise<Uint32Array> =>
    run({ kind: "read", register: { port, address }, words });
  const write = async (
    port: Register["port"],
    address: Register["address"],
    words: Uint32Array,
  ): Promise<undefined> => {
    if (words.length > 0) await run({ kind: "write", register: { port, address }, words });
  };
  const single = (port: Register["port"]): readonly [string, Handler][] => [
    [
      `read_${port.toLowerCase()}`,
      (given) => {
        const address = given.register("addr");
        return async () => (await read(port, address, 1))[0];
      },
    ],
    [
      `write_${port.toLowerCase()}`,
      (given) => {
        const address = given.register("addr");
        const data = given.word("data");
        return () => write(port, address, Uint32Array.of(data));
      },
    ],
  ];
  return [
    ...single("DP"),
    ...single("AP"),
    [
      "read_ap_multiple",
      (given) => {
        const address = given.register("addr");
        const count = given.integer("count", MOST_WORDS);
        return async () => (count === 0 ? [] : [...(await read("AP", address, count))]);
      },
    ],
    [
      "write_ap_multiple",
      (given) => {
        const address = given.register("addr");
        const data = given.words("data");
        return () => write("AP", address, data);
      },
    ],
  ];
}

/** `[cycles]` samples, and `[cycles, bits]` drives. */
function segment(given: unknown): SwdSegment {
  const [cycles, bits] = Array.isArray(given) ? (given as readonly unknown[]) : [];
  const count = Number(whole(cycles, BigInt(MOST_SEQUENCE_BITS)) ?? 0n);
  if (count === 0) throw new RequestError(STATUS.general, "swd_sequence: a sequence has 1 to 64 cycles");
  if (bits === undefined) return { kind: "in", count };
  const value = whole(bits, mask(MOST_SEQUENCE_BITS));
  if (value === undefined) throw new RequestError(STATUS.general, "swd_sequence: the bits are not a number");
  const data = Uint8Array.from({ length: (count + 7) >> 3 }, (_, at) =>
    Number((value >> BigInt(8 * at)) & 0xffn),
  );
  return { kind: "out", count, data };
}

function mask(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}
