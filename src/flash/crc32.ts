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

/** Tables for four bytes at once: the second holds what a byte becomes when another one follows it, and so on. */
export const CRC_TABLES: readonly Uint32Array[] = [0, 1, 2, 3].reduce<readonly Uint32Array[]>((tables) => {
  const before = tables.at(-1);
  const next = before?.map((crc) => (crc >>> 8) ^ (CRC_TABLE[crc & 0xff] ?? 0)) ?? CRC_TABLE;
  return [...tables, next];
}, []);

/**
 * Thumb code for every Cortex-M. r0 holds a list of entries (address, length, room for the CRC), r1 their number, r2 the
 * tables, and r3 is 0, or 3 if only the first table is there. It works on words if address and length are multiples of 4 (21
 * instructions each), else on bytes (10 each). It uses no stack, and all registers but r9 and those above r12.
 *
 *         mov r10, r0; mov r11, r1; mov r12, r3; movs r7, #1; lsls r7, r7, #10
 *         movs r0, r2; adds r1, r2, r7; adds r2, r1, r7; adds r3, r2, r7
 *   next: mov r6, r11; cmp r6, #0; beq end; mov r7, r10; ldr r4, [r7]; ldr r5, [r7, #4]
 *         movs r6, r4; orrs r6, r5; adds r5, r5, r4; mov r8, r5; mov r7, r12; orrs r6, r7
 *         movs r5, #0; mvns r5, r5; cmp r4, r8; beq store; lsls r6, r6, #30; bne bytes
 *  words: ldmia r4!, {r6}; eors r5, r6; uxtb r6, r5; lsls r6, r6, #2; ldr r6, [r3, r6]
 *         lsrs r7, r5, #8; uxtb r7, r7; lsls r7, r7, #2; ldr r7, [r2, r7]; eors r6, r7
 *         lsrs r7, r5, #16; uxtb r7, r7; lsls r7, r7, #2; ldr r7, [r1, r7]; eors r6, r7
 *         lsrs r5, r5, #24; lsls r5, r5, #2; ldr r5, [r0, r5]; eors r5, r6; cmp r4, r8; bne words; b store
 *  bytes: ldrb r6, [r4]; adds r4, #1; eors r6, r5; uxtb r6, r6; lsls r6, r6, #2; ldr r6, [r0, r6]
 *         lsrs r5, r5, #8; eors r5, r6; cmp r4, r8; bne bytes
 *  store: mvns r5, r5; mov r7, r10; str r5, [r7, #8]; adds r7, #12; mov r10, r7
 *         mov r6, r11; subs r6, #1; mov r11, r6; b next
 *    end: bx lr; nop
 */
export const CRC_CODE: readonly number[] = [
  0x4682, 0x468b, 0x469c, 0x2701, 0x02bf, 0x0010, 0x19d1, 0x19ca, 0x19d3, 0x465e, 0x2e00, 0xd037, 0x4657,
  0x683c, 0x687d, 0x0026, 0x432e, 0x192d, 0x46a8, 0x4667, 0x433e, 0x2500, 0x43ed, 0x4544, 0xd021, 0x07b6,
  0xd115, 0xcc40, 0x4075, 0xb2ee, 0x00b6, 0x599e, 0x0a2f, 0xb2ff, 0x00bf, 0x59d7, 0x407e, 0x0c2f, 0xb2ff,
  0x00bf, 0x59cf, 0x407e, 0x0e2d, 0x00ad, 0x5945, 0x4075, 0x4544, 0xd1ea, 0xe009, 0x7826, 0x3401, 0x406e,
  0xb2f6, 0x00b6, 0x5986, 0x0a2d, 0x4075, 0x4544, 0xd1f5, 0x43ed, 0x4657, 0x60bd, 0x370c, 0x46ba, 0x465e,
  0x3e01, 0x46b3, 0xe7c4, 0x4770, 0x46c0,
];

/** The instructions for each byte; at a million of them a second, even a slow clock is faster. */
export const CRC_US_PER_BYTE = 11;
