/** Declares a row of the table of what needs consent, and the conditions that rows are made of. */

/**
 * The user consents to one of these. `lock` can be undone, mostly by erasing everything; `lock=forever`
 * cannot.
 */
export type Grant = "erase" | "lock" | "lock=forever";

export type FamilyName = "nRF" | "Kinetis" | "LPC" | "STM32" | "SAM" | "EFM32" | "PSoC 6" | "RP2350";

/** A write is meant if all bits of the mask that it writes can make one of these values, or none of those. */
export type Condition =
  | { readonly mask: number; readonly is: readonly number[] }
  | { readonly mask: number; readonly unless: readonly number[] };

/** The place is a register of an access port that is not a MEM-AP, or a range of memory. */
export type GuardedPlace =
  { readonly apRegister: number } | { readonly address: number; readonly size?: number };

export interface Guarded {
  readonly family: FamilyName;
  readonly grant: Grant;
  /** The text continues a sentence after "this". */
  readonly does: string;
  readonly at: GuardedPlace;
  /** Any write counts if it is omitted. */
  readonly when?: Condition;
  /**
   * The devices of the family that have it there: for memory that is ordinary elsewhere, and for `check`.
   * Names alone exclude no register.
   */
  readonly devices?: RegExp;
  /**
   * True if other families have ordinary memory there: then a description of another family is believed if
   * the hardware says nothing.
   */
  readonly inMemory?: true;
  /**
   * True if other devices of the same family also have ordinary memory there, so that the name tells them
   * apart even if the hardware tells the family.
   */
  readonly byName?: true;
  /** It is set if leaving it erased locks too. */
  readonly erased?: "locks";
  readonly source: string;
}

export type Row = Omit<Guarded, "family">;

export const BIT_0 = { mask: 1, is: [1] } as const;
export const byte = (...values: readonly number[]): Condition => ({ mask: 0xff, is: values });
export const byteUnless = (...values: readonly number[]): Condition => ({ mask: 0xff, unless: values });
export const bits = (mask: number): Condition => ({ mask, is: [mask] });
export const UNLESS_ERASED: Condition = { mask: 0xffff_ffff, unless: [0xffff_ffff] };

/** Repeats the same row at several places. */
export function atEach(addresses: readonly number[], row: Omit<Row, "at">): readonly Row[] {
  return addresses.map((address) => ({ ...row, at: { address } }));
}
