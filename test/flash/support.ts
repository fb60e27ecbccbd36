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

/** A file that nothing else has. */
export function newPath(name: string): string {
  return join(mkdtempSync(join(folder, "new-")), name);
}

export interface Chip {
  /** Where its algorithm comes from: `--algorithm` with `--ram`, or `--pack` with `--device`. */
  readonly algorithm: readonly string[];
  readonly base: string;
  readonly probe: string;
}

/** An algorithm without a pack. */
export function byFile(path: string, ram: string): readonly string[] {
  return ["--algorithm", path, "--ram", ram];
}

/** Flashes raw bytes. */
export function flash(
  image: Uint8Array,
  { algorithm, base, probe }: Chip,
  ...more: string[]
): Promise<Finished> {
  const argv = ["flash", fileOf("image.bin", image), "--base", base, ...algorithm];
  return dbgseq(...argv, "--probe", probe, "--no-config", ...more);
}

/** The own algorithm for the nRF52840 of examples/05-flash. */
export const EX52: Chip = {
  algorithm: byFile("examples/05-flash/EX52.FLM", "0x20000000:0x4000"),
  base: "0x10000",
  probe: "sim:nrf52840",
};
