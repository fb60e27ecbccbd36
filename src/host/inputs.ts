/** Reads the pack, device, overrides and scripts of one call and joins them into a context. Knows files; opens no probe. */
import type { Override } from "../device/debug-vars.ts";
import type { DeviceDescription } from "../device/description.ts";
import { parseDevice } from "../device/match.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Source } from "../lib/source.ts";
import { readDbgconf, type ReadDbgconf } from "../pack/dbgconf.ts";
import { kindOf } from "../pack/files/folder.ts";
import { findPack, findPart, isPackName, packRoot, parsePackName } from "../pack/find.ts";
import { openPack } from "../pack/open.ts";
import type { Decided } from "../pack/files/decided.ts";
import type { Pack } from "../pack/pdsc/pdsc.ts";
import { DeviceContext } from "../project/context.ts";
import { mustBeDeclared } from "../project/declared.ts";
import { describeDevice } from "../project/describe-device.ts";
import { malformedInput, SessionFailure } from "../project/faults.ts";
import { loadScripts, type ReadImport } from "../project/scripts.ts";
import type { ReadPackFile } from "../pack/files/pack-files.ts";
import { readBytes, readSource } from "./files/input-files.ts";
import type { MayImport } from "./header-consent.ts";
import { Gate } from "./effects/gate.ts";
import { importedPath, importsAround } from "./imports.ts";
import { projectParts, type ProjectParts } from "./project-parts.ts";
import { isRunFile, mustBeOfProject, readRunFile, type RunFile } from "./run-file.ts";

export interface InputRequest {
  /** A path, or `Vendor::Name[@version]` in the pack root. */
  readonly pack?: string;
  /** Values of debugvars, as `Name = number;` lines. */
  readonly dbgconf?: string;
  readonly device?: string;
  readonly pname?: string;
  /** .seq files whose sequences override those of the pack. */
  readonly seq: readonly string[];
  readonly overrides: readonly Override[];
  /** What the user allows to the paths that files name; nothing if omitted. */
  readonly gate?: Gate;
  /** Called before an import of a script is followed. */
  readonly mayImport?: MayImport;
}

export interface Inputs {
  readonly context: DeviceContext;
  readonly pack?: Pack;
  /** The name of the pack as given, or the path of the only pack that has the device. */
  readonly packName?: string;
  /** Reads the files that the device's description names, wherever they are; absent without a pack. */
  readonly readPackFile?: ReadPackFile;
  /** A cbuild-run.yml in place of the pack. */
  readonly run?: RunFile;
  /** What was decided about paths that files name, for a caller that opens one. */
  readonly decided: Decided;
  /** Names of the sequences in the extra scripts, for callers that run one of them. */
  readonly scripted: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/** Joins what was asked for. `extra` are scripts from elsewhere (a file to run, `-e`), which are the strongest. */
export async function readInputs(asked: InputRequest, extra: readonly Source[] = []): Promise<Inputs> {
  const { gate = new Gate([]) } = asked;
  const { decided } = gate;
  const open = (name: string): Promise<Pack> => readPack(name, decided);
  const run =
    asked.pack !== undefined && isRunFile(asked.pack) ? await readRunFile(asked.pack, gate) : undefined;
  const request = run === undefined ? asked : withRunFile(asked, run);
  for (const path of run === undefined ? [] : [run.pack, run.boardPack]) mustBeOfProject(run, path);
  const packName = request.pack ?? (request.device === undefined ? undefined : await packOf(request.device));
  const pack = packName === undefined ? undefined : await open(packName);
  const wanted = request.device === undefined ? undefined : parseDevice(request.device);
  const described = pack === undefined ? undefined : describeDevice(pack, request.device);
  const parts =
    pack === undefined || described === undefined
      ? undefined
      : await projectParts(pack, described.description, { run, open });
  const description = parts?.description;
  const read = await importsAround(
    [...request.seq, ...extra.map(({ path }) => path)],
    process.cwd(),
    decided,
  );
  const follow: ReadImport = async (path, from) => {
    await asked.mayImport?.(importedPath(path, from), from);
    return read(path, from);
  };
  const own = await loadScripts(extra, follow, description);
  const overriding = await Promise.all(request.seq.map((path) => readSource(path, decided)));
  const others = await loadScripts(overriding, follow, description);
  const pname = request.pname ?? wanted?.pname;
  if (pname !== undefined && description === undefined)
    throw new SessionFailure(
      { kind: "unknown-processor", pname, known: [] },
      `processor "${pname}" needs a pack and a device that has it`,
    );
  const configured = await configurationOf(asked, request, { run, description, parts, decided });
  const projectVars = [...own.debugVars, ...others.debugVars, ...(parts?.debugVars ?? [])];
  mustBeDeclared(request.overrides, [description?.debugVars, ...projectVars]);
  const context = new DeviceContext({
    ...(described === undefined || description === undefined
      ? {}
      : { description, inSequence: described.inSequence }),
    ...(pname === undefined ? {} : { pname }),
    project: [...own.definitions, ...others.definitions],
    projectVars,
    overrides: [...configured.overrides, ...request.overrides],
  });
  return {
    context,
    decided,
    scripted: [...new Set(own.definitions.map(({ name }) => name))],
    warnings: [
      ...(run?.notes ?? []),
      ...(described?.diagnostics ?? []),
      ...(parts?.warnings ?? []),
      ...own.warnings,
      ...others.warnings,
      ...configured.diagnostics,
    ],
    ...(pack === undefined ? {} : { pack }),
    ...(packName === undefined ? {} : { packName, readPackFile: readerFor(packName, run, decided) }),
    ...(run === undefined ? {} : { run }),
  };
}

/** Adds the settings of a cbuild-run.yml in place of the pack, if no other giver has them. */
function withRunFile(
  asked: InputRequest,
  { pack, values: { device, pname, dbgconf } }: RunFile,
): InputRequest {
  // The processor belongs to its device.
  const named = asked.device === undefined ? { device, pname: asked.pname ?? pname } : {};
  const values = { ...asked, ...named, pack, dbgconf: asked.dbgconf ?? dbgconf };
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as unknown as InputRequest;
}

/**
 * The settings of a cbuild-run.yml replace the configuration file that it names; one that the caller names wins
 * over both.
 */
async function configurationOf(
  asked: InputRequest,
  request: InputRequest,
  around: {
    readonly run: RunFile | undefined;
    readonly description: DeviceDescription | undefined;
    readonly parts: ProjectParts | undefined;
    readonly decided: Decided;
  },
): Promise<ReadDbgconf> {
  const { run, decided } = around;
  const { settings } = around.parts ?? {};
  if (settings === undefined) {
    const file = request.dbgconf;
    const isNamedByRun = run !== undefined && asked.dbgconf === undefined && file !== undefined;
    if (isNamedByRun && (await kindOf(file)) === undefined)
      return { overrides: [], diagnostics: [missingConfiguration(file, run)] };
    if (isNamedByRun) mustBeOfProject(run, file);
    return readConfigured(file, around.description, decided);
  }
  const own = await readConfigured(asked.dbgconf, around.description, decided);
  return { ...own, overrides: [...settings, ...own.overrides] };
}

/** The note for a missing file. The CMSIS-Toolbox makes it when the project is built, with the values of the pack. */
function missingConfiguration(file: string, { run: { span } }: RunFile): Diagnostic {
  const message = `there is no configuration file ${file}; debug variables have the values of the pack`;
  return { code: "missing-file", severity: "warning", message, span };
}

function readerFor(packName: string, run: RunFile | undefined, decided: Decided): ReadPackFile {
  return async (file, from) => {
    if (from !== "disk") return readPackFile(from === undefined ? packName : from.pack, file, decided);
    mustBeOfProject(run, file);
    return readBytes(file, decided);
  };
}

/** Reads the bytes of a file that the pack's description names. */
async function readPackFile(pack: string, file: string, decided: Decided): Promise<Uint8Array> {
  const { files } = await openPack(await packPath(pack), decided);
  try {
    return await files.read(file);
  } finally {
    await files.close();
  }
}

export async function readPack(name: string, decided?: Decided): Promise<Pack> {
  const { pack, diagnostics, files } = await openPack(await packPath(name), decided);
  await files.close();
  if (pack !== undefined) return pack;
  throw malformedInput(diagnostics);
}

async function packPath(name: string): Promise<string> {
  if (isRunFile(name)) return packPath((await readRunFile(name)).pack);
  if (!isPackName(name)) return name;
  const root = packRoot(process.env, process.platform);
  if (root !== undefined) return (await findPack(parsePackName(name), root)).path;
  const what = `${name}: it is not known where packs are kept; set CMSIS_PACK_ROOT`;
  throw new SessionFailure({ kind: "bad-request", what }, what);
}

/** Finds the one installed pack with the device, if no pack was named. */
async function packOf(device: string): Promise<string> {
  const refuse = (why: string): never => {
    const what = `${why}; name the pack`;
    throw new SessionFailure({ kind: "bad-request", what, missing: ["pack"] }, what);
  };
  const root = packRoot(process.env, process.platform);
  if (root === undefined) return refuse(`it is not known which pack describes "${device}"`);
  const { matches, near } = await findPart(parseDevice(device), root);
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only.pack.path;
  const packs = matches.map(({ pack: { vendor, name } }) => `${vendor}::${name}`).join(", ");
  if (matches.length > 1) return refuse(`several packs have "${device}": ${packs}`);
  const hint = near.length === 0 ? "" : ` (did you mean ${near.join(" or ")}?)`;
  return refuse(`no pack below ${root} has "${device}"${hint}`);
}

/** Reads the user's copy of a configuration file and warns about names that the pack does not declare. */
async function readConfigured(
  path: string | undefined,
  description: DeviceDescription | undefined,
  decided: Decided,
): Promise<ReadDbgconf> {
  if (path === undefined) return { overrides: [], diagnostics: [] };
  const declared = (description?.debugVars?.entries ?? []).flatMap((entry) =>
    entry.kind === "declaration" ? [entry.name.text] : [],
  );
  const read = readDbgconf(await readSource(path, decided), declared);
  const errors = read.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw malformedInput(errors);
  return read;
}
