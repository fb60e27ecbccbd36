/**
 * Models the flash of the STM32H7 (RM0433 chapter 4): banks with keys, a write buffer of 256 bits, sectors,
 * write protection, error flags.
 */
import { listOf, oneOf, record, text } from "../../lib/arguments.ts";
import { keptVariables } from "../bus/kept.ts";
import { wordDevice } from "../bus/device.ts";
import type { Memory } from "../bus/memory.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Placement, Soc } from "../soc/soc.ts";
import { controller, placed } from "./given.ts";

const KEYR = 0x04;
const CR = 0x0c;
const SR = 0x10;
const CCR = 0x14;
const OPTCR = 0x18;
const OPTSR_CUR = 0x1c;
const OPTSR_PRG = 0x20;
const WPSN_CUR = 0x38;
const WPSN_PRG = 0x3c;
const KEYS = [0x4567_0123, 0xcdef_89ab] as const;

const LOCK = 1 << 0;
const PG = 1 << 1;
const SER = 1 << 2;
const BER = 1 << 3;
const FW = 1 << 6;
const START = 1 << 7;

const BSY = 1 << 0;
const WBNE = 1 << 1;
const QW = 1 << 2;
const EOP = 1 << 16;
const WRPERR = 1 << 17;
const PGSERR = 1 << 18;
const INCERR = 1 << 21;
const ERRORS = WRPERR | PGSERR | INCERR;

const FLASH_WORD = 32;
const SECTOR = 0x2_0000;
const ALL_OPEN = 0xff;

/**
 * The options are not modelled: they are locked, and as the factory leaves them, with RDP at level 0 (4.9.8,
 * 4.9.9).
 */
const OPTLOCK = 1;
const OPTIONS = 0x1bc6_aaf0;

/** These are typical times of DS12110 rev 8, table 54, by PSIZE: 8, 16, 32, 64 bits at a time. */
const WORD_US = [290, 180, 130, 100] as const;
const SECTOR_US = [2_000_000, 1_800_000, 1_100_000, 1_000_000] as const;
const BANK_US = [13_000_000, 8_000_000, 6_000_000, 5_000_000] as const;

/**
 * The registers of the second bank are 0x100 after those of the first; ACR and the options are in both
 * (RM0433 2.3).
 */
const SECOND_BANK = 0x100;
const ACR = 0x00;
/** The reset value has seven wait states, until something else is written. */
const ACR_RESET = 0x37;

/** Every model with this flash has this option. */
export const STM32H7_FLASH_OPTION = {
  type: "choice",
  values: ["works", "busy", "protected", "locked"],
  default: "works",
  about:
    "busy: QW never comes back after a command; protected: every sector is write-protected (WPSN); locked: the keys are not taken",
} as const;

type Behaves = (typeof STM32H7_FLASH_OPTION)["values"][number];

export interface Stm32H7FlashParts {
  /** The place of the registers, without their size. */
  readonly place: Omit<Placement, "name" | "size">;
  /** The names of the memories of the banks, in order. */
  readonly banks: readonly string[];
  readonly behaves: Behaves;
}

const MADE = controller({
  place: record(placed),
  banks: listOf(text),
  behaves: oneOf(STM32H7_FLASH_OPTION.values),
} satisfies Record<keyof Stm32H7FlashParts, unknown>);

/**
 * The flash of an STM32H7: all banks behind one block of registers. It maps itself, takes the writes, and
 * reacts to resets.
 */
export class Stm32H7Flash {
  readonly #banks: readonly Bank[];
  #access = ACR_RESET;

  constructor(soc: Soc, context: PartContext, parts: Stm32H7FlashParts) {
    MADE({ soc, context, parts });
    const { clock } = context;
    const { place, banks, behaves } = parts;
    this.#banks = banks.map((name) => new Bank({ memory: soc.memory(name), clock, behaves }));
    for (const [at, bank] of this.#banks.entries()) soc.keep(`FLASH bank ${at + 1}`, bank.kept);
    soc.keep("FLASH_ACR", keptVariables({ access: [() => this.#access, (value) => (this.#access = value)] }));
    soc.onReset((kind) => {
      if (kind === "core") return;
      this.#access = ACR_RESET;
      for (const bank of this.#banks) bank.reset();
    });
    soc.map(
      { ...place, name: "FLASH", size: this.#banks.length * SECOND_BANK },
      wordDevice({
        still: () => true,
        read: (offset) =>
          offset % SECOND_BANK === ACR
            ? this.#access
            : (this.#bankOf(offset)?.read(offset % SECOND_BANK) ?? 0),
        write: (offset, value) => {
          if (offset % SECOND_BANK === ACR) this.#access = value;
          else this.#bankOf(offset)?.write(offset % SECOND_BANK, value);
          return undefined;
        },
      }),
    );
  }

  #bankOf(offset: number): Bank | undefined {
    return this.#banks[Math.floor(offset / SECOND_BANK)];
  }
}

interface BankParts {
  readonly memory: Memory;
  readonly clock: PartContext["clock"];
  readonly behaves: Behaves;
}

class Bank {
  readonly #parts: BankParts;
  readonly #buffer = new Uint8Array(FLASH_WORD);
  #filled = new Set<number>();
  /** The flash word that the buffer is for. */
  #at = 0;
  #control = LOCK;
  #status = 0;
  #key = 0;
  #busyUntilUs = 0;
  #isDue = false;
  /** A 1 leaves the sector open. */
  #open: number;

  constructor(parts: BankParts) {
    this.#parts = parts;
    this.#open = parts.behaves === "protected" ? 0 : ALL_OPEN;
    parts.memory.handleWrites((offset, size, value) => {
      this.#store(offset, size, value);
      return undefined;
    });
  }

  readonly kept = keptVariables({
    control: [() => this.#control, (value) => (this.#control = value)],
    status: [() => this.#status, (value) => (this.#status = value)],
    key: [() => this.#key, (value) => (this.#key = value)],
    open: [() => this.#open, (value) => (this.#open = value)],
    busyUntilUs: [() => this.#busyUntilUs, (value) => (this.#busyUntilUs = value)],
    isDue: [() => this.#isDue, (value) => (this.#isDue = value === 1)],
  });

  reset(): void {
    this.#filled = new Set();
    this.#control = LOCK;
    this.#status = 0;
    this.#key = 0;
    this.#busyUntilUs = 0;
    this.#isDue = false;
  }

  read(offset: number): number {
    this.#complete();
    if (offset === CR) return this.#control;
    if (offset === SR) return this.#status | (this.#busy ? BSY | QW : 0) | (this.#filled.size > 0 ? WBNE : 0);
    if (offset === OPTCR) return OPTLOCK;
    if (offset === OPTSR_CUR || offset === OPTSR_PRG) return OPTIONS;
    return offset === WPSN_CUR || offset === WPSN_PRG ? this.#open : 0;
  }

  write(offset: number, value: number): void {
    this.#complete();
    if (offset === KEYR) this.#unlock(value);
    else if (offset === CCR) this.#status &= ~value;
    else if (offset === CR && (this.#control & LOCK) === 0 && !this.#busy) {
      this.#control = value & ~(START | FW) & 0xffff;
      if ((value & FW) !== 0 && this.#filled.size > 0) this.#burn();
      if ((value & START) !== 0) this.#erase();
    }
  }

  get #busy(): boolean {
    return !this.#parts.clock.reached(this.#busyUntilUs);
  }

  /** A wrong key locks the register until the next reset. */
  #unlock(value: number): void {
    const right = this.#parts.behaves !== "locked" && value === KEYS[this.#key];
    this.#key = right ? this.#key + 1 : KEYS.length + 1;
    if (this.#key !== KEYS.length) return;
    this.#key = 0;
    this.#control &= ~LOCK;
  }

  #store(offset: number, size: number, value: number): void {
    const word = offset - (offset % FLASH_WORD);
    if ((this.#control & PG) === 0) this.#status |= PGSERR;
    else if (!this.#isOpen(offset)) this.#status |= WRPERR;
    // It is another flash word before the one under way is complete (4.7.5).
    else if (this.#filled.size > 0 && word !== this.#at) this.#status |= INCERR;
    else if ((this.#status & ERRORS) === 0) {
      if (this.#filled.size === 0) this.#buffer.fill(0xff);
      this.#at = word;
      for (let at = 0; at < size; at++) {
        this.#buffer[offset - word + at] = value >>> (8 * at);
        this.#filled.add(offset - word + at);
      }
      if (this.#filled.size === FLASH_WORD) this.#burn();
    }
  }

  #burn(): void {
    const { memory } = this.#parts;
    const at = this.#at;
    memory.load(
      at,
      this.#buffer.map((byte, index) => byte & memory.read(at + index, 1)),
    );
    this.#filled = new Set();
    this.#work(WORD_US);
  }

  #erase(): void {
    const { memory } = this.#parts;
    if ((this.#control & BER) !== 0) {
      if (this.#open !== ALL_OPEN) this.#status |= WRPERR;
      else {
        memory.fill(0, memory.size, 0xff);
        this.#work(BANK_US);
      }
      return;
    }
    const sector = ((this.#control >>> 8) & 7) * SECTOR;
    if ((this.#control & SER) === 0) this.#status |= PGSERR;
    else if (!this.#isOpen(sector)) this.#status |= WRPERR;
    else {
      memory.fill(sector, SECTOR, 0xff);
      this.#work(SECTOR_US);
    }
  }

  #isOpen(offset: number): boolean {
    return ((this.#open >>> Math.floor(offset / SECTOR)) & 1) === 1;
  }

  /** A store during this time waits for its turn. */
  #work(byWidth: readonly number[]): void {
    const us = byWidth[(this.#control >>> 4) & 3] ?? 0;
    const now = this.#parts.clock.nowUs();
    this.#busyUntilUs = this.#parts.behaves === "busy" ? Infinity : Math.max(now, this.#busyUntilUs) + us;
    this.#isDue = true;
  }

  /** EOP is set when the operation has ended, not when it begins (4.9.5). */
  #complete(): void {
    if (!this.#isDue || this.#busy) return;
    this.#isDue = false;
    this.#status |= EOP;
  }
}
