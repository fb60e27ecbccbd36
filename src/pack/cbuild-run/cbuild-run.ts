/**
 * Reads what a `*.cbuild-run.yml` of the CMSIS-Toolbox says about the target: device, packs, connection,
 * images, and what the project adds to the packs (memories, algorithms, values of debugvars). Knows no files:
 * paths are as written.
 */
import { checkDebugVars, type Override } from "../../device/debug-vars.ts";
import type { AddedMemory, RegisterFile } from "../../device/amendment.ts";
import type { Algorithm } from "../../device/description.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { parseBlock } from "../../language/text/parse.ts";
import type { DebugVars } from "../../language/tree.ts";
import { Failure } from "../../lib/fault.ts";
import type { Source, Span } from "../../lib/source.ts";
import { parseYaml, type YamlDocument, type YamlFault, type YamlPath } from "../../lib/formats/yaml.ts";
import { CbuildReader, isMapping } from "./reader.ts";
import { unusedSections } from "./unused.ts";
import { given } from "../pdsc/fields.ts";
import { append } from "../../lib/lists.ts";

export interface CbuildRun {
  /** It has the form `Vendor::Device[:Pname]`. */
  readonly device?: string;
  readonly devicePack?: CbuildPack;
  /** It has the form `[Vendor::]Name[:revision]`. */
  readonly board?: string;
  readonly boardPack?: CbuildPack;
  readonly protocol?: "swd" | "jtag";
  readonly clockHz?: number;
  readonly dbgconf?: string;
  readonly connect?: "attach" | "halt" | "pre-reset" | "under-reset";
  /** The debugger connects to this processor first. */
  readonly startPname?: string;
  readonly images: readonly CbuildImage[];
  /** `programming:` names every algorithm that the project uses, including those of its packs. */
  readonly algorithms: readonly Algorithm[];
  /** `system-resources:` has the project's own memories and those of its packs. */
  readonly memories: readonly AddedMemory[];
  /** These are the `system-descriptions:` of the type svd. */
  readonly registers: readonly RegisterFile[];
  /** `debug-vars:` has the values of the pack, unless the user edited them. */
  readonly debugVars?: DebugVars;
  /** `device-settings:` replaces the configuration file. */
  readonly settings?: readonly Override[];
  /** The span of the file's first key, for findings that concern the whole file. */
  readonly span: Span;
}

/** A pack is given by its name, its path, or both. */
export interface CbuildPack {
  /** It has the form `Vendor::Name@version`. */
  readonly name?: string;
  /** The folder of the pack. */
  readonly path?: string;
  readonly span: Span;
}

export interface CbuildImage {
  readonly file: string;
  /** It is `elf`, `hex`, `bin`, ... */
  readonly type?: string;
  /** True if it is to be programmed; debuggers take the symbols of others. */
  readonly isLoaded: boolean;
  /** The address at which a raw binary belongs. */
  readonly loadOffset?: bigint;
  readonly pname?: string;
}

export interface ReadCbuildRun {
  readonly run?: CbuildRun;
  readonly diagnostics: readonly Diagnostic[];
}

const ROOT: YamlPath = ["cbuild-run"];

export function readCbuildRun(source: Source): ReadCbuildRun {
  let document: YamlDocument;
  try {
    document = parseYaml(source);
  } catch (error) {
    if (!(error instanceof Failure) || (error as Failure).fault.kind !== "malformed-yaml") throw error;
    const { reason, span } = (error as Failure<YamlFault>).fault;
    const code = "malformed-yaml";
    return { diagnostics: [{ code, severity: "error", message: reason, span, malformed: true }] };
  }
  const reader = new CbuildReader(document);
  if (!isMapping(reader.at(ROOT))) {
    const message = "a cbuild-run.yml begins with the key cbuild-run";
    const span = document.spanOf([]);
    return { diagnostics: [{ code: "not-a-cbuild-run", severity: "error", message, span, malformed: true }] };
  }
  const run: CbuildRun = {
    ...connection(reader),
    span: reader.keySpan(ROOT),
    images: reader.entries([...ROOT, "output"]).flatMap((path) => image(reader, path)),
    algorithms: reader.entries([...ROOT, "programming"]).map((path) => algorithm(reader, path)),
    registers: reader.entries([...ROOT, "system-descriptions"]).flatMap((path) => registers(reader, path)),
    memories: reader.entries([...ROOT, "system-resources", "memory"]).map((path) => memory(reader, path)),
    ...given({
      device: reader.text([...ROOT, "device"]),
      devicePack: packNamed(reader, "device-pack"),
      board: reader.text([...ROOT, "board"]),
      boardPack: packNamed(reader, "board-pack"),
      debugVars: debugVars(reader),
    }),
  };
  return { run, diagnostics: [...reader.diagnostics, ...unusedSections(reader, ROOT)] };
}

function packNamed(reader: CbuildReader, key: string): CbuildPack | undefined {
  const name = reader.text([...ROOT, key]);
  const path = reader.text([...ROOT, `${key}-path`]);
  if (name === undefined && path === undefined) return undefined;
  const span = reader.span([...ROOT, name === undefined ? `${key}-path` : key]);
  return { span, ...given({ name, path }) };
}

/** The CMSIS-Toolbox spells the connect modes as we do. */
const MODES = ["attach", "halt", "pre-reset", "under-reset"] as const;
const PROTOCOLS = ["swd", "jtag"] as const;

/** Until version 2.8 `debugger:` was a list, and the protocol was called port. */
function connection(
  reader: CbuildReader,
): Pick<CbuildRun, "protocol" | "clockHz" | "dbgconf" | "connect" | "startPname" | "settings"> {
  const section: YamlPath = [...ROOT, "debugger"];
  const debug = Array.isArray(reader.at(section)) ? [...section, 0] : section;
  const clockHz = reader.positive([...debug, "clock"]);
  return given({
    protocol: reader.oneOf([...debug, "protocol"], PROTOCOLS) ?? reader.oneOf([...debug, "port"], PROTOCOLS),
    clockHz: clockHz === undefined ? undefined : Number(clockHz),
    connect: reader.oneOf([...debug, "connect"], MODES),
    dbgconf: reader.text([...debug, "dbgconf"]),
    startPname: reader.text([...debug, "start-pname"]),
    settings: settings(reader, [...debug, "device-settings"]),
  });
}

/** Reads the numbers; words in it are for other debuggers. */
function settings(reader: CbuildReader, section: YamlPath): readonly Override[] | undefined {
  if (!isMapping(reader.at(section))) return undefined;
  return reader.keys(section).flatMap((name) => {
    const path = [...section, name];
    const value = reader.at(path);
    if (typeof value !== "number" && typeof value !== "bigint") return [];
    const span = reader.span(path);
    return [{ name, value: reader.integer(path) ?? 0n, origin: span.source.path, span }];
  });
}

function image(reader: CbuildReader, path: YamlPath): readonly CbuildImage[] {
  const file = reader.text([...path, "file"]);
  if (file === undefined) return [];
  const type = reader.text([...path, "type"]);
  // Without a mode, this is what the CMSIS-Toolbox writes for the type of the file.
  const load = reader.text([...path, "load"]) ?? (type === "lib" ? "none" : "image");
  const isLoaded = load.split("+").includes("image");
  const loadOffset = reader.integer([...path, "load-offset"]);
  if (isLoaded && type !== "bin" && loadOffset !== undefined && loadOffset !== 0n)
    reader.report([...path, "load-offset"], "is for files of the type bin; others say where they belong");
  return [{ file, isLoaded, ...given({ type, loadOffset, pname: reader.text([...path, "pname"]) }) }];
}

function algorithm(reader: CbuildReader, path: YamlPath): Algorithm {
  return {
    file: reader.requiredText([...path, "algorithm"]),
    start: reader.requiredInteger([...path, "start"]),
    size: reader.requiredPositive([...path, "size"]),
    isDefault: true,
    style: "CMSIS",
    span: reader.span(path),
    ...given({
      pname: reader.text([...path, "pname"]),
      ramStart: reader.integer([...path, "ram-start"]),
      ramSize: reader.positive([...path, "ram-size"]),
    }),
  };
}

/** Other entries are component viewers (`scvd`). */
function registers(reader: CbuildReader, path: YamlPath): readonly RegisterFile[] {
  if (reader.text([...path, "type"])?.toLowerCase() !== "svd") return [];
  const file = reader.requiredText([...path, "file"]);
  return [{ file, from: "disk", ...given({ pname: reader.text([...path, "pname"]) }) }];
}

function memory(reader: CbuildReader, path: YamlPath): AddedMemory {
  return {
    name: reader.requiredText([...path, "name"]),
    start: reader.requiredInteger([...path, "start"]),
    size: reader.requiredPositive([...path, "size"]),
    span: reader.span(path),
    ...given({
      access: reader.text([...path, "access"]),
      pname: reader.text([...path, "pname"]),
      alias: reader.text([...path, "alias"]),
      isDefault: reader.flag([...path, "default"]),
      startup: reader.flag([...path, "startup"]),
      uninit: reader.flag([...path, "uninit"]),
    }),
  };
}

function debugVars(reader: CbuildReader): DebugVars | undefined {
  const path = [...ROOT, "debug-vars", "vars"];
  const excerpt = reader.excerpt(path);
  if (excerpt === undefined) return undefined;
  const { entries, diagnostics } = parseBlock(excerpt);
  const vars: DebugVars = { kind: "debugvars", entries, attributes: [], span: reader.span(path) };
  append(reader.diagnostics, diagnostics, checkDebugVars(vars));
  return vars;
}
