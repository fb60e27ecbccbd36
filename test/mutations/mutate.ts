/** Small slips in the text of real sequences, as people make them. Knows the tree and its places; judges nothing. */
import { findBuiltin } from "../../src/language/builtins.ts";
import { controlsOf, expressionsOf, nodesOf } from "../../src/language/walk.ts";
import type { Call, Expression, Sequence } from "../../src/language/tree.ts";
import type { Span } from "../../src/lib/source.ts";

export const KINDS = [
  "wrong name",
  "lost ~",
  "swapped argument",
  "removed timeout",
  "widened constant",
] as const;
export type Kind = (typeof KINDS)[number];

/** Numbers from 0 up to 1, the same row for the same seed (mulberry32). */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list[Math.floor(random() * list.length)];
}

/** One place of a text and what stands there afterwards. */
export interface Slip {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Every way to make this slip in a sequence; which letter or digit it hits is drawn. */
export function slips(kind: Kind, sequence: Sequence, random: Random): readonly Slip[] {
  const nodes = [...expressionsOf(sequence)].flatMap((one) => [...nodesOf(one)]);
  switch (kind) {
    case "wrong name":
      return [sequence.name.span, ...nodes.flatMap(nameOf)].flatMap((span) => misspelt(span, random));
    case "lost ~":
      return nodes.flatMap((node) => {
        if (node.kind !== "unary" || node.operator !== "~") return [];
        const at = raw(node.span).indexOf("~");
        return at < 0 ? [] : [{ start: node.span.start + at, end: node.span.start + at + 1, text: "" }];
      });
    case "swapped argument":
      return nodes.flatMap((node) => (node.kind === "call" ? swapped(node, random) : []));
    case "removed timeout":
      return [...controlsOf(sequence.items)].flatMap(({ control: { timeout, while: loop } }) => {
        if (timeout === undefined || loop === undefined) return [];
        const { source, start, end } = timeout.span;
        const head = /\s+timeout\s*=\s*["']$/.exec(source.text.slice(0, start))?.[0];
        return head === undefined ? [] : [{ start: start - head.length, end: end + 1, text: "" }];
      });
    case "widened constant":
      return nodes.flatMap((node) => (node.kind === "number" ? widened(node.span, random) : []));
  }
}

function raw({ source, start, end }: Span): string {
  return source.text.slice(start, end);
}

function nameOf(node: Expression): readonly Span[] {
  if (node.kind === "variable") return [node.span];
  if (node.kind === "assignment") return [node.target.span];
  if (node.kind !== "call") return [];
  const [name] = node.args;
  const calls = findBuiltin(node.name.text)?.name === "Sequence" && name?.kind === "string";
  return calls ? [node.name.span, name.span] : [node.name.span];
}

/** A letter is left out, doubled, or changes places with its neighbour. */
function misspelt(span: Span, random: Random): readonly Slip[] {
  const found = /\w+/.exec(raw(span));
  if (found === null || found[0].length < 2) return [];
  const [word] = found;
  const at = Math.floor(random() * (word.length - 1));
  const [before, here = "", next = "", after] = [
    word.slice(0, at),
    word[at],
    word[at + 1],
    word.slice(at + 2),
  ];
  const text =
    pick(
      [before + next + after, before + here + here + next + after, before + next + here + after],
      random,
    ) ?? word;
  if (text === word) return [];
  const start = span.start + found.index;
  return [{ start, end: start + word.length, text }];
}

/** Two arguments beside one another, both numbers. */
function swapped({ args }: Call, random: Random): readonly Slip[] {
  const at = Math.floor(random() * (args.length - 1));
  const [first, second] = [args[at], args[at + 1]];
  if (first === undefined || second === undefined || first.kind === "string" || second.kind === "string")
    return [];
  const [a, b] = [raw(first.span), raw(second.span)];
  if (a === b) return [];
  const between = raw({ ...first.span, start: first.span.end, end: second.span.start });
  return [{ start: first.span.start, end: second.span.end, text: b + between + a }];
}

/** One digit of a hexadecimal number stands twice. */
function widened(span: Span, random: Random): readonly Slip[] {
  const found = /^0[xX]([0-9a-fA-F]+)/.exec(raw(span));
  const digits = found?.[1];
  if (digits === undefined || /^0+$/.test(digits)) return [];
  const at = span.start + 2 + Math.floor(random() * digits.length);
  const digit = span.source.text.slice(at, at + 1);
  // A zero in front changes nothing.
  if (/^0[xX]0*$/.test(span.source.text.slice(span.start, at + 1))) return [];
  return [{ start: at, end: at, text: digit }];
}
