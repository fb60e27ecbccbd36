/** Drives, watches and pulses nRESET through the probe. Knows the pin's place in DAP_SWJ_Pins and nothing of the target. */
import { CoreSightFailure } from "../../coresight/wire/faults.ts";
import type { Wire } from "../../coresight/wire/wire.ts";

/** nRESET in DAP_SWJ_Pins (CMSIS-DAP, DAP_SWJ_Pins). */
const NRESET = 0x80;
/** The time that the line may take to rise, as in the specification's ResetHardware. */
const RISE_LIMIT_US = 1_000_000;

export async function driveReset(wire: Wire, asserted: boolean): Promise<void> {
  const label = asserted ? "nRESET driven low" : "nRESET released";
  const output = asserted ? 0 : NRESET;
  await wire.words(() => [{ op: { kind: "pins", output, select: NRESET, waitUs: 0 } }], label);
  // The target is in reset or comes out of it: SELECT, CSW and TAR may have lost their values.
  wire.forget();
}

export async function isResetLow(wire: Wire): Promise<boolean> {
  const [pins = NRESET] = await wire.words(
    () => [{ op: { kind: "pins", output: 0, select: 0, waitUs: 0 } }],
    "level of nRESET",
  );
  return (pins & NRESET) === 0;
}

/** Drives the line low for `holdUs`, then releases it and waits until it is seen high. */
export async function pulseReset(wire: Wire, holdUs: number): Promise<void> {
  await driveReset(wire, true);
  try {
    await wire.clock.sleep(holdUs);
  } finally {
    await driveReset(wire, false);
  }
  const endUs = wire.clock.nowUs() + RISE_LIMIT_US;
  while (await isResetLow(wire)) {
    if (wire.clock.nowUs() >= endUs) {
      throw new CoreSightFailure(
        { kind: "reset-stuck", limitUs: RISE_LIMIT_US },
        `nRESET stays low for ${RISE_LIMIT_US / 1000} ms after the probe let it go: the probe has no nRESET (Raspberry Pi Debug Probe), or something holds the line low`,
      );
    }
    await wire.clock.sleep(1000);
  }
}
