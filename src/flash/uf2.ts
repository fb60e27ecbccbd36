/** UF2 (Microsoft, "USB Flashing Format"): blocks of 512 bytes, each with its own address. Comments and other files in it are left out. */
import { hex32 } from "../lib/hex.ts";
import { FormatError, type Chunk } from "./chunk.ts";

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

export function isUf2(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 8 &&
    viewOf(bytes).getUint32(0, true) === MAGIC_0 &&
    viewOf(bytes).getUint32(4, true) === MAGIC_1
  );
}

/** Throws FormatError with the number of the block. */
export function readUf2(bytes: Uint8Array): readonly Chunk[] {
  if (bytes.length % BLOCK !== 0)
    throw new FormatError(`its ${bytes.length} bytes are no whole number of blocks: it is cut off`);
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  const seen = new Set<number>();
  const families = new Set<number>();
  let announced = 0;
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const number = at / BLOCK;
    const magic = [view.getUint32(at, true), view.getUint32(at + 4, true), view.getUint32(at + 508, true)];
    if (magic[0] !== MAGIC_0 || magic[1] !== MAGIC_1 || magic[2] !== MAGIC_END)
      throw new FormatError(`block ${number} is no UF2 block`);
    const flags = view.getUint32(at + 8, true);
    if ((flags & (NOT_MAIN_FLASH | FILE_CONTAINER)) !== 0) continue;
    const address = view.getUint32(at + 12, true);
    const family = (flags & HAS_FAMILY) === 0 ? 0 : view.getUint32(at + 28, true);
    if (family === ABSOLUTE_FAMILY && address === BOOT_ROM_ADDRESS) continue;
    families.add(family);
    const size = view.getUint32(at + 16, true);
    if (size > MOST_DATA) throw new FormatError(`block ${number} says that it holds ${size} bytes`);
    announced = Math.max(announced, view.getUint32(at + 24, true));
    seen.add(view.getUint32(at + 20, true));
    chunks.push({ address, bytes: bytes.subarray(at + 32, at + 32 + size) });
  }
  if (families.size > 1)
    throw new FormatError(
      `its blocks are for several families of devices (${[...families].map((one) => hex32(one)).join(", ")}); split it`,
    );
  if (seen.size < announced) throw new FormatError(`it has ${seen.size} of ${announced} blocks`);
  return chunks;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
