/**
 * Models the flash controller of the Kinetis K64 (FTFE, K64P144M120SF5RM chapter 29): byte registers, FCCOB
 * commands, their errors and times.
 */
import { memoryAddress, oneOf, text } from "../../lib/arguments.ts";
import type { Device } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import type { Memory } from "../bus/memory.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Soc } from "../soc/soc.ts";
import { controller } from "./given.ts";

const FSTAT = 0x00;
const FCNFG = 0x01;
const FSEC = 0x02;
const FOPT = 0x03;
const FCCOB_FIRST = 0x04;
const FCCOB_LAST = 0x0f;
const FPROT3 = 0x10;
const FPROT0 = 0x13;
const FEPROT = 0x16;
const FDPROT = 0x17;

const CCIF = 1 << 7;
const RDCOLERR = 1 << 6;
const ACCERR = 1 << 5;
const FPVIOL = 1 << 4;
const MGSTAT0 = 1 << 0;
/** In FCNFG, interrupts and ERSSUSP can be written; RAMRDY says that the FlexRAM is RAM. */
const FCNFG_WRITABLE = 0xd0;
const RAMRDY = 1 << 1;

/** Reset copies the flash configuration field (29.3.1) into FPROT, FSEC and FOPT. */
const CONFIGURATION = 0x408;
const SECURITY = CONFIGURATION + 4;
const OPTIONS = CONFIGURATION + 5;
const UNSECURE = 2;
const PHRASE = 8;
const SECTOR = 0x1000;
const BLOCK = 0x8_0000;

/** These are typical times of the K64P144M120SF5 data sheet, table 23, and the longest for verifies. */
const READ_BLOCK_US = 1_800;
const READ_SECTION_US = 100;
const PROGRAM_CHECK_US = 95;
const PROGRAM_PHRASE_US = 90;
const ERASE_BLOCK_US = 435_000;
const ERASE_SECTOR_US = 15_000;
const ERASE_ALL_US = 870_000;

/** Every model with an FTFE has this option. */
export const FTFE_OPTION = {
  type: "choice",
  values: ["works", "busy", "protected"],
  default: "works",
  about:
    "busy: CCIF never comes back after a command, nor does a mass erase end; protected: FPROT protects every region",
} as const;

export interface FtfeParts {
  readonly start: number;
  /** The name of the memory that it programs. */
  readonly flash: string;
  readonly behaves: "works" | "busy" | "protected";
}

const MADE = controller({
  start: memoryAddress,
  flash: text,
  behaves: oneOf(FTFE_OPTION.values),
} satisfies Record<keyof FtfeParts, unknown>);

/** A command yields how long it takes, or the error with which it ends at once. */
type Outcome = { readonly us: number; readonly failed?: boolean } | { readonly error: number };

/** The flash controller of a Kinetis K64. It maps itself, closes its memory to writes, and reacts to resets. */
export class Ftfe implements Device {
  readonly #parts: FtfeParts;
  readonly #context: PartContext;
  readonly #flash: Memory;
  readonly #command = new Uint8Array(12);
  #errors = 0;
  #busyUntilUs = 0;
  #configuration = 0;
  #protection = 0xffff_ffff;
  #security = 0xfe;
  #options = 0xff;

  constructor(soc: Soc, context: PartContext, parts: FtfeParts) {
    MADE({ soc, context, parts });
    this.#parts = parts;
    this.#context = context;
    this.#flash = soc.memory(parts.flash);
    if (parts.behaves === "protected") this.#flash.put(CONFIGURATION, 4, 0);
    // Only the controller programs: a write to the flash itself is a bus error.
    this.#flash.handleWrites(() => "error");
    soc.map({ name: "FTFE", start: parts.start, size: 0x1000 }, this);
    soc.onReset((kind) => {
      if (kind !== "core") this.#loadConfiguration();
    });
  }

  readonly kept = keptVariables({
    errors: [() => this.#errors, (value) => (this.#errors = value)],
    busyUntilUs: [() => this.#busyUntilUs, (value) => (this.#busyUntilUs = value)],
    configuration: [() => this.#configuration, (value) => (this.#configuration = value)],
    protection: [() => this.#protection, (value) => (this.#protection = value)],
    security: [() => this.#security, (value) => (this.#security = value)],
    options: [() => this.#options, (value) => (this.#options = value)],
  });

  get secured(): boolean {
    return (this.#security & 3) !== UNSECURE;
  }

  /** Secures the part before power comes. If it is for ever, FSEC.MEEN forbids the mass erase too. */
  secure(forEver: boolean): void {
    this.#flash.put(SECURITY, 1, forEver ? 0xef : 0xff);
  }

  /** After a mass erase the security byte is programmed to the open state (29.4.13). */
  unsecure(): void {
    this.#flash.put(SECURITY, 1, 0xfe);
  }

  /** The value 2 of FSEC.MEEN forbids the mass erase by the debugger. */
  get massEraseAllowed(): boolean {
    return ((this.#security >> 4) & 3) !== 2;
  }

  /** True if neither a command nor a mass erase ever ends. */
  get busyForEver(): boolean {
    return this.#parts.behaves === "busy";
  }

  get idle(): boolean {
    return this.#context.clock.reached(this.#busyUntilUs);
  }

  /** Loads protection, security and options from the flash, as a reset does. */
  #loadConfiguration(): void {
    const flash = this.#flash;
    this.#errors = 0;
    this.#busyUntilUs = 0;
    this.#configuration = 0;
    this.#protection = flash.read(CONFIGURATION, 4);
    this.#security = flash.read(SECURITY, 1);
    this.#options = flash.read(OPTIONS, 1);
  }

  /**
   * Erases everything, also on request of the debugger; the part is open afterwards. Yields how long it
   * takes.
   */
  eraseAll(): number {
    this.#flash.fill(0, this.#flash.size, 0xff);
    // When all is erased, security is released (29.4.12.7).
    this.#security = (this.#security & ~3) | UNSECURE;
    return ERASE_ALL_US;
  }

  still(): boolean {
    return true;
  }

  read(offset: number, size: 1 | 2 | 4): number {
    let value = 0;
    for (let at = 0; at < size; at++) value |= this.#byte(offset + at) << (8 * at);
    return value >>> 0;
  }

  write(offset: number, size: 1 | 2 | 4, value: number): undefined {
    for (let at = 0; at < size; at++) this.#put(offset + at, (value >>> (8 * at)) & 0xff);
    return undefined;
  }

  #byte(offset: number): number {
    if (offset === FSTAT) return this.#errors | (this.idle ? CCIF : 0);
    if (offset === FCNFG) return this.#configuration | RAMRDY;
    if (offset === FSEC) return this.#security;
    if (offset === FOPT) return this.#options;
    if (offset >= FCCOB_FIRST && offset <= FCCOB_LAST) return this.#command[fccob(offset)] ?? 0;
    // FPROT3 has the lowest address and is the first byte of the field.
    if (offset >= FPROT3 && offset <= FPROT0) return (this.#protection >>> (8 * (offset - FPROT3))) & 0xff;
    return offset === FEPROT || offset === FDPROT ? 0xff : 0;
  }

  #put(offset: number, value: number): void {
    if (offset === FSTAT) this.#status(value);
    else if (!this.idle) this.#context.log(`FTFE ignores a write at ${offset}: a command is running`);
    else if (offset === FCNFG) this.#configuration = value & FCNFG_WRITABLE;
    else if (offset >= FCCOB_FIRST && offset <= FCCOB_LAST) this.#command[fccob(offset)] = value;
    else if (offset >= FPROT3 && offset <= FPROT0) {
      // In NVM normal mode, protection can be added but not removed (29.33.6).
      const mask = ~(~value << (8 * (offset - FPROT3))) | ~(0xff << (8 * (offset - FPROT3)));
      this.#protection = (this.#protection & mask) >>> 0;
    }
  }

  #status(value: number): void {
    if (!this.idle) return;
    this.#errors &= ~(value & (RDCOLERR | ACCERR | FPVIOL));
    // A command starts only without ACCERR and FPVIOL.
    if ((value & CCIF) === 0 || (this.#errors & (ACCERR | FPVIOL)) !== 0) return;
    this.#errors &= ~MGSTAT0;
    const outcome = this.#run();
    if ("error" in outcome) {
      this.#errors |= outcome.error;
      return;
    }
    if (outcome.failed === true) this.#errors |= MGSTAT0;
    this.#busyUntilUs = this.busyForEver ? Infinity : this.#context.clock.nowUs() + outcome.us;
  }

  #run(): Outcome {
    const [code = 0, high = 0, middle = 0, low = 0, ...data] = this.#command;
    const address = (high << 16) | (middle << 8) | low;
    switch (code) {
      case 0x00:
        return this.#readOnes(address - (address % BLOCK), BLOCK, READ_BLOCK_US);
      case 0x01:
        return this.#readSection(address, ((data[0] ?? 0) << 8) | (data[1] ?? 0));
      case 0x02:
        return this.#check(address, data.slice(4));
      case 0x07:
        return this.#program(address, data);
      case 0x08:
        return this.#erase(address - (address % BLOCK), BLOCK, ERASE_BLOCK_US);
      case 0x09:
        return address % 16 === 0
          ? this.#erase(address - (address % SECTOR), SECTOR, ERASE_SECTOR_US)
          : { error: ACCERR };
      case 0x40:
        return this.#readOnes(0, this.#flash.size, 2 * READ_BLOCK_US);
      case 0x44:
        return this.#protection === 0xffff_ffff ? { us: this.eraseAll() } : { error: FPVIOL };
      default:
        this.#context.log(`FTFE has no command ${code}`);
        return { error: ACCERR };
    }
  }

  #readSection(address: number, count: number): Outcome {
    const size = 16 * count;
    const crosses = Math.floor(address / BLOCK) !== Math.floor((address + size - 1) / BLOCK);
    if (address % 16 !== 0 || count === 0 || crosses) return { error: ACCERR };
    return this.#readOnes(address, size, READ_SECTION_US);
  }

  #readOnes(address: number, size: number, us: number): Outcome {
    const flash = this.#flash;
    if (address + size > flash.size) return { error: ACCERR };
    return { us, failed: flash.dump(address, size).some((byte) => byte !== 0xff) };
  }

  #check(address: number, expected: readonly number[]): Outcome {
    const flash = this.#flash;
    if (address % 4 !== 0 || address >= flash.size) return { error: ACCERR };
    const failed = [...flash.dump(address, 4)].some((byte, at) => byte !== expected[at ^ 3]);
    return { us: PROGRAM_CHECK_US, failed };
  }

  #program(address: number, data: readonly number[]): Outcome {
    const flash = this.#flash;
    if (address % PHRASE !== 0 || address >= flash.size) return { error: ACCERR };
    if (this.#isProtected(address, PHRASE)) return { error: FPVIOL };
    let failed = false;
    for (let at = 0; at < PHRASE; at++) {
      // Each word of the phrase has its highest byte first in FCCOB.
      const wanted = data[at ^ 3] ?? 0;
      const held = flash.read(address + at, 1) & wanted;
      failed ||= held !== wanted;
      flash.put(address + at, 1, held);
    }
    return { us: PROGRAM_PHRASE_US, failed };
  }

  #erase(address: number, size: number, us: number): Outcome {
    const flash = this.#flash;
    if (address >= flash.size) return { error: ACCERR };
    if (this.#isProtected(address, size)) return { error: FPVIOL };
    flash.fill(address, size, 0xff);
    return { us };
  }

  /** Each bit of FPROT is for one of 32 regions; a 0 protects it. */
  #isProtected(address: number, size: number): boolean {
    const region = this.#flash.size / 32;
    for (let bit = Math.floor(address / region); bit * region < address + size; bit++)
      if (((this.#protection >>> bit) & 1) === 0) return true;
    return false;
  }
}

/** FCCOB3 stands at 4, FCCOB0 at 7, FCCOB7 at 8: words are big-endian. */
function fccob(offset: number): number {
  return (offset - FCCOB_FIRST) ^ 3;
}
