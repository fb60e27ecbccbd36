/** The access ports of a debug port by APSEL. If one does not exist, asking for it is an error that lists those that do. */
import { SessionFailure } from "../../project/faults.ts";
import type { AccessPort } from "./access-port.ts";
import { call, count, listOf, thing } from "../arguments.ts";

const PORTS = call({
  ports: listOf(thing<AccessPort>("an AccessPort, as a session makes it", { readReg: "function" })),
});

const GET = call({ apsel: count(0) });

/**
 * A table with access ports by APSEL: `aps[1]` and `aps.get(1)` are the same. If it does not exist, both throw
 * `no-access-port`; `has` asks without throwing.
 */
export class AccessPorts implements Iterable<AccessPort> {
  readonly [apsel: number]: AccessPort;
  private readonly ports: ReadonlyMap<number, AccessPort>;

  constructor(ports: readonly AccessPort[]) {
    PORTS({ ports });
    this.ports = new Map(ports.map((port) => [port.apsel, port]));
    return new Proxy(this, {
      get: (table, key, receiver): unknown =>
        typeof key === "string" && /^\d+$/.test(key)
          ? table.get(Number(key))
          : Reflect.get(table, key, receiver),
      has: (table, key) =>
        typeof key === "string" && /^\d+$/.test(key) ? table.has(Number(key)) : Reflect.has(table, key),
    });
  }

  get size(): number {
    return this.ports.size;
  }

  has(apsel: number): boolean {
    return this.ports.has(apsel);
  }

  get(apsel: number): AccessPort {
    const found = this.ports.get(GET({ apsel }).apsel);
    if (found !== undefined) return found;
    const known = this.keys();
    throw new SessionFailure(
      { kind: "no-access-port", ap: apsel, known },
      `no access port ${apsel} (found: ${known.length === 0 ? "none" : known.map((one) => `AP ${one}`).join(", ")})`,
    );
  }

  /** The APSELs in ascending order. */
  keys(): readonly number[] {
    return [...this.ports.keys()].sort((one, other) => one - other);
  }

  [Symbol.iterator](): Iterator<AccessPort> {
    return this.keys()
      .map((apsel) => this.get(apsel))
      [Symbol.iterator]();
  }
}
