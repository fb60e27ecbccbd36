/**
 * Finds the cores of a target: those that the pack describes, or else those that discovery finds behind the
 * session's debug port.
 */
import { isSamePlace, type ApPlace } from "../../coresight/ap-place.ts";
import { Core } from "../../coresight/core/cortex-m.ts";
import { Failure } from "../../lib/fault.ts";
import { allCores, discoverTarget } from "../../session/flow/discovery.ts";
import type { Connection } from "../../session/connection.ts";
import { CortexM } from "./cortex-m.ts";

export interface FoundCores {
  readonly cores: readonly CortexM[];
  /** The index of the session's own processor. */
  readonly own: number;
  /** Debug ports other than the session's own whose power was requested for the cores. */
  readonly powered: readonly number[];
}

interface Candidate {
  readonly name: string;
  readonly dp: number;
  readonly place: ApPlace;
}

export async function findCores(connection: Connection): Promise<FoundCores> {
  const { context, rig } = connection;
  const { target, access } = rig;
  const { ap: ownPlace } = target.memory;
  const isOwn = ({ dp, place }: Candidate): boolean => dp === context.dp && isSamePlace(place, ownPlace);
  const candidates = await candidatesOf(connection);
  const cores: CortexM[] = [];
  const powered = new Set<number>();
  let own = 0;
  for (const candidate of candidates) {
    const { name, dp, place } = candidate;
    const core = isOwn(candidate)
      ? target.core
      : new Core(access.ports.memory(place, dp), access.dp.wire.clock);
    const made = new CortexM({
      access,
      core,
      dp,
      ap: place,
      name,
      around: (work, halted) => connection.runCore(work, halted),
    });
    if (isOwn(candidate)) {
      await made.identify();
      own = cores.length;
    } else if (
      !(await answers(async () => {
        if (dp !== context.dp && !powered.has(dp)) {
          await access.choose(dp);
          powered.add(dp);
          await access.ports.get(dp).powerUp();
        }
        await made.identify();
      }))
    )
      continue;
    cores.push(made);
  }
  return { cores, own, powered: [...powered] };
}

/**
 * Returns the cores of a pack by their Pname; without one, those behind any access port. The session's own is
 * among them.
 */
async function candidatesOf({ context, rig }: Connection): Promise<readonly Candidate[]> {
  const { target, access } = rig;
  const own = { name: context.pname ?? "core 0", dp: context.dp, place: target.memory.ap };
  const described = context.processors.filter(
    // The pack must say how another debug port is selected, or it cannot be reached.
    ({ dp }) => dp === context.dp || access.ports.isRouted(dp),
  );
  if (context.description !== undefined)
    return described.some(({ dp, place }) => dp === own.dp && isSamePlace(place, own.place))
      ? described
      : [own, ...described];
  const found = allCores(await discoverTarget(access, context, { dp: context.dp }));
  const others = found.filter(({ place }) => !isSamePlace(place, own.place));
  if (others.length === 0) return [own];
  return found.map(({ place }, at) => ({ name: `core ${at}`, dp: context.dp, place }));
}

/** True if the core answers. A core that is off, closed or not clocked does not belong to this session. */
async function answers(asking: () => Promise<void>): Promise<boolean> {
  try {
    await asking();
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return false;
  }
}
