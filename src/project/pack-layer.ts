/**
 * Makes the weakest layer of the settings from what the device's pack says about the connection, and reports
 * what cannot be done.
 */
import { parentLoop } from "../device/ports.ts";
import { where } from "../lib/source.ts";
import type { DeviceContext } from "./context.ts";
import { SessionFailure } from "./faults.ts";
import type { Given } from "../options/given.ts";
import type { SourcedSettings } from "../options/resolve.ts";
import { UNASKED_CLOCK_HZ } from "../options/table.ts";
import { frequencyText } from "../lib/units.ts";

/**
 * Reads `<debugconfig>`. Its clock is a default, so the user did not ask for one that is above what any board
 * takes (wire rule 24).
 */
export function packLayer({ description }: DeviceContext): Given {
  const config = description?.debugConfig;
  if (config === undefined) return { origin: "pack", values: {} };
  const { protocol, swj, dormant, clockHz } = config;
  return {
    origin: "pack",
    values: {
      swj,
      dormant,
      ...(protocol === "cjtag" ? {} : { protocol }),
      ...(clockHz === undefined ? {} : { clockHz: Math.min(clockHz, UNASKED_CLOCK_HZ) }),
    },
  };
}

/**
 * The user's request wins over the pack, although the pack may know why the device takes no more (wire rule
 * 24).
 */
export function connectionNotes(
  { description }: DeviceContext,
  { clockHz: { value, origin } }: SourcedSettings,
): readonly string[] {
  const packHz = description?.debugConfig?.clockHz;
  if (packHz === undefined || value <= packHz) return [];
  return [
    `the clock of ${frequencyText(value)} (${origin}) is above the ${frequencyText(packHz)} of the device's pack`,
  ];
}

/**
 * Refuses what cannot be connected to, before anything is sent. Throws `not-supported`,
 * `undescribed-access-port`.
 */
export function refuseUnconnectable(context: DeviceContext, { protocol, connect }: SourcedSettings): void {
  const { description, pname } = context;
  if (description === undefined) return;
  const { debugConfig } = description;
  if (debugConfig?.protocol === "cjtag" && protocol.origin === "default")
    throw refused(
      `${where(debugConfig.span)}: the debug protocol of ${description.device} is cJTAG, which CMSIS-DAP probes do not speak; ` +
        "ask for swd or jtag if the device has it too",
    );
  if (connect.value === "none") return;
  const what = pname === undefined ? description.device : `${description.device}:${pname}`;
  const { accessPorts } = description;
  const { debug, apid } = context;
  const port = accessPorts.find((one) => one.apid === apid);
  // A description without any port leaves the ports to the debugger.
  const isNamed = debug?.apid !== undefined;
  if (port === undefined && (isNamed || debug?.ap === undefined) && accessPorts.length > 0)
    throw unreachable(
      context,
      `${where((debug ?? description).span)}: ${what} is reached by the access port with __apid ${apid}${isNamed ? "" : " (the default)"}, ` +
        `which the pack does not describe (described: ${accessPorts.map((one) => one.apid).join(", ")})`,
    );
  const loop = port && parentLoop(accessPorts, port);
  if (loop !== undefined)
    throw unreachable(
      context,
      `${where(loop.span)}: ${what} is reached by the access port with __apid ${loop.apid}, which stands inside itself by way of its parents`,
    );
}

/** The pack names no access port that could be checked, and another one must not be used instead. */
function unreachable({ apid, description }: DeviceContext, what: string): SessionFailure {
  const known = (description?.accessPorts ?? []).map((port) => port.apid);
  return new SessionFailure({ kind: "undescribed-access-port", apid, known }, what);
}

function refused(what: string): SessionFailure {
  return new SessionFailure({ kind: "not-supported", what }, what);
}
