/** What erasing and programming need of one region of flash: an interface that algorithms and debug sequences implement. */

import type { FlashRegion, Sector } from "./region.ts";
import type { Grant, Guarded } from "../device/guarded/index.ts";

/** The longest call; no flash needs more, whatever its algorithm or pack says. */
export const LONGEST_CALL_US = 15 * 60 * 1_000_000;

export type Phase = "erase" | "program" | "verify";

export interface Page {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Knows what was consented to, and what part this is. */
export interface FlashConsent {
  /** The rows that may hold for this part. The hardware is asked the first time that something is found among them. */
  rows(algorithm: string, found: (rows: readonly Guarded[]) => boolean): Promise<readonly Guarded[]>;
  /** True if consent was given before, or by a person who is asked now. */
  allows(grant: Grant, does: string): Promise<boolean>;
}

export interface FlashDriver extends FlashRegion {
  /** What does the work, for messages: a file, or the device's sequences. */
  readonly by: string;
  /** Gives consent to erasing everything or locking; without it, no consent is asked for. */
  readonly consent?: FlashConsent | undefined;
  /** False if the whole can only be erased sector by sector. */
  readonly erasesAll: boolean;
  /**
   * Prepares for one kind of work on a range, by default the whole region, after ending earlier work. The other
   * calls do it by themselves.
   */
  begin(phase: Phase, range?: Sector): Promise<void>;
  eraseSector(address: number): Promise<void>;
  /** Erases everything that it knows as its flash. */
  eraseAll(): Promise<void>;
  /** Programs pages. `done` is called for each page that is reported as programmed. */
  program(pages: Iterable<Page>, done?: (page: Page) => void): Promise<void>;
  /** Compares by its own function; undefined if it has none. Yields the first difference. */
  verify(pages: Iterable<Page>): Promise<{ readonly differs: number | undefined } | undefined>;
  /** Checks by its own function whether a sector is blank; undefined if it has none. */
  isBlank(sector: Sector): Promise<boolean | undefined>;
  /** Lets the target work out CRC-32 of ranges of memory; undefined if it cannot, or contradicts itself. */
  crcs(ranges: readonly Sector[]): Promise<readonly number[] | undefined>;
  read(address: number, size: number): Promise<Uint8Array>;
  /** Ends the kind of work under way. */
  end(): Promise<void>;
  /** Ends everything and undoes its settings; the core stays halted. */
  close(): Promise<void>;
}
