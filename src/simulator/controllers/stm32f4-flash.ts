/**
 * Models the flash interface of the STM32F4 (RM0090 3.8, 3.9): keys, sectors, write protection, error flags,
 * times, and the levels of read protection. The model decides which memories there are, and what else closes
 * the debug port.
 */
import { memoryAddress, oneOf, text } from "../../lib/arguments.ts";
import { wordDevice, type Size } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import type { Memory } from "../bus/memory.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Soc } from "../soc/soc.ts";
import { controller } from "./given.ts";

const KEYR = 0x04;
const OPTKEYR = 0x08;
const SR = 0x0c;
const CR = 0x10;
const OPTCR = 0x14;
const KEYS = [0x4567_0123, 0xcdef_89ab] as const;
const OPTION_KEYS = [0x0819_2a3b, 0x4c5d_6e7f] as const;

const OPERR = 1 << 1;
const WRPERR = 1 << 4;
const PGAERR = 1 << 5;
const PGPERR = 1 << 6;
const PGSERR = 1 << 7;
const ERRORS = OPERR | WRPERR | PGAERR | PGPERR | PGSERR;
const EOP = 1 << 0;
const BSY = 1 << 16;
const EOPIE = 1 << 24;

const PG = 1 << 0;
const SER = 1 << 1;
const MER = 1 << 2;
const STRT = 1 << 16;
const LOCK = (1 << 31) >>> 0;
/** In nWRP of OPTCR, a 1 leaves the sector open. */
const OPEN = 0x0fff_aaed;
const NWRP = 0x0fff_0000;

const OPTSTRT = 1 << 1;
/** These values of RDP set a level; every other one is level 1 (3.7.3). */
const RDP = { level0: 0xaa, level1: 0x55, level2: 0xcc } as const;
type Level = keyof typeof RDP;
const LEVELS: readonly Level[] = ["level0", "level1", "level2"];

const WORD_US = 16;
const MASS_ERASE_US = 8_000_000;

/** Each sector has its start, its size, and the time of its erase. */
const SECTORS = [
  ...[0, 1, 2, 3].map((index) => ({ start: index * 0x4000, size: 0x4000, us: 250_000 })),
  { start: 0x1_0000, size: 0x1_0000, us: 550_000 },
  ...[1, 2, 3, 4, 5, 6, 7].map((index) => ({ start: index * 0x2_0000, size: 0x2_0000, us: 1_000_000 })),
];

/** Every model with this flash has this option. */
export const STM32F4_FLASH_OPTION = {
  type: "choice",
  values: ["works", "busy", "protected", "locked"],
  default: "works",
  about:
    "busy: BSY never comes back after a command; protected: every sector is write-protected (nWRP); locked: the keys are not taken",
} as const;

export const STM32F4_RDP_OPTION = {
  type: "choice",
  values: ["level0", "level1", "level2"],
  default: "level0",
  about:
    "level1: while a debugger is attached nothing can read, erase or program the flash, until the level is taken back, which erases all; level2: the debug port reaches nothing, for ever",
} as const;

export interface Stm32F4FlashParts {
  readonly start: number;
  /**
   * The names of the memories that a read protection closes; the flash is programmed, and the backup RAM
   * stays RAM.
   */
  readonly flash: string;
  readonly backup: string;
  readonly behaves: (typeof STM32F4_FLASH_OPTION)["values"][number];
  readonly protection: Level;
}

const MADE = controller({
  start: memoryAddress,
  flash: text,
  backup: text,
  behaves: oneOf(STM32F4_FLASH_OPTION.values),
  protection: oneOf(LEVELS),
} satisfies Record<keyof Stm32F4FlashParts, unknown>);

/**
 * The flash interface of an STM32F4 with its read protection. It maps itself, takes the writes to its
 * memories, and reacts to resets.
 */
export class Stm32F4Flash {
  readonly #parts: Stm32F4FlashParts;
  readonly #context: PartContext;
  readonly #flash: Memory;
  readonly #backup: Memory;
  #status = 0;
  #control = LOCK;
  #level: Level;
  /** True if a debugger was there since power came (3.7.3). */
  #isDebugged = false;
  #writeProtection: number;
  #optionControl: number;
  #key = 0;
  #busyUntilUs = 0;
  #isDue = false;

  constructor(soc: Soc, context: PartContext, parts: Stm32F4FlashParts) {
    MADE({ soc, context, parts });
    this.#parts = parts;
    this.#context = context;
    this.#flash = soc.memory(parts.flash);
    this.#backup = soc.memory(parts.backup);
    this.#level = parts.protection;
    this.#writeProtection = parts.behaves === "protected" ? 0 : OPEN & NWRP;
    this.#optionControl = this.#loaded();
    soc.onDebugPower = (_dp, requested) => {
      this.#isDebugged ||= requested;
      this.#protect();
    };
    soc.onReset((kind) => {
      if (kind !== "core") this.#reset(kind === "power");
    });
    soc.keep("FLASH", this.#kept());
    this.#flash.handleWrites((offset, size, value) => {
      this.#store(offset, size, value);
      return undefined;
    });
    this.#backup.handleWrites((offset, size, value) => {
      if (this.#isClosed) return "error";
      this.#backup.put(offset, size, value);
      return undefined;
    });
    soc.map(
      { name: "FLASH", start: parts.start, size: 0x400 },
      wordDevice({
        still: () => true,
        read: (offset) => this.#read(offset),
        write: (offset, value) => {
          this.#write(offset, value);
          return undefined;
        },
      }),
    );
  }

  /** With read protection of level 2 the debug port reaches nothing. */
  get isSealed(): boolean {
    return this.#level === "level2";
  }

  #kept(): ReturnType<typeof keptVariables> {
    return keptVariables({
      level: [() => LEVELS.indexOf(this.#level), (value) => (this.#level = LEVELS[value] ?? "level1")],
      writeProtection: [() => this.#writeProtection, (value) => (this.#writeProtection = value)],
      optionControl: [() => this.#optionControl, (value) => (this.#optionControl = value)],
      status: [() => this.#status, (value) => (this.#status = value)],
      control: [() => this.#control, (value) => (this.#control = value)],
      key: [() => this.#key, (value) => (this.#key = value)],
      busyUntilUs: [() => this.#busyUntilUs, (value) => (this.#busyUntilUs = value)],
      isDue: [() => this.#isDue, (value) => (this.#isDue = value === 1)],
      isDebugged: [
        () => this.#isDebugged,
        (value) => {
          this.#isDebugged = value === 1;
          this.#protect();
        },
      ],
    });
  }

  /** Returns FLASH_OPTCR as the option bytes load it. */
  #loaded(): number {
    return (this.#writeProtection | (RDP[this.#level] << 8) | (OPEN & 0xff)) >>> 0;
  }

  #reset(isPower: boolean): void {
    if (isPower) this.#isDebugged = false;
    this.#protect();
    this.#optionControl = this.#loaded();
    this.#status = 0;
    this.#control = LOCK;
    this.#key = 0;
    this.#busyUntilUs = 0;
  }

  get #busy(): boolean {
    return !this.#context.clock.reached(this.#busyUntilUs);
  }

  #work(us: number): void {
    const nowUs = this.#context.clock.nowUs();
    this.#busyUntilUs = this.#parts.behaves === "busy" ? Infinity : Math.max(nowUs, this.#busyUntilUs) + us;
    this.#isDue = true;
  }

  /** "It is set only if the end of operation interrupts are enabled" (RM0090 3.9.5, FLASH_SR, EOP). */
  #complete(): void {
    if (!this.#isDue || this.#busy) return;
    this.#isDue = false;
    if ((this.#control & EOPIE) !== 0) this.#status |= EOP;
  }

  get #isClosed(): boolean {
    return this.#level !== "level0" && this.#isDebugged;
  }

  #protect(): void {
    for (const memory of [this.#flash, this.#backup]) memory.unreadable = this.#isClosed;
  }

  #isOpen(sector: number): boolean {
    return ((this.#optionControl >>> (16 + sector)) & 1) === 1;
  }

  #read(offset: number): number {
    if (offset === SR) {
      this.#complete();
      return (this.#status | (this.#busy ? BSY : 0)) >>> 0;
    }
    if (offset === CR) return this.#control;
    return offset === OPTCR ? this.#optionControl : 0;
  }

  #write(offset: number, value: number): void {
    if (offset === KEYR && this.#unlocks(value, KEYS)) this.#control = (this.#control & ~LOCK) >>> 0;
    else if (offset === OPTKEYR && this.#unlocks(value, OPTION_KEYS)) this.#optionControl &= ~1;
    else if (offset === SR) {
      this.#complete();
      this.#status &= ~value;
    } else if (offset === OPTCR && (this.#optionControl & 1) === 0 && !this.#busy) {
      this.#optionControl = (value & ~OPTSTRT) >>> 0;
      if ((value & OPTSTRT) !== 0) this.#startOptions();
    } else if (offset === CR && (this.#control & LOCK) === 0 && !this.#busy) {
      this.#control = (value & ~STRT) >>> 0;
      if ((value & STRT) !== 0) this.#start();
    }
  }

  /** A wrong key locks the register until the next reset. */
  #unlocks(value: number, keys: readonly [number, number]): boolean {
    const right = this.#parts.behaves !== "locked" && value === keys[this.#key];
    this.#key = right ? this.#key + 1 : keys.length + 1;
    if (this.#key !== keys.length) return false;
    this.#key = 0;
    return true;
  }

  /** A debugger or core that writes without PG gets an error flag, not a bus error. */
  #store(offset: number, size: Size, value: number): void {
    const sector = SECTORS.findIndex(({ start, size: bytes }) => offset >= start && offset < start + bytes);
    if (this.#isClosed) this.#status |= WRPERR;
    else if ((this.#control & PG) === 0) this.#status |= PGSERR;
    else if (size !== 1 << ((this.#control >>> 8) & 3)) this.#status |= PGPERR;
    else if (!this.#isOpen(sector)) this.#status |= WRPERR;
    else if ((this.#status & ERRORS) !== 0) this.#status |= PGSERR;
    else {
      this.#flash.put(offset, size, (this.#flash.read(offset, size) & value) >>> 0);
      this.#work(WORD_US);
    }
  }

  #start(): void {
    if (this.#isClosed) this.#status |= WRPERR;
    else if ((this.#control & MER) !== 0) this.#massErase();
    else this.#eraseSector((this.#control >>> 3) & 0xf);
  }

  #massErase(): void {
    if (SECTORS.some((_, sector) => !this.#isOpen(sector))) this.#status |= WRPERR;
    else {
      this.#flash.fill(0, this.#flash.size, 0xff);
      this.#work(MASS_ERASE_US);
    }
  }

  #eraseSector(number: number): void {
    const sector = SECTORS[number];
    if ((this.#control & SER) === 0 || sector === undefined) this.#status |= PGSERR;
    else if (!this.#isOpen(number)) this.#status |= WRPERR;
    else {
      this.#flash.fill(sector.start, sector.size, 0xff);
      this.#work(sector.us);
    }
  }

  /** Puts the options of FLASH_OPTCR in force; if the level is lowered, the flash is erased first. */
  #startOptions(): void {
    const wanted = levelOf(this.#optionControl);
    if (this.isSealed) {
      this.#status |= WRPERR;
      this.#optionControl = this.#loaded();
      return;
    }
    this.#writeProtection = this.#optionControl & NWRP;
    if (this.#level === "level1" && wanted === "level0") this.#unprotect();
    else {
      this.#level = wanted;
      this.#protect();
    }
  }

  #unprotect(): void {
    this.#work(MASS_ERASE_US);
    if (this.#parts.behaves === "busy") return;
    this.#context.clock.after(MASS_ERASE_US, () => {
      this.#flash.fill(0, this.#flash.size, 0xff);
      this.#backup.fill(0, this.#backup.size, 0);
      this.#level = "level0";
      this.#protect();
    });
  }
}

function levelOf(optionControl: number): Level {
  const rdp = (optionControl >>> 8) & 0xff;
  if (rdp === RDP.level0) return "level0";
  return rdp === RDP.level2 ? "level2" : "level1";
}
