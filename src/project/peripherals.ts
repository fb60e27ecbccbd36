/** Finds the device's registers by name; its SVD file is read when they are first asked for. */
import { nameAt, type Named, type RegisterMap } from "../device/peripherals.ts";
import { registerAt } from "../coresight/registers.ts";
import { Source, where } from "../lib/source.ts";
import { readSvd, type ReadSvd } from "../pack/svd/svd.ts";
import { decodeXml } from "../pack/text.ts";
import type { DeviceContext } from "./context.ts";
import { SessionFailure } from "./faults.ts";
import type { ReadPackFile } from "../pack/files/pack-files.ts";

export interface SvdFile {
  readonly path: string;
  readonly read: () => Promise<Uint8Array>;
}

export class Peripherals {
  readonly #file: SvdFile | undefined;
  #svd: Promise<ReadSvd> | undefined;

  constructor(file?: SvdFile) {
    this.#file = file;
  }

  /** Throws `no-svd` without a file, `malformed-xml` and `not-svd` for one that cannot be used. */
  async map(): Promise<RegisterMap> {
    return (await this.#read()).registers;
  }

  /** Throws `no-such-name` for a name that the file does not have. */
  async find(name: string): Promise<Exclude<Named, { readonly kind: "unknown" }>> {
    const { registers, problems } = await this.#read();
    const found = registers.find(name);
    if (found.kind !== "unknown") return found;
    const [first] = problems;
    const hint = found.near === undefined ? "" : `; did you mean ${found.near}?`;
    const lost =
      first === undefined
        ? ""
        : ` (${problems.length} of its elements cannot be read, the first at ${where(first.span)}: ${first.message})`;
    throw new SessionFailure(
      { kind: "no-such-name", name, near: found.near === undefined ? [] : [found.near] },
      `${this.#file?.path ?? ""} has no "${name}"${hint}${lost}`,
    );
  }

  /**
   * Returns `RCC.CR`, or a register of the core, or undefined if nothing is known. Never fails, because it
   * helps to describe a failure.
   */
  async nameAt(address: number): Promise<string | undefined> {
    const own = registerAt(address);
    if (own !== undefined) return own;
    if (this.#file === undefined) return undefined;
    try {
      return nameAt(await this.map(), address);
    } catch {
      // The failure that is being described matters; a missing name for its address does not.
      return undefined;
    }
  }

  #read(): Promise<ReadSvd> {
    this.#svd ??= read(this.#file);
    return this.#svd;
  }
}

async function read(file: SvdFile | undefined): Promise<ReadSvd> {
  if (file !== undefined) return readSvd(new Source(file.path, decodeXml(await file.read())));
  throw new SessionFailure(
    { kind: "no-svd" },
    "names of registers come from the device's SVD file, and none is known: name a pack and a device that has one, or the file",
  );
}

/** Returns the device's own file, in its pack or in the project. */
export function svdOf(
  { svd }: Pick<DeviceContext, "svd">,
  read: ReadPackFile | undefined,
): SvdFile | undefined {
  if (svd === undefined || read === undefined) return undefined;
  const { file, from } = svd;
  return { path: file, read: () => read(file, from) };
}
