/** The flash of a connection, opened when it is used. Only one is open at a time, for all need the same core and RAM. */
import type { FlashDriver } from "../../flash/driver.ts";
import type { Connection } from "../../session/connection.ts";

export interface Range {
  readonly address: number;
  readonly size: number;
}

export class OpenFlash {
  readonly #connection: Connection;
  #current: { readonly owner: object; readonly driver: FlashDriver } | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /**
   * Returns the driver for a range. It stays open until its owner closes it or another owner needs the core.
   * Resets and halts the core.
   */
  async driverFor(owner: object, range: Range): Promise<FlashDriver> {
    if (this.#current?.owner === owner) return this.#current.driver;
    const [driver] = await this.driversFor([range]);
    if (driver === undefined) throw new RangeError("no place was found, and nothing was thrown");
    this.#current = { owner, driver };
    return driver;
  }

  /** Returns drivers for several ranges at once; the caller closes each. Without ranges, all default flash is taken. */
  async driversFor(ranges?: readonly Range[]): Promise<readonly FlashDriver[]> {
    await this.close();
    return this.#connection.openFlashes(await this.#connection.flashPlaces(ranges));
  }

  async close(owner?: object): Promise<void> {
    const current = this.#current;
    if (current === undefined || (owner !== undefined && current.owner !== owner)) return;
    this.#current = undefined;
    await current.driver.close();
  }
}
