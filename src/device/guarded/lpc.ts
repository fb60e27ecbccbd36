/** Lists the guarded writes of NXP LPC parts. */
import { atEach, type Row } from "./row.ts";

interface Protected extends Pick<Row, "grant" | "does" | "source"> {
  readonly devices: RegExp;
  readonly start: number;
  readonly end: number;
}

const PAGE = 0x200;
/** Secure software sees the same memory at this distance. */
const SECURE = 0x1000_0000;
/** STARTA and STOPA of the flash controller hold an address in units of 16 bytes (UM11126, flash controller). */
const POINTERS = [0x4003_4010, 0x4003_4014, 0x5003_4010, 0x5003_4014] as const;

/** Makes rows for pages that are written as memory, by an image, or by the flash controller. */
function pages({ start, end, does, ...about }: Protected): readonly Row[] {
  const each = Array.from({ length: (end - start) / PAGE }, (_, at) => start + at * PAGE);
  const row = { ...about, inMemory: true, byName: true } as const;
  return [
    ...[start, start + SECURE].map((address): Row => ({ ...row, does, at: { address, size: end - start } })),
    ...atEach(POINTERS, {
      ...row,
      does: `points the flash controller so that it ${does} (STARTA, STOPA)`,
      when: { mask: 0x3_ffe0, is: each.map((page) => page >>> 4) },
    }),
  ];
}

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
  ...pages({
    grant: "lock=forever",
    does: "writes a page whose counters only count up (CFPA)",
    ...{ start: 0x9_de00, end: 0x9_e400 },
    devices: /^LPC55S?[26]/i,
    source: "LPC55S6x user manual UM11126, protected flash region",
  }),
  ...pages({
    grant: "lock",
    does: "writes the customer's configuration of boot and debug (CMPA)",
    ...{ start: 0x9_e400, end: 0x9_e600 },
    devices: /^LPC55S?[26]/i,
    source: "LPC55S6x user manual UM11126, protected flash region",
  }),
  ...pages({
    grant: "lock=forever",
    does: "writes the protected flash region (CFPA, CMPA)",
    ...{ start: 0x3_dc00, end: 0x4_0000 },
    devices: /^LPC55S?[013]/i,
    source: "LPC55S1x user manual UM11295 and LPC55S3x UM11553, protected flash region",
  }),
];
