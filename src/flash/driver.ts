/** What whoever erases and programs needs of one region of flash: a port, behind which an algorithm or debug sequences stand. */

import type { FlashRegion, Sector } from "./region.ts";
import type { Grant, Guarded } from "../device/guarded/index.ts";

/** No flash needs longer for one call, whatever its algorithm or pack says. */
export const LONGEST_CALL_US = 15 * 60 * 1_000_000;

export type Phase = "erase" | "program" | "verify";

export interface Page {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Who knows what was consented to, and what part this is. */
export interface FlashConsent {
  /** The rows that may hold for this part; the first time that something is found among them the hardware is asked. */
  rows(algorithm: string, found: (rows: readonly Guarded[]) => boolean): Promise<readonly Guarded[]>;
  /** Granted before, or by a person who is asked now. */
  allows(grant: Grant, does: string): Promise<boolean>;
}

export interface FlashDriver extends FlashRegion {
  /** What does the work, for messages: a file, or the device's sequences. */
  readonly by: string;
  /** Who consents to what erases everything or locks; nobody asks if omitted. */
  readonly consent?: FlashConsent | undefined;
  /** False if the whole can only be erased sector by sector. */
  readonly erasesAll: boolean;
  /**
   * Prepares for one kind of work on a range, the whole region by default; what was begun before is ended. The others do it
   * by themselves.
   */
  begin(phase: Phase, range?: Sector): Promise<void>;
  eraseSector(address: number): Promise<void>;
  /** Everything that it knows as its flash. */
  eraseAll(): Promise<void>;
  /** `done` is called for each page that is reported as programmed. */
  program(pages: Iterable<Page>, done?: (page: Page) => void): Promise<void>;
  /** Its own comparison; undefined if it has none. Yields the first difference. */
  verify(pages: Iterable<Page>): Promise<{ readonly differs: number | undefined } | undefined>;
  /** Its own blank check; undefined if it has none. */
  isBlank(sector: Sector): Promise<boolean | undefined>;
  /** CRC-32 of ranges of memory, worked out by the target; undefined if it cannot, or contradicts itself. */
  crcs(ranges: readonly Sector[]): Promise<readonly number[] | undefined>;
  read(address: number, size: number): Promise<Uint8Array>;
  /** Ends the kind of work under way. */
  end(): Promise<void>;
  /** Ends everything and takes its settings back; the core stays halted. */
  close(): Promise<void>;
}
