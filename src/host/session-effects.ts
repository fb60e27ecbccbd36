/**
 * What the sequences of a session may do on this machine: the user's grants, and the places that placeholders
 * stand for.
 */
import { basename, dirname, resolve } from "node:path";
import type { HostEffects } from "../interpreter/ports.ts";
import type { Given } from "../options/given.ts";
import { parseGrant } from "../options/grants.ts";
import { strongest } from "../options/resolve.ts";
import { openHost, type HostRequest } from "./effects/host.ts";
import type { Inputs } from "./inputs.ts";
import { findProjectFile } from "./project.ts";

export interface EffectsRequest {
  readonly inputs: Pick<Inputs, "context" | "pack" | "readPackFile">;
  readonly given: readonly Given[];
  readonly cwd: string;
  readonly env: HostRequest["env"];
  readonly takeDebugInfo: NonNullable<HostRequest["takeDebugInfo"]>;
}

/** Opens the effects. Only the caller gives grants: a file cannot. Throws `bad-request` for grants that cannot be given. */
export function openEffects({
  inputs,
  given,
  cwd,
  env,
  takeDebugInfo,
}: EffectsRequest): Promise<HostEffects> {
  const { context, pack, readPackFile } = inputs;
  const file = findProjectFile(cwd);
  const project = file === undefined ? cwd : dirname(file);
  const program = strongest("program", given)?.value;
  const description = pack?.source.path;
  return openHost({
    grants: (strongest("allow", given)?.value ?? []).flatMap((text) => parseGrant(text) ?? []),
    places: {
      project,
      projectName: basename(project),
      ...(program === undefined ? {} : { output: resolve(cwd, program) }),
      ...(description === undefined || !/\.pdsc$/i.test(description) || description.includes("!")
        ? {}
        : { pack: dirname(resolve(cwd, description)) }),
      ...(context.description === undefined ? {} : { device: context.description.device }),
    },
    cwd,
    env,
    takeDebugInfo,
    ...(readPackFile === undefined ? {} : { readPackFile }),
  });
}
