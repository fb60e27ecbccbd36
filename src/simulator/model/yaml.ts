/** Reads a YAML model's text and puts it on a SoC. Mistakes in the text are diagnostics with their line. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { checkYaml, type YamlProblem } from "../../lib/formats/checked-yaml.ts";
import { Failure } from "../../lib/fault.ts";
import { nearest } from "../../lib/nearest.ts";
import { where, type Source, type Span } from "../../lib/source.ts";
import { parseYaml, type YamlDocument, type YamlFault } from "../../lib/formats/yaml.ts";
import { HANGING } from "../bus/device.ts";
import type { ModelFault } from "../faults.ts";
import { modelSchema, type ModelData } from "./schema.ts";
import { bytesOf } from "../bus/memory.ts";
import { registerBlock } from "../bus/registers.ts";
import { romTable, romTable9, ROM_TABLE_SIZE } from "../port/rom-table.ts";
import { portSpace, Soc } from "../soc/soc.ts";
import { PROTOCOLS, type Protocol } from "../port/swj.ts";

/** Throws `bad-model`, whose diagnostics name every mistake in the text. */
export function readModel(source: Source): ModelData {
  const document = documentOf(source);
  const checked = checkYaml(document, modelSchema);
  if (!checked.ok) throw badModel(checked.problems);
  const dangling = danglingNames(document, checked.value);
  if (dangling.length > 0) throw badModel(dangling);
  tryOut(document, checked.value);
  return checked.value;
}

/** Finds what only shows when the parts are put together: ranges that overlap. */
function tryOut(document: YamlDocument, model: ModelData): void {
  try {
    buildSoc(model, () => 0);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { fault } = error as Failure<ModelFault>;
    if (fault.kind === "unknown-part")
      throw badModel([{ message: error.message, span: document.spanOf(["accessPorts"]) }]);
    if (fault.kind !== "overlapping-ranges") throw error;
    throw badModel([
      { message: error.message, span: spanOfPart(document, model, [fault.second, fault.first]) },
    ]);
  }
}

/** Returns where the first part with one of these names is described. */
function spanOfPart(document: YamlDocument, model: ModelData, names: readonly string[]): Span {
  for (const name of names)
    for (const list of ["memories", "registers", "romTables"] as const) {
      const at = model[list].findIndex((part) => name === part.name || name === `${part.name} (alias)`);
      if (at >= 0) return document.spanOf([list, at, "start"]);
    }
  return document.spanOf([]);
}

function documentOf(source: Source): YamlDocument {
  try {
    return parseYaml(source);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { fault } = error as Failure<YamlFault>;
    throw badModel([{ message: fault.reason, span: fault.span }], true);
  }
}

function badModel(problems: readonly YamlProblem[], malformed = true): Failure<ModelFault> {
  const diagnostics = problems.map((problem): Diagnostic => ({
    code: "bad-model",
    severity: "error",
    malformed,
    ...problem,
  }));
  const lines = problems.map(
    ({ span, message, hint }) => `${where(span)}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
  return new Failure({ kind: "bad-model", diagnostics }, lines.join("\n"));
}

/** Reports registers that name missing registers of their block. */
function danglingNames(document: YamlDocument, model: ModelData): readonly YamlProblem[] {
  return model.registers.flatMap((block, at) => {
    const known = Object.keys(block.items);
    return Object.entries(block.items).flatMap(([name, item]) => {
      const named: readonly (readonly [readonly string[], string | undefined])[] = [
        [["sets"], item.sets],
        [["clears"], item.clears],
        [["setsAfter", "written"], item.setsAfter?.written],
        [["clearsAfter", "written"], item.clearsAfter?.written],
      ];
      return named.flatMap(([path, target]) => {
        if (target === undefined || known.includes(target)) return [];
        const guess = nearest(target, known);
        return {
          message: `${block.name} has no register "${target}"`,
          span: document.spanOf(["registers", at, "items", name, ...path]),
          ...(guess === undefined ? {} : { hint: `did you mean "${guess}"?` }),
        };
      });
    });
  });
}

/** These are part and designer of Arm's JTAG-DP (ADIv5.2 B3.2.7). */
const JTAG_DP = 0x0ba0_0477;
const DEFAULT_CSW = { ahb: 0x0300_0002, axi: 0x0300_0002, apb: 0x8000_0002 } as const;

/** The dormant state came with DPv2 (ADIv5.2 B5.3). */
function defaultProtocols(dpidr: number): readonly Protocol[] {
  return hasDormantState(dpidr) ? PROTOCOLS : ["jtag", "swd"];
}

function hasDormantState(dpidr: number): boolean {
  return ((dpidr >>> 12) & 0xf) >= 2;
}

/** A debug port that does not identify itself does not do so on JTAG either. */
function idcodeOf(dpidr: number): number {
  const saysNothing = dpidr === 0 || dpidr === 0xffff_ffff;
  return saysNothing ? dpidr : ((dpidr & 0xf000_0000) | JTAG_DP) >>> 0;
}

export function buildSoc(model: ModelData, clockUs: () => number): Soc {
  const { start, protocols = defaultProtocols(model.debugPort.dpidr), ...first } = model.debugPort;
  const debugPorts = [first, ...model.furtherDebugPorts].map((port) => ({
    ...port,
    idcode: port.idcode ?? idcodeOf(port.dpidr),
  }));
  const { otherTaps, resetUs, nresetRiseUs, bootUs } = model;
  const wires = {
    protocols,
    start: start ?? (protocols.includes("jtag") ? "jtag" : (protocols[0] ?? "swd")),
  };
  const soc = new Soc({ debugPorts, otherTaps, ...wires, resetUs, nresetRiseUs, bootUs }, clockUs);
  for (const memory of model.memories) {
    if (memory.hangs) {
      soc.map(memory, HANGING);
      continue;
    }
    const made = soc.addMemory(memory, {
      writable: memory.access.includes("w"),
      fill: memory.fill,
      volatile: memory.access.includes("w"),
    });
    for (const { at, words } of memory.content) made.load(at, bytesOf(words));
  }
  for (const { bus, ...core } of model.processors) soc.addCore(core, bus);
  for (const block of model.registers) {
    const registers = Object.entries(block.items).map(([name, item]) => ({ name, ...item }));
    soc.map(block, registerBlock({ registers, others: block.others }, soc.agenda));
  }
  for (const table of model.romTables) {
    const { name, start: at, bus, components, part, bank, code, revision } = table;
    const id = { part, bank, code, revision, componentClass: 1 };
    const placed = components.map((component) => ({
      at: component,
      power: table.power.find((one) => one.component === component)?.domain,
    }));
    soc.map(
      { name, start: at, size: ROM_TABLE_SIZE, bus, debugDomain: true },
      table.class === 9
        ? romTable9({ start: at, id, components: placed, domains: soc.domains })
        : romTable({ start: at, id, components, systemMemory: true }),
    );
  }
  for (const { index, kind, idr, base, csw, largeData = false, bus, dp, ...placed } of model.accessPorts) {
    const { address, on = portSpace(dp), power } = placed;
    soc.addMemAp(
      {
        index: address ?? index,
        idr,
        base,
        csw: csw ?? DEFAULT_CSW[kind],
        wordsOnly: kind === "apb",
        largeData,
      },
      { bus, dp, ...(address === undefined ? {} : { address: { on, kind, power } }) },
    );
  }
  return soc;
}
