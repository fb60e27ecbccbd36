/** Lists the guarded writes of STM32 parts. */
import { atEach, bits, byte, byteUnless, UNLESS_ERASED, type Row } from "./row.ts";

/** As a byte of RDP, 0xAA is level 0 and 0xCC is level 2. */
const RDP = { level0: 0xaa, level2: 0xcc } as const;

type About = Pick<Row, "devices" | "source" | "inMemory" | "byName">;

/** Makes rows for the meaning of a written byte of RDP, shifted by `shift`. */
function readProtection(address: number, shift: 0 | 8, about: About): readonly Row[] {
  const mask = (0xff << shift) >>> 0;
  const [level0, level2] = [RDP.level0 << shift, RDP.level2 << shift];
  return [
    {
      grant: "lock=forever",
      does: "sets readout protection level 2, which nothing takes back (RDP)",
      at: { address },
      when: { mask, is: [level2] },
      ...about,
    },
    {
      grant: "lock",
      does: "sets readout protection level 1, or 0.5 if there is one (RDP)",
      at: { address },
      when: { mask, unless: [level0, level2] },
      ...about,
    },
    {
      grant: "erase",
      does: "asks for readout protection level 0, which erases all flash if it was level 1 (RDP)",
      at: { address },
      when: { mask, is: [level0] },
      ...about,
    },
  ];
}

function massErase(addresses: readonly number[], values: readonly number[], about: About): readonly Row[] {
  return values.flatMap((value) =>
    atEach(addresses, {
      grant: "erase",
      does: "erases a bank or all of flash (FLASH_CR)",
      when: bits(value),
      ...about,
    }),
  );
}

const F4: About = {
  devices: /^STM32F[247]/i,
  source: "STM32F4 reference manual RM0090, 3.9; F2 RM0033, F7 RM0410",
};
const F1: About = {
  devices: /^STM32F[013]/i,
  source: "STM32F1 RM0008 and PM0075; F1 XL density PM0068; F0 RM0091, F3 RM0316, 3.5",
};
const L0: About = {
  devices: /^STM32L[01]/i,
  source: "STM32L0 reference manual RM0367, option bytes; L1 RM0038, option bytes",
};
const L4: About = {
  devices: /^STM32(?:L4|G|C0|U0)/i,
  source: "STM32L4 reference manual RM0351, 3.7; G0 RM0444, G4 RM0440, C0 RM0490, U0 RM0503",
};
const WB: About = {
  devices: /^STM32(?:WB\d|WL\d?E?\d)/i,
  source: "STM32WB reference manual RM0434, FLASH registers; WL RM0453",
};
const L5: About = {
  devices: /^STM32(?:L5|U3|U5|WBA)/i,
  source: "STM32L5 reference manual RM0438, 6.9; U5 RM0456, 7.9; WBA RM0493; U3 RM0487",
};
const H5: About = {
  devices: /^STM32H5/i,
  source: "STM32H5 reference manual RM0481, FLASH registers and product states",
};
const H7: About = {
  devices: /^STM32H7/i,
  source: "STM32H743 reference manual RM0433, 4.9; H72x RM0468; H7A3 RM0455, 5.9",
};
const H7RS: About = {
  devices: /^STM32H7[RS]/i,
  source: "STM32H7R/S reference manual RM0477, FLASH registers",
};
const N6: About = { devices: /^STM32N6/i, source: "STM32N6 reference manual RM0486, BSEC registers" };

/** These are MER or MER1, MER2 or BER, each with STRT. */
const MER = { low: 0x1_0004, high: 0x1_8000 } as const;

/** The first families have controllers at 0x40023C00 and 0x40022000. */
const FIRST: readonly Row[] = [
  ...massErase([0x4002_3c10], [MER.low, MER.high], F4),
  ...readProtection(0x4002_3c14, 8, F4).filter(({ grant }) => grant !== "erase"),
  {
    grant: "erase",
    does: "programs the option bytes with readout protection level 0, which erases all flash if it was level 1 (OPTSTRT)",
    at: { address: 0x4002_3c14 },
    when: { mask: 0xff02, is: [0xaa02] },
    ...F4,
  },
  // The second is for bank 2 of XL density.
  ...massErase([0x4002_2010, 0x4002_2050], [0x44], F1),
  {
    grant: "lock",
    does: "erases the option bytes, and with them sets readout protection (OPTER)",
    at: { address: 0x4002_2010 },
    when: bits(0x60),
    ...F1,
  },
];

/** RDP is in a register from which the option bytes are programmed. */
const LATER: readonly Row[] = [
  ...massErase([0x4002_2014], [MER.low, MER.high], L4),
  ...readProtection(0x4002_2020, 0, L4),
  // These include the second core.
  ...massErase([0x5800_4014, 0x5800_4064], [MER.low], WB),
  ...readProtection(0x5800_4020, 0, WB),
  ...massErase([0x4002_2028, 0x4002_202c, 0x5002_2028, 0x5002_202c], [MER.low, MER.high], L5),
  ...[0x4002_2040, 0x5002_2040].flatMap((address) => readProtection(address, 0, L5)),
];

/** These are STM32H5, H7 and N6. */
const HIGH: readonly Row[] = [
  // With bit 1 it is a page of an STM32L5 or U5, whose number stands in these bits.
  ...atEach([0x4002_2028, 0x4002_202c, 0x5002_2028, 0x5002_202c], {
    grant: "erase",
    does: "erases a bank of flash (FLASH_NSCR, FLASH_SECCR, BER)",
    when: { mask: 0x2a, is: [0x28] },
    ...H5,
  }),
  ...massErase([0x4002_2028, 0x4002_202c, 0x5002_2028, 0x5002_202c], [0x8020], H5),
  ...atEach([0x4002_2054, 0x5002_2054], {
    grant: "lock=forever",
    does: "sets the product state to Locked, which nothing takes back (FLASH_OPTSR_PRG)",
    when: { mask: 0xff00, is: [0x5c00] },
    ...H5,
  }),
  ...atEach([0x4002_2054, 0x5002_2054], {
    grant: "erase",
    does: "orders a regression of the product state, which erases all flash (FLASH_OPTSR_PRG)",
    when: { mask: 0xff00, is: [0x9a00] },
    ...H5,
  }),
  ...atEach([0x4002_2054, 0x5002_2054], {
    grant: "lock",
    does: "closes the product state (FLASH_OPTSR_PRG)",
    when: { mask: 0xff00, unless: [0xed00, 0x5c00, 0x9a00] },
    ...H5,
  }),
  // START is bit 7, and bit 5 on H7A3 and H7B3.
  ...massErase([0x5200_200c, 0x5200_210c], [0x88, 0x28], H7),
  ...massErase([0x5200_2018, 0x5200_2118], [0x10], H7),
  ...[0x5200_2020, 0x5200_2120].flatMap((address) => readProtection(address, 8, H7)),
  ...massErase([0x5200_2010], [0x28, 0x0100_0020], H7RS),
  {
    grant: "lock",
    does: "closes the device (FLASH_NVSRP, NVSTATE)",
    at: { address: 0x5200_2204 },
    when: byteUnless(0xb4),
    ...H7RS,
  },
  ...atEach([0x4600_9c04, 0x5600_9c04], {
    grant: "lock=forever",
    does: "blows fuses (BSEC_OTPCR, PROG)",
    when: bits(0x2000),
    ...N6,
  }),
];

const oneTime = (address: number, size: number, about: About): Row => ({
  grant: "lock=forever",
  does: "writes one-time programmable memory (OTP)",
  at: { address, size },
  when: UNLESS_ERASED,
  inMemory: true,
  ...about,
});

/** Images have these addresses; those of F0, F1, F3, L0 and L1 are also written there by hand. */
const MEMORY: readonly Row[] = [
  ...readProtection(0x1fff_c000, 8, { ...F4, inMemory: true }),
  ...readProtection(0x1ff8_0000, 0, { ...L0, inMemory: true }),
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
  {
    grant: "erase",
    does: "takes back readout protection, which erases all flash if it was set (RDP)",
    at: { address: 0x1fff_f800 },
    when: byte(0xa5, RDP.level0),
    inMemory: true,
    ...F1,
  },
  ...readProtection(0x1fff_7800, 0, { ...L4, inMemory: true, byName: true }),
  ...readProtection(0x1fff_8000, 0, { ...WB, inMemory: true }),
  // On other devices these are option bytes.
  oneTime(0x1fff_7800, 0x210, { ...F4, byName: true }),
  oneTime(0x1ff0_f000, 0x420, { ...F4, devices: /^STM32F7/i }),
  oneTime(0x1fff_7000, 0x400, { ...L4, devices: /^STM32(?:L4|G|C0|U0|WB\d|WL\d?E?\d)/i }),
  oneTime(0x08ff_f000, 0x800, { ...H5, devices: /^STM32H(?:5|7[AB])/i }),
];

export const STM32: readonly Row[] = [...FIRST, ...LATER, ...HIGH, ...MEMORY];
