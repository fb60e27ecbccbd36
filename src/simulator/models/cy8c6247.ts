/**
 * Models the CY8C6247: data and a boot ROM in YAML. This file adds TST_MODE, by which a debugger keeps that
 * ROM from the firmware; what the running firmware does to the debug pins and the Cortex-M4; and the
 * registers by which the processors are reset and find their vectors. The YAML names the public sources.
 */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { wordDevice } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import yaml from "./cy8c6247.yaml";

const CPUSS = 0x4021_0000;
const CM0_CTL = 0x000;
/** Writes need the key. Without ENABLED the processor is reset, and that enables it again. */
const CM0_CTL_KEY = 0x05fa_0000;
const CM0_ENABLED = 1 << 1;
const CM4_PWR_CTL = 0x080;
/** The bits of PWR_MODE. */
const CM4_RESET = 1;
const CM4_ENABLED = 3;
const CM4_VECTOR_TABLE_BASE = 0x200;
const CM0_VECTOR_TABLE_BASE = 0x2b0;
const PROTECTION = 0x500;
const NORMAL = 2;
const FIRMWARE = 0x1000_0000;
const CM4_PROGRAM = 0x1000_2000;
const SRSS = 0x4026_0000;
const TST_MODE = 0x100;
const TEST_MODE = (1 << 31) >>> 0;
/** The boot ROM of the YAML keeps here how often it looks. */
const LOOKS = 0x118;
/** These are the times from a reset until the access ports answer, and until the firmware runs. */
const BOOT_US = 400;
const WINDOW_US = 10_000;

export function cy8c6247(): Model {
  return defineModel({
    extends: new Source("cy8c6247.yaml", yaml),
    options: {
      firmware: {
        type: "choice",
        values: ["runs", "closes"],
        default: "runs",
        about: "closes: it takes the debug pins for itself as soon as it runs",
      },
      window: {
        type: "choice",
        values: ["open", "none"],
        default: "open",
        about: "none: the boot ROM starts the firmware at once, even if a debugger listens",
      },
    },
    build(soc, { clock, log, options }) {
      if (options.window === "none") soc.memory("rom").put(LOOKS, 4, 1);
      const windowUs = options.window === "none" ? BOOT_US / 2 : WINDOW_US;
      let testMode = 0;
      let openAtUs = 0;
      let closed = false;
      let cancel = (): void => undefined;
      const cm0 = soc.core("Cortex-M0p");
      const cm4 = soc.core("Cortex-M4");
      let firmwareRuns = false;
      const start = (): void => {
        if ((testMode & TEST_MODE) !== 0) return;
        firmwareRuns = true;
        cm4.leaveReset();
        if (options.firmware === "runs") return;
        closed = true;
        log("the firmware takes the debug pins for itself");
      };
      soc.keep(
        "boot",
        keptVariables({
          testMode: [() => testMode, (value) => (testMode = value)],
          openAtUs: [() => openAtUs, (value) => (openAtUs = value)],
          closed: [() => closed, (value) => (closed = value === 1)],
          firmwareRuns: [() => firmwareRuns, (value) => (firmwareRuns = value === 1)],
        }),
      );
      for (const ap of [0, 1, 2]) soc.memAp(ap).enabled = () => !closed && clock.reached(openAtUs);
      soc.onReset((kind) => {
        if (kind === "core") return;
        // XRES also resets the debug port.
        if (kind === "system" && soc.nreset === 0) {
          soc.reset("power", "XRES");
          return;
        }
        if (kind === "power") testMode = 0;
        closed = false;
        firmwareRuns = false;
        openAtUs = Infinity;
        cancel();
        cancel = (): void => undefined;
      });
      // Time counts from the end of a reset; the firmware on the Cortex-M0+ releases the Cortex-M4.
      soc.extendsReset = () => {
        openAtUs = clock.nowUs() + BOOT_US;
        cancel = clock.after(windowUs, start);
        cm0.leaveReset();
        return true;
      };
      const everywhere = ["system", "cm4"];
      const resetCm0 = (): void => {
        log("CPUSS resets the Cortex-M0+");
        cm0.enterReset(false);
        clock.after(1, () => {
          cm0.leaveReset();
        });
      };
      soc.map(
        { name: "CPUSS", start: CPUSS, size: 0x1_0000, alsoOn: everywhere },
        wordDevice({
          still: () => true,
          read: (offset) => {
            if (offset === CM0_CTL) return CM0_CTL_KEY | CM0_ENABLED;
            if (offset === CM4_PWR_CTL) return CM0_CTL_KEY | (firmwareRuns ? CM4_ENABLED : CM4_RESET);
            if (offset === CM0_VECTOR_TABLE_BASE) return firmwareRuns ? FIRMWARE : 0;
            if (offset === CM4_VECTOR_TABLE_BASE) return firmwareRuns ? CM4_PROGRAM : 0;
            return offset === PROTECTION ? NORMAL : 0;
          },
          write: (offset, value) => {
            const hasKey = (value & 0xffff_0000) === CM0_CTL_KEY;
            if (offset === CM0_CTL && hasKey && (value & CM0_ENABLED) === 0) resetCm0();
            return undefined;
          },
        }),
      );
      soc.map(
        { name: "SRSS", start: SRSS, size: 0x1_0000, alsoOn: everywhere },
        wordDevice({
          still: () => true,
          read: (offset) => (offset === TST_MODE ? testMode : 0),
          write: (offset, value) => {
            if (offset === TST_MODE) testMode = value >>> 0;
            return undefined;
          },
        }),
      );
    },
  });
}
