/** High level: files into flash. Reads ELF, Intel HEX, S-record, UF2 and raw binaries; programming is flash-loader.ts's. */
import { readImage, type FileToProgram, type ImageFormat } from "../flash/formats.ts";
import type { FlashReport } from "../flash/report.ts";
import { FlashLoader, type FlashLoaderOptions } from "./flash-loader.ts";
import type { Session } from "./session.ts";

export interface FileChoice {
  /** Told by the content where it is not given. */
  readonly format?: ImageFormat;
  /** Where a raw binary belongs. */
  readonly base?: number;
}

/**
 * ```ts
 * const report = await new FileProgrammer(session).program("firmware.elf");
 * ```
 */
export class FileProgrammer {
  readonly #session: Session;
  readonly #options: FlashLoaderOptions;

  constructor(session: Session, options: FlashLoaderOptions = {}) {
    this.#session = session;
    this.#options = options;
  }

  /**
   * Paths, or content with a name; several are programmed together. Throws `unreadable-file`, `bad-image` or `overlap` before
   * the target is touched, else what FlashLoader.commit throws.
   */
  async program(
    files: string | FileToProgram | readonly (string | FileToProgram)[],
    choice: FileChoice = {},
  ): Promise<FlashReport> {
    const list = typeof files === "string" || "bytes" in files ? [files] : files;
    const contents = await Promise.all(list.map((file) => contentOf(file, this.#session)));
    const loader = new FlashLoader(this.#session, this.#options);
    for (const { address, bytes, from } of readImage(contents.map((file) => ({ ...choice, ...file }))).parts)
      loader.addData(address, bytes, from);
    return loader.commit();
  }
}

async function contentOf(file: string | FileToProgram, session: Session): Promise<FileToProgram> {
  return typeof file === "string" ? { name: file, bytes: await session.readFile(file) } : file;
}
