/** Faults that are staged. */
import { READ, type Staged } from "./case.ts";
import { FLASH } from "./flash.ts";
import { PACKS } from "./packs.ts";
import { WIRES } from "./wires.ts";

const locked = (model: string, part: RegExp, tries: RegExp, more: Partial<Staged> = {}): Staged => ({
  name: `${model} locked`,
  argv: [...READ, `sim:${model}`],
  code: "locked",
  says: part,
  tries,
  exit: 4,
  after: 0,
  ...more,
});

export const STAGED: readonly Staged[] = [
  ...WIRES,
  ...PACKS,
  ...FLASH,
  {
    name: "nRESET not wired, connecting under reset",
    argv: [...READ, "sim:nrf52840?nreset=open", "--connect", "under-reset"],
    code: "nreset-not-wired",
    says: /nRESET is not wired/,
    tries: /--connect halt/,
    exit: 1,
    after: 0,
  },
  {
    name: "nRESET not wired, hardware reset",
    argv: ["reset", "--type", "hardware", "--probe", "sim:nrf52840?nreset=open"],
    code: "nreset-not-wired",
    says: /nRESET is not wired/,
    tries: /reset --type system/,
    exit: 1,
    after: 0,
  },
  {
    name: "a probe without nRESET",
    argv: ["reset", "--type", "hardware", "--probe", "sim:nrf52840?quirk=no-nreset"],
    code: "no-nreset",
    says: /the probe cannot reset the target: it has no nRESET/,
    tries: /reset --type system/,
    exit: 1,
    after: 0,
  },
  locked("efm32gg990?locked=yes", /the EFM32 is locked/, /shipped:silabs\/efm32#Recover/),
  locked("mk64fn1m0?secured=yes", /the Kinetis is locked/, /shipped:nxp\/kinetis#Recover/),
  locked("mk64fn1m0?secured=for-ever", /the Kinetis is locked, and nothing opens it/, /another part/, {
    code: "locked-for-ever",
    after: undefined,
  }),
  locked("atsamd21j18?secured=yes", /the SAM is locked/, /shipped:microchip\/sam-d-l#Recover/),
  locked("nrf52840?protected=yes", /the nRF52 is locked: APPROTECT/, /shipped:nordic\/nrf52#Recover/),
  locked("nrf5340?protected=application", /the nRF53 is locked: APPROTECT/, /shipped:nordic\/nrf53#Recover/),
  locked("nrf9160?protected=yes", /the nRF91 is locked: APPROTECT/, /shipped:nordic\/nrf91#Recover/),
  locked(
    "nrf9160?protected=yes&eraseProtect=yes",
    /the nRF91 is locked, and nothing opens it/,
    /another part/,
    {
      code: "locked-for-ever",
      after: undefined,
    },
  ),
  locked("lpc55s36?mailbox=on", /the LPC55 is locked: the boot ROM/, /--seq shipped:nxp\/lpc55/),
  {
    ...locked(
      "stm32f407?rdp=level1",
      /the STM32 is read-protected \(RDP level 1\)/,
      /shipped:st\/stm32f4#Recover/,
    ),
    argv: ["read", "0x08000000", "--probe", "sim:stm32f407?rdp=level1"],
    code: "read-protected",
  },
  {
    name: "stm32f407 at RDP level 2",
    argv: [...READ, "sim:stm32f407?rdp=level2"],
    code: "closed-port",
    says: /AP 0 is closed/,
    tries: /--connect under-reset/,
    exit: 4,
    after: 4,
  },
  {
    name: "stm32f407 at RDP level 2, under reset",
    argv: [...READ, "sim:stm32f407?rdp=level2", "--connect", "under-reset"],
    code: "sealed",
    says: /the part is locked: AP 0 stays closed even while nRESET is held low/,
    exit: 4,
  },
  {
    name: "stm32f407 in Stop",
    argv: [...READ, "sim:stm32f407?firmware=stops"],
    code: "closed-port",
    says: /the firmware has put the device to sleep/,
    tries: /--connect under-reset/,
    exit: 4,
    after: 0,
  },
  {
    name: "rp2040 dormant",
    argv: [...READ, "sim:rp2040"],
    code: "dormant",
    says: /the debug port is dormant/,
    tries: /--dormant/,
    exit: 4,
    after: 0,
  },
  {
    name: "cy8c6247 whose firmware takes the debug pins",
    argv: [...READ, "sim:cy8c6247?firmware=closes"],
    code: "pins-taken",
    says: /the firmware of the PSoC 6 has taken the debug pins/,
    tries: /shipped:infineon\/psoc6#Acquire/,
    exit: 4,
    after: 0,
  },
  {
    name: "an address where nothing is",
    argv: ["read", "0xA0000000", "--probe", "sim:generic-m4"],
    code: "no-memory",
    says: /nothing answers at 0xA0000000/,
    exit: 4,
  },
];
