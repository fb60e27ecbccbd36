/**
 * Finds registers that are masked with the bits that should be cleared, because of a lost `~`. Follows what
 * was read until it is written.
 */
import type { Span } from "../../lib/source.ts";
import type { U64 } from "../../lib/u64.ts";
import { printExpression } from "../print/print-expression.ts";
import type { Binary, Declaration, Expression, Item, Sequence } from "../tree.ts";
import { nodesIn, nodesOf } from "../walk.ts";
import { accessOf, placeKey, type Access } from "./accesses.ts";
import type { Constants } from "./constants.ts";
import { Masks } from "./masks.ts";
import type { Report } from "./report.ts";

/** A mask of so few bits is likely to be cleared; a whole field may be kept. */
const FEW_BITS = 2;
/** A wider field is not a slip that a reader would see. */
const FIELD_BITS = 16;
/** The part of a read place that a value still holds. */
interface Held {
  readonly place: string;
  /** The mask that left only a field of it, and the bits of that field if they are known. */
  readonly mask?: Span;
  readonly kept?: U64;
  /** True if the mask lacks its `~`, should this value be written back. */
  readonly suspect?: boolean;
}

export function checkComplement(sequence: Sequence, constants: Constants, report: Report): void {
  // Nothing can be masked without a mask.
  if (!nodesIn(sequence).some((node) => "operator" in node && node.operator === "&")) return;
  new ComplementCheck(new Masks(sequence, constants), constants, report).items(sequence.items);
}

class ComplementCheck {
  readonly #masks: Masks;
  readonly #constants: Constants;
  readonly #report: Report;
  readonly #held = new Map<string, Held>();
  readonly #said = new Set<number>();

  constructor(masks: Masks, constants: Constants, report: Report) {
    this.#masks = masks;
    this.#constants = constants;
    this.#report = report;
  }

  /** Goes in the order of the text: an optional control counts as run. */
  items(items: readonly Item[]): void {
    for (const item of items) {
      if (item.kind === "control") {
        for (const one of [item.if, item.while]) if (one !== undefined) this.#expression(one);
        this.items(item.items);
      }
      if (item.kind !== "block") continue;
      for (const entry of item.entries) {
        if (entry.kind === "declaration") this.#declaration(entry);
        else if (entry.kind === "expression") this.#expression(entry.expression);
      }
    }
  }

  #declaration({ name, value }: Declaration): void {
    if (value === undefined) return;
    this.#expression(value);
    this.#store(name.text, this.#holds(value));
  }

  #expression(expression: Expression): void {
    const nodes = nodesOf(expression);
    for (const node of nodes) {
      const access = node.kind === "call" ? accessOf(node) : undefined;
      if (access !== undefined) this.#access(access);
      if (node.kind === "binary") this.#fieldReplaced(node);
    }
    for (const node of nodes) {
      if (node.kind === "assignment") this.#store(node.target.text, this.#holds(node));
    }
  }

  #store(name: string, held: Held | undefined): void {
    if (held === undefined) this.#held.delete(name);
    else this.#held.set(name, held);
  }

  #access({ space, address, value }: Access): void {
    if (space === "memory") this.#base(address);
    if (value === undefined) return;
    const held = this.#holds(value);
    if (held?.mask === undefined || held.suspect !== true) return;
    if (held.place === placeKey(address, this.#constants))
      this.#say(held.mask, "the register keeps these few bits and loses all others");
  }

  /** In `base = ReadAP(0xF8) & 0x3; Read32(base + 0xFE0)` the base is what the mask should have removed. */
  #base(address: Expression): void {
    const sides =
      address.kind === "binary" && address.operator === "+" ? [address.left, address.right] : [address];
    const [base, offset] = sides[0]?.kind === "variable" ? sides : sides.toReversed();
    if (base?.kind !== "variable") return;
    const held = this.#held.get(base.name);
    if (held?.mask === undefined || (held.kept ?? SMALLEST_ADDRESS) >= SMALLEST_ADDRESS) return;
    const known = offset === undefined ? 0n : this.#constants.valueOf(offset);
    if (known === undefined || known >= SMALLEST_ADDRESS) return;
    this.#say(held.mask, `an address is made of '${base.name}', which has only these few bits`);
  }

  #say(span: Span, message: string): void {
    if (this.#said.has(span.start)) return;
    this.#said.add(span.start);
    this.#report("lost-complement", message, span, { hint: "to clear them, write ~ before the mask" });
  }

  /** Recognises `(x & (m << s)) | (v << s)`, which keeps the field that is set, and nothing else. */
  #fieldReplaced({ operator, left, right }: Binary): void {
    if (operator !== "|" || left.kind !== "binary" || left.operator !== "&" || right.kind !== "binary")
      return;
    const mask = left.right;
    if (mask.kind !== "binary" || mask.operator !== "<<" || right.operator !== "<<") return;
    if (this.#constants.valueOf(mask.right) !== undefined) return;
    if (printExpression(mask.right) !== printExpression(right.right)) return;
    this.#say(mask.span, "the value keeps the field that is set here and loses all others");
  }

  #holds(expression: Expression): Held | undefined {
    switch (expression.kind) {
      case "call": {
        const access = accessOf(expression);
        if (access === undefined || access.value !== undefined) return undefined;
        return { place: placeKey(access.address, this.#constants) };
      }
      case "variable":
        return this.#held.get(expression.name);
      case "assignment": {
        const { operator, target, value } = expression;
        if (operator === undefined) return this.#holds(value);
        return this.#combined(operator, this.#held.get(target.text), value);
      }
      case "binary": {
        const left = this.#holds(expression.left);
        if (left !== undefined) return this.#combined(expression.operator, left, expression.right);
        return this.#combined(expression.operator, this.#holds(expression.right), expression.left);
      }
      default:
        return undefined;
    }
  }

  #combined(operator: string, held: Held | undefined, other: Expression): Held | undefined {
    if (held === undefined) return undefined;
    switch (operator) {
      case "&":
        return this.#masked(held, other);
      case "|":
        return this.#joined(held, other);
      case "^":
        return held;
      default:
        return undefined;
    }
  }

  #masked({ place, ...before }: Held, mask: Expression): Held {
    const bits =
      this.#constants.valueOf(mask) ?? (mask.kind === "variable" ? this.#masks.maskOf(mask) : undefined);
    if (bits !== undefined) {
      if (bits === 0n || ones(bits) > FIELD_BITS) return { place, ...before };
      return { place, mask: mask.span, kept: bits, suspect: ones(bits) <= FEW_BITS };
    }
    // The field is at a place that is only known at run time.
    const field =
      mask.kind === "binary" && mask.operator === "<<" ? this.#constants.valueOf(mask.left) : undefined;
    const isField = field !== undefined && ones(field) <= FIELD_BITS;
    return isField ? { place, mask: mask.span, suspect: true } : { place, ...before };
  }

  /** Bits inside the field set it anew. Other bits stand beside it, and then the rest was removed on purpose. */
  #joined(held: Held, other: Expression): Held {
    const { place, kept } = held;
    if (kept === undefined) return held;
    const bits = this.#constants.valueOf(other);
    return bits === undefined || (bits & kept) === 0n ? { place } : { ...held, suspect: true };
  }
}

/** Flash and vectors lie below, and neither has an identification. */
const SMALLEST_ADDRESS = 0x1000n;

function ones(value: U64): number {
  return value.toString(2).replaceAll("0", "").length;
}
