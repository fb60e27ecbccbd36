/** Reads content that will be programmed again twice: one wrong answer would end up in the flash for good. */
import { hex32 } from "../../lib/hex.ts";
import { crc32 } from "../crc32.ts";
import type { FlashDriver } from "../driver.ts";
import { FlashFailure } from "../faults.ts";
import type { Sector } from "../region.ts";

/** Returns the bytes once the target's CRC or a second reading confirms them. Throws `differs`. */
export async function readTwice(flash: FlashDriver, { address, size }: Sector): Promise<Uint8Array> {
  const bytes = await flash.read(address, size);
  const crcs = await flash.crcs([{ address, size }]);
  if (crcs?.[0] === crc32(bytes)) return bytes;
  const again = await flash.read(address, size);
  if (crcs?.[0] === crc32(again)) return again;
  const at = again.findIndex((byte, index) => byte !== bytes[index]);
  if (at < 0) return bytes;
  const [expected = 0, found = 0] = [bytes[at], again[at]];
  throw new FlashFailure(
    { kind: "differs", address: address + at, expected, found },
    `${hex32(address + at)} does not read the same twice, so that what is there cannot be kept`,
  );
}
