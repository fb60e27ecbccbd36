/**
 * A `*.cbuild-run.yml`, which the CMSIS-Toolbox writes for debuggers, in place of a pack: the packs, device and
 * connection that it names. Knows where its paths lead; does not read the packs.
 */
import { dirname, resolve } from "node:path";
import type { RegisterFile } from "../device/amendment.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { IMAGE_FORMATS } from "../flash/file/formats.ts";
import type { Failure } from "../lib/fault.ts";
import { kindOf, listFolder } from "../pack/files/folder.ts";
import { readCbuildRun, type CbuildImage, type CbuildRun } from "../pack/cbuild-run/cbuild-run.ts";
import { given as withoutUndefined } from "../pack/pdsc/fields.ts";
import { isPackName, packRoot } from "../pack/find.ts";
import { malformedInput, SessionFailure } from "../project/faults.ts";
import { given, OPTION_NAMES, rowOf, type Given, type Values } from "../options/given.ts";
import { strongest } from "../options/resolve.ts";
import type { OutputFile } from "../session/flash/program-image.ts";
import { readSource } from "./files/input-files.ts";
import { Gate } from "./effects/gate.ts";
import { NamedPaths } from "./effects/named.ts";
import { boardPack, devicePack } from "./run-packs.ts";

export interface RunFile {
  readonly path: string;
  /** Its settings, by the names of options; paths are valid from anywhere. */
  readonly values: Values;
  /** A path, or a name in the pack root. */
  readonly pack: string;
  /** The rest of it, with such paths too. */
  readonly run: CbuildRun;
  /** The path of the board's pack, if that is a different one and exists. */
  readonly boardPack?: string;
  readonly notes: readonly Diagnostic[];
  /** The paths that it names outside of its solution and of the installed packs without a grant, each with its failure. */
  readonly refusals: ReadonlyMap<string, Failure>;
}

export function isRunFile(name: string): boolean {
  return /\.cbuild-run\.ya?ml$/i.test(name);
}

/** Reads the file. Throws if it cannot be read, or does not name a pack that exists. `gate` is what the user allows it. */
export async function readRunFile(path: string, gate: Gate = new Gate([])): Promise<RunFile> {
  const { run: written, diagnostics } = readCbuildRun(await readSource(path, gate.decided));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (written === undefined || errors.length > 0) throw malformedInput(errors);
  const at = (file: string): string => resolve(dirname(path), expanded(file, path));
  const registers = await Promise.all(
    written.registers.map((one) => locatedRegisters({ ...one, file: at(one.file) }, written)),
  );
  const run: CbuildRun = {
    ...written,
    images: written.images.map((image) => ({ ...image, file: at(image.file) })),
    registers: registers.flatMap(({ found }) => found),
    algorithms: projectFirst(written).map((one) => ({ ...one, file: at(one.file), from: "disk" })),
  };
  const found = await devicePack(run.devicePack, path, at);
  const board = await boardPack(run, at);
  const values = connection(run, at);
  const named = [
    ...run.images.map(({ file }) => file),
    ...run.registers.map(({ file }) => file),
    ...run.algorithms.map(({ file }) => file),
    ...[found.path, values.dbgconf, board.path].filter((file) => file !== undefined),
  ].filter((file) => !isPackName(file));
  const paths = await NamedPaths.of(path, gate, await foldersOf(path));
  return {
    path,
    run,
    values,
    pack: found.path,
    refusals: await paths.refusals(named),
    notes: [...diagnostics, ...found.notes, ...board.notes, ...registers.flatMap(({ notes }) => notes)],
    ...(board.path === undefined ? {} : { boardPack: board.path }),
  };
}

/** The folder of the solution that made the file, and those of the installed packs. */
async function foldersOf(path: string): Promise<readonly string[]> {
  const root = packRoot(process.env, process.platform);
  return [await solutionFolder(resolve(dirname(path))), ...(root === undefined ? [] : [root])].filter(
    (folder) => folder !== undefined,
  );
}

/** Finds the solution's folder: the CMSIS-Toolbox puts the file into an output folder below it. */
async function solutionFolder(folder: string): Promise<string | undefined> {
  const names = await listFolder(folder).catch((): readonly string[] => []);
  if (names.some((name) => /\.csolution\.ya?ml$/i.test(name))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : solutionFolder(above);
}

/** Throws the refusal of a file that a cbuild-run.yml names, if it has one. */
export function mustBeOfProject(run: RunFile | undefined, path: string | undefined): void {
  const refusal = path === undefined ? undefined : run?.refusals.get(path);
  if (refusal !== undefined) throw refusal;
}

/** Drops register files that are missing: a project from another machine has paths of that machine. */
async function locatedRegisters(
  one: RegisterFile,
  { span }: CbuildRun,
): Promise<{ readonly found: readonly RegisterFile[]; readonly notes: readonly Diagnostic[] }> {
  if ((await kindOf(one.file)) !== undefined) return { found: [one], notes: [] };
  const message = `there is no file ${one.file}; names of registers come from the device's pack`;
  return { found: [], notes: [{ code: "missing-file", severity: "warning", message, span }] };
}

/** Puts the project's algorithms, which the CMSIS-Toolbox lists after those of the packs, first. */
function projectFirst({
  algorithms,
  devicePack: device,
  boardPack: board,
}: CbuildRun): CbuildRun["algorithms"] {
  const folders = ["${CMSIS_PACK_ROOT}", device?.path, board?.path].filter((folder) => folder !== undefined);
  const isOfPack = ({ file }: { readonly file: string }): boolean =>
    folders.some((folder) => file.startsWith(`${folder}/`));
  return algorithms.toSorted((one, other) => Number(isOfPack(one)) - Number(isOfPack(other)));
}

/**
 * Returns the file as the weakest giver. Its processor belongs to its device, so it does not count if another
 * giver names a device.
 */
export function runGiven({ path, values }: RunFile, stronger: readonly Given[]): Given {
  const { pname, ...others } = values;
  const isItsDevice = strongest("device", stronger) === undefined;
  return {
    origin: path,
    values: { ...others, ...(isItsDevice && pname !== undefined ? { pname } : {}) },
  };
}

/** Collects the connection by the table's column `run`. */
function connection(run: CbuildRun, at: (file: string) => string): Values {
  const values = OPTION_NAMES.map((name) => {
    const { run: field } = rowOf(name);
    const value = field === undefined ? undefined : run[field];
    return [name, name === "dbgconf" && value !== undefined ? at(value as string) : value];
  });
  return given(Object.fromEntries(values) as Values);
}

/** The images that must be programmed. Throws if the file names none. */
export function outputOf(file: RunFile): readonly OutputFile[] {
  const { run, path } = file;
  const images = run.images.filter(({ isLoaded }) => isLoaded);
  for (const image of images) mustBeOfProject(file, image.file);
  if (images.length > 0) return images.map(outputFile);
  const what = `${path}: its output has no image to load; name a FILE`;
  throw new SessionFailure({ kind: "bad-request", what }, what);
}

function outputFile({ file, type, loadOffset }: CbuildImage): OutputFile {
  const format = IMAGE_FORMATS.find((one) => one === type);
  // Files of other formats contain their addresses.
  const base = format === "bin" || format === undefined ? loadOffset : undefined;
  return { path: file, ...withoutUndefined({ format, base: base === undefined ? undefined : Number(base) }) };
}

/**
 * Replaces `${CMSIS_PACK_ROOT}`, the only variable that the CMSIS-Toolbox leaves in this file. No other is
 * replaced: it may hold a secret, and paths appear in messages.
 */
function expanded(file: string, path: string): string {
  return file.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = name === "CMSIS_PACK_ROOT" ? packRoot(process.env, process.platform) : undefined;
    if (value !== undefined) return resolve(value);
    const what = `${path}: the variable ${name} in ${file} is not known; CMSIS_PACK_ROOT is the only one`;
    throw new SessionFailure({ kind: "bad-request", what }, what);
  });
}
