/** What pack, scripts, dbgseq.yaml and the environment say for a call, in two steps: the settings, then the device. Opens no probe. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { gather, recipeGiver, type Asked } from "../../host/gather.ts";
import { NamedPaths } from "../../host/effects/named.ts";
import { readBytes, readSource } from "../../host/files.ts";
import type { GivenByFile } from "../../host/project.ts";
import { readInputs, type Inputs } from "../../host/inputs.ts";
import { outputOf } from "../../host/run-file.ts";
import { openStateFile } from "../../host/state-file.ts";
import type { Source } from "../../lib/source.ts";
import type { Given, Values } from "../../options/given.ts";
import { effective, strongest, type Effective } from "../../options/resolve.ts";
import { packLayer } from "../../project/pack-layer.ts";
import type { DeviceContext } from "../../project/context.ts";
import type { Recipe } from "../../recipe/recipe.ts";
import type { Besides, Gathered } from "../host.ts";
import type { SessionWishes } from "../open-request.ts";
import type { Session } from "../session.ts";

export interface SettingsRequest {
  /** Who gives the options, as `config` shows it. Default `options`. */
  readonly origin?: string;
  /** A recipe (.yaml) whose header comes behind the options. */
  readonly recipe?: string | undefined;
  /** Relative paths and dbgseq.yaml are looked for from here. Default: of the process. */
  readonly cwd?: string;
  /** DBGSEQ_* variables are read from it. Default: of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears of what a file does that the caller did not name. */
  readonly tell?: (text: string) => void;
}

/** What a session of a face wants besides: how a person is asked which of several probes is meant. */
export interface FaceWishes extends SessionWishes {
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

/** A recipe that was read, with what it may read and write. */
export interface OpenRecipe {
  readonly file: string;
  readonly recipe: Recipe;
  readonly paths: NamedPaths;
}

interface Around {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: (text: string) => void;
}

/**
 * What holds for one call: its own options, and behind them what a recipe, DBGSEQ_* variables, dbgseq.yaml and a cbuild-run.yml in the
 * place of the pack say, the strongest first. Reads those files and checks what they may lead to; the pack is read by `inputs`. Rejects
 * with `unreadable-file`, `malformed-input`, `not-allowed`, `remote-probe`.
 *
 * `const settings = await gatherSettings({ pack: "P.pdsc" }); const { context } = await settings.inputs();`
 */
export async function gatherSettings(
  options: Values,
  {
    origin = "options",
    recipe,
    cwd = process.cwd(),
    env = process.env,
    tell = () => undefined,
  }: SettingsRequest = {},
): Promise<GatheredSettings> {
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

/** Made by `gatherSettings`. */
export class GatheredSettings {
  /** As the option `probe` has it; undefined for the one that is attached. */
  readonly probe: string | undefined;
  /** A path or a name in the pack root; undefined without a pack. */
  readonly pack: string | undefined;
  readonly #asked: Asked;
  readonly #around: Around;
  readonly #recipe: OpenRecipe | undefined;

  constructor(asked: Asked, around: Around, recipe?: OpenRecipe) {
    this.#asked = asked;
    this.#around = around;
    this.#recipe = recipe;
    this.probe = asked.probe;
    this.pack = asked.request.pack;
  }

  /** Each setting with who gave it, as `dbgseq config` shows it; with `context`, what the pack says counts too. */
  lines(context?: DeviceContext): readonly Effective[] {
    const { given } = this.#asked;
    return effective(context === undefined ? given : [...given, packLayer(context)]);
  }

  /**
   * Reads the pack and the scripts. `extra` are scripts that win over all others. Rejects with `unreadable-file`, `malformed-input`,
   * `unknown-device` and others of the project.
   */
  async inputs(extra: readonly Source[] = []): Promise<DeviceInputs> {
    const inputs = await readInputs(this.#asked.request, extra);
    return new DeviceInputs(inputs, this.#asked, this.#around, this.#recipe);
  }
}

/** A device with its scripts, read; made by `GatheredSettings.inputs`. */
export class DeviceInputs implements Gathered {
  readonly context: DeviceContext;
  /** The names of the sequences in the extra scripts. */
  readonly scripted: readonly string[];
  /** Findings in what was read. */
  readonly warnings: readonly Diagnostic[];
  readonly given: readonly Given[];
  /** As the option `probe` has it; undefined for the one that is attached. */
  readonly probe: string | undefined;
  /** Its steps are run by the job `runRecipe`. */
  readonly recipe: OpenRecipe | undefined;
  readonly pack?: NonNullable<Gathered["pack"]>;
  readonly readPackFile?: NonNullable<Gathered["readPackFile"]>;
  /** What the project builds, if a cbuild-run.yml is in the place of the pack; throws `bad-request` if that is nothing. */
  readonly output?: NonNullable<Gathered["output"]>;
  readonly #inputs: Inputs;
  readonly #asked: Asked;
  readonly #around: Around;

  constructor(inputs: Inputs, asked: Asked, around: Around, recipe?: OpenRecipe) {
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

  /** A file, held to what was decided about the paths that files name. Rejects with `unreadable-file`. */
  readonly readFile = (path: string): Promise<Uint8Array> => readBytes(path, this.#asked.gate.decided);
  readonly readText = (path: string): Promise<Source> => readSource(path, this.#asked.gate.decided);
  readonly openState: NonNullable<Gathered["openState"]> = (path) =>
    openStateFile(path, this.#asked.gate.decided);

  /**
   * A session that is not open: `open` connects it, and jobs take it as it is. If several probes fit, `ask` lets a person choose when it
   * is opened. Opens nothing and throws nothing.
   */
  async session(wishes: FaceWishes = {}): Promise<Session> {
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
      openWire: async (path) => (await import("../../host/wire-file.ts")).openWireFile(path),
      openEffects: async (takeDebugInfo) => {
        const { openEffects } = await import("../../host/session-effects.ts");
        return openEffects({ inputs: this.#inputs, given: this.given, cwd, env, takeDebugInfo });
      },
    });
  }
}

/** For a session of ConnectHelper. */
export async function gatherFiles(asked: readonly Given[], { recipe, tell }: Besides): Promise<Gathered> {
  const around = { cwd: process.cwd(), env: process.env, tell };
  return (await settingsOf(asked, recipe, around)).inputs();
}
