/**
 * The nRF52840: data in YAML, and here its flash controller (NVMC) and its CTRL-AP, which opens a protected part by erasing it.
 * The public sources are named in the YAML.
 */
import { Source } from "../../lib/source.ts";
import { hex32 } from "../../lib/hex.ts";
import { defineModel, type Model } from "../define-model.ts";
import { wordDevice } from "../device.ts";
import { CTRL_AP_IDR, CtrlAp, ERASE_OPTION } from "./ctrl-ap.ts";
import yaml from "./nrf52840.yaml";

const NVMC = 0x4001_e000;
const READY = 0x400;
const READYNEXT = 0x408;
const CONFIG = 0x504;
const ERASEPAGE = 0x508;
const ERASEALL = 0x50c;
const ERASEUICR = 0x514;
const WRITE_ENABLE = 1;
const ERASE_ENABLE = 2;
const PAGE = 0x1000;
const WRITE_US = 41;
const ERASE_PAGE_US = 85_000;
const ERASE_ALL_US = 169_000;
/** UICR.APPROTECT: 0xFF is open. */
const APPROTECT = 0x208;

const CTRL_AP = 1;

export function nrf52840(): Model {
  return defineModel({
    extends: new Source("nrf52840.yaml", yaml),
    options: {
      protected: {
        type: "choice",
        values: ["no", "yes"],
        default: "no",
        about: "yes: UICR.APPROTECT is set, AP 0 stays closed until the CTRL-AP has erased everything",
      },
      glitches: {
        type: "integer",
        min: 0,
        max: 100,
        default: 0,
        about: "so many first reads of APPROTECTSTATUS say protected, whatever is true",
      },
      erase: ERASE_OPTION,
      nvmc: {
        type: "choice",
        values: ["works", "busy", "locked"],
        default: "works",
        about: "busy: READY never comes back after a command; locked: writes and erases do nothing",
      },
    },
    build(soc, { clock, log, options }) {
      const flash = soc.memory("flash");
      const uicr = soc.memory("uicr");
      let config = 0;
      let busyUntilUs = 0;
      let glitches = options.glitches;
      if (options.protected === "yes") uicr.put(APPROTECT, 4, 0xffff_ff00);
      /** Takes effect with a reset. */
      let locked = options.protected === "yes";
      const ready = (): boolean => clock.nowUs() >= busyUntilUs;
      const busyFor = (us: number): void => {
        busyUntilUs = options.nvmc === "busy" ? Infinity : clock.nowUs() + us;
      };
      const eraseAll = (): void => {
        flash.fill(0, flash.size, 0xff);
        uicr.fill(0, uicr.size, 0xff);
      };
      soc.memAp(0).enabled = () => !locked;
      soc.onReset((kind) => {
        if (kind === "core") return;
        config = 0;
        busyUntilUs = 0;
        locked = (uicr.read(APPROTECT, 4) & 0xff) !== 0xff;
      });

      for (const memory of [flash, uicr])
        memory.handleWrites((offset, size, value) => {
          // Words only, and only while writing is enabled: everything else is a bus error.
          if (size !== 4 || config !== WRITE_ENABLE) return "error";
          // A write while another one is under way waits for it.
          busyFor(Math.max(0, busyUntilUs - clock.nowUs()) + WRITE_US);
          if (options.nvmc === "locked") return undefined;
          memory.put(offset, 4, (memory.read(offset, 4) & value) >>> 0);
          return undefined;
        });

      const command = (offset: number, value: number): void => {
        if (config !== ERASE_ENABLE || !ready()) {
          log(`NVMC ignores a command: ${ready() ? "erasing is not enabled" : "it is busy"}`);
          return;
        }
        const does = options.nvmc !== "locked";
        if (offset === ERASEPAGE) {
          const page = value - (value % PAGE);
          if (page >= flash.size) {
            log(`NVMC ignores a page erase at ${hex32(value)}`);
            return;
          }
          if (does) flash.fill(page, PAGE, 0xff);
          busyFor(ERASE_PAGE_US);
        } else if ((value & 1) === 1) {
          if (does && offset === ERASEUICR) uicr.fill(0, uicr.size, 0xff);
          else if (does) eraseAll();
          busyFor(ERASE_ALL_US);
        }
      };
      const registers = new Map<number, number>();
      soc.map(
        { name: "NVMC", start: NVMC, size: 0x1000 },
        wordDevice({
          read: (offset) => {
            if (offset === READY || offset === READYNEXT) return ready() ? 1 : 0;
            return offset === CONFIG ? config : (registers.get(offset) ?? 0);
          },
          write: (offset, value) => {
            if (offset === CONFIG) config = value & 3;
            else if (offset === ERASEPAGE || offset === ERASEALL || offset === ERASEUICR)
              command(offset, value);
            else if (offset !== READY && offset !== READYNEXT) registers.set(offset, value);
            return undefined;
          },
        }),
      );

      const ctrlAp = new CtrlAp({
        index: CTRL_AP,
        idr: CTRL_AP_IDR.nrf52,
        soc,
        context: { clock, log },
        looksProtected: () => {
          const glitch = glitches > 0;
          if (glitch) glitches -= 1;
          return locked || glitch;
        },
        eraseUs: options.erase === "stuck" ? Infinity : ERASE_ALL_US,
        erase: () => {
          eraseAll();
          locked = false;
        },
        reset: () => {
          soc.reset("system", "CTRL-AP RESET");
        },
      });
      soc.accessPorts.set(CTRL_AP, ctrlAp);
    },
  });
}
