/** An address space of devices. Unmapped addresses and refused accesses are bus errors, never silent zeros. */
import { Failure } from "../../lib/fault.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Device, Size } from "./device.ts";
import type { ModelFault } from "../faults.ts";
import { Memory } from "./memory.ts";

export interface Mapping {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly device: Device;
  /** True if it stands in the debug domain and answers while the system is held in reset. */
  readonly debugDomain: boolean;
  /** Only secure accesses of a debugger reach it. */
  readonly secure?: boolean;
}

export class Bus {
  readonly name: string;
  /** The mappings are sorted by start and never overlap. */
  readonly #mappings: Mapping[] = [];
  readonly #nowUs: () => number;
  #last: Mapping | undefined;
  /** While the system is in reset only the debug domain answers. */
  inReset = false;

  constructor(name: string, nowUs: () => number) {
    this.name = name;
    this.#nowUs = nowUs;
  }

  get mappings(): readonly Mapping[] {
    return this.#mappings;
  }

  map(mapping: Mapping): void {
    const end = mapping.start + mapping.size;
    const clash = this.#mappings.find(
      (other) => mapping.start < other.start + other.size && other.start < end,
    );
    if (clash !== undefined)
      throw new Failure<ModelFault>(
        { kind: "overlapping-ranges", bus: this.name, first: clash.name, second: mapping.name },
        `${mapping.name} at ${hex32(mapping.start)} overlaps ${clash.name} at ${hex32(clash.start)} on bus ${this.name}`,
      );
    this.#mappings.push(mapping);
    this.#mappings.sort((one, other) => one.start - other.start);
  }

  /** Returns true if the device there is for secure accesses only. */
  isSecure(address: number): boolean {
    return this.#mappings.some(
      ({ start, size, secure }) => secure === true && address >= start && address < start + size,
    );
  }

  read(address: number, size: Size): number | "error" {
    const found = this.#reach(address, size);
    if (found === undefined || found.device.unreadable === true) return "error";
    return found.device.read(address - found.start, size);
  }

  write(address: number, size: Size, value: number): "error" | undefined {
    const found = this.#reach(address, size);
    if (found === undefined) return "error";
    return found.device.write(address - found.start, size, value);
  }

  /** Returns a halfword of memory without an access, or undefined if something else stands there. */
  peek(address: number): number | undefined {
    const found = this.find(address, 2);
    return found?.device instanceof Memory && !found.device.unreadable
      ? found.device.read(address - found.start, 2)
      : undefined;
  }

  #reach(address: number, size: Size): Mapping | undefined {
    const found = this.find(address, size);
    if (found === undefined || (this.inReset && !found.debugDomain)) return undefined;
    found.device.tick?.(this.#nowUs());
    return found;
  }

  find(address: number, size = 1): Mapping | undefined {
    const last = this.#last;
    if (last !== undefined && holds(last, address, size)) return last;
    let low = 0;
    let high = this.#mappings.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const mapping = this.#mappings[middle];
      if (mapping === undefined) return undefined;
      if (holds(mapping, address, size)) {
        this.#last = mapping;
        return mapping;
      }
      if (address < mapping.start) high = middle - 1;
      else low = middle + 1;
    }
    return undefined;
  }
}

function holds(mapping: Mapping, address: number, size: number): boolean {
  return address >= mapping.start && address + size <= mapping.start + mapping.size;
}
