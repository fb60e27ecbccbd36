/** The kinds of reset by name, as the API takes them. */

/**
 * - `DEFAULT`: the core's `defaultResetType` where it is set; else the pack's `defaultResetSequence`; else `SYSTEM`.
 * - `HARDWARE`: the sequence ResetHardware, else `NSRST`.
 * - `SYSTEM`: the sequence ResetSystem, else `SYSRESETREQ`.
 * - `CORE`: the device's sequence ResetProcessor, else `VECTRESET`.
 * - `NSRST`: the probe pulses nRESET.
 * - `SYSRESETREQ`: AIRCR.SYSRESETREQ, which resets all of most devices.
 * - `VECTRESET`: AIRCR.VECTRESET, the core alone; v7-M only, elsewhere `EMULATED`.
 * - `EMULATED`: the core's registers are written as a reset leaves them; no vector catch sees it.
 */
export const ResetType = {
  DEFAULT: "default",
  HARDWARE: "hardware",
  SYSTEM: "system",
  CORE: "core",
  NSRST: "nsrst",
  SYSRESETREQ: "sysresetreq",
  VECTRESET: "vectreset",
  EMULATED: "emulated",
} as const;

export type ResetType = (typeof ResetType)[keyof typeof ResetType];
