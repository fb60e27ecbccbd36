/** `dbgseq devices`: what a pack describes. */
import type { Command } from "commander";
import type { DeviceEntry } from "../../api/calls/devices.ts";
import { listDevices } from "../../api/node/packs.ts";
import { EXIT } from "../../api/exit-codes.ts";
import { Failure } from "../../lib/fault.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { whileReading, type Io } from "../terminal/io.ts";
import { greatest } from "../../lib/lists.ts";

interface DevicesOptions {
  readonly pack: string;
  readonly json?: boolean;
}

export function defineDevices(command: Command, io: Io): void {
  command
    .argument("[text]", "only devices with this in their name; case does not matter")
    .requiredOption("--pack <file>", "pack description (.pdsc)")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
Examples:
  dbgseq devices --pack Vendor.DFP.pdsc
  dbgseq devices h743 --pack Vendor.DFP.pdsc`,
    )
    .action(async (text: string | undefined, options: DevicesOptions) => {
      const { pack, devices: all } = await whileReading(io, options.pack, () => listDevices(options.pack));
      const wanted = (text ?? "").toLowerCase();
      const devices = all.filter(({ name }) => name.toLowerCase().includes(wanted));
      if (options.json === true) {
        io.json({ version: JSON_VERSION, exitCode: EXIT.success, pack, devices });
        return;
      }
      if (devices.length === 0 && text !== undefined) {
        throw new Failure(
          { kind: "unknown-device", device: text, near: [] },
          `${pack} has no device with "${text}" in its name`,
        );
      }
      if (devices.length === 0) io.err(`${pack} describes no devices\n`);
      io.out(tableOf(devices));
    });
}

function tableOf(devices: readonly DeviceEntry[]): string {
  const width = (textOf: (device: DeviceEntry) => string): number =>
    Math.max(0, greatest(devices.map((device) => textOf(device).length)));
  const nameWidth = width(({ name }) => name);
  const coreWidth = width(coresText);
  return devices
    .map((device) => {
      const { name, family, subFamily, variantOf } = device;
      const levels = [family, subFamily].filter((level) => level !== undefined).join(" > ");
      const variant = variantOf === undefined ? "" : `, variant of ${variantOf}`;
      return `${name.padEnd(nameWidth)}  ${coresText(device).padEnd(coreWidth)}  ${levels}${variant}\n`;
    })
    .join("");
}

function coresText({ cores }: DeviceEntry): string {
  return cores.length === 0 ? "-" : cores.join(" + ");
}
