/**
 * The SAM D21J18A: data in YAML, and here what joins its flash controller (nvmctrl.ts) with the device service unit, which is
 * all that a debugger reaches of a secured part and which opens it by erasing it. The public sources are named in the YAML.
 */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { wordDevice } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import { Nvmctrl } from "./nvmctrl.ts";
import yaml from "./atsamd21j18.yaml";

const NVMCTRL = 0x4100_4000;
const DSU = 0x4100_2000;
/** From here on the DSU answers the debugger of a secured part too: the same registers once more (13.9.1). */
const DSU_EXTERNAL = 0x100;
/** CTRL, STATUSA and STATUSB are the first three bytes. */
const CONTROL = 0x00;
const DID = 0x18;
const SAMD21J18A = 0x1001_0300;
const CHIP_ERASE = 1 << 4;
const DONE = 1 << 8;
const CRSTEXT = 1 << 9;
const PROTECTED = 1 << 16;
const DEBUGGER = 1 << 17;
/** STATUSA: DONE, CRSTEXT, BERR, FAIL and PERR are cleared by writing ones. */
const STATUS_A = 0x1f << 8;
const CHIP_ERASE_US = 240_000;

export function atsamd21j18(): Model {
  return defineModel({
    extends: new Source("atsamd21j18.yaml", yaml),
    options: {
      flash: {
        type: "choice",
        values: ["works", "busy", "protected", "locked"],
        default: "works",
        about:
          "busy: READY never comes back after a command, nor does the DSU's chip erase end; protected: BOOTPROT keeps the first 32 KiB; locked: the user row locks every region",
      },
      secured: {
        type: "choice",
        values: ["no", "yes"],
        default: "no",
        about: "yes: the security bit is set, a debugger reaches the DSU only until it has erased the chip",
      },
    },
    build(soc, { clock, log, options }) {
      const flash = soc.memory("flash");
      const userRow = soc.memory("user-row");
      if (options.flash === "protected") userRow.put(0, 1, 0xf8);
      if (options.flash === "locked") userRow.put(6, 2, 0);
      const parts = {
        flash,
        userRow,
        nowUs: () => clock.nowUs(),
        reached: (atUs: number) => clock.reached(atUs),
        log,
        busyForEver: options.flash === "busy",
      };
      const nvmctrl = new Nvmctrl(parts, options.secured === "yes");
      soc.map(
        { name: "NVMCTRL", start: NVMCTRL, size: 0x400 },
        wordDevice({
          still: () => true,
          read: (offset) => nvmctrl.read(offset),
          write: (offset, value) => {
            nvmctrl.write(offset, value);
          },
        }),
      );
      soc.memAp(0).reaches = (address) =>
        !nvmctrl.secured || (address >= DSU + DSU_EXTERNAL && address < DSU + 0x1000);

      soc.keep("NVMCTRL", nvmctrl.kept);
      let status = 0;
      soc.keep("DSU", keptVariables({ status: [() => status, (value) => (status = value)] }));
      const registers = new Map<number, number>();
      soc.onReset((kind) => {
        if (kind === "core") return;
        nvmctrl.reset();
        status = 0;
        registers.clear();
      });
      // Cold plugging (13, debugger probe detection): with SWCLK low when nRESET rises, the core stays in reset until the debugger lets it go.
      soc.extendsReset = () => {
        if (soc.swclk === 1) return false;
        log("cold plugging: the core stays in reset");
        status |= CRSTEXT;
        return true;
      };
      const erase = (): void => {
        log("DSU erases the chip");
        if (options.flash === "busy") return;
        const ram = soc.memory("ram");
        ram.fill(0, ram.size, 0);
        clock.after(CHIP_ERASE_US, () => {
          flash.fill(0, flash.size, 0xff);
          nvmctrl.securing = false;
          nvmctrl.secured = false;
          status |= DONE;
        });
      };
      const read = (offset: number): number => {
        const register = offset % DSU_EXTERNAL;
        if (register === CONTROL) return status | DEBUGGER | (nvmctrl.secured ? PROTECTED : 0);
        return register === DID ? SAMD21J18A : (registers.get(register) ?? 0);
      };
      const word = wordDevice({
        read,
        write: (offset, value) => {
          registers.set(offset % DSU_EXTERNAL, value);
          return undefined;
        },
      });
      soc.map(
        { name: "DSU", start: DSU, size: 0x1000, debugDomain: true },
        {
          still: () => true,
          read: (offset, size) => word.read(offset, size),
          write(offset, size, value) {
            const register = offset % DSU_EXTERNAL;
            if (register >= 4) return word.write(offset, size, value);
            // CTRL and STATUSA are bytes: what is written to one does not touch the other.
            const written = (value << (8 * register)) >>> 0;
            if ((status & written & CRSTEXT) !== 0) soc.releaseCores();
            status &= ~(written & STATUS_A);
            if ((written & CHIP_ERASE) !== 0) erase();
            return undefined;
          },
        },
      );
    },
  });
}
