/** `dbgseq probes`: what is attached. */
import type { Command } from "commander";
import { listUsbProbes } from "../../probe/usb.ts";
import { JSON_VERSION } from "../../report/json.ts";
import type { Io } from "../io.ts";

export function addProbes(program: Command, io: Io): void {
  program
    .command("probes")
    .description("list the CMSIS-DAP probes on the USB")
    .option("--json", "one JSON document on stdout")
    .action(async (options: { readonly json?: boolean }) => {
      const probes = (await listUsbProbes()).map(
        ({ id, serial, product, port, generations, state, vendorId, productId }) => {
          return { id, serial, product, port, generations, state, vendorId, productId };
        },
      );
      if (options.json === true) {
        io.out(`${JSON.stringify({ version: JSON_VERSION, probes })}\n`);
        return;
      }
      if (probes.length === 0) io.err("no CMSIS-DAP probe is attached\n");
      for (const { id, product, port, generations, state } of probes) {
        io.out(
          `${id}  ${product}  usb@${port}  ${generations.join("+")}${state === "usable" ? "" : `  (${state})`}\n`,
        );
      }
    });
}
