/** The files that hold what is to be programmed: ELF, Intel HEX, Motorola S-record, UF2 and raw binary. Pure. */
import { isElf, readElf } from "../lib/elf.ts";
import { Failure } from "../lib/fault.ts";
import { coalesce, FormatError, type Chunk } from "./chunk.ts";
import { FlashFailure } from "./faults.ts";
import { DESCRIPTION } from "./flm.ts";
import { FlashImage } from "./image.ts";
import { readIntelHex } from "./intel-hex.ts";
import { readSRecord } from "./s-record.ts";
import { isUf2, readUf2 } from "./uf2.ts";

/** e_machine of 32-bit Arm (AAELF32). */
const EM_ARM = 40;

export type ImageFormat = "elf" | "hex" | "srec" | "uf2" | "bin";

export interface FileToProgram {
  /** For messages; its ending tells the format where the content does not. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format?: ImageFormat;
  /** Of a raw binary, which has none of its own. */
  readonly base?: number;
}

/** Puts all files into one image. Throws `bad-image` with the place, or `overlap`. */
export function readImage(files: readonly FileToProgram[]): FlashImage {
  const image = new FlashImage();
  const [addressed] = files.filter(({ base }) => base !== undefined);
  if (addressed !== undefined && files.every((file) => (file.format ?? formatOf(file)) !== "bin"))
    throw bad(addressed.name, "", "it has addresses of its own; a base address is for raw binaries");
  for (const file of files) {
    for (const { address, bytes } of coalesce(readFile(file))) image.add(address, bytes, file.name);
  }
  return image;
}

function readFile(file: FileToProgram): readonly Chunk[] {
  const { name } = file;
  const format = file.format ?? formatOf(file);
  try {
    if (file.bytes.length === 0) throw new FormatError("the file is empty");
    const chunks = read(format, file);
    if (chunks.every((chunk) => chunk.bytes.length === 0))
      throw new FormatError("it holds nothing to program");
    return chunks;
  } catch (error) {
    if (error instanceof FormatError)
      throw bad(name, error.line === undefined ? "" : `:${error.line}`, error.message);
    if (error instanceof Failure && !(error instanceof FlashFailure)) throw bad(name, "", error.message);
    throw error;
  }
}

function read(format: ImageFormat, { bytes, base }: FileToProgram): readonly Chunk[] {
  switch (format) {
    case "elf":
      return elfChunks(bytes);
    case "hex":
      return readIntelHex(text(bytes));
    case "srec":
      return readSRecord(text(bytes));
    case "uf2":
      if (!isUf2(bytes)) throw new FormatError("it does not begin as a UF2 file does");
      return readUf2(bytes);
    case "bin":
      if (base === undefined) throw new FormatError("a raw binary needs a base address: --base 0x08000000");
      return [{ address: base, bytes }];
  }
}

function formatOf({ name, bytes, base }: FileToProgram): ImageFormat {
  if (isElf(bytes)) return "elf";
  if (isUf2(bytes)) return "uf2";
  // What calls itself so and is none must not be taken for raw bytes.
  if (/\.(?:elf|axf)$/i.test(name)) return "elf";
  if (/\.uf2$/i.test(name)) return "uf2";
  if (/\.(?:hex|ihx|ihex)$/i.test(name)) return "hex";
  if (/\.(?:srec|s19|s28|s37|mot|s)$/i.test(name)) return "srec";
  // A base is for raw bytes, whatever they begin with.
  if (base !== undefined) return "bin";
  if (bytes[0] === 0x3a) return "hex";
  return bytes[0] === 0x53 && (bytes[1] ?? 0) >= 0x30 && (bytes[1] ?? 0) <= 0x39 ? "srec" : "bin";
}

/** Where a segment is put, not where it runs: that is what belongs into flash. */
function elfChunks(bytes: Uint8Array): readonly Chunk[] {
  const { machine, segments, sections } = readElf(bytes);
  if (machine !== EM_ARM)
    throw new FormatError(`it is a program for another machine than Arm (e_machine ${machine})`);
  if (sections.some((section) => section.name.startsWith(DESCRIPTION)))
    throw new FormatError("it is a flash algorithm, not a program: --algorithm takes it");
  return segments.map((segment) => ({ address: segment.physicalAddress, bytes: segment.bytes }));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function bad(file: string, place: string, reason: string): FlashFailure {
  return new FlashFailure({ kind: "bad-image", file, reason }, `${file}${place}: ${reason}`);
}
