/**
 * Checks what belongs in which sequence: accesses before the port is up, port variables, calls inside atomic
 * blocks.
 */
import { listed } from "../../lib/listed.ts";
import { findBuiltin, isThroughAp, type Builtin } from "../builtins.ts";
import { findPredefinedSequence, type Forbids } from "../predefined.ts";
import type { Assignment, Block, Call, Expression, Sequence } from "../tree.ts";
import { blocksOf, calls, nodesIn, nodesOf } from "../walk.ts";
import type { Constants } from "./constants.ts";
import type { CheckContext, Report } from "./report.ts";

export function checkPlacement(
  sequence: Sequence,
  context: CheckContext,
  constants: Constants,
  report: Report,
): void {
  const predefined = findPredefinedSequence(sequence.name.text);
  for (const call of calls(sequence)) {
    const builtin = findBuiltin(call.name.text);
    if (builtin === undefined) continue;
    const { name, onlyIn } = builtin;
    if (predefined?.forbids !== undefined)
      forbidden(call, builtin, { ...predefined, ...predefined.forbids }, constants, report);
    if (onlyIn?.includes(sequence.name.text) === false)
      report("wrong-place", `${name} works only in ${onlyIn.join(" and ")}`, call.span);
  }
  portVariables(sequence, context, constants, report);
  for (const block of blocksOf(sequence.items)) if (block.atomic) atomic(block, report);
  processor(sequence, context, report);
}

function forbidden(
  call: Call,
  { name, through, answers }: Builtin,
  sequence: { readonly name: string } & Forbids,
  constants: Constants,
  report: Report,
): void {
  if (isThroughAp(name)) {
    report("forbidden-access", `${sequence.name} must not access memory or access ports`, call.span, {
      hint: `the specification forbids it; do it in ${sequence.instead}`,
    });
  }
  if (sequence.access !== "target" || through !== "dp") return;
  const [register] = call.args;
  const address = register === undefined ? undefined : constants.valueOf(register);
  // DPIDR wakes SWD up, TARGETSEL selects one of several ports.
  if (address === undefined || address === (answers === true ? 0n : 0xcn)) return;
  report("forbidden-access", `${sequence.name} may only read DPIDR and write TARGETSEL`, call.span, {
    hint: "the specification forbids other registers; do it in DebugPortStart",
  });
}

/** This is -1, as packs write it in any width. */
const FAILURES: readonly bigint[] = [0xffn, 0xffffn, 0xffff_ffffn, 0xffff_ffff_ffff_ffffn];

function portVariables(
  sequence: Sequence,
  context: CheckContext,
  constants: Constants,
  report: Report,
): void {
  for (const node of nodesIn(sequence)) {
    if (node.kind !== "assignment") continue;
    const { text } = node.target;
    unknownPort(node, context, constants, report);
    if (text === "__ap" && context.hasAccessPorts === true) {
      report(
        "wrong-port-variable",
        "'__ap' has no effect, because the pack describes its access ports",
        node.target.span,
        {
          hint: "assign __apid",
        },
      );
    }
    if (text === "__apid" && context.hasAccessPorts === false) {
      report(
        "wrong-port-variable",
        "'__apid' has no effect, because the pack describes no access ports",
        node.target.span,
        {
          hint: "assign __ap",
        },
      );
    }
    if (text !== "__Result" || node.operator !== undefined) continue;
    const value = constants.valueOf(node.value);
    if (value === undefined || value === 0n || FAILURES.includes(value)) continue;
    report("reserved-result", "the specification reserves all results but 0 and -1", node.value.span);
  }
}

function unknownPort(
  { target, operator, value }: Assignment,
  { debugPorts, apids }: CheckContext,
  constants: Constants,
  report: Report,
): void {
  const known = target.text === "__dp" ? debugPorts : target.text === "__apid" ? apids : undefined;
  const number = operator === undefined && known !== undefined ? constants.valueOf(value) : undefined;
  if (number === undefined || known === undefined || known.has(number)) return;
  const what = target.text === "__dp" ? "debug port" : "access port";
  report("unknown-port", `the device has no ${what} ${number}`, value.span, {
    hint: `it has ${listed(known)}`,
  });
}

/** Answers cannot come back before an atomic block is over. */
function atomic(block: Block, report: Report): void {
  const answered = new Set<string>();
  for (const entry of block.entries) {
    if (entry.kind === "comment") continue;
    const expression = entry.kind === "declaration" ? entry.value : entry.expression;
    if (expression === undefined) continue;
    for (const node of nodesOf(expression)) {
      if (node.kind !== "call") continue;
      const builtin = findBuiltin(node.name.text);
      if (builtin === undefined) continue;
      if (builtin.notAtomic === true) {
        report("not-atomic", `${builtin.name} cannot happen inside an atomic block`, node.span, {
          hint: "take it out of the block",
        });
      }
      if (builtin.effect === "access" && node.args.some((arg) => needs(arg, answered))) {
        report("not-atomic", `${builtin.name} depends on an answer of the same atomic block`, node.span, {
          hint: "the block is sent as a whole, before any answer comes back",
        });
      }
    }
    learn(expression, entry.kind === "declaration" ? entry.name.text : undefined, answered);
  }
}

function needs(expression: Expression, answered: ReadonlySet<string>): boolean {
  for (const node of nodesOf(expression)) {
    if (node.kind === "variable" && answered.has(node.name)) return true;
    if (node.kind === "call" && findBuiltin(node.name.text)?.answers === true) return true;
  }
  return false;
}

/** Notes which variables hold an answer after this. */
function learn(expression: Expression, declared: string | undefined, answered: Set<string>): void {
  const store = (name: string, value: Expression): void => {
    if (needs(value, answered)) answered.add(name);
    else answered.delete(name);
  };
  if (declared !== undefined) store(declared, expression);
  for (const node of nodesOf(expression)) {
    if (node.kind === "assignment") store(node.target.text, node.value);
  }
}

function processor({ pname }: Sequence, { processors }: CheckContext, report: Report): void {
  if (pname === undefined || processors === undefined || processors.has(pname.text)) return;
  report("unknown-processor", `the device has no processor "${pname.text}"`, pname.span, {
    hint: processors.size === 0 ? "its only processor has no name" : `it has ${listed(processors)}`,
  });
}
