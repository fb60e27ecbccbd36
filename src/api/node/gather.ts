/**
 * Collects what pack, scripts, dbgseq.yaml and the environment say for a call, in two steps: first the settings,
 * then the device. Opens no probe.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { gather, recipeGiver, type Asked } from "../../host/gather.ts";
import { NamedPaths } from "../../host/effects/named.ts";
import { readBytes, readSource } from "../../host/files/input-files.ts";
import type { GivenByFile } from "../../host/project.ts";
import { readInputs, type Inputs } from "../../host/inputs.ts";
import { outputOf } from "../../host/run-file.ts";
import { loadCodeModel } from "../../host/files/code-model.ts";
import { openStateFile } from "../../host/files/state-file.ts";
import type { Source } from "../../lib/source.ts";
import type { Given, Values } from "../../options/given.ts";
import { effective, strongest, type Effective } from "../../options/resolve.ts";
import { packLayer } from "../../project/pack-layer.ts";
import type { DeviceContext } from "../../project/context.ts";
import type { Recipe } from "../../recipe/recipe.ts";
import {
  any,
  call,
  madeBy,
  optional,
  options as named,
  recordOf,
  text,
  work,
  listOf,
  source,
} from "../arguments.ts";
import { device } from "../given.ts";
import { checkValues } from "../options.ts";
import type { Besides, Gathered } from "../host.ts";
import { WISHES, type SessionWishes } from "../open-request.ts";
import type { Session } from "../session.ts";

export interface SettingsRequest {
  /** The giver of the options, as `config` shows it. Default `options`. */
  readonly origin?: string;
  /** A recipe (.yaml) whose header comes after the options. */
  readonly recipe?: string | undefined;
  /** The folder for relative paths, from which dbgseq.yaml is searched. Default: that of the process. */
  readonly cwd?: string;
  /** The variables from which DBGSEQ_* are read. Default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Reports what a file does that the caller did not name. */
  readonly tell?: (text: string) => void;
}

/** What a face adds to a session: how a person is asked which of several probes is meant. */
export interface FaceWishes extends SessionWishes {
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

/** A recipe that was read, with what it may read and write. */
export interface OpenRecipe {
  readonly file: string;
  readonly recipe: Recipe;
  readonly paths: NamedPaths;
}

const REQUEST = call({
  options: recordOf(any),
  request: named({
    origin: optional(text),
    recipe: optional(text),
    cwd: optional(text),
    env: optional(recordOf(any)),
    tell: optional(work),
  } satisfies Record<keyof SettingsRequest, unknown>),
});
const LINES = call({ context: optional(device) });
const INPUTS = call({ extra: listOf(source) });
const SESSION = call({ wishes: named({ ...WISHES, ask: optional(work) }) });
const GATHERED = madeBy("gatherSettings", "given", "request");
const READ = madeBy("GatheredSettings.inputs", "context");

interface Around {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: (text: string) => void;
}

/**
 * Collects the settings of one call: its own options, followed by those of a recipe, DBGSEQ_* variables,
 * dbgseq.yaml and a cbuild-run.yml in place of the pack, the strongest first. Reads those files and checks what
 * they may lead to; `inputs` reads the pack. Rejects with `unreadable-file`, `malformed-input`, `not-allowed`,
 * `remote-probe`.
 *
 * `const settings = await gatherSettings({ pack: "P.pdsc" }); const { context } = await settings.inputs();`
 */
export async function gatherSettings(
  options: Values,
  request: SettingsRequest = {},
): Promise<GatheredSettings> {
  REQUEST({ options, request });
  checkValues(options);
  const { origin = "options", recipe, tell = () => undefined } = request;
  const { cwd = process.cwd(), env = process.env } = request;
  return settingsOf([{ origin, values: options }], recipe, { cwd, env, tell });
}

async function settingsOf(
  asked: readonly GivenByFile[],
  recipe: string | undefined,
  around: Around,
): Promise<GatheredSettings> {
  const read = recipe === undefined ? undefined : await recipeGiver(recipe);
  const gathered = await gather([...asked, ...(read === undefined ? [] : [read.given])], around);
  if (recipe === undefined || read === undefined) return new GatheredSettings(gathered, around);
  const paths = await NamedPaths.of(recipe, gathered.gate);
  return new GatheredSettings(gathered, around, { file: recipe, recipe: read.recipe, paths });
}

/** The settings that `gatherSettings` collected. */
export class GatheredSettings {
  /** The probe as the option `probe` has it; undefined for the one that is attached. */
  readonly probe: string | undefined;
  /** A path or a name in the pack root; undefined without a pack. */
  readonly pack: string | undefined;
  readonly #asked: Asked;
  readonly #around: Around;
  readonly #recipe: OpenRecipe | undefined;

  constructor(asked: Asked, around: Around, recipe?: OpenRecipe) {
    GATHERED("GatheredSettings", asked);
    this.#asked = asked;
    this.#around = around;
    this.#recipe = recipe;
    this.probe = asked.probe;
    this.pack = asked.request.pack;
  }

  /** Lists each setting with its giver, as `dbgseq config` shows it; with `context`, the pack counts too. */
  lines(context?: DeviceContext): readonly Effective[] {
    LINES({ context });
    const { given } = this.#asked;
    return effective(context === undefined ? given : [...given, packLayer(context)]);
  }

  /**
   * Reads the pack and the scripts. `extra` are scripts that win over all others. Rejects with `unreadable-file`,
   * `malformed-input`, `unknown-device` and other faults of the project.
   */
  async inputs(extra: readonly Source[] = []): Promise<DeviceInputs> {
    INPUTS({ extra });
    const inputs = await readInputs(this.#asked.request, extra);
    return new DeviceInputs(inputs, this.#asked, this.#around, this.#recipe);
  }
}

/** A device with its scripts, read by `GatheredSettings.inputs`. */
export class DeviceInputs implements Gathered {
  readonly context: DeviceContext;
  /** The names of the sequences in the extra scripts. */
  readonly scripted: readonly string[];
  /** Findings in what was read. */
  readonly warnings: readonly Diagnostic[];
  readonly given: readonly Given[];
  /** The probe as the option `probe` has it; undefined for the one that is attached. */
  readonly probe: string | undefined;
  /** The recipe; the job `runRecipe` runs its steps. */
  readonly recipe: OpenRecipe | undefined;
  readonly pack?: NonNullable<Gathered["pack"]>;
  readonly readPackFile?: NonNullable<Gathered["readPackFile"]>;
  /** What the project builds, if a cbuild-run.yml is in place of the pack; throws `bad-request` if it builds nothing. */
  readonly output?: NonNullable<Gathered["output"]>;
  readonly #inputs: Inputs;
  readonly #asked: Asked;
  readonly #around: Around;

  constructor(inputs: Inputs, asked: Asked, around: Around, recipe?: OpenRecipe) {
    READ("DeviceInputs", inputs);
    this.recipe = recipe;
    this.context = inputs.context;
    this.scripted = inputs.scripted;
    this.warnings = inputs.warnings;
    this.given = asked.given;
    this.probe = asked.probe;
    const { pack, readPackFile, run } = inputs;
    if (pack !== undefined) this.pack = pack;
    if (readPackFile !== undefined) this.readPackFile = readPackFile;
    if (run !== undefined) this.output = () => outputOf(run);
    this.#inputs = inputs;
    this.#asked = asked;
    this.#around = around;
  }

  /** Reads a file, after checking what was decided about the paths that files name. Rejects with `unreadable-file`. */
  readonly readFile = (path: string): Promise<Uint8Array> => readBytes(path, this.#asked.gate.decided);
  readonly readText = (path: string): Promise<Source> => readSource(path, this.#asked.gate.decided);
  readonly openState: NonNullable<Gathered["openState"]> = (path) =>
    openStateFile(path, this.#asked.gate.decided);

  readonly loadModel: NonNullable<Gathered["loadModel"]> = (path, ask) =>
    loadCodeModel(path, { gate: this.#asked.gate, ask });

  /**
   * Makes a session that is not open: `open` connects it, and jobs take it as it is. If several probes fit, `ask`
   * lets a person choose when it is opened. Opens nothing and throws nothing.
   */
  async session(wishes: FaceWishes = {}): Promise<Session> {
    SESSION({ wishes });
    const { cwd, env, tell } = this.#around;
    // Calls that open nothing need not load probes and flows.
    const { openRequest, probeToOpen, Session } = await import("./session-parts.ts");
    const isBatch = strongest("batch", this.given)?.value === true;
    return new Session({
      probe: probeToOpen(this.probe, { ask: isBatch ? undefined : wishes.ask, tell }),
      given: this.given,
      readFile: this.readFile,
      ...(this.output === undefined ? {} : { output: this.output }),
      request: openRequest(wishes, this, readBytes),
      openWire: async (path) => (await import("../../host/files/wire-file.ts")).openWireFile(path),
      openEffects: async (takeDebugInfo) => {
        const { openEffects } = await import("../../host/session-effects.ts");
        return openEffects({ inputs: this.#inputs, given: this.given, cwd, env, takeDebugInfo });
      },
    });
  }
}

/** Gathers for a session of ConnectHelper. */
export async function gatherFiles(asked: readonly Given[], { recipe, tell }: Besides): Promise<Gathered> {
  const around = { cwd: process.cwd(), env: process.env, tell };
  return (await settingsOf(asked, recipe, around)).inputs();
}
