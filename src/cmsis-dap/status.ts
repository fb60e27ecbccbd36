/** Reads and writes the one-byte status with which most commands answer. */
import type { Reader, Writer } from "./bytes.ts";

export const DAP_OK = 0x00;
const DAP_ERROR = 0xff;

export interface Status {
  readonly ok: boolean;
}

export const statusResponse = {
  encode(response: Status, to: Writer): void {
    to.u8(response.ok ? DAP_OK : DAP_ERROR);
  },
  decode(from: Reader): Status {
    return { ok: from.u8() === DAP_OK };
  },
};
