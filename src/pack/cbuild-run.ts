/**
 * What a `*.cbuild-run.yml` of the CMSIS-Toolbox says about the target: device, pack, connection, images. Everything
 * else in it comes from the pack, which is read itself. Knows no files: paths are as written.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { Failure } from "../lib/fault.ts";
import type { Source } from "../lib/source.ts";
import { parseYaml, type YamlDocument, type YamlFault, type YamlPath, type YamlValue } from "../lib/yaml.ts";

export interface CbuildRun {
  /** `Vendor::Device[:Pname]` */
  readonly device?: string;
  /** `Vendor::Name@version` */
  readonly devicePack?: string;
  /** Where a pack under development is kept. */
  readonly devicePackPath?: string;
  readonly protocol?: "swd" | "jtag";
  readonly clockHz?: number;
  readonly dbgconf?: string;
  readonly connect?: "attach" | "halt" | "pre-reset" | "under-reset";
  /** The processor that starts first. */
  readonly startPname?: string;
  readonly images: readonly CbuildImage[];
}

export interface CbuildImage {
  readonly file: string;
  /** `elf`, `hex`, `bin`, ... */
  readonly type?: string;
  /** `image+symbols`, `image`, `symbols`, `none` */
  readonly load?: string;
  readonly pname?: string;
}

export interface ReadCbuildRun {
  readonly run?: CbuildRun;
  readonly diagnostics: readonly Diagnostic[];
}

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
  const reader = new Reader(document);
  const root = ["cbuild-run"];
  if (!isMapping(reader.at(root))) {
    const message = "a cbuild-run.yml begins with the key cbuild-run";
    const span = document.spanOf([]);
    return { diagnostics: [{ code: "not-a-cbuild-run", severity: "error", message, span, malformed: true }] };
  }
  const debug = [...root, "debugger"];
  const protocol = reader.text([...debug, "protocol"])?.toLowerCase();
  const connect = reader.text([...debug, "connect"])?.toLowerCase();
  const output = reader.at([...root, "output"]);
  const run: CbuildRun = {
    images: Array.isArray(output) ? output.flatMap((_, at) => image(reader, [...root, "output", at])) : [],
    ...optional("device", reader.text([...root, "device"])),
    ...optional("devicePack", reader.text([...root, "device-pack"])),
    ...optional("devicePackPath", reader.text([...root, "device-pack-path"])),
    ...(protocol === "swd" || protocol === "jtag" ? { protocol } : {}),
    ...optional(
      "connect",
      MODES.find((mode) => mode === connect),
    ),
    ...optional("clockHz", reader.number([...debug, "clock"])),
    ...optional("dbgconf", reader.text([...debug, "dbgconf"])),
    ...optional("startPname", reader.text([...debug, "start-pname"])),
  };
  return { run, diagnostics: reader.diagnostics };
}

/** As the CMSIS-Toolbox spells the connect modes, which is as we do. */
const MODES = ["attach", "halt", "pre-reset", "under-reset"] as const;

function image(reader: Reader, path: YamlPath): readonly CbuildImage[] {
  const file = reader.text([...path, "file"]);
  if (file === undefined) return [];
  return [
    {
      file,
      ...optional("type", reader.text([...path, "type"])),
      ...optional("load", reader.text([...path, "load"])),
      ...optional("pname", reader.text([...path, "pname"])),
    },
  ];
}

class Reader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #document: YamlDocument;

  constructor(document: YamlDocument) {
    this.#document = document;
  }

  at(path: YamlPath): YamlValue | undefined {
    let value: YamlValue | undefined = this.#document.value;
    for (const step of path) {
      if (Array.isArray(value)) value = (value as readonly YamlValue[])[Number(step)];
      else value = isMapping(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    }
    return value ?? undefined;
  }

  text(path: YamlPath): string | undefined {
    const value = this.at(path);
    if (value === undefined || typeof value === "string") return value;
    this.#report(path, "a text");
    return undefined;
  }

  number(path: YamlPath): number | undefined {
    const value = this.at(path);
    if (value === undefined || typeof value === "number") return value;
    this.#report(path, "a number");
    return undefined;
  }

  #report(path: YamlPath, wanted: string): void {
    const message = `${wanted} is wanted for ${String(path.at(-1))}`;
    this.diagnostics.push({
      code: "wrong-value",
      severity: "error",
      message,
      span: this.#document.spanOf(path),
    });
  }
}

function isMapping(value: YamlValue | undefined): value is { readonly [key: string]: YamlValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}
