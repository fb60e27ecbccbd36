/**
 * Finds packs on this machine: the path of `Vendor::Name[@version]`, and the packs that have a part. Knows
 * the layout of a pack root as cpackget keeps it (`Vendor/Name/version`, `.Web`, `.Local`); opens no network.
 */
import { matchDevice, type DeviceName, type DeviceRequest } from "../device/match.ts";
import { nearest } from "../lib/nearest.ts";
import { Source } from "../lib/source.ts";
import { parseXml } from "../lib/formats/xml.ts";
import { kindOf, listFolder, readDiskFile } from "./files/folder.ts";
import { PackFailure } from "./faults.ts";
import { readPdsc } from "./pdsc/pdsc.ts";
import { decodeXml } from "./text.ts";
import { compareVersions, parseRange, satisfies, type VersionRange } from "./version.ts";

export interface PackName {
  readonly vendor: string;
  readonly name: string;
  readonly range: VersionRange;
}

export interface FoundPack {
  readonly vendor: string;
  readonly name: string;
  readonly version?: string;
  /** The path of the description, for `openPack`. */
  readonly path: string;
  /** False if the index alone has the description: sequences can be read, algorithms cannot. */
  readonly installed: boolean;
}

export function isPackName(text: string): boolean {
  return /^[^:/\\]+::[^:/\\]+$/.test(text);
}

/**
 * Parses `Vendor::Name`, followed by nothing, `@1.2.3`, `@>=1.2.3`, `@^1.2.3` or `@~1.2.3`. Throws a
 * `bad-pack-name` failure.
 */
export function parsePackName(text: string): PackName {
  const [, vendor, name, wanted] = /^([^:@/\\]+)::([^:@/\\]+)(?:@(.+))?$/.exec(text.trim()) ?? [];
  const range = wanted === undefined ? ({ kind: "any", version: "0" } as const) : parseRange(wanted);
  if (vendor === undefined || name === undefined || range === undefined) {
    const message = `"${text}" is not a pack; write Vendor::Name or Vendor::Name@1.2.3`;
    throw new PackFailure({ kind: "bad-pack-name", name: text }, message);
  }
  return { vendor, name, range };
}

/** Returns the folder for packs: CMSIS_PACK_ROOT, or without it the place that the CMSIS-Toolbox uses. */
export function packRoot(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): string | undefined {
  const set = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const below = (base: string | undefined, path: string): string | undefined =>
    base === undefined ? undefined : `${base}/${path}`;
  const root = set("CMSIS_PACK_ROOT");
  if (root !== undefined) return root;
  if (platform === "win32") return below(set("LOCALAPPDATA"), "Arm/Packs");
  return below(set("XDG_CACHE_HOME") ?? below(set("HOME"), ".cache"), "arm/packs");
}

/**
 * Lists everything under a root. The newest version of a pack comes first, and installed ones come before
 * those that only the index knows.
 */
export async function listPacks(root: string): Promise<readonly FoundPack[]> {
  const packs = [...(await localPacks(root)), ...(await installedPacks(root))];
  const known = new Set(packs.map(idOf));
  const indexed = (await indexedPacks(root)).filter((pack) => !known.has(idOf(pack)));
  const byId = (a: FoundPack, b: FoundPack): number => compareTexts(idOf(a), idOf(b));
  const newest = (a: FoundPack, b: FoundPack): number => compareVersions(b.version ?? "0", a.version ?? "0");
  return [...packs.toSorted((a, b) => byId(a, b) || newest(a, b)), ...indexed.toSorted(byId)];
}

function idOf({ vendor, name }: { readonly vendor: string; readonly name: string }): string {
  return `${vendor}::${name}`.toLowerCase();
}

function compareTexts(one: string, other: string): number {
  return Number(one > other) - Number(one < other);
}

/**
 * Returns the newest version that fits, or else the description of the index. Throws an `unknown-pack`
 * failure.
 */
export async function findPack(wanted: PackName, root: string): Promise<FoundPack> {
  const packs = await listPacks(root);
  const installed = packs.find(
    (pack) => pack.installed && idOf(pack) === idOf(wanted) && satisfies(pack.version ?? "0", wanted.range),
  );
  const found = installed ?? (await indexed(wanted, root));
  if (found !== undefined) return found;
  throw unknownPack(wanted, root, packs);
}

function unknownPack(wanted: PackName, root: string, packs: readonly FoundPack[]): PackFailure {
  const name = `${wanted.vendor}::${wanted.name}`;
  const full = wanted.range.kind === "any" ? name : `${name}@${wanted.range.version}`;
  const same = packs.filter((pack) => idOf(pack) === idOf(wanted));
  const versions = same.flatMap(({ version }) => (version === undefined ? [] : [`${name}@${version}`]));
  const others = new Set(packs.map((pack) => `${pack.vendor}::${pack.name}`));
  const guess = same.length > 0 ? undefined : nearest(name, others, Infinity);
  const near = guess === undefined ? versions : [guess];
  const hint =
    guess !== undefined
      ? `did you mean ${guess}?`
      : versions.length > 0
        ? `there is ${versions.join(", ")}`
        : `\`cpackget add ${full}\` installs it`;
  return new PackFailure(
    { kind: "unknown-pack", name, near, searched: [root] },
    `${full} is not installed under ${root}; ${hint}`,
  );
}

/** `.Web/Vendor.Name.pdsc` describes the newest version; it is read to learn its number. */
async function indexed(wanted: PackName, root: string): Promise<FoundPack | undefined> {
  const pack = (await indexedPacks(root)).find((one) => idOf(one) === idOf(wanted));
  if (pack === undefined) return undefined;
  const version = (await readDescription(pack.path)).pack?.identity.version;
  if (!satisfies(version ?? "0", wanted.range)) return undefined;
  return version === undefined ? pack : { ...pack, version };
}

async function installedPacks(root: string): Promise<readonly FoundPack[]> {
  const found: FoundPack[] = [];
  for (const vendor of (await listFolder(root)).filter((name) => !name.startsWith("."))) {
    for (const name of await listFolder(`${root}/${vendor}`)) {
      for (const version of await listFolder(`${root}/${vendor}/${name}`)) {
        const path = `${root}/${vendor}/${name}/${version}/${vendor}.${name}.pdsc`;
        if ((await kindOf(path)) === "file") found.push({ vendor, name, version, path, installed: true });
      }
    }
  }
  return found;
}

async function indexedPacks(root: string): Promise<readonly FoundPack[]> {
  return (await listFolder(`${root}/.Web`)).flatMap((file) => {
    const [, vendor, name] = /^([^.]+)\.(.+)\.pdsc$/i.exec(file) ?? [];
    if (vendor === undefined || name === undefined) return [];
    return [{ vendor, name, path: `${root}/.Web/${file}`, installed: false }];
  });
}

/** Lists packs under development. They stay in their own folders, which `.Local/local_repository.pidx` lists. */
async function localPacks(root: string): Promise<readonly FoundPack[]> {
  const path = `${root}/.Local/local_repository.pidx`;
  if ((await kindOf(path)) !== "file") return [];
  const index = parseXml(new Source(path, decodeXml(await readDiskFile(path))));
  const found: FoundPack[] = [];
  for (const entry of index.element("pindex")?.elements("pdsc") ?? []) {
    const [vendor, name, version, url] = ["vendor", "name", "version", "url"].map((key) => entry.value(key));
    if (vendor === undefined || name === undefined || url === undefined) continue;
    const folder = decodeURIComponent(url.replace(/^file:\/\/(?:localhost)?/, "")).replace(
      /^\/([A-Za-z]:)/,
      "$1",
    );
    const file = `${folder.replace(/[/\\]$/, "")}/${vendor}.${name}.pdsc`;
    if ((await kindOf(file)) !== "file") continue;
    found.push({ vendor, name, path: file, installed: true, ...(version === undefined ? {} : { version }) });
  }
  return found;
}

export interface PartMatch {
  readonly pack: FoundPack;
  /** The matching names in that pack; there are several if the request fits several. */
  readonly devices: readonly string[];
}

export interface PartSearch {
  readonly matches: readonly PartMatch[];
  /** The closest names, if nothing matches. */
  readonly near: readonly string[];
  /** The descriptions that could not be read, each with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/** Finds the packs that have a part, each in its newest version or as the index describes it. */
export async function findPart(request: DeviceRequest, root: string): Promise<PartSearch> {
  const matches: PartMatch[] = [];
  const names = new Map<string, DeviceName>();
  const unreadable: { path: string; reason: string }[] = [];
  const seen = new Set<string>();
  for (const pack of await listPacks(root)) {
    if (seen.has(idOf(pack))) continue;
    seen.add(idOf(pack));
    const text = await readText(pack.path, unreadable);
    if (text === undefined) continue;
    const mentioned = mentionedNames(text);
    for (const device of mentioned) names.set(device.name, device);
    // Only packs that mention the part at all are parsed: an index has a thousand packs.
    if (matchDevice({ device: request.device }, mentioned).kind === "unknown") continue;
    const { pack: described, diagnostics } = readPdsc(new Source(pack.path, text));
    if (described === undefined) {
      unreadable.push({ path: pack.path, reason: diagnostics[0]?.message ?? "it is not a pack description" });
      continue;
    }
    const devices = fitting(request, described.devices());
    const { version } = described.identity;
    if (devices.length > 0) matches.push({ pack: { ...given(version), ...pack }, devices });
  }
  return { matches, near: matches.length > 0 ? [] : nearNames(request, names), unreadable };
}

async function readText(
  path: string,
  unreadable: { path: string; reason: string }[],
): Promise<string | undefined> {
  try {
    return decodeXml(await readDiskFile(path));
  } catch (error) {
    if (!(error instanceof PackFailure)) throw error;
    unreadable.push({ path, reason: error.message });
    return undefined;
  }
}

function given(version: string | undefined): { readonly version?: string } {
  return version === undefined ? {} : { version };
}

function fitting(request: DeviceRequest, devices: readonly DeviceName[]): readonly string[] {
  const match = matchDevice(request, devices);
  if (match.kind === "found") return [match.device.name];
  return match.kind === "ambiguous" ? match.candidates.map(({ name }) => name) : [];
}

function nearNames({ device }: DeviceRequest, names: ReadonlyMap<string, DeviceName>): readonly string[] {
  const match = matchDevice({ device }, [...names.values()]);
  return match.kind === "unknown" ? match.near : [];
}

function mentionedNames(text: string): readonly DeviceName[] {
  const found = text.matchAll(/\bD(?:name|variant)\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  return [...new Set([...found].map(([, double, single]) => double ?? single ?? ""))].map((name) => ({
    vendor: "",
    name,
  }));
}

async function readDescription(path: string): Promise<ReturnType<typeof readPdsc>> {
  return readPdsc(new Source(path, decodeXml(await readDiskFile(path))));
}
