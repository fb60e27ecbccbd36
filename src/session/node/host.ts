/** What sequences do on this machine, each step through the gate: files read and written, programs run. */
import { constants, open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readElf } from "../../lib/elf.ts";
import { Failure } from "../../lib/fault.ts";
import type { U64 } from "../../lib/u64.ts";
import type { HostEffects, Within } from "../../interpreter/ports.ts";
import { SessionFailure } from "../faults.ts";
import { expand, type Places } from "../placeholders.ts";
import { mustAllow, placeOf, type Effect, type Grants } from "./grants.ts";
import { runProgram, splitArguments } from "./program.ts";

const POLL_MS = 20;
/** A file never grows beyond it by what sequences write. */
const FILE_LIMIT = 1024 * 1024 * 1024;

export interface HostParts {
  readonly grants: Grants;
  readonly places: Places;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Said to the user: output of programs, reasons why something was not loaded. */
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Of programs that were given no time of their own. */
  readonly deadlineUs: number;
}

export class NodeHost implements HostEffects {
  readonly #parts: HostParts;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  async exists(path: string, { timeoutUs }: Within): Promise<boolean> {
    const place = await this.#allowed("FilePathExists", "read", path);
    const end = performance.now() + Number(timeoutUs) / 1000;
    for (;;) {
      if (await isThere(place)) return true;
      this.#parts.signal?.throwIfAborted();
      if (performance.now() >= end) return false;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async readFile(
    path: string,
    { most, exact }: Within & { readonly most: number; readonly exact: boolean },
  ): Promise<Uint8Array> {
    const place = await this.#allowed("BufferStreamIn", "read", path);
    // A device or a pipe may never end, and a link may have come since it was looked at.
    const file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
      (error: unknown) => unreadable(place, error),
    );
    try {
      const found = await file.stat();
      if (!found.isFile()) return unreadable(place, undefined, "it is no file");
      if (found.size > most && !exact) {
        const reason = `it has ${found.size} bytes; a buffer may hold ${most}`;
        throw new SessionFailure({ kind: "bad-request", what: place }, `${place}: ${reason}`);
      }
      const bytes = new Uint8Array(Math.min(found.size, most));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async writeFile(
    path: string,
    data: Uint8Array,
    { append }: Within & { readonly append: boolean },
  ): Promise<void> {
    const place = await this.#allowed("BufferStreamOut", "write", path);
    const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_APPEND } = constants;
    const flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (append ? O_APPEND : 0);
    const file = await open(place, flags).catch((error: unknown) => unwritable(place, error));
    try {
      const found = await file.stat();
      if (!found.isFile()) return unwritable(place, undefined, "it is no file");
      if ((append ? found.size : 0) + data.length > FILE_LIMIT) {
        const what = `${place}: a sequence may write files of ${FILE_LIMIT} bytes`;
        throw new SessionFailure({ kind: "bad-request", what }, what);
      }
      if (!append) await file.truncate(0);
      await file.write(data);
    } finally {
      await file.close();
    }
  }

  async run(
    {
      program,
      python,
      args,
      folder,
    }: {
      readonly program: string;
      readonly python: boolean;
      readonly args: string;
      readonly folder: string;
    },
    { timeoutUs }: Within,
  ): Promise<U64> {
    const { places, env, say, signal, deadlineUs } = this.#parts;
    const fn = python ? "RunPythonScript" : "RunApplication";
    const place = await this.#allowed(fn, "run", program);
    const words = splitArguments(expand(args, places));
    const cwd = folder === "" ? places.project : await placeOf(expand(folder, places), places.project);
    const limitUs = timeoutUs === 0n ? deadlineUs : Number(timeoutUs);
    const interpreter = python ? (env["PYTHON"] ?? "python3") : undefined;
    const [file, all] = interpreter === undefined ? [place, words] : [interpreter, [place, ...words]];
    const { code, output } = await runProgram(file, all, {
      cwd,
      limitMs: Math.ceil(limitUs / 1000),
      ...(signal === undefined ? {} : { signal }),
    });
    if (output !== "") say(`${fn} ${place}: ${output}`);
    return BigInt.asUintN(64, BigInt(code));
  }

  /** A file of the pack; being the pack's own it needs no grant, and it cannot lie elsewhere. */
  async loadDebugInfo(file: string): Promise<boolean> {
    const { places, say } = this.#parts;
    const no = (reason: string): false => {
      say(`LoadDebugInfo "${file}": ${reason}`);
      return false;
    };
    if (places.pack === undefined) return no("the pack lies in no folder");
    const root = await placeOf(places.pack, places.pack);
    const place = await placeOf(expand(file, places), root);
    if (!place.startsWith(join(root, "/"))) return no("it lies outside of the pack");
    try {
      const handle = await open(place, constants.O_RDONLY);
      try {
        readElf(await handle.readFile());
      } finally {
        await handle.close();
      }
      return true;
    } catch (error) {
      return no(error instanceof Failure ? error.message : `it cannot be read (${(error as Error).message})`);
    }
  }

  #allowed(fn: string, effect: Effect, path: string): Promise<string> {
    const { grants, places, cwd } = this.#parts;
    return mustAllow(grants, { fn, effect, path: expand(path, places), base: places.project, cwd });
  }
}

async function isThere(place: string): Promise<boolean> {
  try {
    await stat(place);
    return true;
  } catch {
    return false;
  }
}

function unreadable(path: string, error: unknown, said?: string): never {
  const reason = said ?? `it cannot be read (${(error as NodeJS.ErrnoException).code ?? ""})`;
  throw new SessionFailure({ kind: "unreadable-file", path, reason }, `${path}: ${reason}`);
}

function unwritable(path: string, error: unknown, said?: string): never {
  const reason = said ?? `it cannot be written (${(error as NodeJS.ErrnoException).code ?? ""})`;
  const what = dirname(path);
  throw new SessionFailure({ kind: "unwritable-file", path: what, reason }, `${path}: ${reason}`);
}
