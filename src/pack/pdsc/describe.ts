/**
 * Joins the levels family > subFamily > device > variant into one description. Knows how each element
 * inherits.
 */
import { checkDebugVars } from "../../device/debug-vars.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { DeviceDescription, Origin, SequenceDefinition } from "../../device/description.ts";
import type { DebugVars } from "../../language/tree.ts";
import type { XmlElement } from "../../lib/formats/xml.ts";
import { given } from "./fields.ts";
import { grouped, isGroup, keyBy, named, ownElements, type Levels, type NamedLevel } from "./inheritance.ts";
import { algorithms, flashInfos, memories } from "./memories.ts";
import { accessPort, debugConfig, debugPort, debugs, processors } from "./properties.ts";
import { repeatedElements, unknownParts, unknownProcessors } from "./schema.ts";
import { readDebugVars, readSequence } from "./sequence.ts";
import { append } from "../../lib/lists.ts";

export interface Described {
  readonly description: DeviceDescription;
  /** These are the findings outside the sequences. */
  readonly diagnostics: readonly Diagnostic[];
  /** Findings in the text of a sequence; an error there makes only that sequence unusable. */
  readonly inSequence: ReadonlyMap<SequenceDefinition, readonly Diagnostic[]>;
}

export function describe(
  levels: Levels,
  pack: { readonly id: string; readonly path: string; readonly vendor: string },
): Described {
  const diagnostics: Diagnostic[] = [];
  const outerFirst = named(levels);
  const innerFirst = outerFirst.toReversed();
  const all = (...names: readonly string[]): readonly (readonly XmlElement[])[] =>
    outerFirst.map(({ element }) => ownElements(element).filter(({ name }) => names.includes(name)));

  const found = processors(all("processor"), diagnostics);
  const pnames = found.map(({ pname }) => pname);
  const ports = grouped(all("debugport"), keyBy("__dp")).map((group) => debugPort(group, diagnostics));
  const [port, ...otherPorts] = ports;
  const onlyDp = otherPorts.length === 0 ? (port?.dp ?? 0) : 0;
  const config = all("debugconfig").flat();
  const vars = debugVars(innerFirst, diagnostics);
  const inSequence = new Map<SequenceDefinition, readonly Diagnostic[]>();
  for (const { element } of outerFirst) {
    append(diagnostics, unknownParts(element), repeatedElements(element));
    append(
      diagnostics,
      unknownProcessors(
        element,
        pnames.filter((pname) => pname !== undefined),
      ),
    );
  }

  const description: DeviceDescription = {
    vendor: pack.vendor,
    family: levels.family.value("Dfamily") ?? "",
    device: levels.device.value("Dname") ?? "",
    pack: { id: pack.id, path: pack.path },
    processors: found,
    debugs: debugs(all("debug"), pnames, diagnostics),
    debugPorts: ports,
    accessPorts: grouped(all("accessportV1", "accessportV2"), keyBy("__apid")).map((group) =>
      accessPort(group, onlyDp, diagnostics),
    ),
    memories: memories(all("memory"), diagnostics),
    algorithms: algorithms(all("algorithm"), diagnostics),
    flashInfos: flashInfos(all("flashinfo"), diagnostics),
    shadowedDebugVars: vars.slice(1),
    traceSetup: traceSetup(innerFirst) ?? "legacy",
    sequences: innerFirst.flatMap((level) => sequencesOf(level, inSequence)),
    span: (levels.variant ?? levels.device).openSpan,
    ...given({
      subFamily: levels.subFamily?.value("DsubFamily"),
      variant: levels.variant?.value("Dvariant"),
      debugConfig: isGroup(config) ? debugConfig(config, diagnostics) : undefined,
      debugVars: vars[0],
    }),
  };
  return { description, diagnostics, inSequence };
}

/** Takes levels innermost first. The schema allows one element per level; the first of two wins. */
function debugVars(innerFirst: readonly NamedLevel[], diagnostics: Diagnostic[]): readonly DebugVars[] {
  return innerFirst.flatMap(({ element }) =>
    [...element.elements("debugvars")].map((vars) => {
      const read = readDebugVars(vars);
      append(diagnostics, read.diagnostics, checkDebugVars(read.vars));
      return read.vars;
    }),
  );
}

function traceSetup(innerFirst: readonly NamedLevel[]): "full" | "legacy" | undefined {
  return innerFirst
    .flatMap(({ element }) => [...element.elements("sequences")])
    .map((sequences) => sequences.value("traceSetup"))
    .find((value) => value === "full" || value === "legacy");
}

/** A sequence that many devices inherit is read once: the tree is the same object for all of them. */
const known = new WeakMap<XmlElement, Known>();

interface Known {
  readonly definition: SequenceDefinition;
  readonly diagnostics: readonly Diagnostic[];
}

function sequencesOf(
  { level, name, element }: NamedLevel,
  inSequence: Map<SequenceDefinition, readonly Diagnostic[]>,
): readonly SequenceDefinition[] {
  const elements = [...element.elements("sequences")].flatMap((list) => [...list.elements("sequence")]);
  return elements.map((child) => {
    let read = known.get(child);
    if (read === undefined) {
      const origin: Origin = { layer: "pack", label: `${level} ${name}`, level, span: child.openSpan };
      const { sequence, diagnostics } = readSequence(child);
      const definition: SequenceDefinition = {
        name: sequence.name.text,
        disabled: sequence.disabled,
        origin,
        sequence,
        ...given({ pname: sequence.pname?.text }),
      };
      read = { definition, diagnostics };
      known.set(child, read);
    }
    if (read.diagnostics.length > 0) inSequence.set(read.definition, read.diagnostics);
    return read.definition;
  });
}
