/** A path to a pack: an archive, a description, or a folder that holds one. Joins the description with its files. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { Source } from "../lib/source.ts";
import { endless, FolderFiles, kindOf, listFolder, readDiskFile } from "./archive-folder.ts";
import { openArchive } from "./archive.ts";
import { baseName, descriptionAmong, folderOf, type PackFiles } from "./files.ts";
import { readPdsc, type Pack } from "./pdsc.ts";
import { decodeXml } from "./text.ts";

export interface OpenedPack {
  /** Absent where the description cannot be read; the diagnostics say where. */
  readonly pack?: Pack;
  readonly diagnostics: readonly Diagnostic[];
  /** Paths as the description gives them. To be closed by who opened it. */
  readonly files: PackFiles;
}

/** Throws a PackFailure for what cannot be opened; what can be opened and not parsed is a diagnostic. */
export async function openPack(path: string): Promise<OpenedPack> {
  const kind = await kindOf(path);
  if (kind === "other") throw endless(path);
  if (kind === "folder") {
    const name = descriptionAmong(path, await listFolder(path));
    return described(`${path}/${name}`, new FolderFiles(path), await readDiskFile(`${path}/${name}`));
  }
  if (!/\.(?:pack|zip)$/i.test(path)) {
    const files = new FolderFiles(folderOf(path) === "" ? "." : folderOf(path));
    return described(path, files, await readDiskFile(path));
  }
  const archive = await openArchive(path);
  try {
    const name = descriptionAmong(path, archive.names);
    const files = archive.withBase(folderOf(name));
    return described(`${path}!${name}`, files, await files.read(baseName(name)));
  } catch (error) {
    await archive.close();
    throw error;
  }
}

function described(path: string, files: PackFiles, bytes: Uint8Array): OpenedPack {
  return { ...readPdsc(new Source(path, decodeXml(bytes))), files };
}
