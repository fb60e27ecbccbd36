/**
 * A flash algorithm on the target: loads it into RAM, calls its functions and waits for them. Knows how to call
 * (FlashOS.h: r0-r2, r9, SP, a return to BKPT) and what a hang or a crash looks like, but not what the functions
 * are for.
 */
import type { Core } from "../../coresight/core/cortex-m.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { BFAR, CFSR, decode, field, HFSR, MMFAR } from "../../coresight/registers.ts";
import type { Clock } from "../../lib/clock.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import { LONGEST_CALL_US } from "../driver.ts";
import { FlashFailure } from "../faults.ts";
import type { AlgorithmFunction, FlashAlgorithm } from "./flm.ts";
import { layOut, type Layout, type Ram } from "./layout.ts";

export interface RunnerParts {
  readonly core: Core;
  readonly memory: MemAp;
  readonly clock: Clock;
  /** What the core has beyond Armv6-M: fault status registers, and (v8-M) stack limits, which must not stop the algorithm. */
  readonly extension: { readonly faultStatus: boolean; readonly stackLimits: boolean };
  readonly signal?: AbortSignal | undefined;
}

/** The argument of Init and UnInit that FlashOS.h calls fnc. */
export const PHASE = { erase: 1, program: 2, verify: 3 } as const;

const BKPT = 0xbe00_be00;
/** The stack is filled with this value, to see how much of it was used. */
const PAINT = 0xcdcd_cdcd;
const XPSR_THUMB = 0x0100_0000;
const CATCHES = ["VC_HARDERR", "VC_BUSERR", "VC_MMERR", "VC_STATERR", "VC_CHKERR", "VC_NOCPERR"] as const;
/** The part of a function's time that the wire and the probe take. */
const MARGIN_US = 500_000;
const POLL_US = 50;
/** The registers that tell how a call ended. */
const RESULT = ["pc", "r0"] as const;
/** The pause between looks, as a part of the call's time so far: after a long wait, a small delay does not matter. */
const POLL_PART = 0.005;
/** A call takes at least this part of the shortest time it ever took; the probe waits for the rest, up to a limit. */
const SURE_PART = 0.97;
const PROBE_WAIT_US = 20_000;

interface Calling {
  readonly fn: string;
  readonly key: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly limitUs: number;
}

export class AlgorithmRunner {
  readonly algorithm: FlashAlgorithm;
  readonly layout: Layout;
  readonly #parts: RunnerParts;
  #loaded = false;
  /**
   * The shortest time of each call so far, by function and second argument, which is mostly a size. The look at
   * the end is not included.
   */
  readonly #usualUs = new Map<string, number>();
  #quickestLookUs = Infinity;
  #calling: Calling | undefined;

  /** Places the algorithm in RAM. Throws `no-room`. */
  constructor(algorithm: FlashAlgorithm, ram: Ram, parts: RunnerParts) {
    this.algorithm = algorithm;
    this.layout = layOut(ram, algorithm.image.length, algorithm.device.pageSize);
    this.#parts = parts;
  }

  has(fn: AlgorithmFunction): boolean {
    return this.algorithm.functions.has(fn);
  }

  /** Halts the core, puts the algorithm into RAM and reads it back. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    const { core, memory, extension } = this.#parts;
    const { breakpoint, code, stackLimit, stackTop } = this.layout;
    if ((await core.state()) !== "halted") await core.halt();
    await core.setVectorCatch(extension.faultStatus ? CATCHES : ["VC_HARDERR"], true);
    const image = wordsOf(this.algorithm.image);
    await memory.writeWords(breakpoint, Uint32Array.of(BKPT, BKPT));
    await memory.writeWords(code, image);
    await memory.writeWords(stackLimit, new Uint32Array((stackTop - stackLimit) / 4).fill(PAINT));
    const read = await memory.readWords(breakpoint, 2 + image.length);
    const wrote = Uint32Array.of(BKPT, BKPT, ...image);
    const at = wrote.findIndex((word, index) => word !== read[index]);
    if (at >= 0) {
      const address = breakpoint + 4 * at;
      const [expected = 0, found = 0] = [wrote[at], read[at]];
      throw new FlashFailure(
        { kind: "ram-differs", address, wrote: expected, read: found },
        `RAM at ${hex32(address)} holds ${hex32(found)} after ${hex32(expected)} was written: is it really RAM, and clocked?`,
      );
    }
    this.#loaded = true;
  }

  /** Calls a function and waits for its result. Throws `algorithm-hangs`, `algorithm-crashed` or `stack-overflow`. */
  async call(fn: AlgorithmFunction, args: readonly number[], limitUs: number): Promise<number> {
    await this.start(fn, args, limitUs);
    return this.finish();
  }

  /** Starts a function; the wire is free for other memory until `finish`. */
  async start(fn: AlgorithmFunction, args: readonly number[], limitUs: number): Promise<void> {
    const entry = this.algorithm.functions.get(fn);
    if (entry !== undefined) return this.startAt(fn, this.layout.code + entry, args, limitUs);
    const { file } = this.algorithm;
    const reason = `has no function ${fn}`;
    throw new FlashFailure({ kind: "bad-algorithm", file, reason }, `${file} ${reason}`);
  }

  /** Does the same as `start` for code that is already in RAM. */
  async startAt(fn: string, address: number, args: readonly number[], limitUs: number): Promise<void> {
    await this.load();
    const { core, clock, extension } = this.#parts;
    const { breakpoint, code, stackTop } = this.layout;
    const [r0 = 0, r1 = 0, r2 = 0, r3 = 0] = args;
    await core.launch([
      ["r0", r0],
      ["r1", r1],
      ["r2", r2],
      ["r3", r3],
      ["r9", code + this.algorithm.staticBase],
      ["sp", stackTop],
      ["lr", breakpoint | 1],
      ["pc", address],
      ["xpsr", XPSR_THUMB],
      ...(extension.stackLimits
        ? ([
            ["msplim_s", 0],
            ["msplim_ns", 0],
          ] as const)
        : []),
    ]);
    const nowUs = clock.nowUs();
    const key = `${fn} ${r1}`;
    const longestUs = Math.min(limitUs, LONGEST_CALL_US);
    this.#calling = { fn, key, limitUs: longestUs, startUs: nowUs, endUs: nowUs + longestUs + MARGIN_US };
  }

  /** Waits for the function that was started; yields r0. */
  async finish(): Promise<number> {
    const calling = this.#calling;
    if (calling === undefined) throw new Error("no function of the algorithm was started");
    const { core, clock } = this.#parts;
    const end = await this.#end(calling);
    this.#calling = undefined;
    const lookUs = typeof end === "string" ? 0 : this.#quickestLookUs;
    const usual = this.#usualUs.get(calling.key) ?? Infinity;
    this.#usualUs.set(calling.key, Math.min(usual, clock.nowUs() - calling.startUs - lookUs));
    if (end === "lockup") await core.halt();
    const [pc = 0, r0 = 0] = typeof end === "string" ? await core.readHaltedRegisters(RESULT) : end;
    if (pc !== this.layout.breakpoint) await this.#crashed(calling.fn, pc);
    return r0;
  }

  /**
   * Sleeps nearly as long as such a call takes, then lets the probe look. If it can, it also reads PC and r0 with
   * the halt.
   */
  async #end({
    fn,
    key,
    startUs,
    endUs,
    limitUs,
  }: Calling): Promise<readonly number[] | "halted" | "lockup"> {
    const { core, clock, signal } = this.#parts;
    const usualUs = this.#usualUs.get(key);
    const restUs = usualUs === undefined ? 0 : startUs + usualUs * SURE_PART - clock.nowUs();
    if (restUs > POLL_US) await clock.sleep(restUs, signal);
    for (let probeWaits = usualUs !== undefined; ;) {
      signal?.throwIfAborted();
      if (probeWaits) {
        const waitUs = Math.min(PROBE_WAIT_US, Math.max(POLL_US, endUs - clock.nowUs()));
        const beganUs = clock.nowUs();
        const read = await core.registersAtHalt(RESULT, waitUs);
        if (read !== undefined && read !== false) {
          this.#quickestLookUs = Math.min(this.#quickestLookUs, clock.nowUs() - beganUs);
          return read;
        }
        // A call that takes longer than ever before is not worth the probe's whole attention.
        probeWaits = false;
      }
      // A host that was kept from looking in time looks once more before it says anything of the target.
      const nowUs = clock.nowUs();
      const state = await core.state();
      if (state === "halted" || state === "lockup") return state;
      if (nowUs >= endUs) await this.#hangs(fn, limitUs);
      await clock.sleep(Math.max(POLL_US, (nowUs - startUs) * POLL_PART), signal);
    }
  }

  /** Returns how many bytes of the stack were never used; 0 is an overflow. */
  async unusedStack(): Promise<number> {
    const { stackLimit, stackTop } = this.layout;
    const words = await this.#parts.memory.readWords(stackLimit, (stackTop - stackLimit) / 4);
    const used = words.findIndex((word) => word !== PAINT);
    return 4 * (used < 0 ? words.length : used);
  }

  /** Undoes what `load` changed in the core's debug settings. The core stays halted. */
  async unload(): Promise<void> {
    if (!this.#loaded) return;
    this.#loaded = false;
    const { core, extension } = this.#parts;
    if ((await core.state()) !== "halted") await core.halt();
    await core.setVectorCatch(extension.faultStatus ? CATCHES : ["VC_HARDERR"], false);
    if ((await this.unusedStack()) === 0) {
      const size = this.layout.stackTop - this.layout.stackLimit;
      throw new FlashFailure(
        { kind: "stack-overflow", fn: this.algorithm.file },
        `${this.algorithm.file} used all ${size} bytes of its stack, and may have damaged its own code: nothing it did can be trusted`,
      );
    }
  }

  async #hangs(fn: string, limitUs: number): Promise<never> {
    const { core } = this.#parts;
    await core.halt();
    const pc = await core.readRegister("pc");
    throw new FlashFailure(
      { kind: "algorithm-hangs", fn, limitUs, pc },
      `${fn} of ${this.algorithm.file} did not return within its ${limitUs / 1000} ms; it was in ${this.#place(pc)}: ` +
        "is the flash busy for ever, or its clock off?",
    );
  }

  async #crashed(fn: string, pc: number): Promise<never> {
    const { cfsr, hfsr, address } = await this.#faultStatus();
    const status =
      cfsr === undefined
        ? ["HardFault (this core does not tell why)"]
        : [decode(CFSR, cfsr), decode(HFSR, hfsr ?? 0)];
    const [stacked = pc, lr] = await this.#stacked();
    const place = this.#place(stacked);
    // If the code jumped away, the return address tells where it came from.
    const from = lr === undefined || this.#isInside(stacked) ? "" : `, called from ${this.#place(lr & ~1)}`;
    const accessed = address === undefined ? "" : `; it accessed ${hex32(address)}`;
    throw new FlashFailure(
      { kind: "algorithm-crashed", fn, pc: stacked, ...(address === undefined ? {} : { address }) },
      `${fn} of ${this.algorithm.file} stopped in ${place}${from}: ${status.join("; ")}${accessed}`,
    );
  }

  /** Reads the fault status, with the accessed address if the core kept it in BFAR or MMFAR. */
  async #faultStatus(): Promise<{
    readonly cfsr?: number;
    readonly hfsr?: number;
    readonly address?: number;
  }> {
    const { memory, extension } = this.#parts;
    if (!extension.faultStatus) return {};
    const cfsr = await memory.read(CFSR.address, 32, "read of CFSR");
    const hfsr = await memory.read(HFSR.address, 32, "read of HFSR");
    if (field(CFSR, "BFARVALID", cfsr) === 1)
      return { cfsr, hfsr, address: await memory.read(BFAR, 32, "read of BFAR") };
    if (field(CFSR, "MMARVALID", cfsr) === 1)
      return { cfsr, hfsr, address: await memory.read(MMFAR, 32, "read of MMFAR") };
    return { cfsr, hfsr };
  }

  /** Reads PC and LR of the exception frame, if the core halted in a handler. */
  async #stacked(): Promise<readonly number[]> {
    const { core, memory } = this.#parts;
    const [xpsr = 0, sp = 0] = await core.readRegisters(["xpsr", "sp"]);
    const { stackLimit, stackTop } = this.layout;
    if ((xpsr & 0x1ff) === 0 || sp < stackLimit || sp + 32 > stackTop) return [];
    const [lr = 0, at = 0] = await memory.readWords(sp + 20, 2);
    return [at, lr];
  }

  #isInside(pc: number): boolean {
    const offset = pc - this.layout.code;
    return offset >= 0 && offset < this.algorithm.image.length;
  }

  /** Names an address by the function of the algorithm that it is in. */
  #place(pc: number): string {
    const offset = pc - this.layout.code;
    const symbol = this.algorithm.symbols.findLast((one) => one.offset <= offset);
    return this.#isInside(pc) && symbol !== undefined
      ? `${symbol.name}+${hex(offset - symbol.offset)} (PC ${hex32(pc)})`
      : `PC ${hex32(pc)}, outside of the algorithm`;
  }
}

/** Returns little-endian words; the length must be a multiple of 4. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length >> 2 }, (_, index) => view.getUint32(4 * index, true));
}
