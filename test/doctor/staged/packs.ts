/** Packs and processors that are not those of the part on the board. */
import { FIXTURES, READ, type Staged } from "./case.ts";

const EX52 = ["--pack", "examples/05-flash/Example.EX52_DFP.pdsc"];
const EX745 = ["--pack", `${FIXTURES}/Example.EX745_DFP.pdsc`, "--device", "EX745"];

export const PACKS: readonly Staged[] = [
  {
    name: "the pack of a Cortex-M4 on an STM32H743",
    argv: [...READ, "sim:stm32h743", ...EX52],
    code: "wrong-device",
    says: /this is not the EX52840 of the pack: the core is a Cortex-M7/,
    tries: /name the device that is printed on the chip/,
    exit: 4,
  },
  {
    name: "the second core of a pack on a part with one",
    argv: [...READ, "sim:stm32h743", ...EX745, "--pname", "CM4"],
    code: "wrong-access-port",
    says: /AP 3, the access port of CM4, does not exist on this device/,
    tries: /--pname CM7/,
    exit: 4,
    after: 0,
  },
  {
    name: "the pack of an STM32 on an nRF52840",
    argv: [...READ, "sim:nrf52840", ...EX745, "--pname", "CM7"],
    code: "wrong-device",
    says: /this is not the EX745 of the pack: the core is a Cortex-M4/,
    tries: /name the device that is printed on the chip/,
    exit: 4,
  },
];
