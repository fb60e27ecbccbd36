/** What was done to each sector, as data: claimed only once the target has confirmed it. */
import type { RamReport } from "./ram-loader.ts";

/**
 * How the content of a sector is known. "crc" and "read" were seen in the flash: by CRC-32 on the target, by
 * reading back. "algorithm" is the word of the vendor's algorithm, if the flash cannot be read.
 */
export type Verification = "algorithm" | "crc" | "read";

/**
 * What vouches for a report as a whole: every sector was seen in the flash; some were not, and the algorithm
 * vouches; some have nothing.
 */
export type Proof = "flash" | "algorithm" | "none";

export interface SectorReport {
  readonly region: string;
  readonly address: number;
  readonly size: number;
  /**
   * What the algorithm reports, and what was seen in the flash if `verified` is "crc" or "read". "blank" means
   * that it needed no erase.
   */
  erase: "no" | "blank" | "erased";
  /** The bytes of pages that the algorithm reported as programmed. */
  programmed: number;
  /** The bytes of pages that are to be programmed. */
  readonly planned: number;
  /** True if it held the new content already, by CRC-32 on the target. */
  skipped: boolean;
  verified: Verification | undefined;
}

/** Where work stopped before its end. */
export interface Reached {
  readonly step: FlashStep;
  readonly region: string;
  readonly sector: number;
  /** While programming, the first page that is not known to be programmed. */
  readonly page?: number;
}

export interface FlashReport {
  /** Set only after a failure, once work was begun. */
  readonly reached?: Reached;
  readonly sectors: readonly SectorReport[];
  /** Set only after a failure: sectors whose bytes outside the image were to be kept and may be gone. */
  readonly lost?: readonly { readonly address: number; readonly size: number }[];
  /** The hash of all bytes of the image, in order of address, as hexadecimal. */
  readonly imageSha256: string;
  /** The hash of the same bytes as they were read back, if they were. */
  readonly readSha256?: string;
  /** What vouches for it: "flash" only if every byte of the image was seen in the flash. */
  readonly proof: Proof;
  /** True if everything that was asked for was done, verifying included unless it was declined. */
  readonly complete: boolean;
  /** Parts of the image that were written to RAM, on request. */
  readonly ram?: readonly RamReport[];
  /** What was left out of the files, or could not be judged. */
  readonly notes?: readonly string[];
}

export type FlashStep = "compare" | "erase" | "program" | "verify" | "read";

export interface FlashProgress {
  readonly step: FlashStep;
  readonly region: string;
  readonly address: number;
  /** The bytes of this step that are done, of `total`. */
  readonly done: number;
  readonly total: number;
}

/** Returns the weakest of all sectors. */
export function proofOf(sectors: readonly SectorReport[]): Proof {
  if (sectors.length === 0 || sectors.some(({ verified }) => verified === undefined)) return "none";
  return sectors.some(({ verified }) => verified === "algorithm") ? "algorithm" : "flash";
}

export async function sha256(parts: readonly Uint8Array[]): Promise<string> {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
