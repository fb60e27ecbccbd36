/**
 * UF2 (Microsoft, "USB Flashing Format"): blocks of 512 bytes, each with its own address. Comments and other
 * files in it are skipped.
 */
import { FamilyError, FormatError, type Chunk, type Content } from "./chunk.ts";
import { familyName, isOfFamily, type Uf2Device } from "./uf2-families.ts";

const BLOCK = 512;
const MAGIC_0 = 0x0a32_4655;
const MAGIC_1 = 0x9e5d_5157;
const MAGIC_END = 0x0ab1_6f30;
const NOT_MAIN_FLASH = 1 << 0;
const FILE_CONTAINER = 1 << 12;
const HAS_FAMILY = 1 << 13;
const MOST_DATA = 476;
/** Files for the RP2350 begin with a block for its boot ROM alone, at the end of the flash's addresses (RP2350-E10). */
const ABSOLUTE_FAMILY = 0xe48b_ff57;
const BOOT_ROM_ADDRESS = 0x10ff_ff00;

export interface Uf2Choice {
  /** Takes only blocks of this family, whatever the device is. */
  readonly family?: number | undefined;
  /** The device; undefined if it is not known. */
  readonly device?: Uf2Device | undefined;
}

export function isUf2(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 8 &&
    viewOf(bytes).getUint32(0, true) === MAGIC_0 &&
    viewOf(bytes).getUint32(4, true) === MAGIC_1
  );
}

/**
 * Reads the blocks. Throws FormatError with the number of the block, and FamilyError for blocks that are not for
 * this device.
 */
export function readUf2(bytes: Uint8Array, choice: Uf2Choice = {}): Content {
  const blocks = blocksOf(bytes);
  const families = [...new Set(blocks.map(({ family }) => family))];
  const { family, notes } = chosenOf(families, choice);
  const own = blocks.filter((block) => block.family === family);
  const announced = own.reduce((most, { of }) => Math.max(most, of), 0);
  const there = new Set(own.map(({ number }) => number)).size;
  if (there < announced) throw new FormatError(`it has ${there} of ${announced} blocks`);
  return { chunks: own, notes };
}

interface Block extends Chunk {
  readonly family: number;
  /** Its own number among those of its family, and how many there are. */
  readonly number: number;
  readonly of: number;
}

function blocksOf(bytes: Uint8Array): readonly Block[] {
  if (bytes.length % BLOCK !== 0)
    throw new FormatError(`its ${bytes.length} bytes are not a whole number of blocks: it is cut off`);
  const view = viewOf(bytes);
  const blocks: Block[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const place = at / BLOCK;
    const magic = [view.getUint32(at, true), view.getUint32(at + 4, true), view.getUint32(at + 508, true)];
    if (magic[0] !== MAGIC_0 || magic[1] !== MAGIC_1 || magic[2] !== MAGIC_END)
      throw new FormatError(`block ${place} is not a UF2 block`);
    const flags = view.getUint32(at + 8, true);
    if ((flags & (NOT_MAIN_FLASH | FILE_CONTAINER)) !== 0) continue;
    const address = view.getUint32(at + 12, true);
    const family = (flags & HAS_FAMILY) === 0 ? 0 : view.getUint32(at + 28, true);
    if (family === ABSOLUTE_FAMILY && address === BOOT_ROM_ADDRESS) continue;
    const size = view.getUint32(at + 16, true);
    if (size > MOST_DATA) throw new FormatError(`block ${place} says that it holds ${size} bytes`);
    blocks.push({
      address,
      bytes: bytes.subarray(at + 32, at + 32 + size),
      where: ` (block ${place})`,
      family,
      number: view.getUint32(at + 20, true),
      of: view.getUint32(at + 24, true),
    });
  }
  return blocks;
}

/** Chooses the family of the device. Throws FamilyError if no family, or more than one, fits. */
function chosenOf(
  families: readonly number[],
  { family, device }: Uf2Choice,
): { readonly family: number; readonly notes: readonly string[] } {
  const listed = families.map(familyName).join(", ");
  const [first = 0, ...others] = families;
  if (family !== undefined) {
    if (!families.includes(family))
      throw new FamilyError(`it has no blocks for ${familyName(family)}, but for ${listed}`, families);
    const wrong = device !== undefined && isOfFamily(device, family) === false;
    return {
      family,
      notes: wrong ? [`${familyName(family)} was chosen, and the device is ${described(device)}`] : [],
    };
  }
  if (others.length === 0) return { family: first, notes: judged(first, device) };
  const fitting = device === undefined ? [] : families.filter((one) => isOfFamily(device, one) === true);
  const [only, ...more] = fitting;
  if (only === undefined || more.length > 0)
    throw new FamilyError(`its blocks are for several families of devices: ${listed}`, families);
  const rest = families.filter((one) => one !== only).map(familyName);
  return { family: only, notes: [`its blocks for ${rest.join(", ")} are left out`] };
}

function judged(family: number, device: Uf2Device | undefined): readonly string[] {
  if (family === 0 || device === undefined) return [];
  const fits = isOfFamily(device, family);
  if (fits === true) return [];
  if (fits === undefined)
    return [`its blocks are for ${familyName(family)}; whether ${described(device)} is one is not known`];
  throw new FamilyError(`its blocks are for ${familyName(family)}, and the device is ${described(device)}`, [
    family,
  ]);
}

function described({ name, cores }: Uf2Device): string {
  return cores.length === 0 ? name : `${name} (${[...new Set(cores)].join(", ")})`;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
