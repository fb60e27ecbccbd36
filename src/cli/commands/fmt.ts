/**
 * `dbgseq fmt`: formats .seq files in the one style. Rewrites a file only if something changes, and never one
 * that has errors.
 */
import type { Command } from "commander";
import { EXIT } from "../../api/exit-codes.ts";
import { formatFiles } from "../../api/node/jobs/format-files.ts";
import { Exit } from "../exit.ts";
import type { Io } from "../terminal/io.ts";

interface FmtOptions {
  readonly check?: boolean;
  readonly stdout?: boolean;
}

export function defineFmt(command: Command, io: Io): void {
  command
    .argument("[path]", ".seq file or folder", ".")
    .option("--check", "change nothing; say what would change, and end with 1 if anything would")
    .option("--stdout", "print the result instead of writing the file")
    .action(async (path: string, { check = false, stdout = false }: FmtOptions) => {
      const changed = await formatFiles([path], {
        write: !check && !stdout,
        signal: io.signal,
        onFile: (file) => {
          if (stdout) io.file(file.text);
          else if (file.changed) io.err(`${file.path}${check ? " would change" : ""}\n`);
        },
        onNote: (text) => {
          io.err(`${text}\n`);
        },
      });
      if (check && changed.length > 0) throw new Exit(EXIT.failed);
    });
}
