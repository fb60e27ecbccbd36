/** What pack, scripts, dbgseq.yaml and the environment say for a session of the API. Opens no probe. */
import { gather, recipeGiver } from "../../host/gather.ts";
import { readBytes, readSource } from "../../host/files.ts";
import { readInputs } from "../../host/inputs.ts";
import { outputOf } from "../../host/run-file.ts";
import { openStateFile } from "../../host/state-file.ts";
import type { Given } from "../../options/given.ts";
import type { Besides, Gathered } from "../host.ts";

export async function gatherFiles(asked: readonly Given[], { recipe, tell }: Besides): Promise<Gathered> {
  const header = recipe === undefined ? [] : [(await recipeGiver(recipe)).given];
  const { request, given, gate } = await gather([...asked, ...header], {
    cwd: process.cwd(),
    env: process.env,
    allow: [],
    tell,
  });
  const { context, readPackFile, run, warnings } = await readInputs(request);
  return {
    context,
    given,
    warnings,
    readFile: (path) => readBytes(path, gate.decided),
    readText: (path) => readSource(path, gate.decided),
    openState: (path) => openStateFile(path, gate.decided),
    ...(readPackFile === undefined ? {} : { readPackFile }),
    ...(run === undefined ? {} : { output: () => outputOf(run) }),
  };
}
