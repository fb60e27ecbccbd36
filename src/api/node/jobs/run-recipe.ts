/** Runs the steps of a recipe, from connecting to leaving. Files and flash algorithms are read first. */
import { dirname, resolve } from "node:path";
import { replaceResolved } from "../../../host/effects/files.ts";
import { mustHaveFolder } from "../../../host/files/output-files.ts";
import { readRange } from "../../../lib/ranges.ts";
import { MOST_DEADLINES, runRecipe as runSteps, type PrepareFlash } from "../../../recipe/run.ts";
import type { FlashWork } from "../../../recipe/recipe.ts";
import type { Connection } from "../../../session/connection.ts";
import {
  badArgument,
  badRequest,
  call,
  oneOf,
  options as named,
  optional,
  text,
  work,
} from "../../arguments.ts";
import { deviceInputs, session as sessionGiven } from "../../given.ts";
import { range, watched as watchedColumns } from "../../jobs/given.ts";
import { dumpOn, encodeDump, dumpFormatOf, verifyOn } from "../../jobs/compare-memory.ts";
import { eraseOn } from "../../jobs/erase-flash.ts";
import {
  divideImage,
  findAlgorithms,
  rangesOf,
  readImage,
  type AlgorithmChoice,
  type FlashImage,
  type FlashPlan,
  type Range,
} from "../../jobs/flash-inputs.ts";
import {
  mustMayEraseChip,
  programStep,
  type FlashProgress,
  type FlashReport,
  type LostPages,
} from "../../jobs/program-flash.ts";
import type { Session, SessionEvent } from "../../session.ts";
import type { DeviceInputs, OpenRecipe } from "../gather.ts";
import { plural } from "../../../lib/plural.ts";

export { MOST_DEADLINES };

export interface RecipeOptions extends AlgorithmChoice {
  /** With "required", a step fails if its flash cannot be read. Default "any". */
  readonly proof?: "any" | "required";
  /**
   * Called before anything is connected, for a step that erases the whole chip: throws to refuse. By default only
   * `mayErase` of the session is consent.
   */
  readonly consentToChip?: () => Promise<void>;
  /** Finds the algorithms for ranges in another way than findAlgorithms. */
  readonly findAlgorithms?: (wanted?: readonly Range[]) => Promise<FlashPlan["places"]>;
  /** Called with what each step did, as `onEvent` of the session is with the rest. */
  readonly onStep?: (event: SessionEvent) => void;
  /** Called with the files that the recipe writes, and with what was left out of those that it reads. */
  readonly onNote?: (text: string) => void;
  readonly onProgress?: (progress: FlashProgress) => void;
  /** Called when a step with progress is over, also after a failure. */
  readonly onProgressEnd?: () => void;
  /** The same as in programFlash. */
  readonly onLost?: (lost: LostPages) => Promise<void>;
  /** Runs work that only reads files: a face may be ended at once meanwhile. */
  readonly reading?: <T>(work: () => Promise<T>) => Promise<T>;
  readonly signal?: AbortSignal | undefined;
}

const RUN = call({
  session: sessionGiven,
  inputs: deviceInputs,
  options: named({
    ...watchedColumns,
    algorithm: optional(text),
    ram: optional(range),
    proof: optional(oneOf(["any", "required"])),
    consentToChip: optional(work),
    findAlgorithms: optional(work),
    onStep: optional(work),
    onNote: optional(work),
    onProgressEnd: optional(work),
    onLost: optional(work),
    reading: optional(work),
  } satisfies Record<keyof RecipeOptions, unknown>),
});

interface Around {
  readonly inputs: DeviceInputs;
  readonly options: RecipeOptions;
  readonly recipe: OpenRecipe;
}

type Do = (connection: Connection) => Promise<string>;
type Work<K extends FlashWork["kind"]> = Extract<FlashWork, { kind: K }>;

/**
 * Runs the steps of the recipe that `inputs` were gathered with, on a session made from them that is not open;
 * the first step that fails ends it. Throws `bad-argument` without a recipe, `flow-step` with the line of the
 * step and the reason of its failure, `recipe-deadline`.
 *
 * ```ts
 * const inputs = await (await gatherSettings({}, { recipe: "bring-up.yaml" })).inputs();
 * await runRecipe(await inputs.session(), inputs);
 * ```
 */
export async function runRecipe(
  session: Session,
  inputs: DeviceInputs,
  options: RecipeOptions = {},
): Promise<void> {
  RUN({ session, inputs, options });
  const { recipe } = inputs;
  if (recipe === undefined) throw badArgument("the settings were gathered without a recipe");
  await session.withConnection((connection) =>
    runSteps(connection, recipe.recipe, {
      show: (event) => options.onStep?.(event),
      flash: prepare({ inputs, options, recipe }),
    }),
  );
}

function prepare(around: Around): PrepareFlash {
  return (work) => {
    switch (work.kind) {
      case "flash":
        return program(around, work);
      case "erase":
        return erase(around, work);
      case "verify":
        return verify(around, work);
      case "dump":
        return dump(around, work);
    }
  };
}

async function program(around: Around, work: Work<"flash">): Promise<Do> {
  const { inputs, options } = around;
  const { erase: how, keep } = work;
  if (!work.verify && options.proof === "required")
    throw badRequest("a proof is required, and this step does not verify");
  const whole = await imageOf(around, work);
  const parts = divideImage(inputs, whole, { ram: options.ram, ramParts: work.ramParts });
  if (how === "chip") await options.consentToChip?.();
  const plan = { ...parts, places: await placesFor(around, rangesOf(parts.image)) };
  return async (connection) => {
    const report = await progressing(options, () =>
      programStep(connection, plan, {
        ...watched(options),
        erase: how,
        keep,
        verify: work.verify ? "auto" : "none",
        mayErase: how === "chip" && options.consentToChip !== undefined,
        onReport: () => options.onProgressEnd?.(),
        ...(options.onLost === undefined ? {} : { onLost: options.onLost }),
      }),
    );
    return programmed(report, plan);
  };
}

const PROVED: Readonly<Record<FlashReport["proof"], string>> = {
  flash: ", all verified",
  algorithm: ", verified by the vendor's algorithm alone if the flash cannot be read",
  none: "",
};

function programmed({ sectors, proof }: FlashReport, { image, ram }: FlashPlan): string {
  const unchanged = sectors.filter(({ skipped }) => skipped).length;
  return `${image.size} bytes in ${plural(sectors.length, "sector")}, ${unchanged} of them unchanged${PROVED[proof]}${ram.size === 0 ? "" : `; ${ram.size} bytes in RAM`}`;
}

async function erase(around: Around, { ranges }: Work<"erase">): Promise<Do> {
  const { options } = around;
  const what = ranges === "chip" ? ranges : ranges.map(rangeOf);
  if (what === "chip") await options.consentToChip?.();
  const wanted = what === "chip" ? undefined : what.map(({ address, size = 1 }) => ({ address, size }));
  const places = await placesFor(around, wanted);
  const mayErase = what === "chip" && options.consentToChip !== undefined;
  return async (connection) => {
    mustMayEraseChip(connection, { erase: what === "chip" ? "chip" : "sector", mayErase });
    const erased = await progressing(options, () => eraseOn(connection, { what, places }, watched(options)));
    return `${plural(erased.length, "sector")} blank`;
  };
}

async function verify(around: Around, work: Work<"verify">): Promise<Do> {
  const image = await imageOf(around, work);
  return async (connection) => {
    await verifyOn(connection, image, { signal: around.options.signal });
    return `${image.size} bytes are the same`;
  };
}

async function dump({ recipe, options }: Around, { ranges, to }: Work<"dump">): Promise<Do> {
  const wanted = ranges.map((text) => {
    const { address, size } = rangeOf(text);
    if (size === undefined) throw badRequest(`${text}: how many bytes? expected START:SIZE`);
    return { address, size };
  });
  const path = await recipe.paths.mayWrite(resolve(dirname(recipe.file), to));
  await mustHaveFolder(path);
  options.onNote?.(`the recipe writes ${path}`);
  return async (connection) => {
    const chunks = await dumpOn(connection, wanted, { signal: options.signal });
    await replaceResolved(path, encodeDump(chunks, dumpFormatOf(to), to));
    return `${wanted.reduce((sum, { size }) => sum + size, 0)} bytes written to ${to}`;
  };
}

async function imageOf(
  { inputs, recipe, options }: Around,
  { files, base }: { readonly files: readonly string[]; readonly base?: number },
): Promise<FlashImage> {
  const { reading = async <T>(work: () => Promise<T>): Promise<T> => work() } = options;
  const named = files.map((file) => resolve(dirname(recipe.file), file));
  for (const path of named) await recipe.paths.mayRead(path);
  const image = await reading(() => readImage(inputs, named, { base }));
  for (const note of image.notes) options.onNote?.(`note: ${note}`);
  return image;
}

function placesFor(
  { inputs, options }: Around,
  wanted: readonly Range[] | undefined,
): Promise<FlashPlan["places"]> {
  const { algorithm, ram } = options;
  return options.findAlgorithms?.(wanted) ?? findAlgorithms(inputs, { algorithm, ram }, wanted);
}

function rangeOf(text: string): { readonly address: number; readonly size?: number } {
  const range = readRange(text);
  if (range.ok) return range.value;
  throw badRequest(range.reason);
}

function watched({ proof, onProgress, signal }: RecipeOptions): {
  readonly proof?: "any" | "required";
  readonly onProgress?: (progress: FlashProgress) => void;
  readonly signal: AbortSignal | undefined;
} {
  return {
    ...(proof === undefined ? {} : { proof }),
    ...(onProgress === undefined ? {} : { onProgress }),
    signal,
  };
}

async function progressing<T>({ onProgressEnd }: RecipeOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    onProgressEnd?.();
  }
}
