/**
 * What erases everything, or cannot be taken back, by family of devices: the one table that sequences, memory accesses, images and
 * erases are held against before they take place. Data, and how a write is compared with it; who consents is the session's.
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
  /** JEP106 codes, as IDR, TARGETID and DPIDR hold them. */
  readonly designers: readonly number[];
  /** What devices of it are called. */
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

/** What there is to tell a family by. */
export interface Known {
  /** As the description, or a flash algorithm, calls the device. */
  readonly device?: string | undefined;
  /** JEP106 codes of who made the part, read from its debug port and access ports; Arm's own left out. */
  readonly designers: readonly number[];
}

/**
 * The rows that may hold for a part. What the hardware says decides between families; a description only adds its own. Where the
 * hardware says nothing all rows hold, but for memory that is ordinary in the family, or on the devices, that the description names.
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

/** For `check`, which has no hardware: those of the family that is named, else all that are ordinary nowhere. */
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

/** As a sentence goes on after "this": what is consented to, each effect by itself. */
export function effectOf({ does, family }: Guarded): string {
  return `${does}, on ${family} parts`;
}

/** Whether a write of these bits (`written` of them, the others stay as they are) is what the row means. */
export function isMeant({ when }: Pick<Guarded, "when">, value: number, written = 0xffff_ffff): boolean {
  if (when === undefined) return true;
  const mask = (when.mask & written) >>> 0;
  if (mask === 0) return false;
  const same = (wanted: number): boolean => ((value ^ wanted) & mask) >>> 0 === 0;
  return "is" in when ? when.is.some(same) : !when.unless.some(same);
}
