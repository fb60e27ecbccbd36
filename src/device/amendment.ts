/**
 * Holds what a board or a project adds to the device's pack: memories, and algorithms that are used before
 * the pack's.
 */
import type { Algorithm, Debug, DeviceDescription, FileHome, Memory } from "./description.ts";

/** A memory of its own, or one of the pack with new properties. */
export type AddedMemory = Pick<Memory, "name" | "pname" | "start" | "size" | "alias" | "span"> &
  Partial<Omit<Memory, "id">>;

/** An SVD file, for one processor or for all. */
export interface RegisterFile {
  readonly file: string;
  readonly from: FileHome;
  readonly pname?: string;
}

export interface Amendment {
  readonly memories: readonly AddedMemory[];
  readonly algorithms: readonly Algorithm[];
  /**
   * True if these algorithms are all that is used by default; those of the pack serve only addresses that
   * none of them is for.
   */
  readonly isComplete?: boolean;
  /** They replace the pack's. */
  readonly registers?: readonly RegisterFile[];
}

export function amended(description: DeviceDescription, amendment: Amendment): DeviceDescription {
  const { memories, algorithms, isComplete = false, registers = [] } = amendment;
  const kept = isComplete
    ? description.algorithms.map((one) => ({ ...one, isDefault: false }))
    : description.algorithms;
  return {
    ...description,
    memories: memories.reduce(withMemory, description.memories),
    algorithms: [...algorithms, ...kept],
    debugs: withRegisters(description, registers),
  };
}

/** A processor that the pack does not describe gets an entry with this alone. */
function withRegisters(
  { debugs, span }: DeviceDescription,
  registers: readonly RegisterFile[],
): readonly Debug[] {
  const [general] = registers.filter(({ pname }) => pname === undefined);
  if (debugs.length === 0 && general !== undefined)
    return [{ svd: general.file, svdFrom: general.from, datapatches: [], span }];
  return debugs.map((debug) => {
    const own = registers.find(({ pname }) => pname !== undefined && pname === debug.pname) ?? general;
    return own === undefined ? debug : { ...debug, svd: own.file, svdFrom: own.from };
  });
}

function withMemory(known: readonly Memory[], added: AddedMemory): readonly Memory[] {
  const isSame = ({ name, pname }: Memory): boolean => name === added.name && pname === added.pname;
  if (known.some(isSame)) return known.map((one) => (isSame(one) ? { ...one, ...added } : one));
  const plain = { access: "r", isDefault: false, startup: false, init: false, uninit: false };
  return [...known, { ...plain, ...added }];
}
