/** `dbgseq check`: findings in files and folders, as text or JSON. */
import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { Option, type Command } from "commander";
import { EXIT } from "../../api/exit-codes.ts";
import { checkFiles } from "../../api/node/jobs/check-files.ts";
import { readSource, saveFile } from "../../api/node/files.ts";
import { watchFiles } from "../../api/node/watch.ts";
import { baselineText, newFindings, readBaseline } from "../../diagnostics/baseline.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { Failure, sentences } from "../../lib/fault.ts";
import { append } from "../../lib/lists.ts";
import { badRequest } from "../bad-request.ts";
import { makeFixes, printFixes } from "../terminal/check-fixes.ts";
import { checkOutput, type Format, type Warnings } from "../terminal/check-output.ts";
import { Exit } from "../exit.ts";
import { whileReading, type Io } from "../terminal/io.ts";
import { plural } from "../../lib/plural.ts";

interface CheckOptions {
  readonly format: Format;
  readonly json?: boolean;
  readonly warnings: Warnings;
  readonly pack?: string;
  readonly device?: string;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly fix?: boolean;
  readonly diff?: boolean;
  readonly watch?: boolean;
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
    .option("--baseline <file>", "report only findings that this file does not list; created if missing")
    .option("--update-baseline", "write the present findings into that file")
    .option("--fix", "apply the safe fixes, in .seq and .pdsc files")
    .addOption(new Option("--diff", "show those edits, and change nothing").conflicts("json"))
    .option("--watch", "check again whenever a file changes")
    .addHelpText(
      "after",
      `
Ends with 0 if there is no error, 1 with errors, 2 if a file cannot be read or parsed.

Examples:
  dbgseq check                                      everything below this folder
  dbgseq check Vendor.DFP.pdsc --warnings error
  dbgseq check override.seq --pack Vendor.DFP.pdsc --device NAME
  dbgseq check --baseline known.json --warnings error`,
    )
    .action(async (given: readonly string[], options: CheckOptions) => {
      const paths = given.length === 0 ? ["."] : given;
      if (options.updateBaseline === true && options.baseline === undefined)
        throw badRequest("--update-baseline needs --baseline FILE");
      if (options.watch === true) {
        const work = async (): Promise<void> => {
          io.err("checking\n");
          // What is wrong now may be right after the next change.
          await checkOnce(paths, options, io).catch((error: unknown) => {
            if (!(error instanceof Failure)) throw error;
            io.err(`error: ${sentences(error).join("; ")}\n`);
          });
        };
        await watchFiles(paths, work, { signal: io.signal });
        return;
      }
      const code = await checkOnce(paths, options, io);
      if (code !== EXIT.success) throw new Exit(code);
    });
}

async function checkOnce(paths: readonly string[], options: CheckOptions, io: Io): Promise<number> {
  const output = checkOutput(options.json === true ? "json" : options.format, options.warnings, io);
  if (options.fix !== true && options.diff !== true && options.baseline === undefined) {
    const files = await eachFile(paths, options, io, (findings) => {
      output.add(findings);
    });
    return output.end(files);
  }
  let found: Diagnostic[] = [];
  const keep = (findings: readonly Diagnostic[]): void => {
    append(found, findings);
  };
  let files = await eachFile(paths, options, io, keep);
  if (options.diff === true) {
    printFixes(found, io);
    const silent = checkOutput("text", options.warnings, {
      ...io,
      out: () => undefined,
      err: () => undefined,
    });
    silent.add(found);
    return silent.end(files);
  }
  if (options.fix === true && (await makeFixes(found, io)) > 0) {
    found = [];
    files = await eachFile(paths, options, io, keep);
  }
  output.add(await withoutKnown(found, options, io));
  return output.end(files);
}

/** Drops the findings that the baseline has. If the file must be written or does not exist yet, all findings go into it. */
async function withoutKnown(
  findings: readonly Diagnostic[],
  { baseline, updateBaseline }: CheckOptions,
  io: Io,
): Promise<readonly Diagnostic[]> {
  if (baseline === undefined) return findings;
  const file = resolve(io.cwd, baseline);
  const toPath = (path: string): string =>
    relative(dirname(file), resolve(io.cwd, path)).replaceAll("\\", "/");
  // A first run creates the file. It reports what it recorded, for a wrong path would hide everything.
  if (updateBaseline === true || !existsSync(file)) {
    await saveFile(file, baselineText(findings, toPath));
    io.err(`${baseline}: ${plural(findings.length, "finding")} recorded\n`);
    return [];
  }
  const known = readBaseline((await readSource(file)).text);
  if (known === undefined) throw badRequest(`${baseline}: this is not a baseline of dbgseq check`);
  return newFindings(findings, known, toPath);
}

/** Checks one file after the other and hands its findings out; returns how many files there were. */
async function eachFile(
  paths: readonly string[],
  { pack, device }: CheckOptions,
  io: Io,
  found: (findings: readonly Diagnostic[]) => void,
): Promise<number> {
  const { cwd, signal } = io;
  const onNote = (text: string): void => {
    io.err(`${text}\n`);
  };
  const checking = checkFiles(paths, { pack, device, cwd, signal, onNote });
  for (let files = 0; ; files++) {
    const { done, value } = await whileReading(io, "the next file", () => checking.next());
    if (done === true) return files;
    found(value.findings);
  }
}
