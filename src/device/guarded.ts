/**
 * What erases everything, or cannot be taken back, by family of devices: the one table that sequences, memory accesses, images and
 * erases are held against before they take place. Data, and how a write is compared with it; who consents is the session's.
 */

/** What somebody consents to. `lock` can be undone, mostly by erasing everything; `lock=forever` cannot. */
export type Grant = "erase" | "lock" | "lock=forever";

export type FamilyName = "nRF" | "Kinetis" | "LPC" | "STM32" | "SAM" | "EFM32" | "PSoC 6" | "RP2350";

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
  SAM: { designers: [0x01f, 0x029], devices: /^(?:AT)?SAM/i },
  EFM32: { designers: [0x373], devices: /^(?:EFM32|EFR32|EZR32|[BM]GM\d)/i },
  "PSoC 6": { designers: [0x034], devices: /^(?:CY8C6|CYB06|CYBLE-41)/i },
  RP2350: { designers: [0x493], devices: /^RP2350/i },
};

/** A write is meant if all bits of the mask that it writes can make one of these values, or none of those. */
export type Condition =
  | { readonly mask: number; readonly is: readonly number[] }
  | { readonly mask: number; readonly unless: readonly number[] };

/** A register of an access port that is no MEM-AP, or a range of memory. */
export type GuardedPlace =
  { readonly apRegister: number } | { readonly address: number; readonly size?: number };

export interface Guarded {
  readonly family: FamilyName;
  readonly grant: Grant;
  /** As a sentence goes on after "this". */
  readonly does: string;
  readonly at: GuardedPlace;
  /** Any write where it is left away. */
  readonly when?: Condition;
  /** Devices of the family that have it there: for memory elsewhere ordinary, and for `check`. Names alone take no register away. */
  readonly devices?: RegExp;
  /** Elsewhere there is ordinary memory: a description of another family is believed where the hardware says nothing. */
  readonly inMemory?: true;
  /** What is left erased locks too. */
  readonly erased?: "locks";
  readonly source: string;
}

const BIT_0 = { mask: 1, is: [1] } as const;
const byte = (...values: readonly number[]): Condition => ({ mask: 0xff, is: values });
const byteUnless = (...values: readonly number[]): Condition => ({ mask: 0xff, unless: values });
const bits = (mask: number): Condition => ({ mask, is: [mask] });
const UNLESS_ERASED: Condition = { mask: 0xffff_ffff, unless: [0xffff_ffff] };
/** RDP as a byte: 0xAA is level 0, 0xCC is level 2. */
const RDP = { level0: 0xaa, level2: 0xcc } as const;

type Row = Omit<Guarded, "family">;

const NRF: readonly Row[] = [
  {
    grant: "erase",
    does: "erases all flash, RAM and UICR (CTRL-AP ERASEALL)",
    at: { apRegister: 0x04 },
    when: BIT_0,
    source: "nRF52840 product specification v1.7, 4.8.2; nRF5340 v1.3, 8.4; nRF9160 v2.1, CTRL-AP",
  },
  ...[0x4001_e000, 0x4003_9000, 0x5003_9000, 0x4108_0000].flatMap((nvmc): readonly Row[] => [
    {
      grant: "erase",
      does: "erases all flash and UICR (NVMC ERASEALL)",
      at: { address: nvmc + 0x50c },
      when: BIT_0,
      source: "nRF52840 product specification v1.7, 4.3.9; nRF5340 v1.3, NVMC",
    },
    {
      grant: "erase",
      does: "erases UICR (NVMC ERASEUICR)",
      at: { address: nvmc + 0x514 },
      when: BIT_0,
      source: "nRF52840 product specification v1.7, 4.3.9",
    },
  ]),
  {
    grant: "lock",
    does: "protects the device against debuggers (UICR RBPCONF)",
    at: { address: 0x1000_1004 },
    when: { mask: 0xffff, unless: [0xffff] },
    inMemory: true,
    source: "nRF51 reference manual v3.0, UICR",
  },
  {
    grant: "lock",
    does: "protects the device against debuggers (UICR APPROTECT)",
    at: { address: 0x1000_1208 },
    when: byteUnless(0xff),
    inMemory: true,
    source: "nRF52840 product specification v1.7, 4.5.1.35; access port protection, revision 3 and later",
  },
  ...[0x00ff_8000, 0x01ff_8000].map((uicr): Row => ({
    grant: "lock",
    does: "protects the device against debuggers (UICR APPROTECT)",
    at: { address: uicr },
    when: { mask: 0xffff_ffff, unless: [0xffff_ffff, 0x50fa_50fa] },
    devices: /^nrf(?:53|91)/i,
    source: "nRF5340 product specification v1.3, UICR; nRF9160 v2.1, UICR",
  })),
  ...[0x00ff_801c, 0x00ff_802c].map((address): Row => ({
    grant: "lock",
    does: "protects secure memory against debuggers (UICR SECUREAPPROTECT)",
    at: { address },
    when: { mask: 0xffff_ffff, unless: [0xffff_ffff, 0x50fa_50fa] },
    devices: /^nrf(?:53|91)/i,
    source: "nRF5340 product specification v1.3, UICR; nRF9160 v2.1, UICR",
  })),
  ...[0x00ff_8020, 0x00ff_8030, 0x01ff_8004].map((address): Row => ({
    grant: "lock",
    does: "keeps the CTRL-AP from erasing the device (UICR ERASEPROTECT)",
    at: { address },
    when: UNLESS_ERASED,
    devices: /^nrf(?:53|91)/i,
    source: "nRF5340 product specification v1.3, UICR; nRF9160 v2.1, UICR",
  })),
  {
    grant: "lock=forever",
    does: "writes one-time programmable memory (UICR OTP)",
    at: { address: 0x00ff_8100, size: 0x2fc },
    when: UNLESS_ERASED,
    devices: /^nrf(?:53|91)/i,
    source: "nRF5340 product specification v1.3, UICR; nRF9160 v2.1, UICR",
  },
];

const KINETIS: readonly Row[] = [
  {
    grant: "erase",
    does: "erases all flash (MDM-AP Control, Flash Mass Erase)",
    at: { apRegister: 0x04 },
    when: BIT_0,
    source: "K64 reference manual, table 9-4",
  },
  {
    grant: "erase",
    does: "orders the flash controller to erase all blocks (FTFx ERSALL, ERSALLU)",
    at: { address: 0x4002_0004 },
    when: { mask: 0xff00_0000, is: [0x4400_0000, 0x4900_0000, 0x4a00_0000] },
    source: "K64 reference manual, 29.4.10; KL27 and S32K1 likewise",
  },
  {
    grant: "erase",
    does: "orders the flash controller to erase a whole block (FTFx ERSBLK)",
    at: { address: 0x4002_0004 },
    when: { mask: 0xff00_0000, is: [0x0800_0000] },
    source: "K64 reference manual, 29.4.10.7",
  },
  {
    grant: "lock",
    does: "orders the flash controller to erase or program the sector of the flash configuration field (FTFx, FSEC)",
    at: { address: 0x4002_0004 },
    when: { mask: 0xffff_f000, is: [0x0900_0000, 0x0600_0000, 0x0700_0000, 0x0b00_0000] },
    source: "K64 reference manual, 29.4.10; 30.4.3 and 29.33.2, FTFE_FSEC",
  },
  {
    grant: "lock=forever",
    does: "secures the device and disables its mass erase (FSEC)",
    at: { address: 0x0000_040c },
    when: { mask: 0x33, is: [0x20, 0x21, 0x23] },
    inMemory: true,
    source: "K64 reference manual, 30.4.3 and 29.33.2, FTFE_FSEC",
  },
  {
    grant: "lock",
    does: "secures the device at its next reset (FSEC)",
    at: { address: 0x0000_040c },
    when: { mask: 0x3, unless: [0x2] },
    inMemory: true,
    erased: "locks",
    source: "K64 reference manual, 30.4.3 and 29.33.2, FTFE_FSEC",
  },
];

const LPC: readonly Row[] = [
  {
    grant: "erase",
    does: "erases flash (DM-AP, Erase Flash)",
    at: { apRegister: 0x04 },
    when: { mask: 0xffff, is: [0x03, 0x0b] },
    source: "LPC55S6x user manual UM11126, debug mailbox commands",
  },
  {
    grant: "lock=forever",
    does: "opens the device for fault analysis, which nothing takes back (DM-AP, Set FA Mode)",
    at: { apRegister: 0x04 },
    when: { mask: 0xffff, is: [0x06] },
    source: "LPC55S6x user manual UM11126, debug mailbox commands",
  },
  {
    grant: "lock",
    does: "protects code against reading (CRP, NO_ISP)",
    at: { address: 0x0000_02fc },
    when: { mask: 0xffff_ffff, is: [0x1234_5678, 0x8765_4321, 0x4e69_7370] },
    source: "LPC17xx user manual UM10360, 32.6; LPC8xx UM10800, CRP",
  },
  {
    grant: "lock=forever",
    does: "closes the device for good (CRP3)",
    at: { address: 0x0000_02fc },
    when: { mask: 0xffff_ffff, is: [0x4321_8765] },
    source: "LPC17xx user manual UM10360, 32.6; LPC8xx UM10800, CRP",
  },
  {
    grant: "lock=forever",
    does: "writes a page whose counters only count up (CFPA)",
    at: { address: 0x0009_de00, size: 0x600 },
    devices: /^LPC55S?[26]/i,
    inMemory: true,
    source: "LPC55S6x user manual UM11126, protected flash region",
  },
  {
    grant: "lock",
    does: "writes the customer's configuration of boot and debug (CMPA)",
    at: { address: 0x0009_e400, size: 0x200 },
    devices: /^LPC55S?[26]/i,
    inMemory: true,
    source: "LPC55S6x user manual UM11126, protected flash region",
  },
  {
    grant: "lock=forever",
    does: "writes the protected flash region (CFPA, CMPA)",
    at: { address: 0x0003_dc00, size: 0x2400 },
    devices: /^LPC55S?[013]/i,
    inMemory: true,
    source: "LPC55S1x user manual UM11295 and LPC55S3x UM11553, protected flash region",
  },
];

type About = Pick<Row, "devices" | "source" | "inMemory">;

function optionRegister(address: number, shift: 0 | 8, about: About): readonly Row[] {
  const mask = (0xff << shift) >>> 0;
  return [
    {
      grant: "lock=forever",
      does: "sets readout protection level 2, which nothing takes back (RDP)",
      at: { address },
      when: { mask, is: [RDP.level2 << shift] },
      ...about,
    },
    {
      grant: "lock",
      does: "sets readout protection level 1 (RDP)",
      at: { address },
      when: { mask, unless: [RDP.level0 << shift, RDP.level2 << shift] },
      ...about,
    },
  ];
}

function massErase(address: number, when: Condition, about: About): Row {
  return {
    grant: "erase",
    does: "erases a bank or all of flash (FLASH_CR)",
    at: { address },
    when,
    ...about,
  };
}

const F4: About = {
  devices: /^STM32F[247]/i,
  source: "STM32F4 reference manual RM0090, 3.9; F2 RM0033, F7 RM0410",
};
const F1: About = {
  devices: /^STM32F[013]/i,
  source: "STM32F1 RM0008 and PM0075; F0 RM0091, F3 RM0316, 3.5",
};
const L4: About = {
  devices: /^STM32(?:L4|G|WB|WL|C0)/i,
  source: "STM32L4 reference manual RM0351, 3.7; G0 RM0444, G4 RM0440, WB RM0434",
};
const L5: About = {
  devices: /^STM32(?:L5|U5)/i,
  source: "STM32L5 reference manual RM0438, 6.9; U5 RM0456, 7.9",
};
const H7: About = { devices: /^STM32H7/i, source: "STM32H743 reference manual RM0433, 4.9" };

const STM32: readonly Row[] = [
  massErase(0x4002_3c10, bits(0x1_0004), F4),
  massErase(0x4002_3c10, bits(0x1_8000), F4),
  massErase(0x4002_2010, bits(0x44), F1),
  massErase(0x4002_2014, bits(0x1_0004), L4),
  massErase(0x4002_2014, bits(0x1_8000), L4),
  ...[0x4002_2028, 0x4002_202c, 0x5002_2028, 0x5002_202c].flatMap((address) => [
    massErase(address, bits(0x1_0004), L5),
    massErase(address, bits(0x1_8000), L5),
  ]),
  massErase(0x5200_200c, bits(0x88), H7),
  massErase(0x5200_210c, bits(0x88), H7),
  massErase(0x5200_2018, bits(0x10), H7),
  massErase(0x5200_2118, bits(0x10), H7),
  ...optionRegister(0x4002_3c14, 8, F4),
  {
    grant: "erase",
    does: "programs the option bytes with readout protection level 0, which erases all flash if it was level 1 (OPTSTRT)",
    at: { address: 0x4002_3c14 },
    when: { mask: 0xff02, is: [0xaa02] },
    ...F4,
  },
  {
    grant: "lock",
    does: "erases the option bytes, and with them sets readout protection (OPTER)",
    at: { address: 0x4002_2010 },
    when: bits(0x60),
    ...F1,
  },
  ...optionRegister(0x4002_2020, 0, L4),
  ...[0x4002_2040, 0x5002_2040].flatMap((address): readonly Row[] => [
    {
      grant: "lock=forever",
      does: "sets readout protection level 2, which nothing takes back (RDP)",
      at: { address },
      when: byte(RDP.level2),
      ...L5,
    },
    {
      grant: "lock",
      does: "sets readout protection level 0.5 or 1 (RDP)",
      at: { address },
      when: byteUnless(RDP.level0, RDP.level2),
      ...L5,
    },
  ]),
  ...optionRegister(0x5200_2020, 8, H7),
  ...optionRegister(0x5200_2120, 8, H7),
  // As images have them.
  ...optionRegister(0x1fff_c000, 8, { ...F4, inMemory: true }),
  {
    grant: "lock=forever",
    does: "sets readout protection level 2, which nothing takes back (RDP)",
    at: { address: 0x1fff_f800 },
    when: byte(RDP.level2),
    inMemory: true,
    ...F1,
  },
  {
    grant: "lock",
    does: "sets readout protection (RDP)",
    at: { address: 0x1fff_f800 },
    when: byteUnless(0xa5, RDP.level0, RDP.level2),
    inMemory: true,
    erased: "locks",
    ...F1,
  },
  ...optionRegister(0x1fff_7800, 0, { ...L4, inMemory: true }),
  {
    grant: "lock=forever",
    does: "writes one-time programmable memory (OTP)",
    at: { address: 0x1fff_7800, size: 0x210 },
    when: UNLESS_ERASED,
    inMemory: true,
    ...F4,
  },
  {
    grant: "lock=forever",
    does: "writes one-time programmable memory (OTP)",
    at: { address: 0x1fff_7000, size: 0x400 },
    when: UNLESS_ERASED,
    inMemory: true,
    ...L4,
  },
];

const SAM: readonly Row[] = [
  // The external and internal views, and their mirrors.
  ...Array.from({ length: 16 }, (_, at) => 0x4100_2000 + 0x100 * at).map((address): Row => ({
    grant: "erase",
    does: "erases the chip (DSU CTRL.CE)",
    at: { address },
    when: { mask: 0x10, is: [0x10] },
    source: "SAM D21 data sheet DS40001882, 13.13.1; SAM E5x DS60001507, 12.13.1",
  })),
  {
    grant: "lock",
    does: "sets the security bit (NVMCTRL SSB)",
    at: { address: 0x4100_4000 },
    when: { mask: 0xff7f, is: [0xa545] },
    devices: /^(?:AT)?SAM(?:C|D[012]|DA|L[12]|R[23])/i,
    source: "SAM D21 data sheet DS40001882, 22.8.1",
  },
  {
    grant: "lock",
    does: "sets the security bit (NVMCTRL SSB)",
    at: { address: 0x4100_4004 },
    when: { mask: 0xff7f, is: [0xa516] },
    devices: /^(?:AT)?SAM[DE]5/i,
    source: "SAM E5x data sheet DS60001507, 25.8.2",
  },
  {
    grant: "lock",
    does: "protects the boot loader's flash (user row, BOOTPROT)",
    at: { address: 0x0080_4000 },
    when: { mask: 0x7, unless: [0x7] },
    inMemory: true,
    devices: /^(?:AT)?SAM(?:C|D[012]|DA|L[12]|R[23])/i,
    source: "SAM D21 data sheet DS40001882, 10.3.1",
  },
  ...[0x400e_0a04, 0x400e_0c04].flatMap((address): readonly Row[] => [
    {
      grant: "erase",
      does: "erases all flash (EEFC_FCR, EA)",
      at: { address },
      when: { mask: 0xff00_00ff, is: [0x5a00_0005] },
      devices: /^(?:AT)?SAM(?:[34]|[EGSV]7)/i,
      source: "SAM4S data sheet 11100, 20.5.2",
    },
    {
      grant: "lock",
      does: "sets the security bit (EEFC_FCR, SGPB 0)",
      at: { address },
      when: { mask: 0xffff_ffff, is: [0x5a00_000b] },
      devices: /^(?:AT)?SAM(?:[34]|[EGSV]7)/i,
      source: "SAM4S data sheet 11100, 20.5.2",
    },
  ]),
];

const EFM32: readonly Row[] = [
  {
    grant: "erase",
    does: "erases the whole device (AAP_CMD DEVICEERASE)",
    at: { apRegister: 0x00 },
    when: BIT_0,
    source: "EFM32GG reference manual d0053, 6.4.1",
  },
  ...[0x400c_000c, 0x400e_000c].map((address): Row => ({
    grant: "erase",
    does: "erases all of main flash (MSC ERASEMAIN0)",
    at: { address },
    when: { mask: 0x100, is: [0x100] },
    source: "EFM32GG reference manual d0053, 7.5.4; EFR32xG1, 8.6.4",
  })),
  {
    grant: "lock",
    does: "locks pages, or the device against debuggers (lock bits page)",
    at: { address: 0x0fe0_4000, size: 0x200 },
    when: UNLESS_ERASED,
    source: "EFM32GG reference manual d0053, 7.3.2",
  },
];

const PSOC6: readonly Row[] = [
  {
    grant: "erase",
    does: "orders the system ROM to erase all flash (EraseAll)",
    at: { address: 0x4023_004c },
    when: { mask: 0xff00_0001, is: [0x0a00_0001] },
    source: "PSoC 6 architecture TRM 002-18176, non-volatile memory, system calls",
  },
  {
    grant: "lock=forever",
    does: "orders the system ROM to blow a fuse or to change the life cycle",
    at: { address: 0x4023_004c },
    when: { mask: 0xff00_0001, is: [0x0100_0001, 0x2800_0001, 0x2f00_0001] },
    source: "PSoC 6 architecture TRM 002-18176, non-volatile memory, system calls",
  },
];

const RP2350: readonly Row[] = [
  {
    grant: "lock=forever",
    does: "programs one-time programmable memory (OTP SBPI)",
    at: { address: 0x4012_0100, size: 0x14 },
    source: "RP2350 datasheet, 13.9, OTP registers",
  },
];

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
  return GUARDED.filter(({ family, devices, inMemory }) => {
    const said = designers.some((code) => FAMILIES[family].designers.includes(code));
    if (family === named) return inMemory !== true || devices === undefined || devices.test(device ?? "");
    if (designers.length > 0) return said;
    return inMemory !== true || device === undefined;
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

/** Whether a write of these bits (`written` of them, the others stay as they are) is what the row means. */
export function isMeant({ when }: Pick<Guarded, "when">, value: number, written = 0xffff_ffff): boolean {
  if (when === undefined) return true;
  const mask = (when.mask & written) >>> 0;
  if (mask === 0) return false;
  const same = (wanted: number): boolean => ((value ^ wanted) & mask) >>> 0 === 0;
  return "is" in when ? when.is.some(same) : !when.unless.some(same);
}
