/**
 * A MEM-AP: memory through CSW, TAR and DRW of one access port, and the only cache of the first two. Single
 * accesses leave TAR where it is, so that a failed one moves nothing; blocks count up in windows of 1 KiB, where TAR may
 * wrap (ADIv5.2 C2.2.4).
 */
import { hex32 } from "../../lib/hex.ts";
import type { Failed, Origin, Plan, Step } from "../wire/access.ts";
import { offsetIn, apName, type ApPlace } from "../ap-place.ts";
import type { ReadPatch } from "../wire/data-patches.ts";
import { apLabel, CoreSightFailure } from "../wire/faults.ts";
import { judge, mustBe } from "./identity.ts";
import { intoLane, joinParts, lane, partsOf, type Size } from "./lanes.ts";
import { CFG, CSW, DRW, encode, field, IDR, mask, TAR, type RegisterInfo } from "../registers.ts";
import type { Wire } from "../wire/wire.ts";
import { append } from "../../lib/lists.ts";

export { joinParts, partsOf, type Size } from "./lanes.ts";

const SIZE_BITS: Readonly<Record<Size | 64, number>> = { 8: 0, 16: 1, 32: 2, 64: 3 };
/** The bits of CSW that an access changes; it keeps all others (wire rule 14). */
const OWN_BITS = mask(CSW, "Size", "AddrInc");
/** Bits that only tell the AP's state; writing them has no effect. */
const READ_ONLY = mask(CSW, "DeviceEn", "TrInProg", "SPIDEN");
const INCREMENT = { off: 0, single: 1 } as const;
const WINDOW = 0x400;
const BD0 = 0x10;

/** How the registers of access ports are reached: through a debug port, or in the memory behind another access port. */
export interface ApRegisters {
  readonly wire: Wire;
  apReadSteps(ap: ApPlace, offset: number, words?: number): readonly Step[];
  apWriteSteps(ap: ApPlace, offset: number, value: number | Uint32Array): readonly Step[];
  memoryPatch(ap: ApPlace, address: number, words: number): ReadPatch | undefined;
}

export interface MemApOptions {
  /** Tells whether IDR may be read before the debugger's own first access; otherwise CSW alone tells. */
  readonly asks?: () => boolean;
  /** Makes the debug port in front of it the current one, if a sequence selected another one. */
  readonly hear?: () => Promise<void>;
}

export class MemAp {
  readonly ap: ApPlace;
  /** The access port in front of it; undefined if it is connected to the debug port itself. */
  readonly parent: MemAp | undefined;
  readonly #dp: ApRegisters;
  readonly #at: Readonly<Record<"csw" | "tar" | "drw" | "bd0" | "cfg" | "idr", number>>;
  readonly #asks: () => boolean;
  readonly #hear: () => Promise<void>;
  /** True once it was judged to be a MEM-AP that exists. */
  #known = false;
  /** CSW without Size and AddrInc, as the AP or a sequence had it. */
  #base: number | undefined;
  #cfg: number | undefined;
  #csw: number | undefined;
  #tar: number | undefined;

  constructor(dp: ApRegisters, ap: ApPlace, parent?: MemAp, { asks, hear }: MemApOptions = {}) {
    this.ap = ap;
    this.parent = parent;
    this.#asks = asks ?? (() => true);
    this.#hear = hear ?? (() => Promise.resolve());
    this.#dp = dp;
    const at = (offset: number): number => offsetIn(ap, offset);
    this.#at = {
      csw: at(CSW.address),
      tar: at(TAR.address),
      drw: at(DRW.address),
      bd0: at(BD0),
      cfg: at(CFG.address),
      idr: at(IDR.address),
    };
    dp.wire.onForget(() => {
      this.#csw = undefined;
      this.#tar = undefined;
    });
  }

  /** False until CSW was read once: its prot bits are the AP's own and must be kept. */
  get isReady(): boolean {
    return this.#base !== undefined && this.isReachable;
  }

  /** True once it was judged to be a MEM-AP that exists, so that reads through it come from memory. */
  get isKnown(): boolean {
    return this.#known;
  }

  /** Forgets the identity: after a new connection, another device may be behind the probe. */
  forgetIdentity(): void {
    this.#known = false;
  }

  /**
   * Reads CSW before an access that needs it, if that was not done yet. Returns how that failed, if a failure is
   * tolerated. For the access of a sequence, which `by` names, nothing else is read; before the debugger's own
   * access the port must be known as a MEM-AP.
   */
  async ready(by?: Origin): Promise<Failed | undefined> {
    if (by === undefined) await this.#hear();
    if (by === undefined && !this.#known && this.#asks()) await this.#mustBeMemory();
    if (this.isReady) return undefined;
    const reader = by ?? { label: `read of ${apName(this.ap)} CSW`, tolerate: false };
    const apart = await this.reach(by);
    if (apart !== undefined || this.#base !== undefined) return apart;
    const plan = (): readonly Step[] => this.#dp.apReadSteps(this.ap, this.#at.csw);
    const answer = await this.wire.ask(plan, reader, "CSW unknown");
    if ("failed" in answer) return answer;
    const failure = judge("CSW", { value: answer[0] ?? 0, place: apName(this.ap) });
    if (failure === undefined) this.#noteCsw(answer[0] ?? 0);
    else if (reader.tolerate) this.wire.tolerated(failure);
    else throw failure;
    return failure && { failed: failure };
  }

  /** Makes the steps that read IDR and CSW, in this order; `noteIdentity` takes the words. */
  identitySteps(): readonly Step[] {
    return [...this.rawReadSteps(this.#at.idr), ...this.rawReadSteps(this.#at.csw)];
  }

  /** Notes values that are as they must be; the others are read once more before the memory is used. */
  noteIdentity(idr: number, csw: number): void {
    const place = apName(this.ap);
    if (judge("CSW", { value: csw, place }) !== undefined) return;
    this.#noteCsw(csw);
    this.#known = judge("IDR", { value: idr, place }) === undefined;
  }

  /**
   * Judges the port after a sequence used it by its CSW alone. Throws `wrong-identity`; a port that does not
   * answer any more is not judged.
   */
  async judgeAfterUse(): Promise<void> {
    if (this.#known || !this.#asks() || this.#base === undefined) return;
    await this.#hear();
    const by: Origin = { label: `read of ${apName(this.ap)} IDR`, tolerate: true };
    if ((await this.reach(by)) !== undefined) return;
    const answer = await this.wire.ask(() => this.rawReadSteps(this.#at.idr), by, "access port unknown");
    if ("failed" in answer) return;
    mustBe("IDR", { value: answer[0] ?? 0, place: apName(this.ap) });
    this.#known = true;
  }

  /** Asks once more what the port is: a port that has gone reads 0 for everything. Throws `wrong-identity`. */
  async mustStillBeMemory(): Promise<void> {
    if (!this.#asks()) return;
    this.#known = false;
    await this.#mustBeMemory();
  }

  async #mustBeMemory(): Promise<void> {
    const place = apName(this.ap);
    const failed = await this.reach();
    if (failed !== undefined) throw failed.failed;
    // What a sequence wrote to CSW counts, though some of it may not read back.
    const asksCsw = this.#base === undefined;
    const plan = (): readonly Step[] => (asksCsw ? this.identitySteps() : this.rawReadSteps(this.#at.idr));
    const [idr = 0, csw = 0] = await this.wire.words(
      plan,
      `read of ${place} IDR${asksCsw ? " and CSW" : ""}`,
    );
    mustBe("IDR", { value: idr, place });
    if (asksCsw) {
      mustBe("CSW", { value: csw, place });
      this.#noteCsw(csw);
    }
    this.#known = true;
  }

  #noteCsw(csw: number): void {
    this.noteWrite(this.#at.csw, csw);
    this.#csw = csw;
  }

  /** False until the access ports in front of it are ready, so that its own registers can be read. */
  get isReachable(): boolean {
    return this.parent?.isReady ?? true;
  }

  /** Makes the ports in front of it ready. Returns how that failed, if a failure is tolerated. */
  async reach(by?: Origin): Promise<Failed | undefined> {
    if (by === undefined) await this.#hear();
    return this.parent?.ready(by);
  }

  /**
   * Tells whether it has accesses of 64 bits: CFG.LD, the Large Data extension (ADIv5.2 C2.6.3). Undefined before
   * `readyForWide`.
   */
  get isWide(): boolean | undefined {
    return this.#cfg === undefined ? undefined : field(CFG, "LD", this.#cfg) === 1;
  }

  /** Does the same as `ready` for a caller that needs `isWide`. */
  async readyForWide(by: Origin): Promise<Failed | undefined> {
    const failed = await this.ready(by);
    if (failed !== undefined || this.#cfg !== undefined) return failed;
    const plan = (): readonly Step[] => this.#dp.apReadSteps(this.ap, this.#at.cfg);
    const answer = await this.wire.ask(plan, by, "CFG unknown");
    if ("failed" in answer) return answer;
    this.#cfg = answer[0] ?? 0;
    return undefined;
  }

  /** Makes the steps of one access of 64 bits: two words, the lower first (ADIv5.2 C2.2.5). Only allowed if `isWide`. */
  wideReadSteps(address: number): readonly Step[] {
    return [...this.#setUp(address, 64, INCREMENT.off), ...this.#reading(address, 2)];
  }

  wideWriteSteps(address: number, words: Uint32Array): readonly Step[] {
    return [
      ...this.#setUp(address, 64, INCREMENT.off),
      ...this.#dp.apWriteSteps(this.ap, this.#at.drw, words).map((step) => placed(step, address)),
    ];
  }

  /**
   * Notes that a sequence writes a register by itself: from here on its CSW is kept except for Size and AddrInc
   * (wire rule 14).
   */
  noteWrite(offset: number, value: number): void {
    if (offset === this.#at.csw) this.#base = (value & ~(OWN_BITS | READ_ONLY)) >>> 0;
  }

  /** Makes the steps that read a register of this AP directly, past the caches. */
  rawReadSteps(offset: number): readonly Step[] {
    if (offset === this.#at.drw) this.#tar = undefined;
    return this.#dp.apReadSteps(this.ap, offset).map((step) => this.#raw(step));
  }

  /** Makes the steps that write a register of this AP directly; the caches follow. */
  rawWriteSteps(offset: number, value: number): readonly Step[] {
    if (offset === this.#at.csw) this.#csw = value >>> 0;
    else if (offset === this.#at.tar) this.#tar = value >>> 0;
    else if (offset === this.#at.drw) this.#tar = undefined;
    return this.#dp.apWriteSteps(this.ap, offset, value).map((step) => this.#raw(step));
  }

  /** Changes bits of CSW that accesses keep, and returns which of them the port has then. */
  async writeProt(bits: number, mask: number): Promise<number> {
    const before = await this.readRegister(CSW);
    const csw = ((before & ~mask) | (bits & mask)) >>> 0;
    const offset = this.#at.csw;
    await this.wire.words(() => this.rawWriteSteps(offset, csw), apLabel("write", this.ap, CSW.name, csw));
    return this.readRegister(CSW);
  }

  /** Reads a register of its own, past the caches; the value of CSW counts from here on. */
  async readRegister({ name, address }: RegisterInfo): Promise<number> {
    const failed = await this.reach();
    if (failed !== undefined) throw failed.failed;
    const offset = offsetIn(this.ap, address);
    const words = await this.wire.words(() => this.rawReadSteps(offset), apLabel("read", this.ap, name));
    const value = words[0] ?? 0;
    this.noteWrite(offset, value);
    return value;
  }

  /** Makes the steps that read one value; each word holds its part in the byte lanes of its address (see `joinParts`). */
  readSteps(address: number, size: Size): readonly Step[] {
    return partsOf(address, size / 8).flatMap((part) => [
      ...this.#setUp(part.address, part.size, INCREMENT.off),
      ...this.#reading(part.address, 1),
    ]);
  }

  /** Makes the steps that write one value. If the address is not a multiple of the size, it is written in parts. */
  writeSteps(address: number, size: Size, value: number): readonly Step[] {
    return partsOf(address, size / 8).flatMap((part) => {
      const own = lane(value >>> ((part.address - address) * 8), 0, part.size);
      const laned = intoLane(own, part.address, part.size);
      return [
        ...this.#setUp(part.address, part.size, INCREMENT.off),
        ...this.#dp.apWriteSteps(this.ap, this.#at.drw, laned).map((step) => placed(step, part.address)),
      ];
    });
  }

  /**
   * Writes words inside of one 16-byte window in any order, without moving TAR: through the banked data registers
   * (ADIv5.2 C2.6.2).
   */
  bankedSteps(writes: readonly { readonly address: number; readonly value: number }[]): readonly Step[] {
    const [first] = writes;
    if (first === undefined) return [];
    const window = (first.address & ~0xf) >>> 0;
    return [
      ...this.#setUp(window, 32, INCREMENT.off),
      ...writes.flatMap(({ address, value }) => {
        const offset = this.#at.bd0 + (address & 0xc);
        return this.#dp.apWriteSteps(this.ap, offset, value).map((step) => placed(step, address));
      }),
    ];
  }

  /** Makes the steps that read words, counting up. Some of them are under way before earlier ones were answered. */
  blockReadSteps(address: number, count: number): readonly Step[] {
    return this.#ahead(
      windowsOf(address, count).flatMap(({ start, words }) => [
        ...this.#setUp(start, 32, INCREMENT.single),
        ...this.#reading(start, words),
      ]),
    );
  }

  blockWriteSteps(address: number, data: Uint32Array): readonly Step[] {
    return this.#ahead(
      windowsOf(address, data.length).flatMap(({ start, words, at }) => [
        ...this.#setUp(start, 32, INCREMENT.single),
        ...this.#dp
          .apWriteSteps(this.ap, this.#at.drw, data.subarray(at, at + words))
          .map((step) => placed(step, start)),
      ]),
    );
  }

  /** Makes the steps of several reads of the register of another access port at this address: one word each, TAR stays. */
  registerReadSteps(address: number, words: number): readonly Step[] {
    return [...this.#setUp(address, 32, INCREMENT.off), ...this.#reading(address, words)];
  }

  registerWriteSteps(address: number, value: number | Uint32Array): readonly Step[] {
    return [
      ...this.#setUp(address, 32, INCREMENT.off),
      ...this.#dp.apWriteSteps(this.ap, this.#at.drw, value).map((step) => placed(step, address)),
    ];
  }

  get wire(): Wire {
    return this.#dp.wire;
  }

  /** Sends several accesses at once. Returns the words of the steps, as they are in DRW. */
  async words(plan: Plan, label: string): Promise<Uint32Array> {
    await this.ready();
    return this.wire.words(plan, label);
  }

  /**
   * Lets the probe read a word until all bits of the mask are set, and then what `then` reads, in the same list.
   * Returns false if the bits were not set in time, undefined if the probe cannot compare.
   */
  async waitThen(
    address: number,
    { mask, limitUs }: { readonly mask: number; readonly limitUs: number },
    then: Plan,
  ): Promise<Uint32Array | false | undefined> {
    await this.ready();
    if (!this.wire.link.can.match) return undefined;
    const plan = (): readonly Step[] => [...this.#matchSteps(address, mask, limitUs), ...then()];
    const read = await this.wire.pollThen(plan, { label: `wait for ${hex32(address)}`, tolerate: false });
    return read ?? false;
  }

  #matchSteps(address: number, mask: number, limitUs: number): readonly Step[] {
    return this.readSteps(address, 32).map((step) =>
      step.op.kind === "read"
        ? { ...step, op: { kind: "match", register: step.op.register, mask, value: mask, limitUs } }
        : step,
    );
  }

  async read(address: number, size: Size, label = `read of ${hex32(address)}`): Promise<number> {
    const words = await this.words(() => this.readSteps(address, size), label);
    return joinParts(partsOf(address, size / 8), words);
  }

  async write(address: number, size: Size, value: number, label?: string): Promise<void> {
    await this.words(
      () => this.writeSteps(address, size, value),
      label ?? `write of ${hex32(value)} to ${hex32(address)}`,
    );
  }

  /** Reads `count` words from a word-aligned address. */
  async readWords(address: number, count: number): Promise<Uint32Array> {
    windowsOf(address, count);
    return this.words(
      () => this.blockReadSteps(address, count),
      `read of ${count} words from ${hex32(address)}`,
    );
  }

  async writeWords(address: number, data: Uint32Array): Promise<void> {
    windowsOf(address, data.length);
    await this.words(
      () => this.blockWriteSteps(address, data),
      `write of ${data.length} words to ${hex32(address)}`,
    );
  }

  /** Reads any range of bytes, by words if it is aligned and by smaller accesses at its ends. */
  async readBytes(address: number, count: number): Promise<Uint8Array> {
    const { head, words, tail } = cut(address, count);
    const bytes: number[] = [];
    for (const part of head) append(bytes, bytesOf(await this.read(part.address, part.size), part.size));
    if (words > 0) {
      const read = await this.readWords(address + bytes.length, words);
      for (const word of read) append(bytes, bytesOf(word, 32));
    }
    for (const part of tail) append(bytes, bytesOf(await this.read(part.address, part.size), part.size));
    return Uint8Array.from(bytes);
  }

  async writeBytes(address: number, data: Uint8Array): Promise<void> {
    const { head, words, tail } = cut(address, data.length);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const valueAt = (at: number, size: Size): number =>
      size === 32 ? view.getUint32(at, true) : size === 16 ? view.getUint16(at, true) : view.getUint8(at);
    for (const part of head)
      await this.write(part.address, part.size, valueAt(part.address - address, part.size));
    if (words > 0) {
      const start = head.reduce((bytes, { size }) => bytes + size / 8, 0);
      const block = Uint32Array.from({ length: words }, (_, word) => valueAt(start + 4 * word, 32));
      await this.writeWords(address + start, block);
    }
    for (const part of tail)
      await this.write(part.address, part.size, valueAt(part.address - address, part.size));
  }

  /** Lets steps run ahead, but not through another port: there the words of this one come between those of its TAR. */
  #ahead(steps: readonly Step[]): readonly Step[] {
    return this.parent === undefined ? ahead(steps) : steps;
  }

  /** Marks reads of DRW that read memory from this address on. */
  #reading(address: number, words: number): readonly Step[] {
    const patch = this.#dp.memoryPatch(this.ap, address, words);
    return this.#dp.apReadSteps(this.ap, this.#at.drw, words).map((step) => {
      const at = placed(step, address);
      return patch === undefined || step.dataOf === undefined ? at : { ...at, patch };
    });
  }

  /** Returns the step for the register itself, not the one that selects it. */
  #raw(step: Step): Step {
    return step.ap === this.ap ? { ...step, raw: true } : step;
  }

  #named({ name }: RegisterInfo, steps: readonly Step[]): readonly Step[] {
    return steps.map((step) =>
      step.op.kind === "write" && step.ap === this.ap ? { ...step, register: name } : step,
    );
  }

  #setUp(address: number, size: Size | 64, increment: 0 | 1): readonly Step[] {
    const steps: Step[] = [];
    const csw = encode(CSW, { Size: SIZE_BITS[size], AddrInc: increment }, this.#base ?? 0);
    if (this.#csw === undefined || ((this.#csw ^ csw) & ~READ_ONLY) !== 0) {
      append(steps, this.#named(CSW, this.#dp.apWriteSteps(this.ap, this.#at.csw, csw)));
      this.#csw = csw;
    }
    if (this.#tar !== address)
      append(steps, this.#named(TAR, this.#dp.apWriteSteps(this.ap, this.#at.tar, address)));
    this.#tar = increment === INCREMENT.off ? address : undefined;
    return steps;
  }
}

/**
 * Makes a block transfer, whose words may be under way before earlier ones were answered. The first TAR must be
 * answered before: a probe that gives up on that would put the words where an older transfer ended.
 */
function ahead(steps: readonly Step[]): readonly Step[] {
  const first = steps.findIndex(({ dataOf }) => dataOf !== undefined);
  return steps.map((step, at) => {
    const { op } = step;
    return at >= first && (op.kind === "read" || op.kind === "write")
      ? { ...step, op: { ...op, ahead: true } }
      : step;
  });
}

/** Adds to a DRW step the memory behind it at that moment. */
function placed(step: Step, address: number): Step {
  return step.dataOf === undefined ? step : { ...step, register: DRW.name, address };
}

interface Window {
  readonly start: number;
  readonly words: number;
  /** The number of words before it. */
  readonly at: number;
}

function windowsOf(address: number, count: number): readonly Window[] {
  if (address % 4 !== 0) {
    throw new CoreSightFailure(
      { kind: "unaligned", address, size: 32 },
      `${hex32(address)} is not a multiple of 4: a block of words needs that`,
    );
  }
  const windows: Window[] = [];
  for (let at = 0; at < count;) {
    const start = address + 4 * at;
    const words = Math.min(count - at, (WINDOW - (start % WINDOW)) / 4);
    windows.push({ start, words, at });
    at += words;
  }
  return windows;
}

function cut(address: number, bytes: number) {
  const first = Math.min(bytes, (4 - (address % 4)) % 4);
  const words = (bytes - first) >> 2;
  const rest = bytes - first - 4 * words;
  return {
    head: partsOf(address, first),
    words,
    tail: partsOf(address + first + 4 * words, rest),
  };
}

function bytesOf(value: number, size: Size): readonly number[] {
  return Array.from({ length: size / 8 }, (_, byte) => (value >>> (8 * byte)) & 0xff);
}
