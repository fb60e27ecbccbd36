/** Lists the guarded writes of the RP2350. */
import { type Row } from "./row.ts";

export const RP2350: readonly Row[] = [
  {
    grant: "lock=forever",
    does: "programs one-time programmable memory (OTP SBPI)",
    at: { address: 0x4012_0100, size: 0x14 },
    source: "RP2350 datasheet, 13.9, OTP registers",
  },
];
