/**
 * The EFM32GG990: data in YAML, and here the authentication access port that a locked part shows in the place of its memory
 * access port, and that opens the part by erasing it. The public sources are named in the YAML.
 */
import { Source } from "../../lib/source.ts";
import type { AccessPort } from "../port/access-port.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { keptVariables } from "../bus/kept.ts";
import yaml from "./efm32gg990.yaml";

/** AAP (reference manual, debug interface). */
const CMD = 0x00;
const CMDKEY = 0x04;
const STATUS = 0x08;
const IDR = 0xfc;
const AAP_IDR = 0x16e6_0001;
const KEY = 0xcfac_c118;
const DEVICEERASE = 1 << 0;
const SYSRESETREQ = 1 << 1;
const ERASEBUSY = 1 << 0;
/** Debug lock word: its lowest four bits set leave the part open. */
const DLW = 4 * 127;
const OPEN = 0xf;
const ERASE_US = 40_000;

export function efm32gg990(): Model {
  return defineModel({
    extends: new Source("efm32gg990.yaml", yaml),
    options: {
      locked: {
        type: "choice",
        values: ["no", "yes"],
        default: "no",
        about: "yes: the debug lock word is cleared, only the AAP answers until it has erased everything",
      },
      erase: {
        type: "choice",
        values: ["works", "stuck", "ignored"],
        default: "works",
        about:
          "stuck: ERASEBUSY stays set; ignored: the AAP takes the command and erases nothing (AAP lock word)",
      },
    },
    build(soc, { clock, log, options }) {
      const lockBits = soc.memory("lock-bits");
      if (options.locked === "yes") lockBits.put(DLW, 4, 0);
      const isLocked = (): boolean => (lockBits.read(DLW, 4) & OPEN) !== OPEN;
      const memAp = soc.memAp(0);
      let locked = isLocked();
      let key = 0;
      let busy = false;
      soc.onReset((kind) => {
        if (kind === "core") return;
        if (kind === "power") memAp.reset();
        locked = isLocked();
        key = 0;
      });
      soc.keep(
        "AAP",
        keptVariables({
          locked: [() => locked, (value) => (locked = value === 1)],
          key: [() => key, (value) => (key = value)],
          busy: [() => busy, (value) => (busy = value === 1)],
        }),
      );
      const erase = (): void => {
        log(`AAP: device erase${options.erase === "ignored" ? " is locked" : ""}`);
        if (options.erase === "ignored") return;
        busy = true;
        if (options.erase === "stuck") return;
        clock.after(ERASE_US, () => {
          busy = false;
          for (const name of ["flash", "lock-bits", "ram"]) {
            const memory = soc.memory(name);
            memory.fill(0, memory.size, name === "ram" ? 0 : 0xff);
          }
        });
      };
      const aap: Pick<AccessPort, "read" | "write"> = {
        read(register) {
          const value = register === IDR ? AAP_IDR : register === STATUS && busy ? ERASEBUSY : 0;
          soc.log.register({ ap: 0, register, access: "read", value });
          return value;
        },
        write(register, value) {
          soc.log.register({ ap: 0, register, access: "write", value });
          if (register === CMDKEY) key = value >>> 0;
          else if (register === CMD && key === KEY) {
            if ((value & DEVICEERASE) !== 0) erase();
            if ((value & SYSRESETREQ) !== 0) soc.reset("system", "AAP SYSRESETREQ");
          }
          return undefined;
        },
      };
      soc.accessPorts.set(0, {
        read: (register) => (locked ? aap : memAp).read(register),
        write: (register, value) => (locked ? aap : memAp).write(register, value),
        busy: (nowUs) => !locked && memAp.busy(nowUs),
        abort: () => {
          if (!locked) memAp.abort();
        },
      });
    },
  });
}
