/**
 * Reads the line table of an executable: which source line each address came from (DWARF 2 to 5, .debug_line,
 * 32-bit format). Knows no symbols and no machine. Every offset is checked, and the number of rows is
 * bounded.
 */
import { LONGEST_NAME, type ElfFile } from "./elf.ts";

/** A range holds addresses from `start` up to, but not including, `end`. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
  readonly file: string;
  readonly line: number;
}

/** This is more than any firmware has; the rest is left out. */
const MOST_RANGES = 1_000_000;
/**
 * The bound counts letters of file names as often as units repeat them. A path for each unit comes to some
 * hundred thousand letters.
 */
const MOST_LETTERS = 1 << 26;
const SHF_COMPRESSED = 0x800;

/**
 * Returns ranges sorted by address, or none if there is no table. A damaged unit ends the reading; what came
 * before it is kept.
 */
export function readLines(elf: ElfFile): readonly LineRange[] {
  const bytesOf = (name: string): Uint8Array => {
    const section = elf.sections.find((one) => one.name === name);
    return section === undefined || (section.flags & SHF_COMPRESSED) !== 0
      ? new Uint8Array(0)
      : section.bytes;
  };
  const strings = { line: bytesOf(".debug_line_str"), plain: bytesOf(".debug_str"), letters: 0 };
  const ranges: LineRange[] = [];
  const all = new Cursor(bytesOf(".debug_line"));
  try {
    while (all.left > 4 && ranges.length < MOST_RANGES) {
      const length = all.u32();
      // 0xffffffff begins the 64-bit format, which 32-bit machines do not use.
      if (length >= 0xffff_fff0) break;
      readUnit(all.part(length), strings, ranges);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return ranges.sort((a, b) => a.start - b.start);
}

interface Strings {
  readonly line: Uint8Array;
  readonly plain: Uint8Array;
  /** The letters that were read so far. */
  letters: number;
}

/** The length is bounded, because every entry may begin in one string that is as long as its section. */
function stringAt(strings: Strings, section: Uint8Array, start: number): string {
  if (start >= section.length) throw new RangeError("beyond the end");
  const own = section.subarray(start, start + LONGEST_NAME);
  const end = own.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? own : own.subarray(0, end));
  strings.letters += text.length;
  if (strings.letters > MOST_LETTERS) throw new RangeError("more names than any program has");
  return text;
}

interface Header {
  readonly version: number;
  readonly minimum: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** The number of LEB128 operands of each standard opcode. */
  readonly operands: readonly number[];
  readonly files: readonly string[];
}

function readUnit(unit: Cursor, strings: Strings, ranges: LineRange[]): void {
  const version = unit.u16();
  if (version < 2 || version > 5) return;
  if (version === 5) unit.skip(2);
  const header = unit.part(unit.u32());
  const minimum = header.u8();
  if (version >= 4) header.skip(1);
  header.skip(1);
  const lineBase = (header.u8() << 24) >> 24;
  const lineRange = header.u8();
  const opcodeBase = header.u8();
  const operands = Array.from({ length: Math.max(0, opcodeBase - 1) }, () => header.u8());
  const files = version === 5 ? filesOf5(header, strings) : filesOf2(header);
  if (lineRange === 0) return;
  runProgram(unit, { version, minimum, lineBase, lineRange, opcodeBase, operands, files }, ranges);
}

/** DWARF 2 to 4 list names until an empty one; file 1 is the first. */
function filesOf2(header: Cursor): readonly string[] {
  while (header.text() !== "");
  const files = [""];
  for (let name = header.text(); name !== ""; name = header.text()) {
    files.push(name);
    for (let skipped = 0; skipped < 3; skipped++) header.uleb();
  }
  return files;
}

const CONTENT_PATH = 1;

/** DWARF 5 has tables that describe their own columns; file 0 is the first. */
function filesOf5(header: Cursor, strings: Strings): readonly string[] {
  readEntries(header, strings);
  return readEntries(header, strings);
}

function readEntries(header: Cursor, strings: Strings): readonly string[] {
  const formats = Array.from({ length: header.u8() }, () => ({
    content: header.uleb(),
    form: header.uleb(),
  }));
  const count = header.uleb();
  if (count > header.left) throw new RangeError("more entries than bytes");
  return Array.from({ length: count }, () => {
    let path = "";
    for (const { content, form } of formats) {
      const value = readForm(header, form, strings);
      if (content === CONTENT_PATH) path = value;
    }
    return path;
  });
}

function readForm(at: Cursor, form: number, strings: Strings): string {
  switch (form) {
    case 0x08: // DW_FORM_string
      return at.text();
    case 0x1f: // DW_FORM_line_strp
      return stringAt(strings, strings.line, at.u32());
    case 0x0e: // DW_FORM_strp
      return stringAt(strings, strings.plain, at.u32());
    case 0x0f: // DW_FORM_udata
      at.uleb();
      return "";
    case 0x09: // DW_FORM_block
      at.skip(at.uleb());
      return "";
    default: {
      // DW_FORM_data1, 2, 4, 8, 16
      const size = new Map([
        [0x0b, 1],
        [0x05, 2],
        [0x06, 4],
        [0x07, 8],
        [0x1e, 16],
      ]).get(form);
      if (size === undefined) throw new RangeError(`unknown form ${form}`);
      at.skip(size);
      return "";
    }
  }
}

/** Runs the line number program of a unit (DWARF 5, 6.2.5). */
function runProgram(program: Cursor, header: Header, ranges: LineRange[]): void {
  let row = { address: 0, file: 1, line: 1 };
  let open: typeof row | undefined;
  const emit = (): void => {
    if (open !== undefined && open.address < row.address && ranges.length < MOST_RANGES)
      ranges.push({
        start: open.address,
        end: row.address,
        file: header.files[open.file] ?? "",
        line: open.line,
      });
    open = { ...row };
  };
  const advance = (operation: number): void => {
    row.address = (row.address + operation * header.minimum) >>> 0;
  };
  while (program.left > 0) {
    const opcode = program.u8();
    if (opcode >= header.opcodeBase) {
      const special = opcode - header.opcodeBase;
      advance(Math.floor(special / header.lineRange));
      row.line += header.lineBase + (special % header.lineRange);
      emit();
      continue;
    }
    switch (opcode) {
      case 0: {
        const extended = program.part(program.uleb());
        const kind = extended.left > 0 ? extended.u8() : 0;
        if (kind === 1) {
          emit();
          row = { address: 0, file: 1, line: 1 };
          open = undefined;
        } else if (kind === 2 && extended.left === 4) row.address = extended.u32();
        break;
      }
      case 1: // DW_LNS_copy
        emit();
        break;
      case 2: // DW_LNS_advance_pc
        advance(program.uleb());
        break;
      case 3: // DW_LNS_advance_line
        row.line += program.sleb();
        break;
      case 4: // DW_LNS_set_file
        row.file = program.uleb();
        break;
      case 8: // DW_LNS_const_add_pc
        advance(Math.floor((255 - header.opcodeBase) / header.lineRange));
        break;
      case 9: // DW_LNS_fixed_advance_pc
        row.address = (row.address + program.u16()) >>> 0;
        break;
      default:
        for (let left = header.operands[opcode - 1] ?? 0; left > 0; left--) program.uleb();
    }
  }
}

/** The scale of the last seven bits of a 64-bit number. */
const LARGEST_SCALE = 2 ** 63;

/** Reads forward; throws RangeError beyond the end, as DataView does. */
class Cursor {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#view.byteLength - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#at++);
  }

  u16(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2, true);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  skip(bytes: number): void {
    if (bytes > this.left) throw new RangeError("beyond the end");
    this.#at += bytes;
  }

  /** Returns the next bytes as a cursor of their own, and moves this one past them. */
  part(bytes: number): Cursor {
    const start = this.#at;
    this.skip(bytes);
    return new Cursor(new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, bytes));
  }

  /** Reads up to the zero that ends the text. */
  text(): string {
    const bytes: number[] = [];
    for (let byte = this.u8(); byte !== 0; byte = this.u8()) bytes.push(byte);
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }

  uleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      if (scale > LARGEST_SCALE) throw new RangeError("a number of more than 64 bits");
      value += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0) return value;
    }
  }

  sleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      if (scale > LARGEST_SCALE) throw new RangeError("a number of more than 64 bits");
      value += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0) return (byte & 0x40) === 0 ? value : value - scale * 128;
    }
  }
}
