/** Rows of Microchip SAM parts. */
import { type Row } from "./row.ts";

export const SAM: readonly Row[] = [
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
