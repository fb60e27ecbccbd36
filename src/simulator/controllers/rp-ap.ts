/**
 * Models Raspberry Pi's RP-AP (RP2350 datasheet, debug: RP-AP registers), an access port that restarts the
 * chip past any firmware. Knows its registers; the model decides what a rescue does.
 */
import { wordDevice, type Device } from "../bus/device.ts";

export const RP_AP = 0x80000;
const CTRL = 0x000;
const RESCUE_RESTART = (1 << 31) >>> 0;
const IDR = 0xdfc;
/** The class 0 is neither COM-AP nor MEM-AP; the designer is Raspberry Pi. */
const RP_AP_IDR = 0x0926_0001;

export function rpAp(rescue: () => void): Device {
  let control = 0;
  return wordDevice({
    still: () => true,
    read: (offset) => (offset === CTRL ? control : offset === IDR ? RP_AP_IDR : 0),
    write: (offset, value) => {
      if (offset !== CTRL) return undefined;
      const rising = value & ~control;
      control = value;
      if ((rising & RESCUE_RESTART) !== 0) rescue();
      return undefined;
    },
  });
}
