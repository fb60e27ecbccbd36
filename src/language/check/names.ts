/**
 * Checks variables: they are declared once, before they are used, and assigned only if that is allowed. Knows
 * nothing of calls.
 */
import { nearest, surely } from "../../lib/nearest.ts";
import { assertNever } from "../../lib/assert-never.ts";
import type { Span } from "../../lib/source.ts";
import { findBuiltin } from "../builtins.ts";
import { findPredefinedVariable, PREDEFINED_VARIABLES } from "../predefined.ts";
import type { Assignment, Declaration, Expression, Item, Sequence, Text } from "../tree.ts";
import type { CheckContext, Report } from "./report.ts";

interface Local {
  readonly name: Text;
  /** True if something was stored in it, in the order of the text. */
  assigned: boolean;
  read: boolean;
}

/** Scopes are sequences and controls, from the inside out. */
interface Scope {
  readonly locals: Map<string, Local>;
  readonly outer: Scope | undefined;
}

export function checkNames(sequence: Sequence, context: CheckContext, report: Report): void {
  new NameCheck(context, report).items(sequence.items, undefined);
}

class NameCheck {
  readonly #context: CheckContext;
  readonly #report: Report;
  #scope: Scope = { locals: new Map(), outer: undefined };
  /** The surrounding loops assign these names somewhere, so an earlier turn may have stored a value. */
  #loopAssigned: ReadonlySet<string> = new Set();

  constructor(context: CheckContext, report: Report) {
    this.#context = context;
    this.#report = report;
  }

  items(items: readonly Item[], outer: Scope | undefined): void {
    this.#scope = { locals: new Map(), outer };
    const scope = this.#scope;
    for (const item of items) {
      switch (item.kind) {
        case "comment":
          break;
        case "block":
          for (const entry of item.entries) {
            if (entry.kind === "declaration") this.#declare(entry);
            else if (entry.kind === "expression") this.#statement(entry.expression);
          }
          break;
        case "control": {
          const around = this.#loopAssigned;
          if (item.if !== undefined) this.#expression(item.if);
          if (item.while !== undefined) {
            this.#loopAssigned = new Set([...around, ...assignedIn(item.items)]);
            this.#expression(item.while);
          }
          this.items(item.items, scope);
          this.#scope = scope;
          this.#loopAssigned = around;
          break;
        }
        default:
          assertNever(item);
      }
    }
    for (const local of scope.locals.values()) this.#judge(local);
  }

  #judge({ name, read }: Local): void {
    if (read || /^_else\d+$/.test(name.text)) return;
    this.#report("unused-variable", `nothing reads '${name.text}'`, name.span);
  }

  #declare({ name, value }: Declaration): void {
    if (value === undefined) {
      this.#report("no-initial-value", `'${name.text}' is declared without a value, so it is 0`, name.span, {
        hint: `write __var ${name.text} = 0;`,
        fix: { span: { ...name.span, start: name.span.end }, text: " = 0" },
      });
    } else this.#expression(value);
    const before = this.#find(name.text);
    if (before !== undefined) {
      this.#report("redefinition", `'${name.text}' is declared already`, name.span, {
        related: [{ span: before.name.span, message: "the first declaration" }],
        hint: "assign it without __var, or choose another name",
      });
      return;
    }
    const taken = findPredefinedVariable(name.text) !== undefined;
    if (taken || this.#context.debugVars.has(name.text)) {
      const whose = taken ? "a predefined variable" : "a debugvar";
      this.#report("shadowed-variable", `'${name.text}' is the name of ${whose} too`, name.span, {
        hint: `from here on the name means the local variable; choose another one`,
      });
    } else if (name.text.startsWith("__")) {
      this.#report("reserved-prefix", `'${name.text}' begins as the debugger's own names do`, name.span, {
        hint: `a later debugger may have a variable of that name; write ${name.text.replace(/^_+/, "")}`,
      });
    }
    this.#scope.locals.set(name.text, { name, assigned: value !== undefined, read: false });
  }

  #find(name: string): Local | undefined {
    for (let scope: Scope | undefined = this.#scope; scope !== undefined; scope = scope.outer) {
      const local = scope.locals.get(name);
      if (local !== undefined) return local;
    }
    return undefined;
  }

  /** Checks a statement, whose value is not used. */
  #statement(expression: Expression): void {
    if (expression.kind === "assignment") this.#assign(expression);
    else this.#expression(expression);
  }

  #expression(expression: Expression): void {
    switch (expression.kind) {
      case "number":
      case "string":
        break;
      case "variable":
        this.#read(expression.name, expression.span);
        break;
      case "unary":
        this.#expression(expression.operand);
        break;
      case "binary":
      case "logical":
        this.#expression(expression.left);
        this.#expression(expression.right);
        break;
      case "conditional":
        this.#expression(expression.test);
        this.#expression(expression.then);
        this.#expression(expression.otherwise);
        break;
      case "assignment": {
        this.#assign(expression);
        const local = this.#find(expression.target.text);
        if (local !== undefined) local.read = true;
        break;
      }
      case "call":
        for (const arg of expression.args) this.#expression(arg);
        break;
      default:
        assertNever(expression);
    }
  }

  #read(name: string, span: Span): void {
    const local = this.#find(name);
    if (local === undefined) {
      if (this.#context.debugVars.has(name) || findPredefinedVariable(name) !== undefined) return;
      this.#undeclared(name, span);
      return;
    }
    local.read = true;
    if (!local.assigned && !this.#loopAssigned.has(name)) {
      this.#report("use-before-assignment", `'${name}' is read before anything was stored in it`, span, {
        related: [{ span: local.name.span, message: "declared here, without a value" }],
        hint: "it is 0 here",
      });
      local.assigned = true;
    }
  }

  #assign({ target, operator, value }: Assignment): void {
    if (operator !== undefined) this.#read(target.text, target.span);
    this.#expression(value);
    const local = this.#find(target.text);
    if (local !== undefined) {
      local.assigned = true;
      return;
    }
    const predefined = findPredefinedVariable(target.text);
    const readOnly =
      predefined === undefined ? this.#context.debugVars.has(target.text) : predefined.access === "read-only";
    if (readOnly) {
      const what = predefined === undefined ? "a debugvar" : "set by the debugger";
      this.#report("read-only-variable", `'${target.text}' cannot be assigned, it is ${what}`, target.span, {
        hint: "keep the value in a variable of your own",
      });
    } else if (predefined === undefined && operator === undefined) this.#undeclared(target.text, target.span);
  }

  #undeclared(name: string, span: Span): void {
    const guess = nearest(name, this.#known());
    const builtin = findBuiltin(name);
    const hint =
      builtin !== undefined
        ? `${builtin.name} is a function; write ${builtin.name}(${builtin.parameters.map((one) => one.name).join(", ")})`
        : (WORDS.get(name) ??
          (guess === undefined ? `declare it with __var ${name} = 0;` : `did you mean '${guess}'?`));
    const sure = builtin === undefined && !WORDS.has(name) ? surely(name, this.#known()) : undefined;
    this.#report("undeclared-variable", `'${name}' is not declared`, span, {
      hint,
      ...(sure === undefined ? {} : { fix: { span, text: sure } }),
    });
  }

  *#known(): Generator<string> {
    for (let scope: Scope | undefined = this.#scope; scope !== undefined; scope = scope.outer) {
      yield* scope.locals.keys();
    }
    yield* this.#context.debugVars;
    for (const { name } of PREDEFINED_VARIABLES) yield name;
  }
}

/** C programmers write these as words of their own. */
const WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    true: "write 1",
    TRUE: "write 1",
    false: "write 0",
    FALSE: "write 0",
    NULL: "write 0",
    return: "a sequence ends at its end; set __Result = -1; to report failure",
    break: "a loop ends when its condition is 0; keep it in a variable",
    continue: "put the rest of the turn into an if",
  }),
);

/** Returns the names that are assigned anywhere in a body. */
function assignedIn(items: readonly Item[]): Set<string> {
  const names = new Set<string>();
  const expression = (one: Expression | undefined): void => {
    if (one === undefined) return;
    switch (one.kind) {
      case "number":
      case "string":
      case "variable":
        return;
      case "unary":
        expression(one.operand);
        return;
      case "binary":
      case "logical":
        expression(one.left);
        expression(one.right);
        return;
      case "conditional":
        expression(one.test);
        expression(one.then);
        expression(one.otherwise);
        return;
      case "assignment":
        names.add(one.target.text);
        expression(one.value);
        return;
      case "call":
        one.args.forEach(expression);
        return;
      default:
        assertNever(one);
    }
  };
  for (const item of items) {
    if (item.kind === "block") {
      for (const entry of item.entries) {
        if (entry.kind === "declaration") expression(entry.value);
        else if (entry.kind === "expression") expression(entry.expression);
      }
    } else if (item.kind === "control") {
      expression(item.if);
      expression(item.while);
      for (const name of assignedIn(item.items)) names.add(name);
    }
  }
  return names;
}
