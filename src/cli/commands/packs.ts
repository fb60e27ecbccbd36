/** `dbgseq packs`: what is installed, and which pack has a part. */
import type { Command } from "commander";
import { EXIT } from "../../api/exit-codes.ts";
import { findPacks, listPacks, packFolder, type FoundPack } from "../../api/node/packs.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { Exit } from "../exit.ts";
import type { Io } from "../terminal/io.ts";

export function definePacks(command: Command, io: Io): void {
  command
    .argument("[part]", "a device or a chip marking")
    .option("--json", "one JSON document on stdout")
    .action(async (part: string | undefined, options: { readonly json?: boolean }) => {
      const root = packFolder(io.env);
      if (part === undefined) show(io, options.json === true, await listPacks({ root }), root);
      else await search(io, options.json === true, part, root);
    });
}

function show(io: Io, json: boolean, packs: readonly FoundPack[], root: string): void {
  if (json) io.json({ version: JSON_VERSION, exitCode: EXIT.success, packs });
  else
    for (const pack of packs)
      io.out(`${nameOf(pack)}  ${pack.installed ? "" : "(index only) "}${pack.path}\n`);
  if (packs.length === 0)
    io.err(
      `no packs below ${root}; install one there with cpackget, name another folder in CMSIS_PACK_ROOT, or give a file with --pack\n`,
    );
}

async function search(io: Io, json: boolean, part: string, root: string): Promise<void> {
  const { matches, near, unreadable } = await findPacks(part, { root });
  for (const { path, reason } of unreadable) io.err(`warning: ${path}: ${reason}\n`);
  const exitCode = matches.length > 0 ? EXIT.success : EXIT.failed;
  if (json) io.json({ version: JSON_VERSION, exitCode, part, matches, near });
  else
    for (const { pack, devices } of matches) io.out(`${nameOf(pack)}  ${devices.join(", ")}  ${pack.path}\n`);
  if (exitCode === EXIT.success) return;
  io.err(
    `no pack below ${root} has "${part}"${near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`}\n`,
  );
  throw new Exit(exitCode);
}

function nameOf({ vendor, name, version }: FoundPack): string {
  return `${vendor}::${name}${version === undefined ? "" : `@${version}`}`;
}
