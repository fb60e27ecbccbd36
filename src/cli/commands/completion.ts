/** `dbgseq completion`: a script that makes a shell complete command lines, and the candidates that such a script asks for. */
import { Option, type Command } from "commander";
import { candidates } from "../candidates.ts";
import { completionScript, SHELLS } from "../completion-scripts.ts";
import type { Io } from "../io.ts";
import { badRequest } from "./run.ts";

interface CompletionOptions {
  readonly candidates?: boolean;
  readonly typed?: string;
}

export function defineCompletion(command: Command, io: Io): void {
  command
    .argument("[shell]", SHELLS.join(", "))
    .argument("[words...]", "with --candidates: the command line so far")
    .addOption(new Option("--candidates").hideHelp())
    .addOption(new Option("--typed <word>").hideHelp())
    .addHelpText(
      "after",
      `
Commands, options, probes, devices and sequences are completed as they are when the key is pressed.

Examples:
  eval "$(dbgseq completion bash)"                        in ~/.bashrc
  eval "$(dbgseq completion zsh)"                         in ~/.zshrc, behind compinit
  dbgseq completion fish | source                         in config.fish
  dbgseq completion powershell | Out-String | Invoke-Expression    in $PROFILE`,
    )
    .action(async (shell: string | undefined, words: readonly string[], options: CompletionOptions) => {
      if (options.candidates === true) {
        const line = [...(shell === undefined ? [] : [shell]), ...words, ...[options.typed ?? []].flat()];
        for (const word of await candidates(line, io)) io.out(`${word}\n`);
        return;
      }
      const script = shell === undefined || words.length > 0 ? undefined : completionScript(shell);
      if (script === undefined) throw badRequest(`a shell is wanted: ${SHELLS.join(", ")}`);
      io.out(script);
    });
}
