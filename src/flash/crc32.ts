/** CRC-32 (IEEE 802.3, reflected, 0xEDB88320): on the host, and as code for the target. */

const POLYNOMIAL = 0xedb8_8320;

export const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc >>> 0;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

/**
 * Thumb code for every Cortex-M: r0 address, r1 length, r2 table; yields the CRC in r0. Uses r3 and r4, no stack.
 *
 *     MOVS r3, #0; MVNS r3, r3; CMP r1, #0; BEQ end
 *     loop: LDRB r4, [r0]; ADDS r0, #1; EORS r4, r3; UXTB r4, r4; LSLS r4, r4, #2; LDR r4, [r2, r4]
 *           LSRS r3, r3, #8; EORS r3, r4; SUBS r1, #1; BNE loop
 *     end: MVNS r0, r3; BX lr
 */
export const CRC_CODE: readonly number[] = [
  0x2300, 0x43db, 0x2900, 0xd009, 0x7804, 0x3001, 0x405c, 0xb2e4, 0x00a4, 0x5914, 0x0a1b, 0x4063, 0x3901,
  0xd1f5, 0x43d8, 0x4770,
];

/** Instructions for each byte; at a million of them a second even a slow clock is not that slow. */
export const CRC_US_PER_BYTE = 11;
