/**
 * Random programs of expressions against an oracle: a plain recursive evaluator over [0, 2^64) that shares nothing with
 * the plan. Values, order of accesses and the place where a division by zero stops the run must agree.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { run } from "./support/run.ts";

type Node =
  | { readonly kind: "number"; readonly value: bigint }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "read"; readonly address: Node }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Node }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly kind: "choice"; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: "assign"; readonly name: string; readonly operator: string; readonly value: Node };

const NAMES = ["a", "b", "c"];
const SIZE = 1n << 64n;
const STRICT = ["*", "/", "%", "+", "-", "<<", ">>", "<", "<=", ">", ">=", "==", "!=", "&", "^", "|"];
const COMPOUND = ["", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"];

const name = fc.constantFrom(...NAMES);
const interesting = fc.oneof(
  fc.bigInt({ min: 0n, max: 4n }),
  fc.bigInt({ min: 60n, max: 68n }),
  fc.bigInt({ min: 0n, max: SIZE - 1n }),
  fc.constantFrom(SIZE - 1n, SIZE / 2n, SIZE / 2n - 1n, 0xffff_ffffn, 0x1_0000_0000n),
);

const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, depthSize: "large", withCrossShrink: true },
    fc.record({ kind: fc.constant("number" as const), value: interesting }),
    fc.record({ kind: fc.constant("variable" as const), name }),
    fc.record({ kind: fc.constant("read" as const), address: tie("node") }),
    fc.record({
      kind: fc.constant("unary" as const),
      operator: fc.constantFrom("-", "+", "~", "!"),
      operand: tie("node"),
    }),
    fc.record({
      kind: fc.constant("binary" as const),
      operator: fc.constantFrom(...STRICT, "&&", "||"),
      left: tie("node"),
      right: tie("node"),
    }),
    fc.record({ kind: fc.constant("choice" as const), test: tie("node"), yes: tie("node"), no: tie("node") }),
    fc.record({
      kind: fc.constant("assign" as const),
      name,
      operator: fc.constantFrom(...COMPOUND),
      value: tie("node"),
    }),
  ),
}));

function print(at: Node): string {
  switch (at.kind) {
    case "number":
      return `0x${at.value.toString(16)}`;
    case "variable":
      return at.name;
    case "read":
      return `Read32(${print(at.address)})`;
    case "unary":
      return `${at.operator}(${print(at.operand)})`;
    case "binary":
      return `((${print(at.left)}) ${at.operator} (${print(at.right)}))`;
    case "choice":
      return `((${print(at.test)}) ? (${print(at.yes)}) : (${print(at.no)}))`;
    case "assign":
      return `(${at.name} ${at.operator}= ${print(at.value)})`;
  }
}

/** What the target holds; some addresses hold 0, so that conditions and divisors vary. */
function memory(address: bigint): bigint {
  return (address * 0x9e37_79b9n) % 5n === 0n ? 0n : (address * 0x9e37_79b9n + 7n) % (1n << 32n);
}

class DivisionByZero extends Error {}

class Oracle {
  readonly variables = new Map<string, bigint>(NAMES.map((of, index) => [of, BigInt(index)]));
  readonly reads: string[] = [];

  evaluate(at: Node): bigint {
    switch (at.kind) {
      case "number":
        return at.value;
      case "variable":
        return this.variables.get(at.name) ?? -1n;
      case "read": {
        const address = this.evaluate(at.address);
        this.reads.push(`Read32(0x${address.toString(16).toUpperCase()})`);
        return memory(address);
      }
      case "unary": {
        const operand = this.evaluate(at.operand);
        if (at.operator === "!") return operand === 0n ? 1n : 0n;
        if (at.operator === "~") return SIZE - 1n - operand;
        return at.operator === "-" ? (SIZE - operand) % SIZE : operand;
      }
      case "binary":
        return this.binary(at.operator, this.evaluate(at.left), () => this.evaluate(at.right));
      case "choice":
        return this.evaluate(at.test) === 0n ? this.evaluate(at.no) : this.evaluate(at.yes);
      case "assign": {
        const before = this.variables.get(at.name) ?? -1n;
        const value = this.evaluate(at.value);
        const after = at.operator === "" ? value : this.binary(at.operator, before, () => value);
        this.variables.set(at.name, after);
        return after;
      }
    }
  }

  binary(operator: string, left: bigint, later: () => bigint): bigint {
    if (operator === "&&" && left === 0n) return 0n;
    if (operator === "||" && left !== 0n) return 1n;
    const right = later();
    const modulo = (value: bigint): bigint => ((value % SIZE) + SIZE) % SIZE;
    const truth = (value: boolean): bigint => (value ? 1n : 0n);
    if ((operator === "/" || operator === "%") && right === 0n) throw new DivisionByZero();
    if (operator === "&&" || operator === "||") return truth(right !== 0n);
    if (operator === "+") return modulo(left + right);
    if (operator === "-") return modulo(left - right);
    if (operator === "*") return modulo(left * right);
    if (operator === "/") return (left - (left % right)) / right;
    if (operator === "%") return left % right;
    if (operator === "<<") return right >= 64n ? 0n : modulo(left * 2n ** right);
    if (operator === ">>") return right >= 64n ? 0n : left / 2n ** right;
    if (operator === "<") return truth(left < right);
    if (operator === ">") return truth(left > right);
    if (operator === "<=") return truth(!(left > right));
    if (operator === ">=") return truth(!(left < right));
    if (operator === "==") return truth(left - right === 0n);
    if (operator === "!=") return truth(left - right !== 0n);
    return bitwise(operator, left, right);
  }
}

function bitwise(operator: string, left: bigint, right: bigint): bigint {
  let value = 0n;
  for (let bit = 1n; bit < SIZE; bit *= 2n) {
    const both = Number((left / bit) % 2n) + Number((right / bit) % 2n);
    if (operator === "&" ? both === 2 : operator === "|" ? both > 0 : both === 1) value += bit;
  }
  return value;
}

test("programs of expressions do what a plain evaluator says", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(node, { minLength: 1, maxLength: 4 }), async (program) => {
      const declarations = NAMES.map((of, index) => `__var ${of} = ${index};`).join(" ");
      const text = `${declarations} ${program.map((at) => `${print(at)};`).join("\n")}`;
      const oracle = new Oracle();
      let stopped = false;
      try {
        for (const at of program) oracle.evaluate(at);
      } catch (error) {
        if (!(error instanceof DivisionByZero)) throw error;
        stopped = true;
      }
      const ran = await run(text, {
        answer: (_shown, access) => (access.fn === "Read32" ? memory(access.args[0] ?? 0n) : 0n),
      });
      expect(ran.fault?.kind).toBe(stopped ? "division-by-zero" : undefined);
      expect(ran.values).toEqual(Object.fromEntries(oracle.variables));
      // What was still queued when the division stopped the run never left.
      const sent = ran.log.filter((line) => line.startsWith("Read32"));
      expect(stopped ? oracle.reads.slice(0, sent.length) : oracle.reads).toEqual(sent);
    }),
    { numRuns: 1000 },
  );
});
