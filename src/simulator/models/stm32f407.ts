/** The STM32F407: data in YAML, and here its flash interface (RM0090 3.8, 3.9). The public sources are named in the YAML. */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { wordDevice } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import yaml from "./stm32f407.yaml";

const FLASH_INTERFACE = 0x4002_3c00;
const KEYR = 0x04;
const OPTKEYR = 0x08;
const SR = 0x0c;
const CR = 0x10;
const OPTCR = 0x14;
const KEYS = [0x4567_0123, 0xcdef_89ab] as const;
const OPTION_KEYS = [0x0819_2a3b, 0x4c5d_6e7f] as const;

const OPERR = 1 << 1;
const WRPERR = 1 << 4;
const PGAERR = 1 << 5;
const PGPERR = 1 << 6;
const PGSERR = 1 << 7;
const ERRORS = OPERR | WRPERR | PGAERR | PGPERR | PGSERR;
const EOP = 1 << 0;
const BSY = 1 << 16;
const EOPIE = 1 << 24;

const PG = 1 << 0;
const SER = 1 << 1;
const MER = 1 << 2;
const STRT = 1 << 16;
const LOCK = (1 << 31) >>> 0;
/** nWRP of OPTCR: a 1 leaves the sector open. */
const OPEN = 0x0fff_aaed;
const NWRP = 0x0fff_0000;

const OPTSTRT = 1 << 1;
/** Values of RDP that set a level; every other one is level 1 (3.7.3). */
const RDP = { level0: 0xaa, level1: 0x55, level2: 0xcc } as const;
type Level = keyof typeof RDP;
const LEVELS: readonly Level[] = ["level0", "level1", "level2"];

const DBGMCU_CR = 0xe004_2004;
const DBG_STOP = 1 << 1;
/** At the reset vector: SCR.SLEEPDEEP set, then WFI for ever. */
const RESET_CODE = 0x200;
const STOPPING = [0x2104_4802, 0xbf30_6001, 0xbf00_e7fd, 0xe000_ed10] as const;

const WORD_US = 16;
const MASS_ERASE_US = 8_000_000;

/** Start and size of each sector, and how long its erase takes. */
const SECTORS = [
  ...[0, 1, 2, 3].map((index) => ({ start: index * 0x4000, size: 0x4000, us: 250_000 })),
  { start: 0x1_0000, size: 0x1_0000, us: 550_000 },
  ...[1, 2, 3, 4, 5, 6, 7].map((index) => ({ start: index * 0x2_0000, size: 0x2_0000, us: 1_000_000 })),
];

export function stm32f407(): Model {
  return defineModel({
    extends: new Source("stm32f407.yaml", yaml),
    options: {
      flash: {
        type: "choice",
        values: ["works", "busy", "protected", "locked"],
        default: "works",
        about:
          "busy: BSY never comes back after a command; protected: every sector is write-protected (nWRP); locked: the keys are not taken",
      },
      rdp: {
        type: "choice",
        values: ["level0", "level1", "level2"],
        default: "level0",
        about:
          "level1: while a debugger is attached nothing can read, erase or program the flash, until the level is taken back, which erases all; level2: the debug port reaches nothing, for ever",
      },
      firmware: {
        type: "choice",
        values: ["runs", "stops"],
        default: "runs",
        about:
          "stops: it enters Stop mode at once, so that AP 0 answers only under reset, or where DBGMCU_CR keeps its clock running",
      },
    },
    build(soc, { clock, options }) {
      const flash = soc.memory("flash");
      const backup = soc.memory("backup-sram");
      const core = soc.core();
      let status = 0;
      let control = LOCK;
      let protection: Level = options.rdp;
      /** A debugger was there since power came (3.7.3). */
      let isDebugged = false;
      /** FLASH_OPTCR as the option bytes load it. */
      let writeProtection = options.flash === "protected" ? 0 : OPEN & NWRP;
      const loaded = (): number => (writeProtection | (RDP[protection] << 8) | (OPEN & 0xff)) >>> 0;
      let optionControl = loaded();
      let key = 0;
      let busyUntilUs = 0;
      let isDue = false;
      const busy = (): boolean => !clock.reached(busyUntilUs);
      const work = (us: number): void => {
        busyUntilUs = options.flash === "busy" ? Infinity : Math.max(clock.nowUs(), busyUntilUs) + us;
        isDue = true;
      };
      // "It is set only if the end of operation interrupts are enabled" (RM0090 3.9.5, FLASH_SR, EOP).
      const complete = (): void => {
        if (!isDue || busy()) return;
        isDue = false;
        if ((control & EOPIE) !== 0) status |= EOP;
      };
      const isOpen = (sector: number): boolean => ((optionControl >>> (16 + sector)) & 1) === 1;
      if (options.firmware === "stops")
        STOPPING.forEach((word, at) => {
          flash.put(RESET_CODE + 4 * at, 4, word);
        });
      const keepsClock = (): boolean => (Number(soc.bus().read(DBGMCU_CR, 4)) & DBG_STOP) !== 0;
      const ap = soc.memAp(0);
      ap.enabled = () =>
        protection !== "level2" && !(options.firmware === "stops" && core.sleeping && !keepsClock());
      const isClosed = (): boolean => protection !== "level0" && isDebugged;
      const protect = (): void => {
        for (const memory of [flash, backup]) memory.unreadable = isClosed();
      };
      soc.onDebugPower = (_dp, requested) => {
        isDebugged ||= requested;
        protect();
      };
      /** The options as FLASH_OPTCR has them, in force; a level that is taken back empties the flash first. */
      const startOptions = (): void => {
        const wanted = levelOf(optionControl);
        if (protection !== "level2") writeProtection = optionControl & NWRP;
        if (protection === "level2") {
          status |= WRPERR;
          optionControl = loaded();
          return;
        }
        if (protection === "level1" && wanted === "level0") {
          work(MASS_ERASE_US);
          if (options.flash === "busy") return;
          clock.after(MASS_ERASE_US, () => {
            flash.fill(0, flash.size, 0xff);
            backup.fill(0, backup.size, 0);
            protection = "level0";
            protect();
          });
          return;
        }
        protection = wanted;
        protect();
      };
      soc.onReset((kind) => {
        if (kind === "core") return;
        if (kind === "power") isDebugged = false;
        protect();
        optionControl = loaded();
        status = 0;
        control = LOCK;
        key = 0;
        busyUntilUs = 0;
      });

      soc.keep(
        "FLASH",
        keptVariables({
          level: [() => LEVELS.indexOf(protection), (value) => (protection = LEVELS[value] ?? "level1")],
          writeProtection: [() => writeProtection, (value) => (writeProtection = value)],
          optionControl: [() => optionControl, (value) => (optionControl = value)],
          status: [() => status, (value) => (status = value)],
          control: [() => control, (value) => (control = value)],
          key: [() => key, (value) => (key = value)],
          busyUntilUs: [() => busyUntilUs, (value) => (busyUntilUs = value)],
          isDue: [() => isDue, (value) => (isDue = value === 1)],
          isDebugged: [
            () => isDebugged,
            (value) => {
              isDebugged = value === 1;
              protect();
            },
          ],
        }),
      );

      flash.handleWrites((offset, size, value) => {
        // A debugger or core that writes without PG gets an error flag, not a bus error.
        const sector = SECTORS.findIndex(
          ({ start, size: bytes }) => offset >= start && offset < start + bytes,
        );
        if (isClosed()) status |= WRPERR;
        else if ((control & PG) === 0) status |= PGSERR;
        else if (size !== 1 << ((control >>> 8) & 3)) status |= PGPERR;
        else if (!isOpen(sector)) status |= WRPERR;
        else if ((status & ERRORS) !== 0) status |= PGSERR;
        else {
          flash.put(offset, size, (flash.read(offset, size) & value) >>> 0);
          work(WORD_US);
        }
        return undefined;
      });

      backup.handleWrites((offset, size, value) => {
        if (isClosed()) return "error";
        backup.put(offset, size, value);
        return undefined;
      });

      const start = (): void => {
        if (isClosed()) {
          status |= WRPERR;
          return;
        }
        if ((control & MER) !== 0) {
          if (SECTORS.some((_, sector) => !isOpen(sector))) status |= WRPERR;
          else {
            flash.fill(0, flash.size, 0xff);
            work(MASS_ERASE_US);
          }
          return;
        }
        const number = (control >>> 3) & 0xf;
        const sector = SECTORS[number];
        if ((control & SER) === 0 || sector === undefined) status |= PGSERR;
        else if (!isOpen(number)) status |= WRPERR;
        else {
          flash.fill(sector.start, sector.size, 0xff);
          work(sector.us);
        }
      };
      /** A wrong key locks the register until the next reset. */
      const unlock = (value: number, keys: readonly [number, number]): boolean => {
        const right = options.flash !== "locked" && value === keys[key];
        key = right ? key + 1 : keys.length + 1;
        if (key !== keys.length) return false;
        key = 0;
        return true;
      };
      soc.map(
        { name: "FLASH", start: FLASH_INTERFACE, size: 0x400 },
        wordDevice({
          still: () => true,
          read: (offset) => {
            if (offset === SR) {
              complete();
              return (status | (busy() ? BSY : 0)) >>> 0;
            }
            if (offset === CR) return control;
            return offset === OPTCR ? optionControl : 0;
          },
          write: (offset, value) => {
            if (offset === KEYR && unlock(value, KEYS)) control = (control & ~LOCK) >>> 0;
            else if (offset === OPTKEYR && unlock(value, OPTION_KEYS)) optionControl &= ~1;
            else if (offset === SR) {
              complete();
              status &= ~value;
            } else if (offset === OPTCR && (optionControl & 1) === 0 && !busy()) {
              optionControl = (value & ~OPTSTRT) >>> 0;
              if ((value & OPTSTRT) !== 0) startOptions();
            } else if (offset === CR && (control & LOCK) === 0 && !busy()) {
              control = (value & ~STRT) >>> 0;
              if ((value & STRT) !== 0) start();
            }
            return undefined;
          },
        }),
      );
    },
  });
}

function levelOf(optionControl: number): Level {
  const rdp = (optionControl >>> 8) & 0xff;
  if (rdp === RDP.level0) return "level0";
  return rdp === RDP.level2 ? "level2" : "level1";
}
