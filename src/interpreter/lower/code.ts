/** The program under construction: instructions, slots, scopes. Knows names and places in the list, and no syntax tree. */
import type { Span } from "../../lib/source.ts";
import type { Value } from "./closures.ts";
import { slotValue } from "./closures.ts";
import type { Fact } from "../faults.ts";
import {
  FIXED_SLOTS,
  SLOT,
  type Call,
  type Computed,
  type JumpInstruction,
  type Program,
  type Instruction,
} from "../program.ts";
import { append } from "../../lib/lists.ts";

/** A name is either a slot of this sequence or something read-only from outside. */
export interface Resolved {
  readonly slot: number;
  readonly outer: boolean;
}

const NOTHING: Computed = { value: () => 0n, reads: [] };

export class Code {
  readonly #instructions: Instruction[] = [];
  readonly #scopes: Map<string, number>[] = [
    new Map<string, number>(Object.entries(SLOT)),
    new Map<string, number>(),
  ];
  readonly #outer = new Map<string, number>();
  readonly #temporaries = new Set<number>();
  #free: number[] = [];
  #slotCount = FIXED_SLOTS;
  #loopCount = 0;

  get here(): number {
    return this.#instructions.length;
  }

  emit(instruction: Instruction): void {
    this.#instructions.push(instruction);
  }

  call(call: Call, span: Span): void {
    this.emit({ kind: "call", call, span });
  }

  fault(fact: Fact, span: Span): void {
    this.call({ to: "fault", fact }, span);
  }

  set(slot: number, value: Computed, span: Span, name?: string): void {
    const { value: closure, reads } = value;
    this.emit({ kind: "set", slot, value: closure, reads, span, ...(name === undefined ? {} : { name }) });
  }

  /** Emits a jump whose target is not known yet; `land` gives it one. */
  jump(
    when: JumpInstruction["when"],
    test: Computed,
    span: Span,
    more: Pick<JumpInstruction, "of" | "loop"> = {},
  ): number {
    this.emit({
      kind: "jump",
      when,
      test: { value: test.value, reads: test.reads },
      target: -1,
      span,
      ...more,
    });
    return this.here - 1;
  }

  leap(span: Span): number {
    return this.jump("always", NOTHING, span);
  }

  /** Lets the jump at `index` go on here. */
  land(index: number): void {
    const instruction = this.#instructions[index];
    if (instruction?.kind !== "jump") throw new RangeError(`no jump at ${index}`);
    this.#instructions[index] = { ...instruction, target: this.here };
  }

  /** Returns a slot that lives until the statement or condition ends. */
  temporary(): number {
    const slot = this.#free.pop() ?? this.#slotCount++;
    this.#temporaries.add(slot);
    return slot;
  }

  isTemporary(slot: number): boolean {
    return this.#temporaries.has(slot);
  }

  /** Keeps the present value, whatever the next instructions do. */
  spill(value: Value, span: Span): Value {
    const slot = this.temporary();
    this.set(slot, value, span);
    return slotValue(slot);
  }

  endStatement(): void {
    append(this.#free, this.#temporaries);
    this.#temporaries.clear();
  }

  loop(): number {
    return this.#loopCount++;
  }

  openScope(): void {
    this.#scopes.push(new Map());
  }

  closeScope(): void {
    this.#scopes.pop();
  }

  /** Declares a variable in the innermost scope. Returns undefined if a scope around it has that name already. */
  declare(name: string): number | undefined {
    if (this.#scopes.some((scope) => scope.has(name))) return undefined;
    const slot = this.#slotCount++;
    this.#scopes.at(-1)?.set(name, slot);
    return slot;
  }

  resolve(name: string): Resolved {
    for (const scope of this.#scopes) {
      const slot = scope.get(name);
      if (slot !== undefined) return { slot, outer: false };
    }
    let slot = this.#outer.get(name);
    if (slot === undefined) this.#outer.set(name, (slot = this.#slotCount++));
    return { slot, outer: true };
  }

  finish(name: string, span: Span): Program {
    return {
      name,
      span,
      instructions: this.#instructions,
      slotCount: this.#slotCount,
      loopCount: this.#loopCount,
      outer: [...this.#outer].map(([outer, slot]) => ({ name: outer, slot })),
    };
  }
}
