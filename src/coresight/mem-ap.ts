/**
 * A MEM-AP of ADIv5: memory through CSW, TAR and DRW of one access port, and the only cache of the first two. Accesses
 * become steps; a block moves in windows of 1 KiB, where TAR may wrap (ADIv5.2 C2.2.4).
 */
import { hex32 } from "../lib/hex.ts";
import type { DebugPort } from "./dp.ts";
import { CoreSightFailure } from "./faults.ts";
import { CSW, DRW, TAR } from "./registers.ts";
import type { Step } from "./wire.ts";

export type Size = 8 | 16 | 32;

const SIZE_BITS: Readonly<Record<Size, number>> = { 8: 0, 16: 1, 32: 2 };
/** Size and AddrInc: all that an access changes of what the AP's CSW holds (WIRE.md 14). */
const OWN_BITS = 0x37;
/** DeviceEn and TrInProg say how the AP is; writing them means nothing. */
const READ_ONLY = 0xc0;
const INCREMENT_SINGLE = 0x10;
const WINDOW = 0x400;

export class MemAp {
  readonly ap: number;
  readonly #dp: DebugPort;
  /** CSW without Size and AddrInc, as the AP or a sequence had it. */
  #base: number | undefined;
  #csw: number | undefined;
  #tar: number | undefined;

  constructor(dp: DebugPort, ap: number) {
    this.ap = ap;
    this.#dp = dp;
    dp.wire.onForget(() => {
      this.#csw = undefined;
      this.#tar = undefined;
    });
  }

  /** False until CSW was read once: its prot bits are the AP's own and must be kept. */
  get isReady(): boolean {
    return this.#base !== undefined;
  }

  /** Reads CSW where that is still to do. A failure that is tolerated leaves it to the next access. */
  async ready({ tolerate = false }: { readonly tolerate?: boolean } = {}): Promise<void> {
    if (this.#base !== undefined) return;
    const steps = this.#dp.apReadSteps(this.ap, CSW.address);
    const answer = await this.#dp.wire.ask(
      steps,
      { label: `read of AP ${this.ap} CSW`, tolerate },
      "CSW unknown",
    );
    const csw = "failed" in answer ? 0 : (answer[0] ?? 0);
    this.#base = (csw & ~OWN_BITS & ~READ_ONLY) >>> 0;
    this.#csw = csw >>> 0;
  }

  /** A sequence wrote a register of this AP by itself: later accesses start from that. */
  noteWrite(offset: number, value: number): void {
    if (offset === CSW.address) {
      this.#base = (value & ~OWN_BITS & ~READ_ONLY) >>> 0;
      this.#csw = value >>> 0;
    } else if (offset === TAR.address) this.#tar = value >>> 0;
    else if (offset === DRW.address) this.#tar = undefined;
  }

  noteRead(offset: number): void {
    if (offset === DRW.address) this.#tar = undefined;
  }

  /** Steps that read one value; its word holds it in the byte lanes of the address (see `lane`). */
  readSteps(address: number, size: Size): readonly Step[] {
    aligned(address, size);
    return [...this.#setUp(address, size, false), ...this.#dp.apReadSteps(this.ap, DRW.address)];
  }

  writeSteps(address: number, size: Size, value: number): readonly Step[] {
    aligned(address, size);
    const laned = size === 32 ? value : value << ((address & 3) * 8);
    return [...this.#setUp(address, size, false), ...this.#dp.apWriteSteps(this.ap, DRW.address, laned)];
  }

  async read(address: number, size: Size, label = `read of ${hex32(address)}`): Promise<number> {
    await this.ready();
    const words = await this.#dp.wire.words(this.readSteps(address, size), label);
    return lane(words[0] ?? 0, address, size);
  }

  async write(address: number, size: Size, value: number, label?: string): Promise<void> {
    await this.ready();
    await this.#dp.wire.words(
      this.writeSteps(address, size, value),
      label ?? `write of ${hex32(value)} to ${hex32(address)}`,
    );
  }

  /** `count` words from a word-aligned address. */
  async readWords(address: number, count: number): Promise<Uint32Array> {
    await this.ready();
    const steps = this.#windows(address, count).flatMap(({ start, words }) => [
      ...this.#setUp(start, 32, true),
      ...this.#dp.apReadSteps(this.ap, DRW.address, words),
    ]);
    this.#tar = undefined;
    return this.#dp.wire.words(steps, `read of ${count} words from ${hex32(address)}`);
  }

  async writeWords(address: number, data: Uint32Array): Promise<void> {
    await this.ready();
    let at = 0;
    const steps = this.#windows(address, data.length).flatMap(({ start, words }): readonly Step[] => {
      const part = data.subarray(at, at + words);
      at += words;
      return [
        ...this.#setUp(start, 32, true),
        ...this.#dp.selectSteps(this.ap, DRW.address),
        { op: { kind: "write", register: { port: "AP", address: 0xc }, words: part }, dataOf: this.ap },
      ];
    });
    this.#tar = undefined;
    await this.#dp.wire.words(steps, `write of ${data.length} words to ${hex32(address)}`);
  }

  #windows(address: number, count: number): readonly { readonly start: number; readonly words: number }[] {
    aligned(address, 32);
    const windows: { start: number; words: number }[] = [];
    for (let at = address, left = count; left > 0;) {
      const words = Math.min(left, (WINDOW - (at % WINDOW)) / 4);
      windows.push({ start: at, words });
      at += words * 4;
      left -= words;
    }
    return windows;
  }

  #setUp(address: number, size: Size, increment: boolean): readonly Step[] {
    const steps: Step[] = [];
    const csw = ((this.#base ?? 0) | SIZE_BITS[size] | (increment ? INCREMENT_SINGLE : 0)) >>> 0;
    if (this.#csw === undefined || (this.#csw & ~READ_ONLY) >>> 0 !== (csw & ~READ_ONLY) >>> 0) {
      steps.push(...this.#prepare(CSW.address, csw));
      this.#csw = csw;
    }
    if (this.#tar !== address || increment) {
      steps.push(...this.#prepare(TAR.address, address));
      this.#tar = increment ? undefined : address;
    }
    return steps;
  }

  #prepare(offset: number, value: number): readonly Step[] {
    return this.#dp.apWriteSteps(this.ap, offset, value).map((step) => ({ ...step, state: true }));
  }
}

/** The value of 8 or 16 bits out of the word that DRW gave: it stands in the lanes of its address (C2.2.6). */
export function lane(word: number, address: number, size: Size): number {
  if (size === 32) return word >>> 0;
  return (word >>> ((address & 3) * 8)) & (size === 16 ? 0xffff : 0xff);
}

function aligned(address: number, size: Size): void {
  if (address % (size / 8) === 0) return;
  throw new CoreSightFailure(
    { kind: "unaligned", address, size },
    `${hex32(address)} is not a multiple of ${size / 8}: a ${size}-bit access needs that`,
  );
}
