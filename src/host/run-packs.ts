/** Finds the packs that a cbuild-run.yml names, by path or by name. Reads none of them. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { kindOf } from "../pack/files/folder.ts";
import type { CbuildPack, CbuildRun } from "../pack/cbuild-run/cbuild-run.ts";
import { PackFailure } from "../pack/faults.ts";
import { findPack, packRoot, parsePackName } from "../pack/find.ts";
import { SessionFailure } from "../project/faults.ts";

/** A path, or a name with which opening it says what is wrong. */
interface Found {
  readonly path: string;
  readonly notes: readonly Diagnostic[];
}

/** The pack that describes the device. Throws if the file names none, or if it is missing. */
export async function devicePack(
  pack: CbuildPack | undefined,
  path: string,
  at: (file: string) => string,
): Promise<Found> {
  if (pack === undefined) {
    const what = `${path}: it does not name a device-pack`;
    throw new SessionFailure({ kind: "bad-request", what }, what);
  }
  const found = await located(pack, at);
  if (found !== undefined) return found;
  const { name, path: folder } = pack;
  // Opening it says what is wrong with it.
  if (folder === undefined) return { path: name ?? "", notes: [] };
  if (name === undefined) return { path: at(folder), notes: [] };
  const near: readonly string[] = [];
  throw new PackFailure(
    { kind: "unknown-pack", name, near, searched: [at(folder)] },
    `the device's pack ${name} is not in ${at(folder)}, where ${path} has it; \`cpackget add ${name}\` installs it`,
  );
}

/** The pack that describes the board, if it is a different one. A board without its pack can still be debugged. */
export async function boardPack(
  { boardPack: pack, devicePack: own }: CbuildRun,
  at: (file: string) => string,
): Promise<{ readonly path?: string; readonly notes: readonly Diagnostic[] }> {
  if (pack === undefined || isSame(pack, own)) return { notes: [] };
  const found = await located(pack, at);
  if (found !== undefined) return found;
  const { name, path, span } = pack;
  const place = path === undefined ? "" : ` in ${at(path)}`;
  const what = name === undefined ? "the board's pack" : `the board's pack ${name}`;
  const message = `${what} is not there${place}; what it describes is not used`;
  const hint = name === undefined ? {} : { hint: `\`cpackget add ${name}\` installs it` };
  return { notes: [{ code: "missing-pack", severity: "warning", message, span, ...hint }] };
}

function isSame(pack: CbuildPack, other: CbuildPack | undefined): boolean {
  return pack.path === undefined ? pack.name === other?.name : pack.path === other?.path;
}

/** Finds a pack by its path, or by its name if the file has paths of another machine. */
async function located(
  { name, path, span }: CbuildPack,
  at: (file: string) => string,
): Promise<Found | undefined> {
  if (path !== undefined && (await kindOf(at(path))) !== undefined) return { path: at(path), notes: [] };
  const root = packRoot(process.env, process.platform);
  if (name === undefined || root === undefined) return undefined;
  const found = await installed(name, root);
  if (found === undefined || path === undefined)
    return found === undefined ? undefined : { path: found, notes: [] };
  const message = `${at(path)} is not there; ${name} is taken from ${found}`;
  return { path: found, notes: [{ code: "missing-pack", severity: "warning", message, span }] };
}

async function installed(name: string, root: string): Promise<string | undefined> {
  try {
    return (await findPack(parsePackName(name), root)).path;
  } catch (error) {
    if (error instanceof PackFailure && error.fault.kind === "unknown-pack") return undefined;
    throw error;
  }
}
