/** What the API needs of the machine that it runs on. Node's is node/host.ts; a browser's is browser-host.ts. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { OpenRequest } from "../session/assemble.ts";
import type { DeviceContext } from "../project/context.ts";
import type { ReadPackFile } from "../pack/files.ts";
import type { OutputFile } from "../session/flash/program-image.ts";
import type { DebugProbe } from "./debug-probe.ts";
import type { Given } from "../options/given.ts";

export interface Host {
  /** What is attached. */
  listProbes(): Promise<readonly DebugProbe[]>;
  /** A probe by what `--probe` would say. */
  namedProbe(name: string): DebugProbe;
  /** What pack, scripts, configuration and environment say, and the device that follows from them. */
  gather(asked: readonly Given[], besides: Besides): Promise<Gathered>;
  /** How a person is asked; undefined where nobody sits. */
  ask(): Promise<((question: string) => Promise<string>) | undefined>;
  readFile(path: string): Promise<Uint8Array>;
}

export interface Besides {
  /** A recipe whose header counts. */
  readonly recipe: string | undefined;
  /** Hears of what a file does that the caller did not name. */
  readonly tell: (text: string) => void;
}

export interface Gathered {
  readonly context: DeviceContext;
  readonly readPackFile?: ReadPackFile;
  /** As the host's, held to what was decided about the paths that files name. */
  readonly readFile?: Host["readFile"];
  readonly readText?: OpenRequest["readText"];
  readonly openState?: OpenRequest["openState"];
  /** What the project builds, if a cbuild-run.yml is in the place of the pack; throws where that is nothing. */
  readonly output?: () => readonly OutputFile[];
  /** Findings in what was read. */
  readonly warnings?: readonly Diagnostic[];
  /** Strongest first, with what the files said. */
  readonly given: readonly Given[];
}
