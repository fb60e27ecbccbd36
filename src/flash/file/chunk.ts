/** Pieces of the files that hold what is to be programmed, and why such a file cannot be read. */

import type { ImageNeed } from "../faults.ts";

export interface Chunk {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** The place in its file, written after the file's name: `:12` of a line, ` (block 3)`; empty if it is the whole file. */
  readonly where?: string;
}

/** Adjacent pieces merged into one, which remembers them. */
export interface Run extends Chunk {
  readonly pieces: readonly Chunk[];
}

/** What is in a file. */
export interface Content {
  readonly chunks: readonly Chunk[];
  /** What was left out of the file or could not be judged, for the user. */
  readonly notes?: readonly string[];
}

/** The file cannot be read. `line` counts from 1 if the file has lines. */
export class FormatError extends Error {
  readonly line: number | undefined;
  readonly needs: ImageNeed | undefined;

  constructor(reason: string, line?: number, needs?: ImageNeed) {
    super(reason);
    this.line = line;
    this.needs = needs;
  }
}

/** The blocks of a UF2 file are not for the device, or are for several. */
export class FamilyError extends FormatError {
  readonly families: readonly number[];

  constructor(reason: string, families: readonly number[]) {
    super(reason);
    this.families = families;
  }
}

/** Merges neighbours, sorted by address. Overlapping records of a file stay apart, so that the caller can refuse them. */
export function coalesce(chunks: readonly Chunk[]): readonly Run[] {
  const sorted = chunks
    .filter(({ bytes }) => bytes.length > 0)
    .sort((one, other) => one.address - other.address);
  const runs: Chunk[][] = [];
  let end = -1;
  for (const chunk of sorted) {
    if (chunk.address === end) runs.at(-1)?.push(chunk);
    else runs.push([chunk]);
    end = chunk.address + chunk.bytes.length;
  }
  return runs.map((run) => {
    const size = run.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const chunk of run) {
      bytes.set(chunk.bytes, at);
      at += chunk.bytes.length;
    }
    return { address: run[0]?.address ?? 0, bytes, pieces: run };
  });
}
