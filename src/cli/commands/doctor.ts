/**
 * `dbgseq doctor`: why a probe cannot be used, or a target does not answer. Only looks, unless consent is given
 * to more.
 */
import { Option, type Command } from "commander";
import { JSON_VERSION } from "../../report/json.ts";
import { EXIT } from "../../api/exit-codes.ts";
import {
  examineMachine,
  examineTargetOf,
  fastest,
  isTargetUsable,
  machineReport,
  partText,
  type ExaminedProbe,
  type HostReport,
  type MachineKind,
  type ResetLine,
  type TargetReport,
} from "../../api/node/jobs/doctor.ts";
import type { Finding } from "../../api/node/advice.ts";
import { isDiagnosis } from "../../api/diagnosis.ts";
import { quantityText } from "../../lib/units.ts";
import { saveFile, saveNewFile } from "../../api/node/files.ts";
import { gather } from "../flags/asked.ts";
import { Exit } from "../exit.ts";
import { findingPieces } from "../terminal/findings.ts";
import { triesOf } from "../terminal/failure-screen.ts";
import { withFlags } from "../terminal/hints.ts";
import { whileReading, type Io, type Piece } from "../terminal/io.ts";
import { addDeviceOptions, type TargetOptions } from "../flags/target-options.ts";
import { parseClock } from "../flags/values.ts";
import { VERSION } from "../version.ts";

interface DoctorOptions extends TargetOptions {
  readonly json?: boolean;
  readonly target?: boolean;
  /** True chooses a name of our own. */
  readonly report?: string | true;
}

const REPORT_NAME = "dbgseq-probes.json";

export function defineDoctor(command: Command, io: Io): void {
  command
    .option("--target", "look at the target, too: levels, identity, clock")
    .option("--probe <probe>", "with --target: the probe to use")
    .option("--clock <frequency>", "with --target: clock to try, for example 4MHz", parseClock)
    .addOption(
      new Option(
        "--report [file]",
        `write a file about this system and its probes that can be sent with a question (${REPORT_NAME}); it holds no names of people or machines, no serial numbers, no paths`,
      ).conflicts("target"),
    )
    .option("--json", "one JSON document on stdout");
  addDeviceOptions(command, {
    words: ["reset", "remote", "model=FILE", "write=PATH"],
    says: "reset: with --target, consent to pulling nRESET for 20 ms; remote: a probe on another machine that a file names; model=FILE: run the code of sim:FILE.mjs in this process; write=PATH: where it has the simulator's state kept",
  })
    .addHelpText(
      "after",
      `
Without --target nothing is sent but the question of how old a probe's firmware is. With it the debug port is woken and read;
the core goes on running.

Ends with 0 if a probe, and with --target its target, can be used; with 1 if something stands in the way of using
the target; with 3 if no probe can be used, with 4 if no target answers.`,
    )
    .action((options: DoctorOptions) => doctor(io, options));
}

async function doctor(io: Io, options: DoctorOptions): Promise<void> {
  const { code, facts, text } =
    options.target === true ? await lookAtTarget(io, options) : await lookAtHost(io, options);
  if (options.json === true) io.json({ version: JSON_VERSION, command: "doctor", ...facts, exitCode: code });
  else io.out(text);
  if (code !== EXIT.success) throw new Exit(code);
}

interface Looked {
  readonly code: number;
  readonly facts: object;
  readonly text: readonly Piece[];
}

async function lookAtHost(io: Io, { report }: DoctorOptions): Promise<Looked> {
  io.waiting("the probes to answer");
  const facts = await examineMachine(io.host);
  io.waiting("");
  const code = facts.probes.some(({ usable }) => usable) ? EXIT.success : EXIT.noProbe;
  if (report === undefined) return { code, facts, text: hostText(facts) };
  const file = await writeReport(report, await machineReport(facts, { version: VERSION, machine: io.host }));
  io.err(`${file} was written; look at it before you send it\n`);
  return { code, facts: { ...facts, report: file }, text: hostText(facts) };
}

/** Writes the report. A file that the user named is replaced, as by every command; our own name becomes a new file. */
async function writeReport(report: string | true, text: string): Promise<string> {
  if (report === true) return saveNewFile(REPORT_NAME, Buffer.from(text));
  await saveFile(report, text);
  return report;
}

async function lookAtTarget(io: Io, options: DoctorOptions): Promise<Looked> {
  // Consent to a pulse belongs to this command; a session has no such grant.
  const allow = options.allow?.filter((grant) => grant !== "reset");
  const asked = await gather(io, { ...options, ...(allow === undefined ? {} : { allow }) });
  const inputs = await whileReading(io, asked.pack ?? "the scripts", () => asked.inputs());
  io.waiting("the target to answer");
  const facts = await examineTargetOf(inputs, {
    clockHz: options.clockHz,
    mayPulse: () => mayPulse(io, options),
  });
  io.waiting("");
  const code = facts.wake === undefined ? EXIT.target : isTargetUsable(facts) ? EXIT.success : EXIT.failed;
  return { code, facts, text: targetText(facts, io.argv ?? []) };
}

/** Tells whether nRESET may be pulsed. A missing consent is not an error here: the report says that it was not tried. */
async function mayPulse(io: Io, { allow = [], batch = false }: DoctorOptions): Promise<boolean> {
  if (allow.includes("reset")) return true;
  if (io.ask === undefined || batch) return false;
  const typed = await io.ask(
    "Pull nRESET for 20 ms, to see whether it is wired? The target restarts. Type reset to do it: ",
  );
  return typed.trim().toLowerCase() === "reset";
}

const PLACES: Readonly<Record<MachineKind, string>> = {
  plain: "",
  wsl1: ", in WSL1",
  wsl2: ", in WSL2",
  container: ", in a container",
};

function hostText({ platform, place, probes, findings }: HostReport): readonly Piece[] {
  return lines([`host: ${platform}${PLACES[place]}`, ...probes.map(probeLine)]).concat(
    findings.flatMap((one) => findingPieces(withFlags(one))),
  );
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

const RESET_LINES: Readonly<Record<ResetLine, string>> = {
  wired: "wired: a pulse reset the core",
  "not wired": "not wired, as far as the core can tell",
  unknown: "unknown: the core could not be asked whether a pulse arrived",
  "not tried": "not tried (--allow reset)",
};

function targetText(report: TargetReport, argv: readonly string[]): readonly Piece[] {
  const { probe, levels, wake, speeds, parts, resetLine, findings } = report;
  const tooFast = speeds.find(({ ok }) => !ok);
  const best = fastest(speeds);
  const upTo = best === undefined ? "no clock" : quantityText(best, "Hz");
  return lines([
    `probe: ${probe["product"] ?? "nameless"}`,
    `lines: SWCLK ${levels.swclk}, SWDIO ${levels.swdio}, nRESET ${levels.nreset}`,
    ...(wake === undefined
      ? ["target: no answer"]
      : [
          `target: answers on SWD, ${wake.how}`,
          `clock: good at ${upTo}${tooFast === undefined ? ", the highest tried" : `, not at ${quantityText(tooFast.hz, "Hz")}`}`,
          ...parts.map(partText),
          `nRESET: ${RESET_LINES[resetLine]}`,
        ]),
  ]).concat(findings.flatMap((one) => findingPieces(withTries(one, argv))));
}

/** Commands that can be typed before what is done by hand. */
function withTries(one: Finding, argv: readonly string[]): Finding {
  return isDiagnosis(one) ? { ...one, steps: triesOf(one.tries, argv) } : one;
}

function lines(list: readonly string[]): readonly Piece[] {
  return list.map((line) => ({ text: `${line}\n` }));
}
