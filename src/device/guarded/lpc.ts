/** Rows of NXP LPC parts. */
import { type Row } from "./row.ts";

export const LPC: readonly Row[] = [
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
    byName: true,
    source: "LPC55S6x user manual UM11126, protected flash region",
  },
  {
    grant: "lock",
    does: "writes the customer's configuration of boot and debug (CMPA)",
    at: { address: 0x0009_e400, size: 0x200 },
    devices: /^LPC55S?[26]/i,
    inMemory: true,
    byName: true,
    source: "LPC55S6x user manual UM11126, protected flash region",
  },
  {
    grant: "lock=forever",
    does: "writes the protected flash region (CFPA, CMPA)",
    at: { address: 0x0003_dc00, size: 0x2400 },
    devices: /^LPC55S?[013]/i,
    inMemory: true,
    byName: true,
    source: "LPC55S1x user manual UM11295 and LPC55S3x UM11553, protected flash region",
  },
];
