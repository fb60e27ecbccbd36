/** `dbgseq check`: findings in files and folders, as text or JSON. */
import { Option, type Command } from "commander";
import type { DeviceDescription } from "../../device/description.ts";
import type { Diagnostic, Severity } from "../../diagnostics/diagnostic.ts";
import { findingJson } from "../../diagnostics/json.ts";
import { renderGithub } from "../../diagnostics/github.ts";
import { toSarif } from "../../diagnostics/sarif.ts";
import { renderText } from "../../diagnostics/text.ts";
import { assertNever } from "../../lib/assert-never.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { EXIT } from "../../session/exit-codes.ts";
import { readInputs } from "../../session/node/inputs.ts";
import { checkFile, filesOf } from "../check-files.ts";
import { Exit } from "../exit.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";

type Format = "text" | "json" | "sarif" | "github";

interface CheckOptions {
  readonly format: Format;
  readonly json?: boolean;
  readonly warnings: "show" | "error" | "hide";
  readonly pack?: string;
  readonly device?: string;
}

interface Report {
  readonly files: number;
  readonly findings: readonly Diagnostic[];
}

export function defineCheck(command: Command, io: Io): void {
  command
    .argument("[paths...]", "files, and folders to walk (.)")
    .optionsGroup("What .seq files are for:")
    .option("--pack <file>", "pack whose names the .seq files use (.pdsc)")
    .option("--device <name>", "device of that pack")
    .optionsGroup("Output:")
    .addOption(
      new Option("--format <format>", "how to report")
        .choices(["text", "json", "sarif", "github"])
        .default("text"),
    )
    .option("--json", "the same as --format json")
    .addOption(
      new Option("--warnings <how>", "show them, count them as errors, or hide them")
        .choices(["show", "error", "hide"])
        .default("show"),
    )
    .addHelpText(
      "after",
      `
Ends with 0 where there is no error, 1 with errors, 2 where a file cannot be read or parsed.

Examples:
  dbgseq check                                      everything below this folder
  dbgseq check Vendor.DFP.pdsc --warnings error
  dbgseq check override.seq --pack Vendor.DFP.pdsc --device NAME`,
    )
    .action(async (paths: readonly string[], options: CheckOptions) => {
      const report = await checkAll(paths.length === 0 ? ["."] : paths, await deviceOf(options));
      const findings = report.findings.filter(
        ({ severity }) => options.warnings !== "hide" || severity === "error",
      );
      print({ ...report, findings }, options.json === true ? "json" : options.format, io);
      const code = codeOf(findings, options.warnings === "error");
      if (code !== EXIT.success) throw new Exit(code);
    });
}

async function deviceOf({ pack, device }: CheckOptions): Promise<DeviceDescription | undefined> {
  if (pack === undefined) return undefined;
  const request = { pack, seq: [], overrides: [], ...(device === undefined ? {} : { device }) };
  return (await readInputs(request)).context.description;
}

async function checkAll(paths: readonly string[], device: DeviceDescription | undefined): Promise<Report> {
  const findings: Diagnostic[] = [];
  let files = 0;
  for (const file of await filesOf(paths)) {
    const found = await checkFile(file, device);
    if (found === undefined) continue;
    files += 1;
    findings.push(...found);
  }
  return { files, findings };
}

function count(findings: readonly Diagnostic[], wanted: Severity): number {
  return findings.filter(({ severity }) => severity === wanted).length;
}

function plural(amount: number, word: string): string {
  return `${amount} ${word}${amount === 1 ? "" : "s"}`;
}

/** Findings are the data of this command; the sum of them is for the person who waits. */
function print({ files, findings }: Report, format: Format, io: Io): void {
  switch (format) {
    case "text":
      for (const finding of findings) io.out(`${renderText(finding, { color: io.color })}\n`);
      break;
    case "github":
      for (const finding of findings) io.out(`${renderGithub(finding)}\n`);
      break;
    case "sarif":
      io.out(`${JSON.stringify(toSarif(findings, VERSION))}\n`);
      return;
    case "json":
      printJson({ files, findings }, io);
      return;
    default:
      assertNever(format);
  }
  const sums = (["error", "warning", "note"] as const).map((severity) =>
    plural(count(findings, severity), severity),
  );
  io.err(`${plural(files, "file")} checked: ${sums.join(", ")}\n`);
}

function printJson({ files, findings }: Report, io: Io): void {
  const errors = count(findings, "error");
  const warnings = count(findings, "warning");
  const document = { version: JSON_VERSION, files, errors, warnings, findings: findings.map(findingJson) };
  io.out(`${JSON.stringify(document)}\n`);
}

function codeOf(findings: readonly Diagnostic[], warningsCount: boolean): number {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.some(({ malformed }) => malformed === true)) return EXIT.usage;
  if (errors.length > 0) return EXIT.failed;
  return warningsCount && count(findings, "warning") > 0 ? EXIT.failed : EXIT.success;
}
