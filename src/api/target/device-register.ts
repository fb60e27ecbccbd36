/** A register of the device by its name in the SVD file, with its fields. Goes through the selected core's memory. */
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import {
  fieldOf,
  fullName,
  isReadable,
  isWritable,
  maskOf,
  withField,
  type PeripheralRegister,
  type RegisterField,
} from "../../device/peripherals.ts";
import { hex } from "../../lib/hex.ts";
import { nearest } from "../../lib/nearest.ts";
import { badArgument, call, text, unsigned, madeBy } from "../arguments.ts";

const DEVICE_REGISTER_MADE = madeBy("Target.register", "peripheral");

const WRITE = {
  8: call({ value: unsigned(8) }),
  16: call({ value: unsigned(16) }),
  32: call({ value: unsigned(32) }),
};
const FIELD = call({ name: text });

type InMemory = <T>(work: (memory: MemAp) => Promise<T>) => Promise<T>;

/**
 * ```ts
 * const cr = await target.register("DBGMCU.CR");
 * await cr.writeField("DBG_STOP", 1);
 * console.log(await cr.read(), await cr.readFields());
 * ```
 */
export class DeviceRegister {
  /** `PERIPHERAL.REGISTER`, as the SVD file spells it. */
  readonly name: string;
  readonly address: number;
  /** The width in bits. */
  readonly size: 8 | 16 | 32;
  readonly #register: PeripheralRegister;
  readonly #inMemory: InMemory;

  /** Called by `Target.register`. Registers of 64 bits are read and written as memory. */
  constructor(register: PeripheralRegister, inMemory: InMemory) {
    DEVICE_REGISTER_MADE("DeviceRegister", register);
    this.name = fullName(register);
    this.address = register.address;
    const { size } = register;
    if (size === 64)
      throw badArgument(
        `${this.name} has 64 bits: read64(${hex(register.address)}) reads it, write64 writes it`,
      );
    this.size = size;
    this.#register = register;
    this.#inMemory = inMemory;
  }

  /** The names of the fields, from the lowest bit up. */
  get fields(): readonly string[] {
    return this.#register.fields.map(({ name }) => name);
  }

  /** Reads the unsigned value. Throws `bad-argument` for a register that can only be written, `target-fault`. */
  async read(): Promise<number> {
    if (!isReadable(this.#register.access)) throw badArgument(`${this.name} can only be written`);
    return this.#inMemory((memory) => memory.read(this.address, this.size));
  }

  /**
   * Writes the register. Throws `bad-argument` for a value that does not fit and for a register that can only be
   * read, `target-fault`.
   */
  async write(value: number): Promise<void> {
    if (!isWritable(this.#register.access)) throw badArgument(`${this.name} can only be read`);
    const { value: checked } = WRITE[this.size]({ value });
    await this.#inMemory((memory) => memory.write(this.address, this.size, checked));
  }

  async readField(name: string): Promise<number> {
    return Number(fieldOf(this.#field(name), BigInt(await this.read())));
  }

  /** Reads the register, changes the field and writes it; the other fields keep the values that were read. */
  async writeField(name: string, value: number): Promise<void> {
    const field = this.#field(name);
    if (!isWritable(field.access)) throw badArgument(`${this.name}.${field.name} can only be read`);
    const most = Number(maskOf(field) >> BigInt(field.lsb));
    if (!Number.isInteger(value) || value < 0 || value > most)
      throw badArgument(`${this.name}.${field.name} has ${field.width} bits: 0 to ${most}, not ${value}`);
    await this.#inMemory(async (memory) => {
      const before = isReadable(this.#register.access) ? await memory.read(this.address, this.size) : 0;
      await memory.write(this.address, this.size, Number(withField(field, BigInt(before), BigInt(value))));
    });
  }

  /** Returns all readable fields by name, from one reading of the register. */
  async readFields(): Promise<Readonly<Record<string, number>>> {
    const value = BigInt(await this.read());
    const readable = this.#register.fields.filter(({ access }) => isReadable(access));
    return Object.fromEntries(readable.map((field) => [field.name, Number(fieldOf(field, value))]));
  }

  #field(name: string): RegisterField {
    const wanted = FIELD({ name }).name.toLowerCase();
    const found = this.#register.fields.find((one) => one.name.toLowerCase() === wanted);
    if (found !== undefined) return found;
    const near = nearest(name, this.fields);
    throw badArgument(
      `${this.name} has no field "${name}"${near === undefined ? `; it has ${this.fields.join(", ")}` : `; did you mean ${near}?`}`,
    );
  }
}
