/** `dbgseq probes`: what is attached. */
import type { Command } from "commander";
import { describe } from "../../probe/usb/choice.ts";
import { versionOf } from "../../probe/usb/known.ts";
import { listAttachedProbes } from "../../probe/usb/libusb.ts";
import type { UsbProbe } from "../../probe/usb/probes.ts";
import { JSON_VERSION } from "../../report/json.ts";
import type { Io } from "../io.ts";

export function defineProbes(command: Command, io: Io): void {
  command
    .option("--json", "one JSON document on stdout")
    .action(async (options: { readonly json?: boolean }) => {
      const probes = await listAttachedProbes();
      if (options.json === true) {
        io.json({ version: JSON_VERSION, probes: probes.map(probeJson) });
        return;
      }
      if (probes.length === 0) io.err("no CMSIS-DAP probe is attached; `--probe sim` needs none\n");
      for (const probe of probes) io.out(`${describe(probe)}\n`);
    });
}

function probeJson(probe: UsbProbe): object {
  const { id, serial, product, port, generations, state, vendorId, productId, release, known } = probe;
  return {
    ...{ id, serial, product, port, generations, state, vendorId, productId, release: versionOf(release) },
    ...(known === undefined ? {} : { known: known.name }),
  };
}
