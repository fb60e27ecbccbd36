/** `dbgseq probes`: lists the attached probes. */
import type { Command } from "commander";
import { EXIT } from "../../api/exit-codes.ts";
import { listProbes, type AttachedProbe } from "../../api/node/probes.ts";
import { JSON_VERSION } from "../../report/json.ts";
import type { Io } from "../terminal/io.ts";

export function defineProbes(command: Command, io: Io): void {
  command
    .option("--json", "one JSON document on stdout")
    .action(async (options: { readonly json?: boolean }) => {
      const probes = await listProbes();
      if (options.json === true) {
        io.json({ version: JSON_VERSION, exitCode: EXIT.success, probes: probes.map(probeJson) });
        return;
      }
      if (probes.length === 0) io.err("no CMSIS-DAP probe is attached; `--probe sim` needs none\n");
      for (const { text } of probes) io.out(`${text}\n`);
    });
}

/** Returns everything except the line for people. */
function probeJson(probe: AttachedProbe): object {
  const entries = Object.entries(probe).filter(([name]) => name !== "text");
  return Object.fromEntries(entries);
}
