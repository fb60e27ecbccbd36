/**
 * Joins a Thumb core to the chip: its bus, memories, breakpoints and time. Keeps the debugger's registers and
 * the core's the same. Knows when the core stopped; CortexM decides what that means for a debugger.
 */
import type { Agenda } from "../bus/agenda.ts";
import { microseconds, picoseconds } from "../../lib/clock.ts";
import type { BreakpointUnit } from "./breakpoint-unit.ts";
import type { Bus, Mapping } from "../bus/bus.ts";
import type { CorePart } from "./core-parts.ts";
import type { CoreRegisters } from "./core-registers.ts";
import type { Size } from "../bus/device.ts";
import { Memory } from "../bus/memory.ts";
import type { RoundNotes } from "../bus/round-notes.ts";
import { isQuietRead, type Onlooker } from "./onlooker.ts";
import type { Slice } from "./slice.ts";
import type { WatchedRange, WatchpointUnit } from "./watchpoint-unit.ts";
import { ThumbCore } from "../thumb/core.ts";
import type {
  FaultRecord,
  PlainMemory,
  StopReason,
  ThumbArchitecture,
  ThumbBus,
  ThumbProfile,
} from "../thumb/port.ts";

const MSP = 17;
const PSP = 18;
/** CONTROL, FAULTMASK, BASEPRI and PRIMASK share one word. */
const SPECIAL = 20;
/** MSPLIM and PSPLIM exist by Security state (Armv8-M D1.2.39). */
const LIMITS = { secure: [0x1c, 0x1d], nonSecure: [0x1e, 0x1f] } as const;
const PC = 15;
const THUMB_BIT = 1 << 24;
/** This is `b .`: only an interrupt gets the core out of it, so time can pass without running the core. */
const BRANCH_TO_SELF = 0xe7fe;

const ARCHITECTURES: Readonly<Record<CorePart["architecture"], ThumbArchitecture>> = {
  "v6-M": "v6-M",
  "v7-M": "v7-M",
  "v8-M.baseline": "v8-M.base",
  "v8-M.mainline": "v8-M.main",
  // It is without the vector extension.
  "v8.1-M": "v8-M.main",
};

export interface ExecutorParts {
  readonly part: CorePart;
  readonly cpuid: number;
  readonly registers: CoreRegisters;
  readonly breakpoints: BreakpointUnit;
  readonly watchpoints: WatchpointUnit;
  readonly bus: Bus;
  readonly agenda: Agenda;
  readonly notes: RoundNotes;
  /** Instructions in a microsecond. */
  readonly perUs: number;
}

export type Stop = Exclude<StopReason, "budget">;

export class Executor {
  /** Instructions in a microsecond, as if each took one cycle, by the core's own clock. */
  readonly ownPerUs: number;
  readonly #thumb: ThumbCore;
  readonly #parts: ExecutorParts;
  readonly #limits: readonly [msp: number, psp: number];
  /** The number of instructions of the latest run. */
  ran = 0;
  #mapped = -1;
  #broken: readonly number[] = [];
  /** The memories whose changes it follows. */
  readonly #heard = new Set<Mapping>();

  constructor(parts: ExecutorParts) {
    const { part, cpuid, bus, perUs } = parts;
    const architecture = ARCHITECTURES[part.architecture];
    const secure = architecture.startsWith("v8");
    const mainline = part.architecture !== "v6-M" && part.architecture !== "v8-M.baseline";
    const profile: ThumbProfile = {
      architecture,
      dsp: part.fpu,
      interrupts: mainline ? 240 : 32,
      priorityBits: mainline ? 4 : 2,
      cpuid,
      secure,
    };
    this.#parts = parts;
    this.ownPerUs = perUs;
    this.#limits = secure ? LIMITS.secure : LIMITS.nonSecure;
    const { watchpoints } = parts;
    this.#thumb = new ThumbCore(
      profile,
      busOf(bus, (address, size, access) => {
        if (watchpoints.meets(address, size, access)) this.#thumb.watchpointMet();
      }),
    );
    this.#thumb.steady = (address, size) => this.#steady(address, size);
    watchpoints.changed = () => {
      this.#mapped = -1;
    };
    parts.breakpoints.changed = () => {
      this.#placeBreakpoints();
    };
  }

  /** What a read of a device yields without doing anything, until something is due on the chip. */
  #steady(address: number, size: Size): number | undefined {
    const { bus, notes, watchpoints } = this.#parts;
    if (bus.inReset || watchpoints.ranges.length > 0 || !isQuietRead(bus, address, size)) return undefined;
    const value = notes.unlessAsked(() => bus.read(address, size));
    return value === "error" ? undefined : value;
  }

  get sleeping(): boolean {
    return this.#thumb.sleeping;
  }

  get fault(): FaultRecord {
    return this.#thumb.fault;
  }

  /** Resets the core; returns false if its vectors cannot be read. */
  reset(vectors: number): boolean {
    this.#mapMemories();
    return this.#thumb.reset(vectors);
  }

  /** True if time alone does not change it: it sleeps or branches to itself, and SysTick stands still. */
  get waits(): boolean {
    return !this.#thumb.ticks && (this.sleeping || this.#waitsForever());
  }

  /** Reads registers of the System Control Space that are the core's own, by their offset in it. */
  readSystem(offset: number): number {
    return this.#thumb.system.read(0xe000_e000 + offset, 4);
  }

  writeSystem(offset: number, value: number): void {
    this.#thumb.system.write(0xe000_e000 + offset, value, 4);
  }

  /** Takes it out of a lockup or a sleep, into Debug state. */
  recover(): void {
    this.#thumb.recover();
  }

  pendInterrupt(number: number): void {
    this.#thumb.pendInterrupt(number);
  }

  /** BKPT halts a core that is debugged; otherwise it is a fault. */
  set debugging(on: boolean) {
    this.#thumb.debugging = on;
  }

  /** With DHCSR.C_MASKINTS, PendSV, SysTick and interrupts are not taken. */
  set masked(on: boolean) {
    this.#thumb.exceptions.masked = on;
  }

  /** Sets the exceptions that halt the core when they are taken (DEMCR.VC_*). */
  catches(numbers: readonly number[]): void {
    this.#thumb.caught.clear();
    for (const number of numbers) this.#thumb.caught.add(number);
  }

  /**
   * Runs at most so many instructions of a stretch of time, fewer if something is going to happen on the chip before, or if
   * an onlooker would notice. Undefined if the core would go on.
   */
  run(limit: number, slice: Slice, onlooker?: Onlooker): Stop | undefined {
    this.ran = 0;
    if (this.#mapped < 0) this.#mapMemories();
    if (this.#waitsForever()) return "sleep";
    this.#load();
    const thumb = this.#thumb;
    const before = thumb.executed;
    // An instruction has its effect when it is done.
    const nowUs = (): number => microseconds(slice.psOf(thumb.executed - before + 1));
    const sooner = (atUs: number): void => {
      thumb.shorten(Math.max(1, slice.doneBy(picoseconds(atUs)) - (thumb.executed - before)));
    };
    const stop = this.#parts.agenda.during({ nowUs, sooner }, () =>
      onlooker === undefined ? thumb.step(limit) : thumb.stepAlone(limit, onlooker),
    );
    this.ran = thumb.executed - before;
    this.#store();
    return stop === "budget" ? undefined : stop;
  }

  /** Lets the core sleep for the time of so many instructions at most, until SysTick is due; yields how many. */
  sleep(most: number, perUs: number): number {
    const cycles = this.ownPerUs / perUs;
    const slept = Math.min(most, Math.ceil(Math.max(1, this.#thumb.dueIn) / cycles));
    this.#thumb.idle(Math.round(slept * cycles));
    return slept;
  }

  #waitsForever(): boolean {
    const { bus, registers } = this.#parts;
    const pc = registers.pc;
    if ((pc & 1) !== 0 || (registers.xpsr & THUMB_BIT) === 0 || this.#broken.includes(pc)) return false;
    const { exceptions } = this.#thumb;
    if (exceptions.next() !== 0 || this.#thumb.ticks) return false;
    return bus.peek(pc) === BRANCH_TO_SELF;
  }

  #load(): void {
    const { registers } = this.#parts;
    const { state } = this.#thumb;
    const special = registers.read(SPECIAL);
    state.select(registers.xpsr & 0x1ff, (special >>> 24) & 3);
    state.faultmask = (special >>> 16) & 1;
    state.basepri = (special >>> 8) & 0xff;
    state.primask = special & 1;
    const [msplim, psplim] = this.#limits;
    state.msplim = registers.read(msplim) | 0;
    state.psplim = registers.read(psplim) | 0;
    for (let number = 0; number < 15; number++)
      if (number !== 13) this.#thumb.setRegister(number, registers.general[number] ?? 0);
    state.msp = registers.read(MSP) | 0;
    state.psp = registers.read(PSP) | 0;
    this.#thumb.setRegister(PC, registers.pc);
    this.#thumb.xpsr = registers.xpsr;
  }

  #store(): void {
    const { registers } = this.#parts;
    const { state } = this.#thumb;
    registers.xpsr = this.#thumb.xpsr;
    const special = (state.control << 24) | (state.faultmask << 16) | (state.basepri << 8) | state.primask;
    registers.write(SPECIAL, special >>> 0);
    registers.write(MSP, state.msp >>> 0);
    registers.write(PSP, state.psp >>> 0);
    for (let number = 0; number < 16; number++)
      if (number !== 13) registers.general[number] = this.#thumb.register(number);
  }

  #placeBreakpoints(): void {
    for (const address of this.#broken) this.#thumb.setBreakpoint(address, false);
    this.#broken = this.#parts.breakpoints.addresses;
    for (const address of this.#broken) this.#thumb.setBreakpoint(address, true);
  }

  /** The mapping may have changed since the last reset, for example while a model is built. */
  #mapMemories(): void {
    const { mappings } = this.#parts.bus;
    if (this.#mapped === mappings.length) {
      this.#thumb.invalidate(0, 0xffff_ffff);
      return;
    }
    this.#mapped = mappings.length;
    const plain = mappings.flatMap((mapping) => {
      const { device, start } = mapping;
      if (!(device instanceof Memory)) return [];
      if (!this.#heard.has(mapping)) {
        this.#heard.add(mapping);
        device.onChange((offset, length) => {
          this.#thumb.invalidate(start + offset, length);
        });
        device.onRemap(() => {
          this.#mapped = -1;
        });
      }
      if (device.bytes === undefined) return [];
      return [{ base: start, bytes: device.bytes, writable: device.writable }];
    });
    this.#thumb.map(withoutWatched(plain, this.#parts.watchpoints.ranges));
    this.#placeBreakpoints();
  }
}

/**
 * Watched words are not plain memory: they go through the bus, so that accesses to other words cost nothing
 * more.
 */
function withoutWatched(
  plain: readonly PlainMemory[],
  ranges: readonly WatchedRange[],
): readonly PlainMemory[] {
  return ranges.reduce((left, { start, size }) => {
    const from = start - (start % 4);
    const to = start + size + ((4 - ((start + size) % 4)) % 4);
    return left.flatMap((memory) => {
      const { base, bytes } = memory;
      const end = base + bytes.length;
      if (to <= base || from >= end) return [memory];
      const before = { ...memory, bytes: bytes.subarray(0, Math.max(0, from - base)) };
      const after = { ...memory, base: to, bytes: bytes.subarray(Math.min(bytes.length, to - base)) };
      return [before, after].filter((part) => part.bytes.length > 0);
    });
  }, plain);
}

type Meeting = (address: number, size: Size, access: "reads" | "writes") => void;

function busOf(bus: Bus, meets: Meeting): ThumbBus {
  const fetch = (address: number, size: Size): number => {
    const value = bus.read(address, size);
    if (value !== "error") return value;
    outer.failed = true;
    return 0;
  };
  const read = (address: number, size: Size): number => {
    const value = fetch(address, size);
    if (!outer.failed) meets(address, size, "reads");
    return value;
  };
  const write = (address: number, size: Size, value: number): void => {
    if (bus.write(address, size, value >>> 0) === "error") outer.failed = true;
    else meets(address, size, "writes");
  };
  const outer: ThumbBus = {
    failed: false,
    fetch16: (address) => fetch(address, 2),
    read8: (address) => read(address, 1),
    read16: (address) => read(address, 2),
    read32: (address) => read(address, 4),
    write8: (address, value) => {
      write(address, 1, value);
    },
    write16: (address, value) => {
      write(address, 2, value);
    },
    write32: (address, value) => {
      write(address, 4, value);
    },
  };
  return outer;
}
