/** Bits of the architecture's registers that reading clears, so that they must not be read once more than asked. */

/** The bits of DHCSR: S_RETIRE_ST, S_RESET_ST (Armv7-M C1.6.2, Armv8-M D1.2.38). */
const DHCSR = { address: 0xe000_edf0, bits: 0x0300_0000 };
/** The bit of SYST_CSR: COUNTFLAG (Armv7-M B3.3.3). */
const SYST_CSR = { address: 0xe000_e010, bits: 0x0001_0000 };
/** The bit of DWT_FUNCTIONn: MATCHED (Armv7-M C1.8.17). */
const DWT_FUNCTION = { first: 0xe000_1028, last: 0xe000_1128, step: 0x10, bits: 0x0100_0000 };

/** Returns the bits of the word that contains `address`. */
export function clearedByReading(address: number): number {
  const word = (address & ~3) >>> 0;
  if (word === DHCSR.address) return DHCSR.bits;
  if (word === SYST_CSR.address) return SYST_CSR.bits;
  const { first, last, step, bits } = DWT_FUNCTION;
  return word >= first && word <= last && (word - first) % step === 0 ? bits : 0;
}
