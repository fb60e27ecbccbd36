/**
 * What the headers of files may lead to on this machine and beyond it, before anything is read or connected:
 * paths by the gate, probes of other machines by consent. Reports what a file does that the user did not name.
 */
import type { Source } from "../lib/source.ts";
import { isPackName } from "../pack/find.ts";
import { isLoopback } from "../probe/tcp/loopback.ts";
import { parseProbe, type ProbeChoice } from "../probe/select.ts";
import { SessionFailure } from "../project/faults.ts";
import { isShipped } from "../project/script-names.ts";
import { isCodeFile, isModelFile } from "../session/probe/simulated.ts";
import type { Gate } from "./effects/gate.ts";
import { NamedPaths } from "./effects/named.ts";
import type { Values } from "../options/given.ts";
import type { GivenByFile } from "./project.ts";

export interface HeaderConsent {
  readonly gate: Gate;
  /** Allows probes on other machines, even if a file names them. */
  readonly mayReachRemote: boolean;
  readonly tell: (text: string) => void;
}

/** Called before an import is followed. */
export type MayImport = (path: string, from: Source) => Promise<void>;

type Used = Pick<Values, "pack" | "dbgconf" | "probe" | "seq">;

/** Asks for consent. `used` says what takes effect of a giver. Throws `not-allowed`, `refused-path` or `remote-probe`. */
export async function consentToHeaders(
  given: readonly GivenByFile[],
  used: (one: GivenByFile) => Used,
  consent: HeaderConsent,
): Promise<MayImport> {
  const scripts = new Map<string, Script>();
  for (const one of given) {
    if (one.file === undefined) continue;
    const { path, isFoundAbove } = one.file;
    const paths = await NamedPaths.of(path, consent.gate);
    const tell = (what: string): void => {
      if (isFoundAbove) consent.tell(`${path}: ${what}`);
    };
    const { pack, dbgconf, probe, seq = [] } = used(one);
    if (pack !== undefined && !isPackName(pack)) await paths.mayRead(pack);
    if (pack !== undefined) tell(`the sequences of the pack ${pack} are used`);
    const files = [dbgconf, ...seq.filter((name) => !isShipped(name))];
    for (const file of files) if (file !== undefined) await paths.mayRead(file);
    for (const script of seq) {
      scripts.set(script, { paths, tell });
      tell(`the sequences of ${script} are used`);
    }
    if (probe !== undefined) await consentToProbe(probe, { path, paths, tell, consent });
  }
  return async (path, from) => {
    const script = scripts.get(from.path);
    if (script === undefined) return;
    if (!isShipped(path)) await script.paths.mayRead(path);
    if (!scripts.has(path)) script.tell(`the sequences of ${path} are used, which ${from.path} imports`);
    scripts.set(path, script);
  };
}

interface Script {
  readonly paths: NamedPaths;
  readonly tell: (what: string) => void;
}

interface OfFile extends Script {
  readonly path: string;
  readonly consent: HeaderConsent;
}

async function consentToProbe(probe: string, { path, paths, tell, consent }: OfFile): Promise<void> {
  const choice = parseProbe(probe);
  if (choice.kind === "tcp" || choice.kind === "pyocd") {
    tell(`the probe is ${probe}`);
    if (!isLoopback(choice.host) && !consent.mayReachRemote) throw remoteProbe(path, probe);
  }
  if (choice.kind !== "sim") return;
  // Code needs a grant of its own when it is loaded.
  if (choice.model !== undefined && isModelFile(choice.model) && !isCodeFile(choice.model))
    await paths.mayRead(choice.model);
  const state = choice.options.get("state");
  if (state === undefined || state === "") return;
  const real = await paths.mayWrite(state);
  consent.tell(`${path}: the state of the simulated device is kept in ${real}`);
}

function remoteProbe(file: string, probe: string): SessionFailure {
  return new SessionFailure(
    { kind: "remote-probe", probe, file },
    `${file} names a probe on another machine, ${probe}, which would get all that is sent to the target: consent is needed`,
  );
}

/** Makes the files that a simulated probe names relative to the folder of the file that names it. */
export function relocatedProbe(probe: string, at: (path: string) => string): string {
  let choice: ProbeChoice;
  try {
    choice = parseProbe(probe);
  } catch {
    return probe; // Opening it says what is wrong.
  }
  if (choice.kind !== "sim") return probe;
  const { model, options } = choice;
  const named = model === undefined ? "" : `:${isModelFile(model) ? at(model) : model}`;
  const wanted = [...options].map(
    ([name, value]) => `${name}=${name === "state" && value !== "" ? at(value) : value}`,
  );
  return `sim${named}${wanted.length === 0 ? "" : `?${wanted.join("&")}`}`;
}
