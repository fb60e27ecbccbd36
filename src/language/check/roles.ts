/** Arguments in each other's place, and registers that are masked with the bits that were meant to go. */
import { findBuiltin } from "../builtins.ts";
import { printExpression } from "../print-expression.ts";
import type { Call, Expression, Sequence } from "../tree.ts";
import { blocksOf, calls, nodesOf } from "../walk.ts";
import type { Constants } from "./constants.ts";
import type { Report } from "./report.ts";

const WRITES: ReadonlySet<string> = new Set([
  "Write8",
  "Write16",
  "Write32",
  "Write64",
  "WriteAP",
  "WriteDP",
]);
const READS: ReadonlySet<string> = new Set(["Read8", "Read16", "Read32", "Read64", "ReadAP", "ReadDP"]);

export function checkRoles(sequence: Sequence, constants: Constants, report: Report): void {
  const accesses = [...calls(sequence)].flatMap((call) => {
    const name = findBuiltin(call.name.text)?.name;
    return name !== undefined && (WRITES.has(name) || READS.has(name)) ? [{ call, name }] : [];
  });
  const uses = new Map<string, number>();
  for (const { call } of accesses) {
    const [address] = call.args;
    if (address?.kind === "variable") uses.set(address.name, (uses.get(address.name) ?? 0) + 1);
  }
  for (const { call, name } of accesses) {
    if (!WRITES.has(name)) continue;
    swapped(call, uses, constants, report);
  }
  lostComplement(sequence, constants, report);
}

/** `Write32(value, DHCSR_Addr)`, where DHCSR_Addr is a constant that other accesses take as their address. */
function swapped(
  { args, span }: Call,
  uses: ReadonlyMap<string, number>,
  constants: Constants,
  report: Report,
): void {
  const [address, value] = args;
  // A constant as the address is one; only a variable that is no address elsewhere is in doubt.
  if (address?.kind !== "variable" || value?.kind !== "variable") return;
  if ((uses.get(value.name) ?? 0) < 1 || constants.valueOf(value) === undefined) return;
  if ((uses.get(address.name) ?? 0) > 1) return;
  report(
    "swapped-arguments",
    `'${value.name}' is an address elsewhere, and is written here as a value`,
    span,
    {
      hint: "the address comes first, then the value",
    },
  );
}

/** So few bits are what one clears; more are what one keeps. */
const FEW_BITS = 4;

/** A register that is read, reduced to a few bits and written back: usually `~` before the mask is missing. */
function lostComplement(sequence: Sequence, constants: Constants, report: Report): void {
  for (const block of blocksOf(sequence.items)) {
    /** The address that each variable was read from, as long as it holds what was read. */
    const readFrom = new Map<string, string>();
    for (const entry of block.entries) {
      if (entry.kind === "comment") continue;
      const expression = entry.kind === "declaration" ? entry.value : entry.expression;
      if (expression === undefined) continue;
      for (const node of nodesOf(expression))
        if (node.kind === "call") written(node, readFrom, constants, report);
      if (entry.kind === "declaration") remember(entry.name.text, expression, readFrom);
      else if (expression.kind === "assignment" && expression.operator === undefined) {
        remember(expression.target.text, expression.value, readFrom);
      }
    }
  }
}

function remember(name: string, value: Expression, readFrom: Map<string, string>): void {
  const [address] = value.kind === "call" ? value.args : [];
  const isRead = value.kind === "call" && READS.has(findBuiltin(value.name.text)?.name ?? "");
  if (isRead && address !== undefined) readFrom.set(name, printExpression(address));
  else readFrom.delete(name);
}

function written(
  call: Call,
  readFrom: ReadonlyMap<string, string>,
  constants: Constants,
  report: Report,
): void {
  if (!WRITES.has(findBuiltin(call.name.text)?.name ?? "")) return;
  const [address, value] = call.args;
  if (address === undefined || value?.kind !== "binary" || value.operator !== "&") return;
  const { left, right } = value;
  const mask = constants.valueOf(right);
  if (left.kind !== "variable" || mask === undefined || mask === 0n) return;
  if (readFrom.get(left.name) !== printExpression(address) || ones(mask) > FEW_BITS) return;
  report("lost-complement", "the register keeps these few bits and loses all others", right.span, {
    hint: "to clear them, write ~ before the mask",
  });
}

function ones(value: bigint): number {
  return value.toString(2).replaceAll("0", "").length;
}
