/** What the API needs of the machine that it runs on. Node's is node/host.ts; a browser's is browser-host.ts. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { OpenRequest } from "../session/assemble.ts";
import type { DeviceContext } from "../project/context.ts";
import type { HostEffects } from "../interpreter/ports.ts";
import type { ReadPackFile } from "../pack/files/pack-files.ts";
import type { Pack } from "../pack/pdsc/pdsc.ts";
import type { OutputFile } from "../session/flash/program-image.ts";
import type { DebugProbe } from "./debug-probe.ts";
import type { Given } from "../options/given.ts";

export interface Host {
  /** Lists the attached probes. */
  listProbes(): Promise<readonly DebugProbe[]>;
  /** Finds a probe by its name. */
  namedProbe(name: string): DebugProbe;
  /** Reads what pack, scripts, configuration and environment say, and the device that follows from them. */
  gather(asked: readonly Given[], besides: Besides): Promise<Gathered>;
  /** Returns a function that asks a person; undefined if there is no user. */
  ask(): Promise<((question: string) => Promise<string>) | undefined>;
  readFile(path: string): Promise<Uint8Array>;
  /** Opens what sequences may do on the machine, by the option `allow`; absent if they may do nothing. */
  openEffects?(gathered: Gathered, takeDebugInfo: TakeDebugInfo): Promise<HostEffects>;
  /** Opens a .vcd file for the option `wire`. Rejects with `unwritable-file`. */
  openWire(path: string): Promise<WireFile>;
}

/** Takes the bytes of an executable and says what was found in it. */
export type TakeDebugInfo = (file: string, bytes: Uint8Array) => string;

export interface WireFile {
  readonly watch: NonNullable<OpenRequest["wire"]>;
  /** Ends the file, once; throws `unwritable-file`. */
  close(): void;
}

export interface Besides {
  /** A recipe whose header counts. */
  readonly recipe: string | undefined;
  /** Reports what a file does that the caller did not name. */
  readonly tell: (text: string) => void;
}

export interface Gathered {
  readonly context: DeviceContext;
  readonly pack?: Pack;
  readonly readPackFile?: ReadPackFile;
  /** Reads like the host's, but only what was decided about the paths that files name. */
  readonly readFile?: Host["readFile"];
  readonly readText?: OpenRequest["readText"];
  readonly openState?: OpenRequest["openState"];
  /** Runs the code of a simulated model; `ask` asks for a missing consent. */
  readonly loadModel?: (
    path: string,
    ask: ((grant: `model=${string}`, does: string) => Promise<boolean>) | undefined,
  ) => ReturnType<NonNullable<OpenRequest["loadModel"]>>;
  /** What the project builds, if a cbuild-run.yml is in place of the pack; throws if it builds nothing. */
  readonly output?: () => readonly OutputFile[];
  /** Findings in what was read. */
  readonly warnings?: readonly Diagnostic[];
  /** The givers, strongest first, with what the files said. */
  readonly given: readonly Given[];
}

/** A device and its files: the result of `GatheredSettings.inputs`, and `inputs` of a session. */
export interface FlashInputs {
  readonly context: DeviceContext;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly readPackFile?: ReadPackFile;
  readonly output?: () => readonly OutputFile[];
}
