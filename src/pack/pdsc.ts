/** A pack description file: its identity and the tree of its devices. Knows no archive and no search path. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { DeviceDescription } from "../device/description.ts";
import { Failure } from "../lib/fault.ts";
import type { Source } from "../lib/source.ts";
import { parseXml, type XmlElement, type XmlFault } from "../lib/xml.ts";
import { describe, type Described, type Levels } from "./describe.ts";
import { notAPack } from "./diagnostics.ts";

/** One thing that can be debugged: a device, or a variant of one. */
export interface DeviceEntry {
  readonly vendor: string;
  readonly name: string;
  readonly family: string;
  readonly subFamily?: string;
  /** The device that this is a variant of. */
  readonly variantOf?: string;
  readonly cores: readonly string[];
}

export interface ReadPack {
  readonly pack?: Pack;
  readonly diagnostics: readonly Diagnostic[];
}

export class Pack {
  readonly id: string;
  readonly source: Source;
  readonly #levels: readonly Levels[];
  readonly #described = new Map<string, Described>();

  constructor(id: string, source: Source, levels: readonly Levels[]) {
    this.id = id;
    this.source = source;
    this.#levels = levels;
  }

  devices(): readonly DeviceEntry[] {
    return this.#levels.map((levels) => {
      const { family, subFamily, device, variant } = levels;
      const name = variant?.value("Dvariant") ?? device.value("Dname") ?? "";
      const chain = [family, subFamily, device, variant].filter((level) => level !== undefined);
      const processors = chain.flatMap((level) => [...level.elements("processor")]);
      return {
        vendor: vendorOf(levels),
        name,
        family: family.value("Dfamily") ?? "",
        ...(subFamily === undefined ? {} : { subFamily: subFamily.value("DsubFamily") ?? "" }),
        ...(variant === undefined ? {} : { variantOf: device.value("Dname") ?? "" }),
        cores: [...new Set(processors.flatMap((processor) => processor.value("Dcore") ?? []))],
      };
    });
  }

  /** Everything about one device, by its exact name; findings that concern only it come along. */
  describe(name: string): Described | undefined {
    const known = this.#described.get(name);
    if (known !== undefined) return known;
    const levels = this.#levels.find(
      ({ device, variant }) => (variant?.value("Dvariant") ?? device.value("Dname")) === name,
    );
    if (levels === undefined) return undefined;
    const described = describe(levels, { id: this.id, path: this.source.path, vendor: vendorOf(levels) });
    this.#described.set(name, described);
    return described;
  }

  /** Each level element once with its own sequences, for checking a whole pack without repeating inherited ones. */
  *descriptions(): Generator<Described & { readonly description: DeviceDescription }> {
    for (const { name } of this.devices()) {
      const described = this.describe(name);
      if (described !== undefined) yield described;
    }
  }
}

/** Text to pack. What cannot be read at all is one `malformed` diagnostic; the rest is found when a device is asked. */
export function readPdsc(source: Source): ReadPack {
  let root: XmlElement;
  try {
    root = parseXml(source);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const fault = error.fault as XmlFault;
    return { diagnostics: [{ ...notAPack(fault.reason, fault.span), code: "malformed-xml" }] };
  }
  if (root.name !== "package") {
    return {
      diagnostics: [
        notAPack(`this is <${root.name}>, a pack description begins with <package>`, root.openSpan),
      ],
    };
  }
  const id = `${root.element("vendor")?.text.trim() ?? "?"}::${root.element("name")?.text.trim() ?? "?"}`;
  const version = root.element("releases")?.element("release")?.value("version");
  return {
    pack: new Pack(version === undefined ? id : `${id}@${version}`, source, [...levelsOf(root)]),
    diagnostics: [],
  };
}

function* levelsOf(root: XmlElement): Generator<Levels> {
  for (const devices of root.elements("devices")) {
    for (const family of devices.elements("family")) {
      yield* devicesOf(family, { family });
      for (const subFamily of family.elements("subFamily"))
        yield* devicesOf(subFamily, { family, subFamily });
    }
  }
}

function* devicesOf(parent: XmlElement, above: Omit<Levels, "device">): Generator<Levels> {
  for (const device of parent.elements("device")) {
    yield { ...above, device };
    for (const variant of device.elements("variant")) yield { ...above, device, variant };
  }
}

/** `STMicroelectronics:13` is the vendor's name and its number in the specification's list. */
function vendorOf({ family }: Levels): string {
  return (family.value("Dvendor") ?? "").replace(/:\d+$/, "");
}
