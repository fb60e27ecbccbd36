/** `dbgseq doctor`: why a probe cannot be used, or a target does not answer. Looks only, unless consent is given to more. */
import type { Command } from "commander";
import { JSON_VERSION } from "../../report/json.ts";
import { examineHost, type ExaminedProbe, type HostReport } from "../../session/doctor/examine-host.ts";
import type { Place } from "../../session/doctor/host.ts";
import { EXIT } from "../../session/exit-codes.ts";
import { thisHost } from "../../session/node/host-facts.ts";
import { Exit } from "../exit.ts";
import { findingLines } from "../findings.ts";
import type { Io } from "../io.ts";

interface DoctorOptions {
  readonly json?: boolean;
}

export function defineDoctor(command: Command, io: Io): void {
  command
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
Ends with 0 where a probe can be used, and with 3 where none can.`,
    )
    .action((options: DoctorOptions) => doctor(io, options));
}

async function doctor(io: Io, { json = false }: DoctorOptions): Promise<void> {
  const report = await examineHost(io.host ?? thisHost);
  const code = report.probes.some(({ usable }) => usable) ? EXIT.success : EXIT.noProbe;
  if (json)
    io.out(`${JSON.stringify({ version: JSON_VERSION, command: "doctor", ...report, exitCode: code })}\n`);
  else io.out(hostText(report));
  if (code !== EXIT.success) throw new Exit(code);
}

const PLACES: Readonly<Record<Place, string>> = {
  plain: "",
  wsl1: ", in WSL1",
  wsl2: ", in WSL2",
  container: ", in a container",
};

function hostText({ platform, place, probes, findings }: HostReport): string {
  const lines = [
    `host: ${platform}${PLACES[place]}`,
    ...probes.map(probeLine),
    ...findings.map(findingLines),
  ];
  return `${lines.join("\n")}\n`;
}

function probeLine({
  id,
  product,
  generations,
  usable,
  protocolVersion,
  firmwareVersion,
}: ExaminedProbe): string {
  const versions = [
    ...(protocolVersion === undefined ? [] : [`protocol ${protocolVersion}`]),
    ...(firmwareVersion === undefined ? [] : [`firmware ${firmwareVersion}`]),
  ];
  const about = [`CMSIS-DAP ${generations.join(", ")}`, ...versions].join(", ");
  return `${usable ? "usable" : "not usable"}: ${id}  ${product}  (${about})`;
}
