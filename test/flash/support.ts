/** Runs `dbgseq flash` on the simulator; makes images and files for it. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dbgseq, type Finished } from "../support/command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "dbgseq-flash-"));

/** Bytes that look random and are the same each time. */
export function noise(size: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** The path of a file with this content. */
export function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

export interface Chip {
  /** Path of the FLM. */
  readonly algorithm: string;
  readonly base: string;
  readonly ram: string;
  readonly probe: string;
}

/** Flashes raw bytes by one algorithm, without a pack. */
export function flash(
  image: Uint8Array,
  { algorithm, base, ram, probe }: Chip,
  ...more: string[]
): Promise<Finished> {
  const argv = ["flash", fileOf("image.bin", image), "--base", base, "--algorithm", algorithm, "--ram", ram];
  return dbgseq(...argv, "--probe", probe, "--no-config", ...more);
}
