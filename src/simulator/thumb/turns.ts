/**
 * Turns of a loop that are alike but for numbers that grow by the same amount in each: how many come in the same way, so that they
 * need not be done. Only plain 16-bit instructions are known here; a loop with any other is done turn by turn.
 */
import { addsTo, condition, limitOf, type Flags, type Value } from "./growth.ts";

const MOST_INSTRUCTIONS = 64;
const PC = 15;
const SP = 13;

/** Memory as a loop may use it; undefined if it is not plain memory that stays as it is. */
export interface TurnMemory {
  /** An instruction's halfword. */
  fetch(address: number): number | undefined;
  load(address: number, size: 1 | 2 | 4): number | undefined;
  /** False if a store there does something besides, or changes what is looked at. */
  canStore(address: number, value: Value): boolean;
}

export interface Turn {
  /** Where its instructions stand. */
  readonly path: readonly number[];
  /** Registers at its end, up to LR. */
  readonly registers: readonly Value[];
  /** Words that it stored, by their address, as they are at its end, and as they were. */
  readonly words: ReadonlyMap<number, { readonly before: number; readonly after: Value }>;
  readonly flags: Flags;
  /** So many turns go the same way. */
  readonly most: number;
}

export interface Start {
  readonly registers: readonly number[];
  readonly flags: Flags;
}

/** What grows from turn to turn, as far as that is known. */
export interface Growth {
  readonly registers: readonly number[];
  readonly words: ReadonlyMap<number, number>;
}

class Unknown extends Error {
  override readonly name = "Unknown";
}

/** The turn that begins with these registers and ends where it began; undefined if that cannot be told. */
export function turnFrom(
  start: Start,
  memory: TurnMemory,
  growth: Growth = { registers: [], words: new Map() },
): Turn | undefined {
  try {
    return new Walk(start, memory, growth).toStart();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

class Walk {
  readonly #memory: TurnMemory;
  readonly #growth: Growth;
  readonly #r: Value[];
  readonly #words = new Map<number, { readonly before: number; readonly after: Value }>();
  readonly #start: number;
  #flags: Flags;
  #pc: number;
  #most = Infinity;

  constructor({ registers, flags }: Start, memory: TurnMemory, growth: Growth) {
    this.#memory = memory;
    this.#growth = growth;
    this.#r = registers.slice(0, PC).map((v, at) => ({ v: v | 0, d: (growth.registers[at] ?? 0) | 0 }));
    this.#flags = flags;
    this.#pc = registers[PC] ?? 0;
    this.#start = this.#pc;
  }

  toStart(): Turn | undefined {
    const path: number[] = [];
    while (path.length < MOST_INSTRUCTIONS) {
      const opcode = this.#memory.fetch(this.#pc);
      if (opcode === undefined) return undefined;
      const at = this.#pc;
      path.push(at);
      this.#pc = (at + 2) | 0;
      this.#one(opcode, (at + 4) | 0);
      if (this.#pc === this.#start)
        return {
          path,
          registers: this.#r,
          words: this.#words,
          flags: this.#flags,
          most: this.#most,
        };
    }
    return undefined;
  }

  #one(opcode: number, pc: number): void {
    const [d, n, imm8] = [opcode & 7, (opcode >>> 3) & 7, opcode & 0xff];
    const [wide, imm5] = [(opcode >>> 8) & 7, (opcode >>> 6) & 31];
    switch (opcode >>> 11) {
      case 0b00000:
      case 0b00001: {
        this.#shift(opcode, { d, n, imm5 });
        return;
      }
      case 0b00011: {
        const by = (opcode & 0x400) !== 0 ? known((opcode >>> 6) & 7) : this.#get((opcode >>> 6) & 7);
        this.#set(d, this.#sum(this.#get(n), by, (opcode & 0x200) !== 0));
        return;
      }
      case 0b00100: {
        this.#set(wide, this.#logical(known(imm8)));
        return;
      }
      case 0b00101:
        return void this.#sum(this.#get(wide), known(imm8), true);
      case 0b00110:
      case 0b00111: {
        this.#set(wide, this.#sum(this.#get(wide), known(imm8), (opcode & 0x800) !== 0));
        return;
      }
      case 0b01000: {
        this.#registers(opcode);
        return;
      }
      case 0b01001: {
        this.#set(wide, this.#load(known((pc & ~3) + imm8 * 4), 4));
        return;
      }
      case 0b01100: {
        this.#store(this.#plus(n, imm5 * 4), this.#get(d));
        return;
      }
      case 0b01101: {
        this.#set(d, this.#load(this.#plus(n, imm5 * 4), 4));
        return;
      }
      case 0b01111: {
        this.#set(d, this.#load(this.#plus(n, imm5), 1));
        return;
      }
      case 0b10001: {
        this.#set(d, this.#load(this.#plus(n, imm5 * 2), 2));
        return;
      }
      case 0b10010: {
        this.#store(this.#plus(SP, imm8 * 4), this.#get(wide));
        return;
      }
      case 0b10011: {
        this.#set(wide, this.#load(this.#plus(SP, imm8 * 4), 4));
        return;
      }
      case 0b10111:
        if (opcode !== 0xbf00) throw new Unknown();
        return;
      case 0b11010:
      case 0b11011: {
        this.#branchIf((opcode >>> 8) & 15, pc + ((opcode << 24) >> 23));
        return;
      }
      case 0b11100:
        this.#pc = (pc + ((opcode << 21) >> 20)) | 0;
        return;
      default:
        throw new Unknown();
    }
  }

  #branchIf(number: number, target: number): void {
    if (number > 13) throw new Unknown();
    if (condition(number, this.#flags)) this.#pc = target | 0;
  }

  /** LSLS by 0 is MOVS; other shifts only of what stays. */
  #shift(
    opcode: number,
    { d, n, imm5 }: { readonly d: number; readonly n: number; readonly imm5: number },
  ): void {
    const value = this.#get(n);
    const isLeft = (opcode & 0x800) === 0;
    if (isLeft && imm5 === 0) {
      this.#set(d, this.#logical(value));
      return;
    }
    if (value.d !== 0) throw new Unknown();
    const by = imm5 === 0 ? 32 : imm5;
    const out = isLeft ? value.v >>> (32 - by) : value.v >>> (by - 1);
    const result = isLeft ? value.v << by : by === 32 ? 0 : value.v >>> by;
    this.#set(d, this.#logical(known(result)));
    this.#flags = { ...this.#flags, c: (out & 1) !== 0 };
  }

  /** Data processing, and the instructions that reach all registers. */
  #registers(opcode: number): void {
    const [low, m] = [opcode & 7, (opcode >>> 3) & 7];
    const high = low | ((opcode >>> 4) & 8);
    const from = (opcode >>> 3) & 15;
    if ((opcode & 0x400) !== 0) {
      if (high >= SP || from >= PC) throw new Unknown();
      const operation = (opcode >>> 8) & 3;
      if (operation === 0) this.#set(high, addsTo(this.#get(high), this.#get(from), false));
      else if (operation === 1) this.#sum(this.#get(high), this.#get(from), true);
      else if (operation === 2) this.#set(high, this.#get(from));
      else throw new Unknown();
      return;
    }
    const [one, other] = [this.#get(low), this.#get(m)];
    const operation = (opcode >>> 6) & 15;
    if (operation === 10) return void this.#sum(one, other, true);
    if (one.d !== 0 || other.d !== 0) throw new Unknown();
    const results: Readonly<Record<number, number>> = {
      0: one.v & other.v,
      1: one.v ^ other.v,
      8: one.v & other.v,
      12: one.v | other.v,
      14: one.v & ~other.v,
      15: ~other.v,
    };
    const result = results[operation];
    if (result === undefined) throw new Unknown();
    const value = this.#logical(known(result));
    if (operation !== 8) this.#set(low, value);
  }

  #get(register: number): Value {
    const value = this.#r[register];
    if (value === undefined) throw new Unknown();
    return value;
  }

  #set(register: number, value: Value): void {
    this.#r[register] = value;
  }

  #plus(register: number, by: number): Value {
    return addsTo(this.#get(register), known(by), false);
  }

  /** Sets N and Z. */
  #logical(result: Value): Value {
    this.#most = Math.min(this.#most, limitOf(result));
    this.#flags = { ...this.#flags, n: result.v < 0, z: result.v === 0 };
    return result;
  }

  /** Sets all flags. They stay as long as operands and result keep their signs, and are 0 or are not. */
  #sum(one: Value, other: Value, subtracts: boolean): Value {
    if (one.d !== 0 && other.d !== 0) throw new Unknown();
    const result = addsTo(one, other, subtracts);
    this.#most = Math.min(this.#most, limitOf(one), limitOf(other), limitOf(result));
    const [a, b, sum] = [one.v, other.v, result.v];
    const isCarry = subtracts ? a >>> 0 >= b >>> 0 : (a >>> 0) + (b >>> 0) > 0xffff_ffff;
    const overflows = subtracts ? ((a ^ b) & (a ^ sum)) < 0 : (~(a ^ b) & (a ^ sum)) < 0;
    this.#flags = { n: sum < 0, z: sum === 0, c: isCarry, v: overflows };
    return result;
  }

  #load(address: Value, size: 1 | 2 | 4): Value {
    if (address.d !== 0 || address.v % size !== 0) throw new Unknown();
    const stored = this.#words.get(address.v & ~3);
    if (stored !== undefined && size < 4) throw new Unknown();
    if (stored !== undefined) return stored.after;
    const d = this.#growth.words.get(address.v & ~3) ?? 0;
    const value = this.#memory.load(address.v, size);
    if (value === undefined || (d !== 0 && size < 4)) throw new Unknown();
    return { v: value | 0, d };
  }

  #store(address: Value, value: Value): void {
    if (address.d !== 0 || (address.v & 3) !== 0) throw new Unknown();
    const before = this.#words.get(address.v)?.before ?? this.#memory.load(address.v, 4);
    if (before === undefined || !this.#memory.canStore(address.v, value)) throw new Unknown();
    this.#words.set(address.v, { before: before | 0, after: value });
  }
}

function known(value: number): Value {
  return { v: value | 0, d: 0 };
}

/** What grew in a turn that began and ended so. */
export function growthOf({ words }: Turn, before: Start, after: Start): Growth {
  return {
    registers: before.registers.slice(0, PC).map((value, at) => ((after.registers[at] ?? 0) - value) | 0),
    words: new Map([...words].map(([address, { before: was, after: is }]) => [address, (is.v - was) | 0])),
  };
}

/** How many turns from this one on go as it goes, each growing by the same; 0 if that is not sure. */
export function likeTurns(
  turn: Turn,
  { start, growth }: { readonly start: Start; readonly growth: Growth },
): number {
  const grows = ({ v, d }: Value, from: number, by: number | undefined): boolean =>
    d === by && v === ((from + by) | 0);
  const { n, z, c, v } = start.flags;
  const isLike =
    turn.flags.n === n &&
    turn.flags.z === z &&
    turn.flags.c === c &&
    turn.flags.v === v &&
    turn.registers.every((value, at) => grows(value, start.registers[at] ?? 0, growth.registers[at])) &&
    turn.words.size === growth.words.size &&
    [...turn.words].every(([address, { before, after }]) => grows(after, before, growth.words.get(address)));
  return isLike ? turn.most : 0;
}
