/**
 * Makers of chips by their JEP106 code, for people who read identification registers. Lists those that make Arm
 * devices.
 */

/**
 * The code has continuation codes in bits 10:7 and the code without its parity bit in 6:0, as in DPIDR, IDR and
 * PIDR (JEP106).
 */
const DESIGNERS: ReadonlyMap<number, string> = new Map([
  [0x00e, "Freescale"],
  [0x015, "NXP"],
  [0x017, "Texas Instruments"],
  [0x018, "Toshiba"],
  [0x01f, "Atmel"],
  [0x020, "STMicroelectronics"],
  [0x029, "Microchip"],
  [0x034, "Cypress"],
  [0x041, "Infineon"],
  [0x049, "Xilinx"],
  [0x065, "Analog Devices"],
  [0x06e, "Altera"],
  [0x144, "Nordic Semiconductor"],
  [0x223, "Renesas"],
  [0x23b, "Arm"],
  [0x373, "Silicon Labs (Energy Micro)"],
  [0x493, "Raspberry Pi"],
]);

export function designerName(code: number): string | undefined {
  return DESIGNERS.get(code);
}
