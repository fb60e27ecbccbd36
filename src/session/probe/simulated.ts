/**
 * Makes the simulated probe that a session asks for by name. Pure: the caller, which knows files, reads a
 * file's text.
 */
import type { RegisterMap } from "../../device/peripherals.ts";
import { Failure } from "../../lib/fault.ts";
import type { ProbeChoice } from "../../probe/select.ts";
import type { ModelFault } from "../../simulator/faults.ts";
import type { MoreKnown } from "../../simulator/model/derive.ts";
import { modelForDevice } from "../../simulator/models/for-device.ts";
import { openSimulator, type SimulatorSpec } from "../../simulator/open.ts";
import type { CodeModel, OpenProbe, ProbeRequest } from "../assemble.ts";
import { CODE_ENDINGS, CodePipe } from "./code-model.ts";
import { openKept } from "./keeping-pipe.ts";
import { Peripherals, svdOf } from "../../project/peripherals.ts";
import { wantedBySequences } from "../smoke/smoke.ts";

interface SimulatedModel {
  readonly model: SimulatorSpec["model"];
  readonly notes: readonly string[];
  /** For a device in code. */
  readonly code?: CodeModel;
}

/**
 * Makes a shipped model by name, a model of a file (YAML or code), or the device's own, which may be derived; then
 * a note says so.
 */
export async function simulated(
  choice: ProbeChoice & { readonly kind: "sim" },
  request: ProbeRequest,
): Promise<OpenProbe> {
  const { model, notes, code } = await modelFor(choice.model, request);
  const { state, ...options } = Object.fromEntries(choice.options);
  if (state === "") throw noStateFile();
  const spec = { model, options };
  const { pipe, clock, log, soc } =
    state === undefined ? openSimulator(spec, { watch: request.wire }) : await openKept(spec, state, request);
  log.keepNone();
  for (const text of notes) request.onEvent?.({ kind: "notice", timeUs: clock.nowUs(), text });
  return { pipe: code === undefined ? pipe : new CodePipe(pipe, code.blame), clock, log, target: soc };
}

function noStateFile(): Failure<ModelFault> {
  const fault = { model: "", option: "state", value: "", expected: "FILE" };
  return new Failure(
    { kind: "bad-option-value", ...fault },
    "state= names no file in which the simulated device is to keep its state",
  );
}

async function modelFor(name: string | undefined, request: ProbeRequest): Promise<SimulatedModel> {
  const { context, readText, loadModel } = request;
  if (name === undefined) return modelForDevice(context.description, () => moreKnown(request));
  if (isCodeFile(name) && loadModel !== undefined) {
    const code = await loadModel(name);
    return { model: code.model, notes: [], code };
  }
  return { model: isModelFile(name) && readText !== undefined ? await readText(name) : name, notes: [] };
}

/** Tells the file of a model in code. */
export function isCodeFile(name: string): boolean {
  return CODE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** Tells a model's file from the name of a shipped model. */
export function isModelFile(name: string): boolean {
  return /[\\/]|\.ya?ml$/.test(name) || isCodeFile(name);
}

/** A derived model is of no use if the device's own sequences do not accept it. */
async function moreKnown(request: ProbeRequest): Promise<MoreKnown> {
  const registers = await registersOf(request);
  const { assumptions } = await wantedBySequences(request.context, registers);
  return { registers, assumptions };
}

/** The content of an unusable SVD file is left out: a caller that asks for its names is told then. */
async function registersOf({ context, svd, readPackFile }: ProbeRequest): Promise<RegisterMap | undefined> {
  const file = svd ?? svdOf(context, readPackFile);
  if (file === undefined) return undefined;
  try {
    return await new Peripherals(file).map();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
