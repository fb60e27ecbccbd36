/**
 * Reads a pack description file: its identity and the tree of its devices. Knows no archive and no search
 * path.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { Failure } from "../../lib/fault.ts";
import type { Source, Span } from "../../lib/source.ts";
import { parseXml, type XmlElement, type XmlFault } from "../../lib/formats/xml.ts";
import { boardsOf, type Board } from "./boards.ts";
import { describe, type Described } from "./describe.ts";
import { duplicateDevice, missingElement, notAPack } from "./diagnostics.ts";
import { given } from "./fields.ts";
import { inheritedBy, type Levels } from "./inheritance.ts";

/** An entry is one thing that can be debugged: a device, or a variant of one. */
export interface DeviceEntry {
  readonly vendor: string;
  readonly name: string;
  readonly family: string;
  readonly subFamily?: string;
  /** The device of which this is a variant. */
  readonly variantOf?: string;
  readonly cores: readonly string[];
}

export interface PackIdentity {
  readonly vendor: string;
  readonly name: string;
  /** The version of the newest release, which stands first. */
  readonly version?: string;
  /** The address at which the vendor offers the pack. */
  readonly url?: string;
}

export interface ReadPack {
  readonly pack?: Pack;
  readonly diagnostics: readonly Diagnostic[];
}

export class Pack {
  /** It is `Keil::STM32H7xx_DFP@4.1.3`, without the `@` part if the file names no release. */
  readonly id: string;
  readonly identity: PackIdentity;
  readonly source: Source;
  readonly boards: readonly Board[];
  readonly #levels: ReadonlyMap<string, Levels>;
  readonly #described = new Map<Levels, Described>();
  #devices: readonly DeviceEntry[] | undefined;

  constructor(
    identity: PackIdentity,
    source: Source,
    { levels, boards }: { readonly levels: readonly Levels[]; readonly boards: readonly Board[] },
  ) {
    this.identity = identity;
    this.boards = boards;
    this.id = `${identity.vendor}::${identity.name}${identity.version === undefined ? "" : `@${identity.version}`}`;
    this.source = source;
    const byName = new Map<string, Levels>();
    for (const level of levels) {
      const name = nameOf(level).toLowerCase();
      if (!byName.has(name)) byName.set(name, level);
    }
    this.#levels = byName;
  }

  /** Returns the entries in the order of the file; a device with variants stands before them. */
  devices(): readonly DeviceEntry[] {
    this.#devices ??= [...this.#levels.values()].map(entryOf);
    return this.#devices;
  }

  /**
   * Returns everything about one device or variant, found by name without regard to case, with the findings
   * that concern it alone. Sequences are read here and not before; a level that several devices share is read
   * once.
   */
  describe(name: string): Described | undefined {
    const levels = this.#levels.get(name.toLowerCase());
    if (levels === undefined) return undefined;
    let described = this.#described.get(levels);
    if (described === undefined) {
      described = describe(levels, { id: this.id, path: this.source.path, vendor: vendorOf(levels) });
      this.#described.set(levels, described);
    }
    return described;
  }

  /** Counts the elements and sequences that describe its devices; an inherited one counts for each device. */
  get inherited(): number {
    return [...this.#levels.values()].reduce((sum, levels) => sum + inheritedBy(levels), 0);
  }

  *descriptions(): Generator<Described> {
    for (const { name } of this.devices()) {
      const described = this.describe(name);
      if (described !== undefined) yield described;
    }
  }
}

/**
 * Reads a pack from a text. A text that cannot be read at all gives one `malformed` diagnostic; other
 * findings come when a device is asked for.
 */
export function readPdsc(source: Source): ReadPack {
  let root: XmlElement;
  try {
    root = parseXml(source);
  } catch (error) {
    if (!isXmlFailure(error)) throw error;
    const { reason, span } = error.fault;
    return { diagnostics: [{ ...notAPack(reason, span), code: "malformed-xml" }] };
  }
  if (root.name !== "package") {
    const message = `this is <${root.name}>, a pack description begins with <package>`;
    return { diagnostics: [notAPack(message, root.openSpan)] };
  }
  const diagnostics = ["vendor", "name"]
    .filter((name) => textOf(root, name) === undefined)
    .map((name) => missingElement(root, name));
  const identity: PackIdentity = {
    vendor: textOf(root, "vendor") ?? "?",
    name: textOf(root, "name") ?? "?",
    ...given({
      version: root.element("releases")?.element("release")?.value("version"),
      url: textOf(root, "url"),
    }),
  };
  const levels = [...levelsOf(root)];
  return {
    pack: new Pack(identity, source, { levels, boards: boardsOf(root) }),
    diagnostics: [...diagnostics, ...duplicateDevices(levels)],
  };
}

/** Reports devices whose names differ only by case; the first one counts. */
function duplicateDevices(all: readonly Levels[]): readonly Diagnostic[] {
  const first = new Map<string, Span>();
  return all.flatMap((levels): readonly Diagnostic[] => {
    const name = nameOf(levels).toLowerCase();
    const span = (levels.variant ?? levels.device).openSpan;
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, span);
      return [];
    }
    return [duplicateDevice(nameOf(levels), span, before)];
  });
}

function isXmlFailure(error: unknown): error is Failure<XmlFault> {
  return error instanceof Failure && (error as Failure).fault.kind === "malformed-xml";
}

function textOf(parent: XmlElement, name: string): string | undefined {
  const text = parent.element(name)?.text.trim();
  return text === "" ? undefined : text;
}

function* levelsOf(root: XmlElement): Generator<Levels> {
  for (const devices of root.elements("devices")) {
    for (const family of devices.elements("family")) {
      yield* devicesOf(family, { family });
      for (const subFamily of family.elements("subFamily")) {
        yield* devicesOf(subFamily, { family, subFamily });
      }
    }
  }
}

function* devicesOf(parent: XmlElement, above: Omit<Levels, "device">): Generator<Levels> {
  for (const device of parent.elements("device")) {
    yield { ...above, device };
    for (const variant of device.elements("variant")) yield { ...above, device, variant };
  }
}

function entryOf(levels: Levels): DeviceEntry {
  const { family, subFamily, device, variant } = levels;
  const chain = [family, subFamily, device, variant].filter((level) => level !== undefined);
  const processors = chain.flatMap((level) => [...level.elements("processor")]);
  return {
    vendor: vendorOf(levels),
    name: nameOf(levels),
    family: family.value("Dfamily") ?? "",
    cores: [...new Set(processors.flatMap((processor) => processor.value("Dcore") ?? []))],
    ...given({
      subFamily: subFamily?.value("DsubFamily"),
      variantOf: variant === undefined ? undefined : device.value("Dname"),
    }),
  };
}

/** The schema allows Dname on variants too. */
function nameOf({ device, variant }: Levels): string {
  return variant?.value("Dvariant") ?? variant?.value("Dname") ?? device.value("Dname") ?? "";
}

/** `STMicroelectronics:13` is the vendor's name with its number in the specification's list. */
function vendorOf({ family }: Levels): string {
  return (family.value("Dvendor") ?? "").replace(/:\d+$/, "");
}
