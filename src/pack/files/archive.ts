/**
 * Reads a `.pack` file, a zip archive, in place: one file at a time, and never writes anything. Refuses what
 * is encrypted, damaged or larger than the limits below. Knows no pack description.
 */
import type { Readable } from "node:stream";
import { closeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { fromFdPromise, getFileNameLowLevel, type Entry, type ZipFile } from "yauzl";
import { Failure } from "../../lib/fault.ts";
import { PackFailure } from "../faults.ts";
import { FileNames, missingFile, normalized, type PackFiles } from "./pack-files.ts";
import type { Decision } from "./decided.ts";
import { descriptorOf } from "./opened.ts";

/** Real packs have up to 20,000 entries; algorithms are up to 60 KB, descriptions and SVD files a few MB. */
const MAX_ENTRIES = 65_535;
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Paths in `read` are relative to `base`, which is "" until a description below the top is found. */
export interface Archive extends PackFiles {
  readonly names: readonly string[];
  withBase(base: string): Archive;
}

export async function openArchive(path: string, decision?: Decision): Promise<Archive> {
  const zip = await open(path, decision);
  const entries = new Map<string, Entry>();
  try {
    if (zip.entryCount > MAX_ENTRIES) throw tooMany(path);
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry);
      if (name === undefined) continue;
      // If two entries have one name, the later one was added later.
      entries.set(name, entry);
      if (entries.size > MAX_ENTRIES) throw tooMany(path);
    }
  } catch (error) {
    zip.close();
    throw error instanceof PackFailure ? error : damaged(path, undefined, error);
  }
  return new ZipArchive(path, zip, entries, new FileNames(entries.keys()), "");
}

class ZipArchive implements Archive {
  readonly path: string;
  readonly complete = true;
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #names: FileNames;
  readonly #base: string;

  constructor(
    path: string,
    zip: ZipFile,
    entries: ReadonlyMap<string, Entry>,
    names: FileNames,
    base: string,
  ) {
    this.path = path;
    this.#zip = zip;
    this.#entries = entries;
    this.#names = names;
    this.#base = base;
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  withBase(base: string): Archive {
    return new ZipArchive(this.path, this.#zip, this.#entries, this.#names, base);
  }

  has(file: string): Promise<boolean> {
    return Promise.resolve(this.#names.find(file, this.#base) !== undefined);
  }

  async read(file: string): Promise<Uint8Array> {
    const name = this.#names.find(file, this.#base);
    const entry = name === undefined ? undefined : this.#entries.get(name);
    if (name === undefined || entry === undefined) throw missingFile(this.path, file, this.#names.near(file));
    if (entry.isEncrypted()) {
      const message = `${this.path}: ${name} is encrypted`;
      throw new PackFailure({ kind: "encrypted-entry", path: this.path, entry: name }, message);
    }
    if (entry.uncompressedSize > MAX_FILE_BYTES) throw tooLarge(this.path, name);
    const bytes = await this.#bytes(name, entry);
    if (crc32(bytes) !== entry.crc32) {
      throw damaged(this.path, name, new Error("its checksum is not the one the archive gives"));
    }
    return bytes;
  }

  close(): Promise<void> {
    this.#zip.close();
    return Promise.resolve();
  }

  async #bytes(name: string, entry: Entry): Promise<Uint8Array> {
    try {
      return await collected(await this.#zip.openReadStreamPromise(entry));
    } catch (error) {
      throw damaged(this.path, name, error);
    }
  }
}

/** yauzl ends the stream with an error if it is longer or shorter than the entry says. */
async function collected(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

async function open(path: string, decision: Decision | undefined): Promise<ZipFile> {
  try {
    const fd = await descriptorOf(path, decision);
    // Names are decoded here, because yauzl gives up on the whole archive if one of them is absolute.
    const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
    return await fromFdPromise(fd, options).catch((error: unknown) => {
      closeSync(fd);
      throw error;
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw damaged(path, undefined, error);
    const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new PackFailure({ kind: "unreadable-file", path, reason }, `${path}: ${reason}`, error);
  }
}

/** Folders, and names that lead out of the archive, are not files of the pack. */
function nameOf(entry: Entry): string | undefined {
  const raw = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  return raw.endsWith("/") || /^(?:[a-zA-Z]:|\/)/.test(raw) ? undefined : normalized(raw);
}

function damaged(path: string, entry: string | undefined, error: unknown): PackFailure {
  const reason = error instanceof Error ? error.message : String(error);
  const what = entry === undefined ? "this is not a readable pack" : `${entry} is damaged`;
  return new PackFailure(
    { kind: "damaged-archive", path, reason, ...(entry === undefined ? {} : { entry }) },
    `${path}: ${what}: ${reason}`,
    error,
  );
}

function tooMany(path: string): PackFailure {
  return new PackFailure(
    { kind: "archive-limit", path, limit: MAX_ENTRIES, unit: "entries" },
    `${path}: more than ${MAX_ENTRIES} entries`,
  );
}

function tooLarge(path: string, entry: string): PackFailure {
  return new PackFailure(
    { kind: "archive-limit", path, entry, limit: MAX_FILE_BYTES, unit: "bytes" },
    `${path}: ${entry} would be larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`,
  );
}
