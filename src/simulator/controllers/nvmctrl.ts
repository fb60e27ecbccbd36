/**
 * Models the flash controller of the SAM D21 (NVMCTRL, DS40001882 chapter 22): page buffer, commands with
 * their key, locks, errors, times.
 */
import { memoryAddress, oneOf, text, yesOrNo } from "../../lib/arguments.ts";
import { keptVariables } from "../bus/kept.ts";
import { wordDevice } from "../bus/device.ts";
import type { Memory } from "../bus/memory.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Soc } from "../soc/soc.ts";
import { controller } from "./given.ts";

const CTRLA = 0x00;
const CTRLB = 0x04;
const PARAM = 0x08;
const INTENCLR = 0x0c;
const INTENSET = 0x10;
const INTFLAG = 0x14;
const STATUS = 0x18;
const ADDR = 0x1c;
const LOCK = 0x20;

const KEY = 0xa5;
const READY = 1 << 0;
const ERROR = 1 << 1;
const LOAD = 1 << 1;
const PROGE = 1 << 2;
const LOCKE = 1 << 3;
const SECURITY_BIT = 1 << 8;
/** With CTRLB.MANW pages are written by command only. */
const MANUAL = 1 << 7;

const PAGE = 64;
const ROW = 256;
const REGIONS = 16;
const USER_ROW = 0x80_4000;
/** The value says 4096 pages of 64 bytes (PSZ 3). */
const PARAMETERS = 0x0003_1000;

const PAGE_US = 2_500;
const ROW_US = 6_000;
const COMMAND_US = 20;

/** Every model with an NVMCTRL has this option. */
export const NVMCTRL_OPTION = {
  type: "choice",
  values: ["works", "busy", "protected", "locked"],
  default: "works",
  about:
    "busy: READY never comes back after a command, nor does the DSU's chip erase end; protected: BOOTPROT keeps the first 32 KiB; locked: the user row locks every region",
} as const;

export interface NvmctrlParts {
  readonly start: number;
  /** The names of the memories that it programs. */
  readonly flash: string;
  readonly userRow: string;
  readonly behaves: "works" | "busy" | "protected" | "locked";
  readonly secured: boolean;
}

const MADE = controller({
  start: memoryAddress,
  flash: text,
  userRow: text,
  behaves: oneOf(NVMCTRL_OPTION.values),
  secured: yesOrNo,
} satisfies Record<keyof NvmctrlParts, unknown>);

/** The flash controller of a SAM D21. It maps itself, takes the writes to its memories, and reacts to resets. */
export class Nvmctrl {
  readonly #parts: NvmctrlParts;
  readonly #context: PartContext;
  readonly #flash: Memory;
  readonly #userRow: Memory;
  readonly #buffer = new Uint8Array(PAGE).fill(0xff);
  #busyUntilUs = 0;
  #control = 0;
  #controlB = MANUAL;
  #enabled = 0;
  #flags = 0;
  #status = 0;
  #address = 0;
  /** A 1 leaves the region open. */
  #open = 0xffff;
  #bootBytes = 0;
  /** SSB sets it; it holds from the next reset on. */
  #securing: boolean;
  secured: boolean;

  readonly #kept = keptVariables({
    busyUntilUs: [() => this.#busyUntilUs, (value) => (this.#busyUntilUs = value)],
    control: [() => this.#control, (value) => (this.#control = value)],
    controlB: [() => this.#controlB, (value) => (this.#controlB = value)],
    enabled: [() => this.#enabled, (value) => (this.#enabled = value)],
    flags: [() => this.#flags, (value) => (this.#flags = value)],
    status: [() => this.#status, (value) => (this.#status = value)],
    address: [() => this.#address, (value) => (this.#address = value)],
    open: [() => this.#open, (value) => (this.#open = value)],
    securing: [() => this.#securing, (value) => (this.#securing = value === 1)],
    secured: [() => this.secured, (value) => (this.secured = value === 1)],
  });

  constructor(soc: Soc, context: PartContext, parts: NvmctrlParts) {
    MADE({ soc, context, parts });
    const { start, behaves, secured } = parts;
    this.#parts = parts;
    this.#context = context;
    this.#flash = soc.memory(parts.flash);
    this.#userRow = soc.memory(parts.userRow);
    this.#securing = secured;
    this.secured = secured;
    if (behaves === "protected") this.#userRow.put(0, 1, 0xf8);
    if (behaves === "locked") this.#userRow.put(6, 2, 0);
    this.#flash.handleWrites((offset, size, value) => this.#load(offset, size, value));
    this.#userRow.handleWrites((offset, size, value) => this.#load(USER_ROW + offset, size, value));
    soc.map(
      { name: "NVMCTRL", start, size: 0x400 },
      wordDevice({
        still: () => true,
        read: (offset) => this.#read(offset),
        write: (offset, value) => {
          this.#write(offset, value);
        },
      }),
    );
    soc.keep("NVMCTRL", this.#kept);
    soc.onReset((kind) => {
      if (kind !== "core") this.#reset();
    });
  }

  /** True if neither a command nor a chip erase ever ends. */
  get busyForEver(): boolean {
    return this.#parts.behaves === "busy";
  }

  /** Leaves the state after a chip erase: the flash is empty and the security bit cleared. */
  eraseAll(): void {
    this.#flash.fill(0, this.#flash.size, 0xff);
    this.#securing = false;
    this.secured = false;
  }

  #reset(): void {
    const userRow = this.#userRow;
    const boot = userRow.read(0, 1) & 7;
    this.#bootBytes = boot === 7 ? 0 : ROW << (7 - boot);
    this.#open = userRow.read(6, 2);
    this.#buffer.fill(0xff);
    this.#busyUntilUs = 0;
    this.#control = 0;
    this.#controlB = MANUAL;
    this.#enabled = 0;
    this.#flags = 0;
    this.#status = 0;
    this.#address = 0;
    this.secured = this.#securing;
  }

  #read(offset: number): number {
    const ready = this.#context.clock.reached(this.#busyUntilUs);
    switch (offset) {
      case CTRLA:
        return this.#control;
      case CTRLB:
        return this.#controlB;
      case PARAM:
        return PARAMETERS;
      case INTENCLR:
      case INTENSET:
        return this.#enabled;
      case INTFLAG:
        return this.#flags | (ready ? READY : 0);
      case STATUS:
        return this.#status | (this.secured ? SECURITY_BIT : 0);
      case ADDR:
        return this.#address;
      case LOCK:
        return this.#open;
      default:
        return 0;
    }
  }

  #write(offset: number, value: number): undefined {
    if (offset === CTRLA) {
      this.#control = value & 0x7f;
      this.#command(value);
    } else if (offset === CTRLB) this.#controlB = value;
    else if (offset === INTENCLR) this.#enabled &= ~value;
    else if (offset === INTENSET) this.#enabled |= value & 3;
    else if (offset === INTFLAG) this.#flags &= ~(value & ERROR);
    else if (offset === STATUS) this.#status &= ~value;
    else if (offset === ADDR) this.#address = value & 0x3f_ffff;
    return undefined;
  }

  /** Stores to the flash go to the page buffer, never as single bytes (22.6.4.3). */
  #load(address: number, size: number, value: number): "error" | undefined {
    if (size === 1) return "error";
    for (let at = 0; at < size; at++) {
      const place = (address + at) % PAGE;
      this.#buffer[place] = (this.#buffer[place] ?? 0) & (value >>> (8 * at));
    }
    this.#address = address >> 1;
    this.#status |= LOAD;
    if ((this.#controlB & MANUAL) === 0 && (address + size) % PAGE === 0) this.#run(0x04);
    return undefined;
  }

  #command(value: number): void {
    // A wrong key, or a command while another one is running, is a programming error (22.8.1).
    if (value >>> 8 !== KEY || !this.#context.clock.reached(this.#busyUntilUs)) this.#fail(PROGE);
    else this.#run(value & 0x7f);
  }

  #run(command: number): void {
    const address = this.#address * 2;
    switch (command) {
      case 0x02:
        this.#erase(this.#flash, address);
        return;
      case 0x04:
        this.#program(this.#flash, address);
        return;
      case 0x05:
        this.#auxiliary(address, (row) => {
          this.#erase(row, address - USER_ROW, true);
        });
        return;
      case 0x06:
        this.#auxiliary(address, (row) => {
          this.#program(row, address - USER_ROW, true);
        });
        return;
      case 0x40:
        this.#open &= ~(1 << this.#regionOf(address));
        this.#work(COMMAND_US);
        return;
      case 0x41:
        this.#open |= 1 << this.#regionOf(address);
        this.#work(COMMAND_US);
        return;
      case 0x44:
        this.#clear();
        this.#work(COMMAND_US);
        return;
      case 0x45:
        this.#securing = true;
        this.#work(COMMAND_US);
        return;
      case 0x42:
      case 0x43:
      case 0x46:
        this.#work(COMMAND_US);
        return;
      default:
        this.#context.log(`NVMCTRL has no command ${command}`);
        this.#fail(PROGE);
    }
  }

  #auxiliary(address: number, act: (row: Memory) => void): void {
    const userRow = this.#userRow;
    if (address < USER_ROW || address >= USER_ROW + userRow.size || this.secured) this.#fail(PROGE);
    else act(userRow);
  }

  #erase(memory: Memory, address: number, auxiliary = false): void {
    if (!auxiliary && !this.#mayChange(address)) return;
    memory.fill(address - (address % ROW), ROW, 0xff);
    this.#work(ROW_US);
  }

  #program(memory: Memory, address: number, auxiliary = false): void {
    if (!auxiliary && !this.#mayChange(address)) return;
    const page = address - (address % PAGE);
    this.#buffer.forEach((byte, at) => {
      memory.put(page + at, 1, memory.read(page + at, 1) & byte);
    });
    this.#clear();
    this.#work(PAGE_US);
  }

  #mayChange(address: number): boolean {
    if (address >= this.#flash.size) {
      this.#fail(PROGE);
      return false;
    }
    const open = ((this.#open >>> this.#regionOf(address)) & 1) === 1;
    if (open && address >= this.#bootBytes) return true;
    this.#fail(LOCKE);
    return false;
  }

  #regionOf(address: number): number {
    return Math.floor(address / (this.#flash.size / REGIONS)) % REGIONS;
  }

  #clear(): void {
    this.#buffer.fill(0xff);
    this.#status &= ~LOAD;
  }

  #fail(error: number): void {
    this.#status |= error;
    this.#flags |= ERROR;
  }

  #work(us: number): void {
    this.#busyUntilUs = this.busyForEver ? Infinity : this.#context.clock.nowUs() + us;
  }
}
