/** Rows of Nordic nRF parts. */
import { BIT_0, UNLESS_ERASED, byteUnless, type Row } from "./row.ts";

export const NRF: readonly Row[] = [
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
