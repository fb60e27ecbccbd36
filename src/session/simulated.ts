/** The simulated probe that a session asks for by name. Pure: a file's text is read by whoever knows files. */
import type { RegisterMap } from "../device/peripherals.ts";
import { Failure } from "../lib/fault.ts";
import type { ProbeChoice } from "../probe/select.ts";
import { modelForDevice } from "../simulator/model-for-device.ts";
import { openSimulator, type SimulatorSpec } from "../simulator/open.ts";
import type { OpenProbe, ProbeRequest } from "./assemble.ts";
import { openKept } from "./keeping-pipe.ts";
import { Peripherals, svdOf } from "./peripherals.ts";

interface SimulatedModel {
  readonly model: SimulatorSpec["model"];
  readonly notes: readonly string[];
}

/** A shipped model by name, a YAML model of a file, or the device's own, which may be derived and is said then. */
export async function simulated(
  choice: ProbeChoice & { readonly kind: "sim" },
  request: ProbeRequest,
): Promise<OpenProbe> {
  const { model, notes } = await modelFor(choice.model, request);
  const { state, ...options } = Object.fromEntries(choice.options);
  const spec = { model, options };
  const { pipe, clock, log, soc } =
    state === undefined ? openSimulator(spec, { watch: request.wire }) : await openKept(spec, state, request);
  for (const text of notes) request.onEvent?.({ kind: "notice", timeUs: clock.nowUs(), text });
  return { pipe, clock, log, target: soc };
}

async function modelFor(name: string | undefined, request: ProbeRequest): Promise<SimulatedModel> {
  const { context, readText } = request;
  if (name === undefined) return modelForDevice(context.description, () => registersOf(request));
  const isFile = /[\\/]|\.ya?ml$/.test(name);
  return { model: isFile && readText !== undefined ? await readText(name) : name, notes: [] };
}

/** What an SVD file that cannot be used says is left out: whoever asks for its names is told then. */
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
