/** The files that hold what is to be programmed: ELF, Intel HEX, Motorola S-record, UF2 and raw binary. Pure. */
import { isElf } from "../../lib/formats/elf.ts";
import { Failure } from "../../lib/fault.ts";
import { isUtf16, unicodeMark } from "../../lib/text-marks.ts";
import { coalesce, FamilyError, FormatError, type Content } from "./chunk.ts";
import { readElfImage } from "./elf-image.ts";
import { FlashFailure, type ImageNeed } from "../faults.ts";
import { FlashImage } from "./image.ts";
import { readIntelHex } from "./intel-hex.ts";
import { readSRecord } from "./s-record.ts";
import { isUf2, readUf2 } from "./uf2.ts";
import { familyName, type Uf2Device } from "./uf2-families.ts";

export const IMAGE_FORMATS = ["elf", "hex", "srec", "uf2", "bin"] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export interface FileToProgram {
  /** The name for messages; its ending tells the format if the content does not. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format?: ImageFormat;
  /** The address of a raw binary, which has none of its own. */
  readonly base?: number;
  /** The number of the family whose blocks of a UF2 file are used; that of the device by default. */
  readonly family?: number;
}

/** Puts all files into one image. Throws `bad-image` with the place, `other-family` or `overlap`. */
export function readImage(files: readonly FileToProgram[], device?: Uf2Device): FlashImage {
  const image = new FlashImage();
  const [addressed] = files.filter(({ base }) => base !== undefined);
  if (addressed !== undefined && files.every((file) => (file.format ?? formatOf(file)) !== "bin"))
    throw bad(addressed.name, "", "it has addresses of its own; a base address is for raw binaries");
  for (const file of files) {
    const { chunks, notes = [] } = readFile(file, device);
    for (const note of notes) image.note(`${file.name}: ${note}`);
    for (const { address, bytes, pieces } of coalesce(chunks)) image.add(address, bytes, file.name, pieces);
  }
  return image;
}

function readFile(file: FileToProgram, device: Uf2Device | undefined): Content {
  const { name } = file;
  const format = file.format ?? formatOf(file);
  try {
    if (file.bytes.length === 0) throw new FormatError("the file is empty");
    const content = read(format, file, device);
    if (content.chunks.every((chunk) => chunk.bytes.length === 0))
      throw new FormatError("the file holds nothing to program");
    return content;
  } catch (error) {
    if (error instanceof FamilyError)
      throw new FlashFailure(
        { kind: "other-family", file: name, families: error.families.map(familyName) },
        `${name}: ${error.message}`,
      );
    if (error instanceof FormatError)
      throw bad(name, error.line === undefined ? "" : `:${error.line}`, error.message, error.needs);
    if (error instanceof Failure && !(error instanceof FlashFailure)) throw bad(name, "", error.message);
    throw error;
  }
}

function read(
  format: ImageFormat,
  { bytes, base, family }: FileToProgram,
  device: Uf2Device | undefined,
): Content {
  switch (format) {
    case "elf":
      return readElfImage(bytes);
    case "hex":
      return { chunks: readIntelHex(text(bytes)) };
    case "srec":
      return { chunks: readSRecord(text(bytes)) };
    case "uf2":
      if (!isUf2(bytes)) throw new FormatError("it does not begin as a UF2 file does");
      return readUf2(bytes, { family, device });
    case "bin":
      if (base === undefined) throw new FormatError("a raw binary needs a base address", undefined, "base");
      return { chunks: [{ address: base, bytes }] };
  }
}

export function formatOf({ name, bytes, base }: FileToProgram): ImageFormat {
  if (isElf(bytes)) return "elf";
  if (isUf2(bytes)) return "uf2";
  // A file that is named ELF and is not must not be taken for raw bytes.
  if (/\.(?:elf|axf)$/i.test(name)) return "elf";
  if (/\.uf2$/i.test(name)) return "uf2";
  if (/\.(?:hex|ihx|ihex)$/i.test(name)) return "hex";
  if (/\.(?:srec|s19|s28|s37|mot|s)$/i.test(name)) return "srec";
  // A base is for raw bytes, whatever they begin with.
  if (base !== undefined) return "bin";
  const [first, second = 0] = firstCharacters(bytes);
  if (first === 0x3a) return "hex";
  return first === 0x53 && second >= 0x30 && second <= 0x39 ? "srec" : "bin";
}

/** Returns the first characters of a text in any encoding that contains ASCII; other bytes are returned as they are. */
function firstCharacters(bytes: Uint8Array): Uint8Array {
  const mark = unicodeMark(bytes);
  const start = bytes.subarray(mark?.length ?? 0, (mark?.length ?? 0) + 4);
  return mark === undefined || mark.encoding === "UTF-8" ? start : start.filter((byte) => byte !== 0);
}

/** Decodes records, which are ASCII. Editors put a mark before them, and PowerShell's `>` makes them UTF-16. */
function text(bytes: Uint8Array): string {
  const mark = unicodeMark(bytes);
  if (mark !== undefined && mark.encoding !== "UTF-8") throw new FormatError(isUtf16(mark.encoding));
  return new TextDecoder("latin1").decode(bytes.subarray(mark?.length ?? 0));
}

function bad(file: string, place: string, reason: string, needs?: ImageNeed): FlashFailure {
  const fault = { kind: "bad-image", file, reason, ...(needs === undefined ? {} : { needs }) } as const;
  return new FlashFailure(fault, `${file}${place}: ${reason}`);
}
