/** Flash that takes nothing: protected, busy, reset meanwhile, or an algorithm for another family. */
import { FIXTURES, type Staged } from "./case.ts";

const IMAGE = [`${FIXTURES}/image.txt`, "--format", "bin", "--base"];
const flash = (base: string, algorithm: string, probe: string): readonly string[] => [
  "flash",
  ...IMAGE,
  base,
  ...["--algorithm", `test/flash/fixtures/algorithms/${algorithm}.FLM`, "--ram", "0x20000000:0x4000"],
  ...["--probe", `sim:${probe}`],
];
const BUSY = { code: "flash-busy", says: /the flash controller is still busy/, tries: /switch the power/ };
const WRONG = { code: "wrong-algorithm", tries: /use the device's pack/ };
const CLOSED = { code: "write-protected", exit: 1 };

export const FLASH: readonly Staged[] = [
  {
    ...{ name: "stm32f407 flash protected", ...CLOSED },
    argv: flash("0x08008000", "STM32F4", "stm32f407?flash=protected"),
    says: /the option bytes write-protect flash: every sector/,
    tries: /FLASH_OPTCR/,
  },
  {
    ...{ name: "mk64fn1m0 flash protected", ...CLOSED },
    argv: flash("0x10000", "K64", "mk64fn1m0?flash=protected"),
    says: /FPROT write-protects flash/,
    tries: /shipped:nxp\/kinetis#Recover/,
    after: 0,
  },
  {
    ...{ name: "atsamd21j18 flash protected", ...CLOSED },
    argv: flash("0x400", "SAMD21", "atsamd21j18?flash=protected"),
    says: /BOOTPROT write-protects the first 32768 bytes of flash/,
    tries: /set BOOTPROT to 7/,
  },
  {
    ...{ name: "atsamd21j18 flash locked", ...CLOSED },
    argv: flash("0x400", "SAMD21", "atsamd21j18?flash=locked"),
    says: /every region of flash is locked/,
    tries: /unlock the regions/,
  },
  {
    ...{ name: "stm32h743 flash protected", ...CLOSED },
    argv: [
      ...[
        "flash",
        ...IMAGE,
        "0x08020000",
        "--pack",
        `${FIXTURES}/Example.EX745_DFP.pdsc`,
        "--device",
        "EX743",
      ],
      ...["--probe", "sim:stm32h743?flash=protected"],
    ],
    says: /the option bytes write-protect flash: every sector of bank 1/,
    tries: /FLASH_WPSN_PRG1R/,
  },
  {
    ...{ name: "stm32f407 flash busy", ...BUSY, exit: 1 },
    argv: flash("0x08008000", "STM32F4", "stm32f407?flash=busy"),
  },
  {
    ...{ name: "atsamd21j18 flash busy", ...BUSY, exit: 1 },
    argv: flash("0x400", "SAMD21", "atsamd21j18?flash=busy"),
  },
  {
    ...{ name: "nrf52840 flash busy", ...BUSY, exit: 1 },
    argv: flash("0x10000", "NRF52", "nrf52840?nvmc=busy"),
  },
  {
    ...{ name: "the algorithm of an nRF52 on an STM32F4", ...WRONG, exit: 1 },
    argv: flash("0x10000", "NRF52", "stm32f407"),
    says: /made for another family of devices: it waits for a flash controller/,
  },
  {
    ...{ name: "the algorithm of a SAM D21 on a Kinetis", ...WRONG, exit: 1 },
    argv: flash("0x10000", "SAMD21", "mk64fn1m0"),
    says: /made for another family of devices: it accesses 0x41004014/,
  },
];
