/** Lists makers of chips as JEDEC's JEP106 numbers them, by the name that packs use (Dvendor). */

export interface Designer {
  /** These are the continuation codes before the code, and the code without its parity bit. */
  readonly bank: number;
  readonly code: number;
}

const DESIGNERS: ReadonlyMap<string, Designer> = new Map([
  ["STMicroelectronics", { bank: 0, code: 0x20 }],
  ["NXP", { bank: 0, code: 0x15 }],
  ["Infineon", { bank: 0, code: 0x41 }],
  ["Cypress", { bank: 0, code: 0x34 }],
  ["Microchip", { bank: 0, code: 0x1f }],
  ["Atmel", { bank: 0, code: 0x1f }],
  ["TI", { bank: 0, code: 0x17 }],
  ["Nordic Semiconductor", { bank: 2, code: 0x44 }],
  ["RPi", { bank: 9, code: 0x13 }],
]);

/** Treats `STMicroelectronics` and `STMicroelectronics:13` as the same. */
export function designerOf(vendor: string): Designer | undefined {
  return DESIGNERS.get(vendor.replace(/:.*$/, ""));
}
