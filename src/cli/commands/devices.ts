/** `dbgseq devices`: what a pack describes. */
import type { Command } from "commander";
import { JSON_VERSION } from "../../report/json.ts";
import { readPack } from "../../session/node/inputs.ts";
import type { Io } from "../io.ts";

export function addDevices(program: Command, io: Io): void {
  program
    .command("devices")
    .description("list the devices that a pack describes")
    .requiredOption("--pack <file>", "pack description (.pdsc)")
    .option("--json", "one JSON document on stdout")
    .action(async (options: { readonly pack: string; readonly json?: boolean }) => {
      const pack = await readPack(options.pack);
      const devices = pack.devices();
      if (options.json === true) {
        io.out(`${JSON.stringify({ version: JSON_VERSION, pack: pack.id, devices })}\n`);
        return;
      }
      const width = Math.max(0, ...devices.map(({ name }) => name.length));
      for (const { name, cores, family, subFamily, variantOf } of devices) {
        const of = variantOf === undefined ? "" : `  variant of ${variantOf}`;
        io.out(
          `${name.padEnd(width)}  ${cores.join(", ")}  ${[family, subFamily].filter(Boolean).join(" > ")}${of}\n`,
        );
      }
    });
}
