/** What was done to each sector, as data: claimed only once the target has confirmed it. */
import type { RamReport } from "./ram-loader.ts";

/**
 * How it is known what a sector holds. "crc" and "read" were seen in the flash: by CRC-32 on the target, by reading back.
 * "algorithm" is the word of the vendor's algorithm, where the flash cannot be read.
 */
export type Verification = "algorithm" | "crc" | "read";

/** What stands behind a report as a whole: every sector seen in the flash; some by the algorithm's word only; some by nothing. */
export type Proof = "flash" | "algorithm" | "none";

export interface SectorReport {
  readonly region: string;
  readonly address: number;
  readonly size: number;
  /** As the algorithm reports, and seen in the flash where `verified` is "crc" or "read". "blank": it needed no erase. */
  erase: "no" | "blank" | "erased";
  /** Bytes of pages that the algorithm reported as programmed. */
  programmed: number;
  /** Bytes of pages that are to be programmed. */
  readonly planned: number;
  /** It held the wanted content already, by CRC-32 on the target. */
  skipped: boolean;
  verified: Verification | undefined;
}

/** Where work ended that did not come to its end. */
export interface Reached {
  readonly step: FlashStep;
  readonly region: string;
  readonly sector: number;
  /** While programming: the first page that is not known to be programmed. */
  readonly page?: number;
}

export interface FlashReport {
  /** Only after a failure, once something was begun. */
  readonly reached?: Reached;
  readonly sectors: readonly SectorReport[];
  /** Only after a failure: sectors whose bytes besides the image were to be kept and may be gone. */
  readonly lost?: readonly { readonly address: number; readonly size: number }[];
  /** Of all bytes of the image, in order of address, as hexadecimal. */
  readonly imageSha256: string;
  /** Of the same bytes as they were read back, where they were. */
  readonly readSha256?: string;
  /** What stands behind it: "flash" only if every byte of the image was seen in the flash. */
  readonly proof: Proof;
  /** Everything that was asked for was done, verifying too unless it was declined. */
  readonly complete: boolean;
  /** Parts of the image that were written to RAM, on request. */
  readonly ram?: readonly RamReport[];
  /** What of the files was left out, or could not be judged. */
  readonly notes?: readonly string[];
}

export type FlashStep = "compare" | "erase" | "program" | "verify" | "read";

export interface FlashProgress {
  readonly step: FlashStep;
  readonly region: string;
  readonly address: number;
  /** Bytes of this step that are done, of so many. */
  readonly done: number;
  readonly total: number;
}

/** The weakest of all sectors counts. */
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
