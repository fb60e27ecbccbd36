/** `dbgseq fmt`: .seq files in the one style. Rewrites a file only when something changes, and never one that has errors. */
import type { Command } from "commander";
import { parseScript } from "../../language/text/parse.ts";
import { printScript } from "../../language/print/printer.ts";
import { EXIT } from "../../session/exit-codes.ts";
import { malformedInput } from "../../project/faults.ts";
import { readSource } from "../../host/files.ts";
import { replaceFile } from "../../host/output-files.ts";
import { filesOf } from "../check-files.ts";
import { Exit } from "../exit.ts";
import type { Io } from "../io.ts";

interface FmtOptions {
  readonly check?: boolean;
  readonly stdout?: boolean;
}

export function defineFmt(command: Command, io: Io): void {
  command
    .argument("[path]", ".seq file or folder", ".")
    .option("--check", "change nothing; say what would change, and end with 1 if anything would")
    .option("--stdout", "print the result instead of writing the file")
    .action(async (path: string, options: FmtOptions) => {
      let changed = 0;
      for (const file of await filesOf([path], io)) {
        io.signal?.throwIfAborted();
        if (file.path.endsWith(".seq") && (await format(file.path, options, io))) changed += 1;
      }
      if (options.check === true && changed > 0) throw new Exit(EXIT.failed);
    });
}

async function format(path: string, { check, stdout }: FmtOptions, io: Io): Promise<boolean> {
  const source = await readSource(path);
  const { script, diagnostics } = parseScript(source);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw malformedInput(errors);
  const text = printScript(script);
  if (stdout === true) io.file(text);
  if (text === source.text) return false;
  if (stdout !== true) io.err(`${path}${check === true ? " would change" : ""}\n`);
  if (check !== true && stdout !== true) await replaceFile(path, text);
  return true;
}
