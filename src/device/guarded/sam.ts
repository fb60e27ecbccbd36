/** Lists the guarded writes of Microchip SAM parts. */
import { atEach, type Row } from "./row.ts";

const D: Pick<Row, "devices" | "source"> = {
  devices: /^(?:AT)?SAM(?:C|D[012]|DA|L2|R[23])/i,
  source: "SAM D21 data sheet DS40001882, 22.8.1; 10.3.1 user row",
};
const L1: Pick<Row, "devices" | "source"> = {
  devices: /^(?:AT)?SAML1|^PIC32CM/i,
  source: "SAM L10/L11 data sheet DS60001513, boot ROM, DSU, NVMCTRL, NVM rows",
};
const E5: Pick<Row, "devices" | "source"> = {
  devices: /^(?:AT)?SAM[DE]5|^PIC32CX/i,
  source: "SAM D5x/E5x data sheet DS60001507, 25.8.2; NVM user page",
};
const EEFC: Pick<Row, "devices" | "source"> = {
  devices: /^(?:AT)?SAM(?:[34]|[EGSV]7)/i,
  source: "SAM4S data sheet 11100, 20.5.2; SAM3U and SAM E70, EEFC",
};
const L4: Pick<Row, "devices" | "source"> = {
  devices: /^(?:AT)?SAM4L/i,
  source: "SAM4L data sheet 42023, 14.10.2; SMAP",
};

/** These are the external and internal views, and their mirrors. */
const DSU = Array.from({ length: 16 }, (_, at) => 0x4100_2000 + 0x100 * at);
/** SAM L11 also has one for secure code. */
const NVMCTRL_COMMAND = [0x4100_4000, 0x4100_5000] as const;
/** These are FCR of each EEFC. */
const FCR = [0x400e_0804, 0x400e_0a04, 0x400e_0c04] as const;
/** A command counts only with its key; bit 7 does not belong to it. */
const COMMAND = 0xff7f;
const command = (...commands: readonly number[]): { mask: number; is: readonly number[] } => ({
  mask: COMMAND,
  is: commands.map((one) => 0xa500 | one),
});

export const SAM: readonly Row[] = [
  ...atEach(DSU, {
    grant: "erase",
    does: "erases the chip (DSU CTRL.CE)",
    when: { mask: 0x10, is: [0x10] },
    source: "SAM D21 data sheet DS40001882, 13.13.1; SAM E5x DS60001507, 12.13.1",
  }),
  ...atEach([0x4100_2020, 0x4100_2120], {
    grant: "erase",
    does: "orders the boot ROM to erase the chip (DSU BCC0, CMD_CE0 to CMD_CE2, CMD_CHIPERASE)",
    when: { mask: 0xffff_fff0, is: [0x4442_47e0] },
    ...L1,
  }),
  ...atEach(NVMCTRL_COMMAND, {
    grant: "lock",
    does: "sets the security bit (NVMCTRL SSB)",
    when: command(0x45),
    ...D,
  }),
  ...atEach(NVMCTRL_COMMAND, {
    grant: "lock",
    does: "erases or writes the auxiliary row, in which the boot loader's flash is protected (NVMCTRL EAR, WAP; BOOTPROT)",
    when: command(0x05, 0x06),
    ...D,
  }),
  ...atEach(NVMCTRL_COMMAND, {
    grant: "lock",
    does: "closes debug access (NVMCTRL SDAL0 to SDAL2)",
    when: command(0x4b, 0x4c, 0x4d),
    ...L1,
  }),
  // Rows are erased and pages written at the address in the controller, which its register or a write of the
  // page buffer sets.
  ...atEach([0x4100_401c, 0x4100_501c], {
    grant: "lock",
    does: "points the flash controller at the user row (NVMCTRL ADDR; BOOTPROT)",
    when: { mask: 0x00ff_f000, is: [0x0080_4000] },
    ...L1,
  }),
  ...atEach([0x4100_401c, 0x4100_501c], {
    grant: "lock=forever",
    does: "points the flash controller at BOCOR, which can close the boot ROM to any chip erase (NVMCTRL ADDR; BCWEN, BCREN)",
    when: { mask: 0x00ff_f000, is: [0x0080_c000] },
    ...L1,
  }),
  {
    grant: "lock=forever",
    does: "writes BOCOR, which can close the boot ROM to any chip erase (BCWEN, BCREN)",
    at: { address: 0x0080_c000, size: 0x100 },
    inMemory: true,
    ...L1,
  },
  {
    grant: "lock",
    does: "sets the security bit (NVMCTRL SSB)",
    at: { address: 0x4100_4004 },
    when: command(0x16),
    ...E5,
  },
  {
    grant: "lock",
    does: "erases the user page, in which the boot loader's flash is protected (NVMCTRL EP; BOOTPROT)",
    at: { address: 0x4100_4004 },
    when: command(0x00),
    ...E5,
  },
  {
    grant: "lock",
    does: "points the flash controller at the user page (NVMCTRL ADDR; BOOTPROT)",
    at: { address: 0x4100_4014 },
    when: { mask: 0x00ff_f000, is: [0x0080_4000] },
    ...E5,
  },
  {
    grant: "lock",
    does: "protects the boot loader's flash (user page, BOOTPROT)",
    at: { address: 0x0080_4000 },
    when: { mask: 0x3c00_0000, unless: [0x3c00_0000] },
    inMemory: true,
    byName: true,
    ...E5,
  },
  {
    grant: "lock",
    does: "protects the boot loader's flash (user row, BOOTPROT)",
    at: { address: 0x0080_4000 },
    when: { mask: 0x7, unless: [0x7] },
    inMemory: true,
    byName: true,
    ...D,
  },
  ...atEach(FCR, {
    grant: "erase",
    does: "erases all flash (EEFC_FCR, EA)",
    when: { mask: 0xff00_00ff, is: [0x5a00_0005] },
    ...EEFC,
  }),
  ...atEach(FCR, {
    grant: "lock",
    does: "sets the security bit (EEFC_FCR, SGPB 0)",
    when: { mask: 0xffff_ffff, is: [0x5a00_000b] },
    ...EEFC,
  }),
  {
    grant: "erase",
    does: "erases all flash (FLASHCALW_FCMD, EA)",
    at: { address: 0x400a_0004 },
    when: { mask: 0xff00_003f, is: [0xa500_0006] },
    ...L4,
  },
  {
    grant: "erase",
    does: "erases the chip (SMAP_CR, CE)",
    at: { address: 0x400a_3000 },
    when: { mask: 0x10, is: [0x10] },
    ...L4,
  },
  {
    grant: "lock",
    does: "sets the security fuses or general-purpose fuses (FLASHCALW_FCMD, SSB, WGPB, PGPFB)",
    at: { address: 0x400a_0004 },
    when: { mask: 0xff00_003f, is: [0xa500_0009, 0xa500_0007, 0xa500_000a] },
    ...L4,
  },
];
