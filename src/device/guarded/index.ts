/**
 * Lists by family of devices what erases everything, or cannot be taken back. Sequences, memory accesses,
 * images and erases are compared with this one table before they take place. It is data, with the comparison
 * of a write; the session asks for consent.
 */
import { EFM32 } from "./efm32.ts";
import { KINETIS } from "./kinetis.ts";
import { LPC } from "./lpc.ts";
import { NRF } from "./nrf.ts";
import { PSOC6 } from "./psoc6.ts";
import type { FamilyName, Guarded, Row } from "./row.ts";
import { RP2350 } from "./rp2350.ts";
import { SAM } from "./sam.ts";
import { STM32 } from "./stm32.ts";

export { mayBeView, viewsOf, type WrittenWord } from "./views.ts";
export type { Condition, FamilyName, Grant, Guarded, GuardedPlace } from "./row.ts";

interface Family {
  /** These are JEP106 codes, as IDR, TARGETID and DPIDR hold them. */
  readonly designers: readonly number[];
  /** Devices of the family have such names. */
  readonly devices: RegExp;
}

export const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  nRF: { designers: [0x144], devices: /^nrf(?:5|9)/i },
  Kinetis: { designers: [0x00e], devices: /^(?:MK|S32K1|K32L|KEA)/i },
  LPC: { designers: [0x015], devices: /^LPC/i },
  STM32: { designers: [0x020], devices: /^STM32/i },
  SAM: { designers: [0x01f, 0x029], devices: /^(?:(?:AT)?SAM|PIC32C[MXZ])/i },
  EFM32: { designers: [0x373], devices: /^(?:EFM32|EFR32|EZR32|[BM]GM\d)/i },
  "PSoC 6": { designers: [0x034], devices: /^(?:CY8C6|CYB06|CYBLE-41)/i },
  RP2350: { designers: [0x493], devices: /^RP2350/i },
};

const of = (family: FamilyName, rows: readonly Row[]): readonly Guarded[] => {
  return rows.map((row) => ({ family, ...row }));
};

export const GUARDED: readonly Guarded[] = [
  ...of("nRF", NRF),
  ...of("Kinetis", KINETIS),
  ...of("LPC", LPC),
  ...of("STM32", STM32),
  ...of("SAM", SAM),
  ...of("EFM32", EFM32),
  ...of("PSoC 6", PSOC6),
  ...of("RP2350", RP2350),
];

/** The facts that tell a family. */
export interface Known {
  /** The name of the device, by its description or by a flash algorithm. */
  readonly device?: string | undefined;
  /** The JEP106 codes of the part's makers, read from its debug port and access ports, without Arm's own. */
  readonly designers: readonly number[];
}

/**
 * Returns the rows that may hold for a part. The hardware decides between families; a description only adds
 * its own. If the hardware says nothing all rows hold, except for memory that is ordinary in the family, or
 * on the devices, that the description names.
 */
export function rowsFor({ device, designers }: Known): readonly Guarded[] {
  const named = device === undefined ? undefined : familyNamed(device);
  return GUARDED.filter(({ family, devices, inMemory, byName }) => {
    const isSaid = designers.some((code) => FAMILIES[family].designers.includes(code));
    const isNamed = family === named;
    const fits = devices === undefined || devices.test(device ?? "");
    if (inMemory !== true) return isSaid || isNamed || designers.length === 0;
    if (isSaid) return byName !== true || !isNamed || fits;
    return isNamed ? fits : designers.length === 0 && device === undefined;
  });
}

/**
 * Returns rows for `check`, which has no hardware: those of the named family, or else all that are ordinary
 * nowhere.
 */
export function rowsNamed(device: string | undefined): readonly Guarded[] {
  const named = device === undefined ? undefined : familyNamed(device);
  return GUARDED.filter(({ family, devices, inMemory }) =>
    named === undefined
      ? inMemory !== true
      : family === named && (devices === undefined || devices.test(device ?? "")),
  );
}

export function familyNamed(device: string): FamilyName | undefined {
  return (Object.keys(FAMILIES) as FamilyName[]).find((name) => FAMILIES[name].devices.test(device));
}

/** Continues a sentence after "this" with what is consented to, each effect by itself. */
export function effectOf({ does, family }: Guarded): string {
  return `${does}, on ${family} parts`;
}

/**
 * Returns true if a write of these bits (`written` of them; the others stay as they are) is what the row
 * means.
 */
export function isMeant({ when }: Pick<Guarded, "when">, value: number, written = 0xffff_ffff): boolean {
  if (when === undefined) return true;
  const mask = (when.mask & written) >>> 0;
  if (mask === 0) return false;
  const same = (wanted: number): boolean => ((value ^ wanted) & mask) >>> 0 === 0;
  return "is" in when ? when.is.some(same) : !when.unless.some(same);
}
