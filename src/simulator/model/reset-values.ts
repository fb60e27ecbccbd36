/**
 * Turns register values after reset from an SVD file into words of a derived model. Zeros are left out,
 * because the model has them anyway.
 */
import { fullName, type PeripheralRegister, type RegisterMap } from "../../device/peripherals.ts";
import type { Assumption } from "./assume.ts";

/** On the private bus of a core, the simulated core provides the registers. */
const isPrivate = (address: number): boolean =>
  (address >= 0xe000_0000 && address < 0xe004_0000) || (address >= 0xe00f_f000 && address < 0xe010_0000);

/** Returns words for each access port in `aps`. Registers that are narrower than a word share one. */
export function resetValues(registers: RegisterMap, aps: readonly number[]): readonly Assumption[] {
  const words = new Map<number, { value: number; name: string }>();
  for (const register of registers.inOrder()) {
    for (const { address, value, name } of wordsOf(register)) {
      if (value === 0 || isPrivate(address)) continue;
      const word = words.get(address);
      // If several registers have one address, the first of the file counts first.
      if (word === undefined) words.set(address, { value, name });
      else if ((word.value & value) === 0 && register.size < 32) word.value = (word.value | value) >>> 0;
    }
  }
  return aps.flatMap((ap) =>
    [...words].map(([address, { value, name }]): Assumption => ({ ap, address, value, name })),
  );
}

function wordsOf(
  register: PeripheralRegister,
): readonly { readonly address: number; readonly value: number; readonly name: string }[] {
  const { address, size, resetValue } = register;
  const name = fullName(register);
  const base = address - (address % 4);
  if (size === 64) {
    const low = Number(resetValue & 0xffff_ffffn);
    return [
      { address: base, value: low, name },
      { address: base + 4, value: Number(resetValue >> 32n), name: `${name}.high` },
    ];
  }
  const lane = 8 * (address % 4);
  return [{ address: base, value: Number((resetValue << BigInt(lane)) & 0xffff_ffffn), name }];
}
