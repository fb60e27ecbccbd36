/** Rows of STM32 parts. */
import { UNLESS_ERASED, bits, byte, byteUnless, type Row, type Condition } from "./row.ts";

/** RDP as a byte: 0xAA is level 0, 0xCC is level 2. */
const RDP = { level0: 0xaa, level2: 0xcc } as const;

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

export const STM32: readonly Row[] = [
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
