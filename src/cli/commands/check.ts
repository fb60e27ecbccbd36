/** `dbgseq check`: findings in files and folders, as text or JSON. */
import { dirname, relative, resolve } from "node:path";
import { Option, type Command } from "commander";
import { baselineText, newFindings, readBaseline } from "../../diagnostics/baseline.ts";
import type { DeviceDescription } from "../../device/description.ts";
import type { Diagnostic, Severity } from "../../diagnostics/diagnostic.ts";
import { findingJson } from "../../diagnostics/json.ts";
import { renderGithub } from "../../diagnostics/github.ts";
import { toSarif } from "../../diagnostics/sarif.ts";
import { renderText } from "../../diagnostics/text.ts";
import { Failure, sentences } from "../../lib/fault.ts";
import { assertNever } from "../../lib/assert-never.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { EXIT } from "../../session/exit-codes.ts";
import { SessionFailure } from "../../session/faults.ts";
import { readSource, replaceFile } from "../../session/node/files.ts";
import { readInputs } from "../../session/node/inputs.ts";
import { makeFixes, showFixes } from "../check-fixes.ts";
import { checkFile, filesOf } from "../check-files.ts";
import { Exit } from "../exit.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { whenever } from "../watch.ts";

type Format = "text" | "json" | "sarif" | "github";

interface CheckOptions {
  readonly format: Format;
  readonly json?: boolean;
  readonly warnings: "show" | "error" | "hide";
  readonly pack?: string;
  readonly device?: string;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly fix?: boolean;
  readonly diff?: boolean;
  readonly watch?: boolean;
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
    .optionsGroup("Living with findings:")
    .option("--baseline <file>", "report only what this file does not know")
    .option("--update-baseline", "write the findings of now into that file")
    .option("--fix", "make the edits that mend findings for sure, in .seq and .pdsc files")
    .option("--diff", "show those edits, and change nothing")
    .option("--watch", "check again whenever a file changes")
    .addHelpText(
      "after",
      `
Ends with 0 where there is no error, 1 with errors, 2 where a file cannot be read or parsed.

Examples:
  dbgseq check                                      everything below this folder
  dbgseq check Vendor.DFP.pdsc --warnings error
  dbgseq check override.seq --pack Vendor.DFP.pdsc --device NAME
  dbgseq check --baseline known.json --update-baseline`,
    )
    .action(async (given: readonly string[], options: CheckOptions) => {
      const paths = given.length === 0 ? ["."] : given;
      if (options.updateBaseline === true && options.baseline === undefined)
        throw badRequest("--update-baseline needs --baseline FILE");
      if (options.watch === true) {
        await whenever(paths, io, async () => {
          io.err("checking\n");
          // What is wrong now may be right after the next change.
          await checkOnce(paths, options, io).catch((error: unknown) => {
            if (!(error instanceof Failure)) throw error;
            io.err(`error: ${sentences(error).join("; ")}\n`);
          });
        });
        return;
      }
      const code = await checkOnce(paths, options, io);
      if (code !== EXIT.success) throw new Exit(code);
    });
}

async function checkOnce(paths: readonly string[], options: CheckOptions, io: Io): Promise<number> {
  let report = await checkAll(paths, await deviceOf(options));
  if (options.diff === true) {
    showFixes(report.findings, io);
    return codeOf(report.findings, options.warnings === "error");
  }
  if (options.fix === true && (await makeFixes(report.findings, io)) > 0)
    report = await checkAll(paths, await deviceOf(options));
  const fresh = await withoutKnown(report.findings, options, io);
  const findings = fresh.filter(({ severity }) => options.warnings !== "hide" || severity === "error");
  print({ ...report, findings }, options.json === true ? "json" : options.format, io);
  return codeOf(findings, options.warnings === "error");
}

/** What the baseline does not know; all of it becomes known where it is to be written. */
async function withoutKnown(
  findings: readonly Diagnostic[],
  { baseline, updateBaseline }: CheckOptions,
  io: Io,
): Promise<readonly Diagnostic[]> {
  if (baseline === undefined) return findings;
  const file = resolve(io.cwd, baseline);
  const toPath = (path: string): string =>
    relative(dirname(file), resolve(io.cwd, path)).replaceAll("\\", "/");
  if (updateBaseline === true) {
    await replaceFile(file, baselineText(findings, toPath));
    io.err(`${baseline}: ${plural(findings.length, "finding")} known from now on\n`);
    return [];
  }
  const known = readBaseline((await readSource(file)).text);
  if (known === undefined) throw badRequest(`${baseline}: this is no baseline of dbgseq check`);
  return newFindings(findings, known, toPath);
}

function badRequest(what: string): SessionFailure {
  return new SessionFailure({ kind: "bad-request", what }, what);
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
