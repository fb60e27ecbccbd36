/**
 * Holds the registers of a device by name and by address, as plain data. pack/svd/svd.ts makes it; it knows no
 * XML and reads no target.
 */
import { nearest } from "../lib/nearest.ts";

export type RegisterSize = 8 | 16 | 32 | 64;

/** The words are those of CMSIS-SVD. */
export type SvdAccess = "read-only" | "write-only" | "read-write" | "writeOnce" | "read-writeOnce";

export interface RegisterField {
  readonly name: string;
  /** The bit number of the lowest bit. */
  readonly lsb: number;
  /** The width is in bits. */
  readonly width: number;
  readonly access: SvdAccess;
  /** Values that have a name, with the name. */
  readonly values: ReadonlyMap<bigint, string>;
}

export interface PeripheralRegister {
  readonly peripheral: string;
  /** The name is without the peripheral; clusters stand before it, with dots. */
  readonly name: string;
  readonly address: number;
  readonly size: RegisterSize;
  readonly access: SvdAccess;
  readonly resetValue: bigint;
  /** True if reading it changes it. */
  readonly readAction: boolean;
  /** Fields go from the lowest bit up. */
  readonly fields: readonly RegisterField[];
}

/** The result for a name of the form `PERIPHERAL`, `PERIPHERAL.REGISTER` or `PERIPHERAL.REGISTER.FIELD`. */
export type Named =
  | { readonly kind: "peripheral"; readonly name: string; readonly registers: readonly PeripheralRegister[] }
  | { readonly kind: "register"; readonly register: PeripheralRegister }
  | { readonly kind: "field"; readonly register: PeripheralRegister; readonly field: RegisterField }
  /** `near` is the closest existing name, if one is close. */
  | { readonly kind: "unknown"; readonly near?: string };

export class RegisterMap {
  readonly #peripherals = new Map<string, PeripheralRegister[]>();
  readonly #byName = new Map<string, PeripheralRegister>();
  #byAddress: readonly PeripheralRegister[] | undefined;

  /** Takes peripherals in the file's order; some may have no registers. */
  constructor(peripherals: Iterable<readonly [name: string, registers: readonly PeripheralRegister[]]>) {
    for (const [name, registers] of peripherals) {
      this.#peripherals.set(name, [...registers]);
      for (const register of registers) {
        const key = keyOf(fullName(register));
        if (!this.#byName.has(key)) this.#byName.set(key, register);
      }
    }
  }

  get peripherals(): readonly string[] {
    return [...this.#peripherals.keys()];
  }

  /** Finds a name without regard to case. */
  find(name: string): Named {
    const register = this.#byName.get(keyOf(name));
    if (register !== undefined) return { kind: "register", register };
    const peripheral = this.peripherals.find((one) => keyOf(one) === keyOf(name));
    if (peripheral !== undefined)
      return {
        kind: "peripheral",
        name: peripheral,
        registers: this.#peripherals.get(peripheral) ?? [],
      };
    const dot = name.lastIndexOf(".");
    const owner = dot < 0 ? undefined : this.#byName.get(keyOf(name.slice(0, dot)));
    const wanted = keyOf(name.slice(dot + 1));
    const field = owner?.fields.find((one) => keyOf(one.name) === wanted);
    if (owner !== undefined && field !== undefined) return { kind: "field", register: owner, field };
    const near =
      owner === undefined
        ? nearest(name, this.#names(name), Infinity)
        : nearest(
            name,
            owner.fields.map((one) => `${fullName(owner)}.${one.name}`),
          );
    return { kind: "unknown", ...(near === undefined ? {} : { near }) };
  }

  /** Returns all of them by address; of several at one address the first of the file comes first. */
  inOrder(): readonly PeripheralRegister[] {
    return this.#sorted();
  }

  /** Returns the register that holds the byte at an address. */
  at(address: number): PeripheralRegister | undefined {
    const sorted = this.#sorted();
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle]?.address ?? Infinity) <= address) low = middle + 1;
      else high = middle;
    }
    // Several registers may share an address: the first of the file is the one that is meant first.
    for (let before = low - 1; before >= 0 && low - before <= MOST_BACK; before--) {
      const register = sorted[before];
      if (register === undefined || address >= register.address + register.size / 8) continue;
      const same = sorted.findIndex((one) => one.address === register.address);
      return sorted[same] ?? register;
    }
    return undefined;
  }

  #sorted(): readonly PeripheralRegister[] {
    this.#byAddress ??= [...this.#peripherals.values()].flat().sort((a, b) => a.address - b.address);
    return this.#byAddress;
  }

  /** Returns the candidates for a near name: registers of the peripheral if that is right, else peripherals. */
  #names(name: string): readonly string[] {
    const [first = ""] = name.split(".");
    const owner = this.peripherals.find((one) => keyOf(one) === keyOf(first));
    return owner === undefined
      ? name.includes(".")
        ? [...this.#byName.values()].map(fullName)
        : this.peripherals
      : (this.#peripherals.get(owner) ?? []).map(fullName);
  }
}

/** Registers that end beyond the start of a later one lie this close together. */
const MOST_BACK = 8;

export function fullName({ peripheral, name }: PeripheralRegister): string {
  return `${peripheral}.${name}`;
}

/** Returns `RCC.CR`, or `RCC.CR + 2` inside it. */
export function nameAt(map: RegisterMap, address: number): string | undefined {
  const register = map.at(address);
  if (register === undefined) return undefined;
  const offset = address - register.address;
  return offset === 0 ? fullName(register) : `${fullName(register)} + ${offset}`;
}

export function maskOf({ lsb, width }: RegisterField): bigint {
  return ((1n << BigInt(width)) - 1n) << BigInt(lsb);
}

export function fieldOf(field: RegisterField, value: bigint): bigint {
  return (value & maskOf(field)) >> BigInt(field.lsb);
}

export function withField(field: RegisterField, value: bigint, part: bigint): bigint {
  return (value & ~maskOf(field)) | ((part << BigInt(field.lsb)) & maskOf(field));
}

export function isReadable(access: SvdAccess): boolean {
  return access !== "write-only" && access !== "writeOnce";
}

export function isWritable(access: SvdAccess): boolean {
  return access !== "read-only";
}

function keyOf(name: string): string {
  return name.toLowerCase();
}
