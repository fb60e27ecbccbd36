/** `dbgseq completion`: a script that makes a shell complete command lines, and the candidates that such a script asks for. */
import { Option, type Command } from "commander";
import { isHarmless } from "../../lib/shown-text.ts";
import { badRequest } from "../bad-request.ts";
import { candidates } from "../completion/candidates.ts";
import { completionScript, SHELLS } from "../completion/scripts.ts";
import type { Io } from "../terminal/io.ts";
import { quoted, QUOTING_SHELLS, unquoted, type QuotingShell } from "../completion/shell-quotes.ts";

interface CompletionOptions {
  readonly candidates?: boolean;
  readonly typed?: string;
  readonly quote?: QuotingShell;
  readonly kept?: string;
}

export function defineCompletion(command: Command, io: Io): void {
  command
    .argument("[shell]", SHELLS.join(", "))
    .argument("[words...]", "with --candidates: the command line so far")
    .addOption(new Option("--candidates").hideHelp())
    .addOption(new Option("--typed <word>").hideHelp())
    .addOption(new Option("--quote <shell>").choices(QUOTING_SHELLS).hideHelp())
    .addOption(new Option("--kept <text>").hideHelp())
    .addHelpText(
      "after",
      `
Commands, options, probes, devices and sequences are completed as they are when the key is pressed.

Examples:
  eval "$(dbgseq completion bash)"                        in ~/.bashrc
  eval "$(dbgseq completion zsh)"                         in ~/.zshrc, after compinit
  dbgseq completion fish | source                         in config.fish
  dbgseq completion powershell | Out-String | Invoke-Expression    in $PROFILE`,
    )
    .action(async (shell: string | undefined, words: readonly string[], options: CompletionOptions) => {
      if (options.candidates === true) {
        const line = [...(shell === undefined ? [] : [shell]), ...words, ...[options.typed ?? []].flat()];
        for (const word of offered(await candidates(typedWords(line, options), io), options))
          io.file(`${word}\n`);
        return;
      }
      const script = shell === undefined || words.length > 0 ? undefined : completionScript(shell);
      if (script === undefined) throw badRequest(`expected a shell: ${SHELLS.join(", ")}`);
      io.file(script);
    });
}

/** Decodes the last word, which the shell passes as it was typed. */
function typedWords(line: readonly string[], { quote }: CompletionOptions): readonly string[] {
  return quote === undefined ? line : [...line.slice(0, -1), unquoted(quote, line.at(-1) ?? "")];
}

/**
 * Encodes what the shell inserts after the part that it keeps. A name that a terminal cannot show as it is cannot
 * be chosen by sight.
 */
function offered(words: readonly string[], { quote, kept = "" }: CompletionOptions): readonly string[] {
  const shown = words.filter((word) => isHarmless(word) && !/[\t\n]/.test(word));
  if (quote === undefined) return shown;
  const length = unquoted(quote, kept).length;
  return shown.map((word) => quoted(quote, word.slice(length)));
}
