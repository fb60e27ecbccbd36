/**
 * The families of devices that UF2 files name (microsoft/uf2, uf2families.json; for the RP2350 its boot ROM), and
 * the devices that belong to them.
 */
import { hex32 } from "../../lib/hex.ts";

export interface Uf2Family {
  readonly id: number;
  readonly name: string;
  /** The names of its devices, as packs write them. */
  readonly devices?: RegExp;
  /** Cores as in the schema's DcoreEnum; empty if none of its processors is a Cortex-M. */
  readonly cores?: readonly string[];
}

/** What is known of the device that is to be programmed. */
export interface Uf2Device {
  readonly name: string;
  /** Cores as in the schema's DcoreEnum. */
  readonly cores: readonly string[];
}

const M0 = ["Cortex-M0"];
const M0_PLUS = ["Cortex-M0+"];
const M3 = ["Cortex-M3"];
const M4 = ["Cortex-M4"];
const M7 = ["Cortex-M7"];
const M33 = ["Cortex-M33"];
const NOT_CORTEX_M: readonly string[] = [];

export const UF2_FAMILIES: readonly Uf2Family[] = [
  { id: 0x00ff_6919, name: "STM32L4", devices: /^STM32L4/i, cores: M4 },
  { id: 0x0424_0bdf, name: "STM32L5", devices: /^STM32L5/i, cores: M33 },
  { id: 0x11de_784a, name: "M0SENSE", cores: NOT_CORTEX_M },
  { id: 0x1657_3617, name: "ATMEGA32", cores: NOT_CORTEX_M },
  { id: 0x1851_780a, name: "SAML21", devices: /^(AT)?SAML21/i, cores: M0_PLUS },
  { id: 0x1b57_745f, name: "NRF52", devices: /^nRF52/i, cores: M4 },
  { id: 0x1c5f_21b0, name: "ESP32", cores: NOT_CORTEX_M },
  { id: 0x1e1f_432d, name: "STM32L1", devices: /^STM32L1/i, cores: M3 },
  { id: 0x202e_3a91, name: "STM32L0", devices: /^STM32L0/i, cores: M0_PLUS },
  { id: 0x2146_0ff0, name: "STM32WL", devices: /^STM32WL/i, cores: [...M4, ...M0_PLUS] },
  { id: 0x2abc_77ec, name: "LPC55", devices: /^LPC55/i, cores: M33 },
  { id: 0x2b88_d29c, name: "ESP32C2", cores: NOT_CORTEX_M },
  { id: 0x300f_5633, name: "STM32G0", devices: /^STM32G0/i, cores: M0_PLUS },
  { id: 0x31d2_28c6, name: "GD32F350", devices: /^GD32F350/i, cores: M4 },
  { id: 0x3327_26f6, name: "ESP32H2", cores: NOT_CORTEX_M },
  { id: 0x3d30_8e94, name: "ESP32P4", cores: NOT_CORTEX_M },
  { id: 0x4b68_4d71, name: "MaixPlay-U4", cores: NOT_CORTEX_M },
  { id: 0x4c71_240a, name: "STM32G4", devices: /^STM32G4/i, cores: M4 },
  { id: 0x4f6a_ce52, name: "CSK4" },
  { id: 0x4fb2_d5bd, name: "MIMXRT10XX", devices: /^MIMXRT10/i, cores: M7 },
  { id: 0x53b8_0f00, name: "STM32F7", devices: /^STM32F7/i, cores: M7 },
  { id: 0x540d_df62, name: "ESP32C6", cores: NOT_CORTEX_M },
  // Its boot loaders also run on the SAM E5x, which differ in peripherals alone.
  { id: 0x5511_4460, name: "SAMD51", devices: /^(AT)?SAM[DE]5/i, cores: M4 },
  { id: 0x5775_5a57, name: "STM32F4", devices: /^STM32F4/i, cores: M4 },
  { id: 0x5a18_069b, name: "FX2", cores: NOT_CORTEX_M },
  { id: 0x5d1a_0a2e, name: "STM32F2", devices: /^STM32F2/i, cores: M3 },
  { id: 0x5ee2_1072, name: "STM32F1", devices: /^STM32F1/i, cores: M3 },
  { id: 0x621e_937a, name: "NRF52833", devices: /^nRF52833/i, cores: M4 },
  { id: 0x6478_24b6, name: "STM32F0", devices: /^STM32F0/i, cores: M0 },
  { id: 0x68ed_2b88, name: "SAMD21", devices: /^(AT)?SAM(D21|DA1|R21)/i, cores: M0_PLUS },
  { id: 0x6b84_6188, name: "STM32F3", devices: /^STM32F3/i, cores: M4 },
  { id: 0x6d09_22fa, name: "STM32F407", devices: /^STM32F407/i, cores: M4 },
  { id: 0x6db6_6082, name: "STM32H7", devices: /^STM32H7/i, cores: [...M7, ...M4] },
  { id: 0x6e73_48a8, name: "CSK6" },
  { id: 0x70d1_6653, name: "STM32WB", devices: /^STM32WB/i, cores: [...M4, ...M0_PLUS] },
  { id: 0x7eab_61ed, name: "ESP8266", cores: NOT_CORTEX_M },
  { id: 0x7f83_e793, name: "KL32L2", devices: /^M?K(L32|32L2)/i, cores: M0_PLUS },
  { id: 0x8fb0_60fe, name: "STM32F407VG", devices: /^STM32F407VG/i, cores: M4 },
  { id: 0x9517_422f, name: "RZA1LU", cores: NOT_CORTEX_M },
  { id: 0x9af0_3e33, name: "GD32VF103", cores: NOT_CORTEX_M },
  { id: 0xada5_2840, name: "NRF52840", devices: /^nRF52840/i, cores: M4 },
  { id: 0xbfdd_4eee, name: "ESP32S2", cores: NOT_CORTEX_M },
  { id: 0xc47e_5767, name: "ESP32S3", cores: NOT_CORTEX_M },
  { id: 0xd42b_a06c, name: "ESP32C3", cores: NOT_CORTEX_M },
  { id: 0xe48b_ff56, name: "RP2040", devices: /^RP2040/i, cores: M0_PLUS },
  { id: 0xe48b_ff57, name: "RP2XXX_ABSOLUTE", devices: /^RP2/i, cores: [...M0_PLUS, ...M33] },
  { id: 0xe48b_ff58, name: "RP2XXX_DATA", devices: /^RP2/i, cores: [...M0_PLUS, ...M33] },
  { id: 0xe48b_ff59, name: "RP2350_ARM_S", devices: /^RP235/i, cores: M33 },
  { id: 0xe48b_ff5a, name: "RP2350_RISCV", cores: NOT_CORTEX_M },
  { id: 0xe48b_ff5b, name: "RP2350_ARM_NS", devices: /^RP235/i, cores: M33 },
];

/** Finds a family by name, without regard to case, or by number. */
export function familyNamed(text: string): number | undefined {
  const named = UF2_FAMILIES.find(({ name }) => name.toLowerCase() === text.toLowerCase());
  if (named !== undefined) return named.id;
  return /^0x[0-9a-f]{1,8}$/i.test(text) ? Number(text) : undefined;
}

export function familyName(id: number): string {
  const known = UF2_FAMILIES.find((one) => one.id === id);
  if (id === 0) return "no family";
  return known === undefined ? `family ${hex32(id)}` : `${known.name} (${hex32(id)})`;
}

/**
 * Tells whether a device belongs to a family. It does not if its name is that of another family, or if the family
 * does not have its processors. Packs with names of their own, and families not listed here, stay undecided.
 */
export function isOfFamily({ name, cores }: Uf2Device, id: number): boolean | undefined {
  const family = UF2_FAMILIES.find((one) => one.id === id);
  if (family === undefined) return undefined;
  if (family.devices?.test(name) === true) return true;
  if (UF2_FAMILIES.some(({ devices }) => devices?.test(name) === true)) return false;
  const known = cores.filter((core) => core.startsWith("Cortex-M"));
  if (family.cores === undefined || known.length === 0) return undefined;
  return known.some((core) => family.cores?.includes(core)) ? undefined : false;
}
