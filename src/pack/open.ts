/**
 * Opens a path to a pack: an archive, a description, or a folder that holds one. Joins the description with
 * its files.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { Source } from "../lib/source.ts";
import { endless, FolderFiles, kindOf, listFolder, readDiskFile } from "./files/folder.ts";
import { openArchive } from "./files/archive.ts";
import type { Decided } from "./files/decided.ts";
import { baseName, descriptionAmong, folderOf, type PackFiles } from "./files/pack-files.ts";
import { readPdsc, type Pack } from "./pdsc/pdsc.ts";
import { decodeXml } from "./text.ts";

export interface OpenedPack {
  /** The pack is absent if the description cannot be read; the diagnostics say where. */
  readonly pack?: Pack;
  readonly diagnostics: readonly Diagnostic[];
  /** Files have the paths that the description gives. The caller that opened the pack closes them. */
  readonly files: PackFiles;
}

/**
 * Throws a PackFailure if the pack cannot be opened; a pack that can be opened but not parsed gives a
 * diagnostic. `decided` is what was decided about the path and its folder, if a file names it; then its
 * description is not read through a link either.
 */
export async function openPack(path: string, decided?: Decided): Promise<OpenedPack> {
  const decision = decided?.(path);
  const kind = await kindOf(path);
  if (kind === "other") throw endless(path);
  if (kind === "folder") {
    const name = descriptionAmong(path, await listFolder(path));
    const files = new FolderFiles(path, decision);
    const isNamed = decision !== undefined;
    return described(
      `${path}/${name}`,
      files,
      await (isNamed ? files.read(name) : readDiskFile(`${path}/${name}`)),
    );
  }
  if (!/\.(?:pack|zip)$/i.test(path)) {
    const folder = folderOf(path) === "" ? "." : folderOf(path);
    return described(path, new FolderFiles(folder, decided?.(folder)), await readDiskFile(path, decision));
  }
  const archive = await openArchive(path, decision);
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
