/**
 * Holds the debug ports of a target by `__dp`, and which of them hears what is sent. Knows routes; the
 * accesses themselves are elsewhere.
 */
import { Dp, type Route } from "../../coresight/adi/dp.ts";
import { placeKey, type ApPlace } from "../../coresight/ap-place.ts";
import { MemAp } from "../../coresight/adi/mem-ap.ts";
import { NestedAps } from "../../coresight/adi/nested-aps.ts";
import type { Wire } from "../../coresight/wire/wire.ts";
import { SessionFailure } from "../../project/faults.ts";

export class DebugPorts {
  /** The session's own port. */
  readonly own: Dp;
  readonly #ownId: number;
  readonly #wire: Wire;
  readonly #routes: Map<number, Route>;
  readonly #ports = new Map<number, Dp>();
  readonly #memories = new Map<Dp, Map<string, MemAp>>();
  /** The port that hears; undefined while that cannot be known. */
  #current: number | undefined;
  /** True if an access port may be asked for its IDR before the debugger uses it for itself. */
  #asks = true;
  readonly #choose: (id: number) => Promise<void>;

  /** `routes` are by `__dp`, and empty if there is only one port, which needs none. `choose` makes one hear. */
  constructor(
    own: Dp,
    ownId: number,
    routes: ReadonlyMap<number, Route>,
    choose: (id: number) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#choose = choose;
    this.own = own;
    this.#ownId = ownId;
    this.#wire = own.wire;
    this.#routes = new Map(routes);
    this.#ports.set(ownId, own);
    this.#current = routes.has(ownId) ? undefined : ownId;
  }

  /**
   * Starts a new connection: every access port must be judged anew, by its IDR if `asks`, else by what is
   * read anyway.
   */
  startOver(asks: boolean): void {
    this.#asks = asks;
    this.forgetIdentities();
  }

  /** A reset may have closed or removed an access port. */
  forgetIdentities(): void {
    for (const memories of this.#memories.values())
      for (const memory of memories.values()) memory.forgetIdentity();
  }

  /** Returns true if it is known how this port is chosen. */
  isRouted(id: number): boolean {
    return this.#routes.has(id);
  }

  /** Sets a route after a scan of a JTAG chain. */
  setRoute(id: number, route: Route): void {
    this.#routes.set(id, route);
    if (this.#current === id) this.#current = undefined;
  }

  /** Returns true if something must be sent before this port hears. */
  isElsewhere(id: number): boolean {
    return id !== this.#current;
  }

  /** A line reset was sent by hand: on SWD every port forgets that it was chosen. */
  lost(): void {
    if ([...this.#routes.values()].some(({ kind }) => kind === "targetsel")) this.#current = undefined;
  }

  /** Notes that what was sent by hand chose this port. */
  chosen(id: number): void {
    this.#current = id;
  }

  /** Returns the route to a port that does not hear, or undefined if none is needed. */
  routeTo(id: number): Route | undefined {
    const route = this.#routes.get(id);
    if (route === undefined && id !== this.#ownId) this.get(id);
    return route;
  }

  get(id: number): Dp {
    const known = this.#ports.get(id);
    if (known !== undefined) return known;
    if (!this.#routes.has(id)) {
      throw new SessionFailure(
        { kind: "unknown-debug-port", dp: id },
        `debug port ${id} (__dp) is not described: the pack has no <debugport __dp="${id}"> that says how it is selected`,
      );
    }
    const made = new Dp(this.#wire, { hears: false, id, patches: this.own.patches });
    this.#ports.set(id, made);
    return made;
  }

  /** Returns the memory behind an access port. There is one object for each, because it caches CSW and TAR. */
  memory(ap: ApPlace, id = this.#ownId): MemAp {
    const port = this.get(id);
    const memories = this.#memories.get(port) ?? new Map<string, MemAp>();
    this.#memories.set(port, memories);
    const known = memories.get(placeKey(ap));
    if (known !== undefined) return known;
    const parent = typeof ap === "number" || ap.parent === undefined ? undefined : this.memory(ap.parent, id);
    const made = new MemAp(parent === undefined ? port : new NestedAps(port, parent), ap, parent, {
      asks: () => this.#asks,
      hear: () => this.#choose(id),
    });
    memories.set(placeKey(ap), made);
    return made;
  }
}
