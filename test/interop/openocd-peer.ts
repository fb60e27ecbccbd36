/** Finds an OpenOCD with `cmsis-dap backend tcp`, newer than release 0.12, and says how it reaches a served probe. */
import { spawnSync } from "node:child_process";

/** OPENOCD names one that is not in the PATH. */
export const OPENOCD = process.env["OPENOCD"] ?? "openocd";
/** OPENOCD_SCRIPTS names its folder of configuration files, if it does not find that by itself. */
const SCRIPTS = process.env["OPENOCD_SCRIPTS"];
const BACKEND = ["adapter driver cmsis-dap", "cmsis-dap backend tcp"];

export function openocdArguments(commands: readonly string[]): string[] {
  const search = SCRIPTS === undefined ? [] : ["-s", SCRIPTS];
  return [...search, ...commands.flatMap((command) => ["-c", command])];
}

/** How it reaches a probe on a port of this host; what it is to do with the target comes behind. */
export function openocdProbe(port: number, transport: "swd" | "jtag" = "swd"): readonly string[] {
  return [
    ...BACKEND,
    "cmsis-dap tcp host 127.0.0.1",
    `cmsis-dap tcp port ${port}`,
    `transport select ${transport}`,
    "adapter speed 4000",
    "tcl port disabled",
    "telnet port disabled",
  ];
}

/** Why there is none; undefined if there is one. */
export function openocdObstacle(): string | undefined {
  const { error, status } = spawnSync(OPENOCD, openocdArguments([...BACKEND, "shutdown"]));
  if (error !== undefined) return `there is no ${OPENOCD}; OPENOCD=PATH names one`;
  return status === 0 ? undefined : `${OPENOCD} has no \`cmsis-dap backend tcp\`; OPENOCD=PATH names another`;
}

/** Why it has not its own description of a target; undefined if it has. */
export function openocdLacks(script: string): string | undefined {
  const { status } = spawnSync(OPENOCD, openocdArguments([`find ${script}`, "shutdown"]));
  return status === 0
    ? undefined
    : `${OPENOCD} does not find ${script}; OPENOCD_SCRIPTS=FOLDER names its scripts`;
}
