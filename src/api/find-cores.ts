/** The cores of a target: those that the pack describes, else the one behind the session's access port. */
import type { Session as Connection } from "../session/session.ts";
import { CortexM } from "./cortex-m.ts";

export async function findCores(connection: Connection): Promise<readonly CortexM[]> {
  const { context, rig } = connection;
  const core = new CortexM({
    access: rig.access,
    core: rig.target.core,
    dp: context.dp,
    ap: context.ap,
    name: context.pname ?? "core 0",
  });
  await core.identify();
  return [core];
}
