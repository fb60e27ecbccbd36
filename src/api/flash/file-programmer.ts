/**
 * Programs files into flash, at a high level. Reads ELF, Intel HEX, S-record, UF2 and raw binaries;
 * flash-loader.ts programs.
 */
import { IMAGE_FORMATS, type FileToProgram, type ImageFormat } from "../../flash/file/formats.ts";
import type { FlashImage } from "../../flash/file/image.ts";
import type { RamReport } from "../../flash/program/ram-loader.ts";
import type { FlashReport } from "../../flash/program/report.ts";
import { familyNamed } from "../../flash/file/uf2-families.ts";
import { loadRam } from "../../session/load-ram.ts";
import { imageFor, mustBeRam, ramOf } from "../../session/flash/program-image.ts";
import {
  badArgument,
  bytes,
  call,
  either,
  listOf,
  memoryAddress,
  oneOf,
  optional,
  options,
  text,
  unsigned,
} from "../arguments.ts";
import { FlashLoader, LOADER, type FlashLoaderOptions } from "./loader.ts";
import type { Session } from "../session.ts";

export interface FileChoice {
  /** The format; found out from the content by default. */
  readonly format?: ImageFormat;
  /** The address of a raw binary. */
  readonly base?: number;
  /** The family of a UF2 file, by name or number (`0xE48BFF56`); that of the device by default. */
  readonly family?: string;
}

const FILE = options({
  name: text,
  bytes,
  format: optional(oneOf(IMAGE_FORMATS)),
  base: optional(memoryAddress),
  family: optional(unsigned(32)),
});
const ONE = either(text, FILE, "a path, or { name, bytes }");
const CHOICE = call({
  files: either(ONE, listOf(ONE), "a path, { name, bytes }, or an array of them"),
  choice: options({
    format: optional(oneOf(IMAGE_FORMATS)),
    base: optional(memoryAddress),
    family: optional(text),
  }),
});

type Files = string | FileToProgram | readonly (string | FileToProgram)[];

/**
 * ```ts
 * const report = await new FileProgrammer(session).program("firmware.elf");
 * ```
 */
export class FileProgrammer {
  readonly #session: Session;
  readonly #options: FlashLoaderOptions;

  constructor(session: Session, options: FlashLoaderOptions = {}) {
    LOADER({ session, options });
    this.#session = session;
    this.#options = options;
  }

  /**
   * Programs files, given as paths or as content with a name; several are programmed together. Throws
   * `unreadable-file`, `bad-image`, `other-family` or `overlap` before the target is touched, else what
   * FlashLoader.commit throws.
   */
  async program(files: Files, choice: FileChoice = {}): Promise<FlashReport> {
    return this.#program(await this.#image(files, choice));
  }

  /**
   * Programs what the project builds, by the cbuild-run.yml that is the pack of the session. Each file goes where
   * that says. Throws as `program`, and `Session.projectOutput`.
   */
  async programOutput(): Promise<FlashReport> {
    return this.#program(await this.#image(await this.#output(), {}));
  }

  async #program(image: FlashImage): Promise<FlashReport> {
    const loader = new FlashLoader(this.#session, this.#options);
    for (const { address, bytes, from } of image.parts) loader.addData(address, bytes, from);
    const report = await loader.commit();
    return image.notes.length === 0 ? report : { ...report, notes: image.notes };
  }

  /**
   * Writes files into RAM alone and reads them back. The core stands still meanwhile and goes on if it ran;
   * nothing is started. Throws `not-ram` for anything else, before anything is written, and `differs` if it does
   * not read back.
   */
  async load(files: Files, choice: FileChoice = {}): Promise<readonly RamReport[]> {
    return this.#load(await this.#image(files, choice));
  }

  /** Writes what the project builds into RAM alone. Throws as `programOutput` and `load`. */
  async loadOutput(): Promise<readonly RamReport[]> {
    return this.#load(await this.#image(await this.#output(), {}));
  }

  #load(whole: FlashImage): Promise<readonly RamReport[]> {
    const { connection } = this.#session.target.openFlash;
    const image = mustBeRam(whole, ramOf(connection.context));
    const { onProgress, signal } = this.#options;
    return loadRam(connection, image, { onProgress, signal });
  }

  #output(): Promise<readonly FileToProgram[]> {
    const files = this.#session.projectOutput();
    return Promise.all(
      files.map(async ({ path, ...where }) => ({ ...(await contentOf(path, this.#session)), ...where })),
    );
  }

  async #image(files: Files, { family, ...choice }: FileChoice): Promise<FlashImage> {
    CHOICE({ files, choice: { family, ...choice } });
    const list = typeof files === "string" || "bytes" in files ? [files] : files;
    const contents = await Promise.all(list.map((file) => contentOf(file, this.#session)));
    const number = family === undefined ? undefined : familyNamed(family);
    if (family !== undefined && number === undefined) throw badArgument(`unknown UF2 family "${family}"`);
    const chosen = { ...choice, ...(number === undefined ? {} : { family: number }) };
    const { context } = this.#session.target.openFlash.connection;
    return imageFor(
      context,
      contents.map((file) => ({ ...chosen, ...file })),
    );
  }
}

async function contentOf(file: string | FileToProgram, session: Session): Promise<FileToProgram> {
  return typeof file === "string" ? { name: file, bytes: await session.readFile(file) } : file;
}
