/**
 * Finds what a device's own DebugPortSetup sends on SWDIO, as far as its text tells: the bits of
 * DAP_SWJ_Sequence in their order, and the TARGETSEL values among them. A condition that only the target
 * decides counts as true, and a loop runs once. Knows no port.
 */
import type { Call, Expression, Item, Sequence } from "../language/tree.ts";
import { evaluate } from "../language/evaluate.ts";
import { nodesOf } from "../language/walk.ts";
import { debugVarValues } from "./debug-vars.ts";
import type { DeviceDescription } from "./description.ts";
import { resolveSequence } from "./precedence.ts";

export interface PortSetup {
  /** The levels of SWDIO, one a clock. */
  readonly bits: readonly (0 | 1)[];
  /** The debug port that is selected at the end, if any. */
  readonly targetsel: number | undefined;
}

const PROTOCOL = { jtag: 1n, swd: 2n, cjtag: 3n } as const;
const SWJ = 1n << 16n;
const DORMANT = 1n << 17n;
const DP_TARGETSEL = 0xcn;
/** Sequences may call each other in a circle, or so often that it never ends. */
const MOST_ENTERED = 256;

/** Returns undefined if the device leaves it to the debugger's default. */
export function portSetup(device: DeviceDescription, pname: string | undefined): PortSetup | undefined {
  const walk = new Walk(device, pname);
  return walk.enter("DebugPortSetup") ? { bits: walk.bits, targetsel: walk.targetsel } : undefined;
}

class Walk {
  readonly bits: (0 | 1)[] = [];
  targetsel: number | undefined;
  readonly #device: DeviceDescription;
  readonly #pname: string | undefined;
  readonly #predefined: ReadonlyMap<string, bigint>;
  #values = new Map<string, bigint>();
  #entered = 0;
  /** The number of `bits` before the last access: a transfer is not part of a pattern. */
  #since = 0;

  constructor(device: DeviceDescription, pname: string | undefined) {
    this.#device = device;
    this.#pname = pname;
    const { protocol = "swd", swj = true, dormant = false } = device.debugConfig ?? {};
    this.#predefined = new Map([
      ...[...debugVarValues(device.debugVars, [])].map(([name, { value }]) => [name, value] as const),
      ["__protocol", PROTOCOL[protocol] | (swj ? SWJ : 0n) | (dormant ? DORMANT : 0n)],
    ]);
  }

  enter(name: string): boolean {
    const layers = { project: [], pack: this.#device.sequences, defaults: [] };
    const winner = resolveSequence(name, this.#pname, layers)?.winner;
    if (winner === undefined || winner.disabled || this.#entered === MOST_ENTERED) return false;
    this.#entered += 1;
    const outer = this.#values;
    this.#values = new Map();
    this.#items(winner.sequence.items);
    this.#values = outer;
    return true;
  }

  #items(items: Sequence["items"]): void {
    for (const item of items) this.#item(item);
  }

  #item(item: Item): void {
    if (item.kind === "block") {
      for (const entry of item.entries) {
        if (entry.kind === "expression") this.#expression(entry.expression);
        else if (entry.kind === "declaration") {
          if (entry.value !== undefined) this.#expression(entry.value);
          this.#assign(entry.name.text, entry.value);
        }
      }
      return;
    }
    if (item.kind !== "control") return;
    for (const condition of [item.if, item.while]) {
      if (condition === undefined) continue;
      this.#expression(condition);
      if (this.#valueOf(condition) === 0n) return;
    }
    this.#items(item.items);
  }

  #expression(expression: Expression): void {
    for (const node of nodesOf(expression)) if (node.kind === "call") this.#call(node);
    if (expression.kind === "assignment")
      this.#assign(expression.target.text, expression.operator === undefined ? expression.value : undefined);
  }

  /** A value that is no longer known is forgotten. */
  #assign(name: string, value: Expression | undefined): void {
    const known = value === undefined ? undefined : this.#valueOf(value);
    if (known === undefined) this.#values.delete(name);
    else this.#values.set(name, known);
  }

  #valueOf(expression: Expression): bigint | undefined {
    if (nodesOf(expression).some(({ kind }) => kind === "call" || kind === "assignment")) return undefined;
    try {
      return evaluate(expression, (name) => this.#values.get(name) ?? this.#predefined.get(name));
    } catch {
      return undefined;
    }
  }

  #call({ name, args }: Call): void {
    const [first, second] = args;
    switch (name.text.toLowerCase()) {
      case "sequence":
        if (first?.kind === "string") this.enter(first.raw.replaceAll('"', ""));
        return;
      case "dap_swj_sequence":
        this.#send(this.#argument(first), this.#argument(second));
        return;
      case "writedp":
        if (this.#argument(first) === DP_TARGETSEL) this.#select(this.#argument(second));
        this.#since = this.bits.length;
        return;
      case "readdp":
      case "readap":
      case "writeap":
        this.#since = this.bits.length;
    }
  }

  #argument(expression: Expression | undefined): bigint | undefined {
    return expression === undefined ? undefined : this.#valueOf(expression);
  }

  #send(count: bigint | undefined, value: bigint | undefined): void {
    // Unknown bits break any pattern that they would be part of.
    if (count === undefined || value === undefined || count > 64n) {
      this.#since = this.bits.length;
      return;
    }
    for (let at = 0n; at < count; at++) this.bits.push((value >> at) & 1n ? 1 : 0);
    this.#select(targetselAtEnd(this.bits.slice(this.#since)));
  }

  #select(value: bigint | number | undefined): void {
    if (value !== undefined) this.targetsel = Number(value);
  }
}

/**
 * The pattern is a line reset, the request 0x99, five cycles without an answer, and the value (ADIv5.2
 * B4.3.4); after that at most parity and idle cycles follow.
 */
const SELECTION = /1{50,}00+10011001[01]{5}([01]{32})[01]0*$/;

function targetselAtEnd(bits: readonly (0 | 1)[]): number | undefined {
  const [, value] = SELECTION.exec(bits.join("")) ?? [];
  return value === undefined ? undefined : Number.parseInt(Array.from(value).reverse().join(""), 2);
}
