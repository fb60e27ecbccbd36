/** `dbgseq probes`: what is attached. */
import type { Command } from "commander";
import type { UsbProbe } from "../../probe/usb.ts";
import { listUsbProbes } from "../../probe/usb.ts";
import { JSON_VERSION } from "../../report/json.ts";
import type { Io } from "../io.ts";

export function defineProbes(command: Command, io: Io): void {
  command
    .option("--json", "one JSON document on stdout")
    .action(async (options: { readonly json?: boolean }) => {
      const probes = await listUsbProbes();
      if (options.json === true) {
        io.out(`${JSON.stringify({ version: JSON_VERSION, probes: probes.map(probeJson) })}\n`);
        return;
      }
      if (probes.length === 0) io.err("no CMSIS-DAP probe is attached; `--probe sim` needs none\n");
      for (const probe of probes) io.out(`${probeText(probe)}\n`);
    });
}

/** The id comes first: it is what `--probe` takes. */
export function probeText({ id, product, port, generations, state }: UsbProbe): string {
  const trouble = { usable: "", "no-permission": ", no permission", "no-driver": ", no driver" }[state];
  return `${id}  ${product}  (usb@${port}, CMSIS-DAP ${generations.join(" and ")}${trouble})`;
}

function probeJson({ id, serial, product, port, generations, state, vendorId, productId }: UsbProbe): object {
  return { id, serial, product, port, generations, state, vendorId, productId };
}
