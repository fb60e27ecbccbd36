/**
 * The CY8C6247: data and a boot ROM in YAML; here TST_MODE, by which a debugger keeps that ROM from the firmware, and what the
 * firmware does to the debug pins once it runs. The public sources are named in the YAML.
 */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../define-model.ts";
import { wordDevice } from "../device.ts";
import yaml from "./cy8c6247.yaml";

const SRSS = 0x4026_0000;
const TST_MODE = 0x100;
const TEST_MODE = (1 << 31) >>> 0;
/** Where the boot ROM of the YAML has how often it looks. */
const LOOKS = 0x118;
/** From a reset until the access ports answer, and until the firmware runs. */
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
        about: "none: the boot ROM starts the firmware at once, whoever listens",
      },
    },
    build(soc, { clock, log, options }) {
      if (options.window === "none") soc.memory("rom").put(LOOKS, 4, 1);
      const windowUs = options.window === "none" ? BOOT_US / 2 : WINDOW_US;
      let testMode = 0;
      let openAtUs = 0;
      let closed = false;
      let cancel = (): void => undefined;
      const start = (): void => {
        if ((testMode & TEST_MODE) !== 0 || options.firmware === "runs") return;
        closed = true;
        log("the firmware takes the debug pins for itself");
      };
      for (const ap of [0, 1]) soc.memAp(ap).enabled = () => !closed && clock.nowUs() >= openAtUs;
      soc.onReset((kind) => {
        if (kind === "core") return;
        // XRES takes the debug port with it.
        if (kind === "system" && soc.nreset === 0) {
          soc.reset("power", "XRES");
          return;
        }
        if (kind === "power") testMode = 0;
        closed = false;
        openAtUs = Infinity;
        cancel();
        cancel = (): void => undefined;
      });
      // Time counts from the end of a reset.
      soc.extendsReset = () => {
        openAtUs = clock.nowUs() + BOOT_US;
        cancel = clock.after(windowUs, start);
        return false;
      };
      soc.map(
        { name: "SRSS", start: SRSS, size: 0x1_0000 },
        wordDevice({
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
