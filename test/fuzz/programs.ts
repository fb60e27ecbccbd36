/**
 * Random programs and an oracle for them: a plain evaluator over [0, 2^64) with its own numbers for precedence, that
 * shares nothing with the parser, the plan or the operator table. Programs are printed with as few parentheses as C needs.
 */
import type { Random } from "./random.ts";

type Node =
  | { readonly kind: "number"; readonly value: bigint }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "read"; readonly address: Node }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Node }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly kind: "choice"; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: "assign"; readonly name: string; readonly operator: string; readonly value: Node };

type Step =
  | { readonly kind: "do"; readonly node: Node }
  | { readonly kind: "write"; readonly address: Node; readonly value: Node }
  | {
      readonly kind: "if";
      readonly test: Node;
      readonly then: readonly Step[];
      readonly otherwise?: readonly Step[];
    }
  /** Runs at most `turns` times: `while (k < turns && test)`, counted by a variable of its own. */
  | {
      readonly kind: "loop";
      readonly counter: string;
      readonly turns: number;
      readonly test: Node;
      readonly body: readonly Step[];
    };

export type Program = readonly Step[];

export const NAMES = ["a", "b", "c"] as const;
const SIZE = 1n << 64n;
const LEVELS = ["||", "&&", "|", "^", "&", "== !=", "< <= > >=", "<< >>", "+ -", "* / %"].map((level) =>
  level.split(" "),
);
const BINARY = LEVELS.flat();
const COMPOUND = ["", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"];

export function randomProgram(random: Random): Program {
  let loops = 0;
  const steps = (depth: number, most: number): Step[] =>
    Array.from({ length: 1 + random.int(most) }, (): Step => {
      const kind = depth > 0 ? random.int(8) : 7;
      if (kind === 0) {
        const otherwise = random.oneIn(2) ? { otherwise: steps(depth - 1, 2) } : {};
        return { kind: "if", test: randomNode(random, 2), then: steps(depth - 1, 3), ...otherwise };
      }
      if (kind === 1) {
        const counter = `k${loops++}`;
        const turns = random.int(4);
        return { kind: "loop", counter, turns, test: randomNode(random, 2), body: steps(depth - 1, 2) };
      }
      if (kind === 2) return { kind: "write", address: randomNode(random, 2), value: randomNode(random, 3) };
      return { kind: "do", node: randomNode(random, 4) };
    });
  return steps(2, 5);
}

function randomNode(random: Random, depth: number): Node {
  const inner = (): Node => randomNode(random, depth - 1);
  switch (depth <= 0 ? random.int(2) : random.int(9)) {
    case 0:
      return { kind: "number", value: random.u64() };
    case 1:
      return { kind: "variable", name: random.pick(NAMES) };
    case 2:
      return { kind: "read", address: inner() };
    case 3:
      return { kind: "unary", operator: random.pick(["-", "+", "~", "!"]), operand: inner() };
    case 4:
      return { kind: "choice", test: inner(), yes: inner(), no: inner() };
    case 5:
      return { kind: "assign", name: random.pick(NAMES), operator: random.pick(COMPOUND), value: inner() };
    default:
      return { kind: "binary", operator: random.pick(BINARY), left: inner(), right: inner() };
  }
}

export function printProgram(program: Program): string {
  const declared = NAMES.map((name, index) => `__var ${name} = ${index};`).join(" ");
  const counters = [...countersOf(program)].map((name) => `__var ${name} = 0;`).join(" ");
  return `${declared} ${counters}\n${printSteps(program)}`;
}

function* countersOf(steps: readonly Step[]): Generator<string> {
  for (const step of steps) {
    if (step.kind === "if") yield* countersOf([...step.then, ...(step.otherwise ?? [])]);
    if (step.kind === "loop") {
      yield step.counter;
      yield* countersOf(step.body);
    }
  }
}

const printSteps = (steps: readonly Step[]): string => steps.map(printStep).join("\n");

function printStep(step: Step): string {
  switch (step.kind) {
    case "do":
      return `${print(step.node, 0)};`;
    case "write":
      return `Write32(${print(step.address, 0)}, ${print(step.value, 0)});`;
    case "if": {
      const otherwise = step.otherwise === undefined ? "" : ` else { ${printSteps(step.otherwise)} }`;
      return `if (${print(step.test, 0)}) { ${printSteps(step.then)} }${otherwise}`;
    }
    case "loop":
      return `${step.counter} = 0; while (${step.counter} < ${step.turns} && ${print(step.test, 3)}) { ${step.counter} += 1; ${printSteps(step.body)} }`;
  }
}

/** 0 assignment, 1 choice, 2 to 11 the binary levels, 12 unary. What binds less than `least` gets parentheses. */
function print(node: Node, least: number): string {
  const closed = (level: number, text: string): string => (level < least ? `(${text})` : text);
  switch (node.kind) {
    case "number":
      return node.value % 3n === 0n ? `${node.value}` : `0x${node.value.toString(16)}`;
    case "variable":
      return node.name;
    case "read":
      return `Read32(${print(node.address, 0)})`;
    case "unary":
      // `--x` and `++x` are other signs.
      return closed(
        12,
        `${node.operator}${node.operand.kind === "unary" ? " " : ""}${print(node.operand, 12)}`,
      );
    case "binary": {
      const level = 2 + LEVELS.findIndex((operators) => operators.includes(node.operator));
      return closed(level, `${print(node.left, level)} ${node.operator} ${print(node.right, level + 1)}`);
    }
    case "choice":
      return closed(1, `${print(node.test, 2)} ? ${print(node.yes, 0)} : ${print(node.no, 1)}`);
    case "assign":
      return closed(0, `${node.name} ${node.operator}= ${print(node.value, 0)}`);
  }
}

/** What the target holds; some addresses hold 0, so that conditions and divisors vary. */
export function memory(address: bigint): bigint {
  const mixed = address * 0x9e37_79b9n;
  return mixed % 5n === 0n ? 0n : (mixed + 7n) % (1n << 32n);
}

class DivisionByZero extends Error {}

export interface Outcome {
  readonly variables: Readonly<Record<string, bigint>>;
  /** Reads and writes in order, as `Read32(0x10)`. */
  readonly accesses: readonly string[];
  /** A division by zero ended it. */
  readonly stopped: boolean;
}

export function foretell(program: Program): Outcome {
  const oracle = new Oracle();
  let stopped = false;
  try {
    oracle.steps(program);
  } catch (error) {
    if (!(error instanceof DivisionByZero)) throw error;
    stopped = true;
  }
  return { variables: Object.fromEntries(oracle.variables), accesses: oracle.accesses, stopped };
}

const hex = (value: bigint): string => `0x${value.toString(16).toUpperCase()}`;

class Oracle {
  readonly variables = new Map<string, bigint>(NAMES.map((name, index) => [name, BigInt(index)]));
  readonly accesses: string[] = [];

  steps(steps: readonly Step[]): void {
    for (const step of steps) this.#step(step);
  }

  #step(step: Step): void {
    switch (step.kind) {
      case "do":
        this.#value(step.node);
        return;
      case "write": {
        const address = this.#value(step.address);
        this.accesses.push(`Write32(${hex(address)}, ${hex(this.#value(step.value))})`);
        return;
      }
      case "if":
        if (this.#value(step.test) !== 0n) this.steps(step.then);
        else this.steps(step.otherwise ?? []);
        return;
      case "loop":
        for (let turn = 0; turn < step.turns && this.#value(step.test) !== 0n; turn++) this.steps(step.body);
    }
  }

  #value(node: Node): bigint {
    switch (node.kind) {
      case "number":
        return node.value;
      case "variable":
        return this.#get(node.name);
      case "read": {
        const address = this.#value(node.address);
        this.accesses.push(`Read32(${hex(address)})`);
        return memory(address);
      }
      case "unary": {
        const operand = this.#value(node.operand);
        if (node.operator === "!") return operand === 0n ? 1n : 0n;
        if (node.operator === "~") return SIZE - 1n - operand;
        return node.operator === "-" ? (SIZE - operand) % SIZE : operand;
      }
      case "binary":
        return binary(node.operator, this.#value(node.left), () => this.#value(node.right));
      case "choice":
        return this.#value(this.#value(node.test) === 0n ? node.no : node.yes);
      case "assign": {
        const before = this.#get(node.name);
        const value = this.#value(node.value);
        const after = node.operator === "" ? value : binary(node.operator, before, () => value);
        this.variables.set(node.name, after);
        return after;
      }
    }
  }

  #get(name: string): bigint {
    const value = this.variables.get(name);
    if (value === undefined) throw new Error(`the oracle has no ${name}`);
    return value;
  }
}

function binary(operator: string, left: bigint, later: () => bigint): bigint {
  const truth = (value: boolean): bigint => (value ? 1n : 0n);
  if (operator === "&&") return left === 0n ? 0n : truth(later() !== 0n);
  if (operator === "||") return left !== 0n ? 1n : truth(later() !== 0n);
  const right = later();
  if ((operator === "/" || operator === "%") && right === 0n) throw new DivisionByZero();
  switch (operator) {
    case "+":
      return (left + right) % SIZE;
    case "-":
      return (left - right + SIZE) % SIZE;
    case "*":
      return (left * right) % SIZE;
    case "/":
      return (left - (left % right)) / right;
    case "%":
      return left % right;
    case "<<":
      return right >= 64n ? 0n : (left * 2n ** right) % SIZE;
    case ">>":
      return right >= 64n ? 0n : left / 2n ** right;
    case "<":
      return truth(left < right);
    case "<=":
      return truth(!(left > right));
    case ">":
      return truth(left > right);
    case ">=":
      return truth(!(left < right));
    case "==":
      return truth(left - right === 0n);
    case "!=":
      return truth(left - right !== 0n);
    default:
      return bitwise(operator, left, right);
  }
}

function bitwise(operator: string, left: bigint, right: bigint): bigint {
  let value = 0n;
  for (let bit = 1n; bit < SIZE; bit *= 2n) {
    const ones = Number((left / bit) % 2n) + Number((right / bit) % 2n);
    if (operator === "&" ? ones === 2 : operator === "|" ? ones > 0 : ones === 1) value += bit;
  }
  return value;
}
