/**
 * Proves what can be proved of a pack without a board: each of its devices on a simulated target that is derived
 * from it.
 */
import { readPack } from "../../../host/inputs.ts";
import type { Pack } from "../../../pack/pdsc/pdsc.ts";
import { describeDevice } from "../../../project/describe-device.ts";
import { smoke, type SmokeResult, type SmokeStep } from "../../../session/smoke/smoke.ts";
import type { Assumption } from "../../../simulator/model/assume.ts";
import { signal, call, optional, options, text } from "../../arguments.ts";

export type { Assumption, SmokeResult, SmokeStep };

export interface SmokeOptions {
  /** Only this device is tried. Default: each that the pack describes. */
  readonly device?: string | undefined;
  /** Ends the trials; they reject with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A pack that `openSmoke` has read. */
export interface Smoke {
  /** `Vendor::Name@version`, without `@` if the file names no release. */
  readonly pack: string;
  /**
   * Connects, resets and disconnects each device, and each of its processors. A result is yielded as soon as it
   * is known. Rejects with `unknown-device` and `ambiguous-device`; a failure to connect a device is part of its
   * result.
   */
  results(wishes?: SmokeOptions): AsyncGenerator<SmokeResult, void, undefined>;
}

const OPEN = call({ pack: text });
const RESULTS = call({ options: options({ device: optional(text), signal }) });

/**
 * Reads a pack whose devices will be tried on simulated targets. `pack` is the path of a .pdsc, a .pack or a
 * .cbuild-run.yml, or `Vendor::Name[@version]`. Rejects with `unreadable-file`, `malformed-input`,
 * `unknown-pack`.
 *
 * `for await (const { device, failed } of (await openSmoke("P.pdsc")).results()) console.log(device, failed?.sentences);`
 */
export async function openSmoke(pack: string): Promise<Smoke> {
  const read = await readPack(OPEN({ pack }).pack);
  return { pack: read.id, results: (wishes = {}) => resultsOf(read, wishes) };
}

async function* resultsOf(pack: Pack, wishes: SmokeOptions): AsyncGenerator<SmokeResult, void, undefined> {
  const { device } = RESULTS({ options: wishes }).options;
  yield* smoke(pack, device === undefined ? allOf(pack) : [nameOf(pack, device)], wishes.signal);
}

function allOf(pack: Pack): readonly string[] {
  return pack.devices().map(({ name }) => name);
}

function nameOf(pack: Pack, name: string): string {
  const { variant, device } = describeDevice(pack, name).description;
  return variant ?? device;
}
