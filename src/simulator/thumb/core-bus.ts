/**
 * Gives the core its own view of the bus: its private registers come first, and the chip answers everything
 * else.
 */
import type { ThumbBus } from "./port.ts";
import type { Reach } from "./reach.ts";
import type { SystemControl } from "./system-control.ts";

export class CoreBus implements ThumbBus {
  readonly #outer: ThumbBus;
  readonly #reach: Reach;
  failed = false;
  system: SystemControl | undefined;
  /** Unprivileged code may not touch the System Control Space. */
  privileged: () => boolean = () => true;

  constructor(outer: ThumbBus, reach: Reach) {
    this.#outer = outer;
    this.#reach = reach;
  }

  read8(address: number): number {
    const system = this.#own(address, 1, "reads");
    if (system !== undefined) return system.read(address, 1);
    return this.#failedOr(this.#outer.read8(address));
  }

  read16(address: number): number {
    const system = this.#own(address, 2, "reads");
    if (system !== undefined) return system.read(address, 2);
    return this.#failedOr(this.#outer.read16(address));
  }

  /** Nothing is executed out of private registers. */
  fetch16(address: number): number {
    return this.#failedOr(this.#outer.fetch16(address));
  }

  read32(address: number): number {
    const system = this.#own(address, 4, "reads");
    if (system !== undefined) return system.read(address, 4);
    return this.#failedOr(this.#outer.read32(address));
  }

  write8(address: number, value: number): void {
    const system = this.#own(address, 1, "writes");
    if (system !== undefined) system.write(address, value, 1);
    else {
      this.#outer.write8(address, value);
      this.#failedOr(0);
    }
  }

  write16(address: number, value: number): void {
    const system = this.#own(address, 2, "writes");
    if (system !== undefined) system.write(address, value, 2);
    else {
      this.#outer.write16(address, value);
      this.#failedOr(0);
    }
  }

  write32(address: number, value: number): void {
    const system = this.#own(address, 4, "writes");
    if (system !== undefined) system.write(address, value, 4);
    else {
      this.#outer.write32(address, value);
      this.#failedOr(0);
    }
  }

  #own(address: number, size: 1 | 2 | 4, access: "reads" | "writes"): SystemControl | undefined {
    const isOwn = this.system?.holds(address) === true && this.privileged();
    this.#reach.ask(address, size, access, isOwn);
    return isOwn ? this.system : undefined;
  }

  #failedOr(value: number): number {
    if (this.#outer.failed) {
      this.#outer.failed = false;
      this.failed = true;
    }
    return value;
  }
}
