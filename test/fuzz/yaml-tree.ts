/** YAML as a tree: keys removed, doubled and renamed, values of other types and at limits, anchors and aliases, depth. */
import { parseYaml, type YamlValue } from "../../src/lib/formats/yaml.ts";
import { Source } from "../../src/lib/source.ts";
import { NUMBERS, WORDS } from "./limits.ts";
import type { Random } from "./random.ts";

/** A list keeps keys that are there twice. A `raw` stands in the text as it is. */
type Node =
  | { kind: "map"; entries: [key: string, value: Node][]; mark?: string }
  | { kind: "list"; items: Node[]; mark?: string }
  | { kind: "raw"; text: string; mark?: string };

function treeOf(value: YamlValue): Node {
  if (Array.isArray(value)) return { kind: "list", items: (value as readonly YamlValue[]).map(treeOf) };
  if (typeof value === "object" && value !== null)
    return {
      kind: "map",
      entries: Object.entries(value).map(([key, one]) => [key, treeOf(one)]),
    };
  return { kind: "raw", text: typeof value === "bigint" ? value.toString() : JSON.stringify(value) };
}

/** In flow style, which JSON is. */
function print(node: Node): string {
  const mark = node.mark ?? "";
  if (node.kind === "raw") return `${mark}${node.text}`;
  if (node.kind === "list") return `${mark}[${node.items.map(print).join(",\n ")}]`;
  return `${mark}{${node.entries.map(([key, value]) => `${JSON.stringify(key)}: ${print(value)}`).join(",\n ")}}`;
}

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  if (node.kind === "list") for (const item of node.items) yield* nodesOf(item);
  if (node.kind === "map") for (const [, value] of node.entries) yield* nodesOf(value);
}

const MOST_NODES = 4000;

/** One to six changes of the structure. */
export function remodelled(text: string, random: Random): string {
  const root = treeOf(parseYaml(new Source("seed.yaml", text)).value);
  for (let left = 1 + random.int(6); left > 0; left--) change(root, random);
  return random.oneIn(20) ? `${print(root)}\n---\n${print(root)}` : print(root);
}

function change(root: Node, random: Random): void {
  const all = [...nodesOf(root)];
  const node = random.pick(all);
  const other = random.pick(all);
  switch (node.kind) {
    case "map":
      changeMap(node, other, all.length, random);
      return;
    case "list":
      if (random.oneIn(3)) node.items.splice(random.int(node.items.length), 1);
      else if (all.length < MOST_NODES) node.items.push(...repeated(other, random));
      return;
    case "raw":
      changeRaw(node, random);
  }
}

function changeMap(node: Extract<Node, { kind: "map" }>, other: Node, size: number, random: Random): void {
  const at = random.int(node.entries.length);
  const entry = node.entries[at];
  if (entry === undefined) return;
  switch (random.int(7)) {
    case 0:
      node.entries.splice(at, 1);
      return;
    case 1:
      node.entries.push([entry[0], entry[1]]);
      return;
    case 2:
      entry[0] = random.pick(WORDS);
      return;
    case 3:
      entry[1] = scalar(random);
      return;
    case 4:
      if (size < MOST_NODES) entry[1] = { kind: "list", items: [...repeated(entry[1], random)] };
      return;
    case 5:
      entry[1] = random.oneIn(4) ? deep(random) : structuredClone(other);
      return;
    default:
      // An alias stands for what has the anchor; one before it, or in it, stands for nothing.
      entry[1] = { kind: "raw", text: "*a " };
      other.mark = random.pick(["&a ", "&a ", "!!str ", "!x ", "!!binary "]);
  }
}

function changeRaw(node: Extract<Node, { kind: "raw" }>, random: Random): void {
  node.text = scalar(random).text;
}

function scalar(random: Random): Extract<Node, { kind: "raw" }> {
  const text = random.pick([
    () => random.pick(NUMBERS),
    () => random.pick(NUMBERS),
    () => JSON.stringify(random.pick(WORDS)),
    () =>
      random.pick([
        "null",
        "~",
        "true",
        "no",
        "[]",
        "{}",
        ".inf",
        ".nan",
        "<<",
        "? x",
        "*a",
        "&a",
        "!!int 1",
        '"\\u0000"',
      ]),
  ])();
  return { kind: "raw", text };
}

const repeated = (node: Node, random: Random): Node[] =>
  Array.from({ length: 1 + random.int(random.oneIn(6) ? 40 : 2) }, () => structuredClone(node));

function deep(random: Random): Node {
  const [open, close] = random.pick([
    ["[", "]"],
    ["{a: ", "}"],
  ] as const);
  const times = random.pick([5, 60, 400, 3000]);
  return { kind: "raw", text: `${open.repeat(times)}1${close.repeat(times)}` };
}
