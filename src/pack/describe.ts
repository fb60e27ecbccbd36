/** Merges the levels family > subFamily > device > variant into one description. Knows what inherits and how. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { DeviceDescription, Level, Origin, SequenceDefinition } from "../device/description.ts";
import type { DebugVars } from "../language/tree.ts";
import type { XmlElement } from "../lib/xml.ts";
import {
  accessPort,
  algorithm,
  debug,
  debugConfig,
  debugPort,
  flashInfo,
  given,
  memory,
  processor,
} from "./properties.ts";
import { readDebugVars, readSequence } from "./sequence.ts";

export interface Levels {
  readonly family: XmlElement;
  readonly subFamily?: XmlElement;
  readonly device: XmlElement;
  readonly variant?: XmlElement;
}

export interface Described {
  readonly description: DeviceDescription;
  /** Findings outside the sequences. */
  readonly diagnostics: readonly Diagnostic[];
  /** Findings in a sequence's text; they make that sequence unusable and nothing else. */
  readonly inSequence: ReadonlyMap<SequenceDefinition, readonly Diagnostic[]>;
}

interface NamedLevel {
  readonly level: Level;
  readonly name: string;
  readonly element: XmlElement;
}

export function describe(
  levels: Levels,
  pack: { readonly id: string; readonly path: string; readonly vendor: string },
): Described {
  const diagnostics: Diagnostic[] = [];
  const outerFirst = named(levels);
  const innerFirst = [...outerFirst].reverse();
  const all = (name: string): XmlElement[] =>
    outerFirst.flatMap(({ element }) => [...element.elements(name)]);
  const innermost = (name: string): XmlElement | undefined =>
    innerFirst.map(({ element }) => element.element(name)).find((element) => element !== undefined);

  const config = innermost("debugconfig");
  const vars = innerFirst
    .flatMap(({ element }) => [...element.elements("debugvars")].reverse())
    .map((element): DebugVars => {
      const read = readDebugVars(element);
      diagnostics.push(...read.diagnostics);
      return read.vars;
    });
  const inSequence = new Map<SequenceDefinition, readonly Diagnostic[]>();
  const sequences = innerFirst.flatMap((level) => sequencesOf(level, inSequence));
  const traceSetup = innerFirst
    .flatMap(({ element }) => element.element("sequences")?.value("traceSetup") ?? [])
    .find((value) => value === "full" || value === "legacy");

  const description: DeviceDescription = {
    vendor: pack.vendor,
    family: levels.family.value("Dfamily") ?? "",
    device: levels.device.value("Dname") ?? "",
    pack: { id: pack.id, path: pack.path },
    processors: grouped(all("processor"), ["Pname"]).map((group) => processor(group, diagnostics)),
    debugs: debugs(all("debug"), diagnostics),
    debugPorts: lastOf(all("debugport"), ["__dp"]).map((element) => debugPort(element, diagnostics)),
    accessPorts: [
      ...lastOf(all("accessportV1"), ["__apid"]).map((element) => accessPort(element, 1, diagnostics)),
      ...lastOf(all("accessportV2"), ["__apid"]).map((element) => accessPort(element, 2, diagnostics)),
    ],
    memories: lastOf(all("memory"), ["id", "name", "Pname"]).map((element) => memory(element, diagnostics)),
    algorithms: lastOf(all("algorithm"), ["name", "Pname", "start"]).map((element) =>
      algorithm(element, diagnostics),
    ),
    flashInfos: lastOf(all("flashinfo"), ["name", "Pname"]).map((element) => flashInfo(element, diagnostics)),
    shadowedDebugVars: vars.slice(1),
    sequences,
    span: (levels.variant ?? levels.device).openSpan,
    ...given({
      subFamily: levels.subFamily?.value("DsubFamily"),
      variant: levels.variant?.value("Dvariant"),
      debugConfig: config === undefined ? undefined : debugConfig(config, diagnostics),
      debugVars: vars[0],
      traceSetup,
    }),
  };
  return { description, diagnostics, inSequence };
}

function named({ family, subFamily, device, variant }: Levels): readonly NamedLevel[] {
  const level = (kind: Level, element: XmlElement | undefined, attribute: string): NamedLevel[] =>
    element === undefined ? [] : [{ level: kind, name: element.value(attribute) ?? "", element }];
  return [
    ...level("family", family, "Dfamily"),
    ...level("subFamily", subFamily, "DsubFamily"),
    ...level("device", device, "Dname"),
    ...level("variant", variant, "Dvariant"),
  ];
}

/** Sequences of a level that many devices share are read once: the trees are the same objects for all of them. */
const read = new WeakMap<
  XmlElement,
  readonly { readonly definition: SequenceDefinition; readonly diagnostics: readonly Diagnostic[] }[]
>();

function sequencesOf(
  { level, name, element }: NamedLevel,
  inSequence: Map<SequenceDefinition, readonly Diagnostic[]>,
): readonly SequenceDefinition[] {
  let known = read.get(element);
  if (known === undefined) {
    known = [...element.elements("sequences")].flatMap((list) =>
      [...list.elements("sequence")].map((child) => {
        const { sequence, diagnostics } = readSequence(child);
        const origin: Origin = { layer: "pack", label: `${level} ${name}`, level, span: child.openSpan };
        const definition: SequenceDefinition = {
          name: sequence.name.text,
          disabled: sequence.disabled,
          origin,
          sequence,
          ...(sequence.pname === undefined ? {} : { pname: sequence.pname.text }),
        };
        return { definition, diagnostics };
      }),
    );
    read.set(element, known);
  }
  for (const { definition, diagnostics } of known)
    if (diagnostics.length > 0) inSequence.set(definition, diagnostics);
  return known.map(({ definition }) => definition);
}

function keyOf(element: XmlElement, names: readonly string[]): string {
  return names.map((name) => element.value(name) ?? "").join("\0");
}

/** Elements with the same key, outermost first within a group, groups in order of first appearance. */
function grouped(
  elements: readonly XmlElement[],
  names: readonly string[],
): readonly (readonly XmlElement[])[] {
  const groups = new Map<string, XmlElement[]>();
  for (const element of elements) {
    const key = keyOf(element, names);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [element]);
    else group.push(element);
  }
  return [...groups.values()];
}

function lastOf(elements: readonly XmlElement[], names: readonly string[]): readonly XmlElement[] {
  return grouped(elements, names).flatMap((group) => group.at(-1) ?? []);
}

/** A `<debug>` without Pname says what holds for every processor; those with one add to it. */
function debugs(elements: readonly XmlElement[], diagnostics: Diagnostic[]): DeviceDescription["debugs"] {
  const common = elements.filter((element) => element.value("Pname") === undefined);
  const own = grouped(
    elements.filter((element) => element.value("Pname") !== undefined),
    ["Pname", "Punit"],
  );
  if (own.length === 0) return common.length === 0 ? [] : [debug(common, diagnostics)];
  return own.map((group) => debug([...common, ...group], diagnostics));
}
