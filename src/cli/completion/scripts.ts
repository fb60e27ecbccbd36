/** The script for each shell that makes it ask `dbgseq completion --candidates`. Knows shells, but no commands. */

/** Bash splits words at `:` and `=` and replaces only the last piece, so the text before that piece is left out. */
const BASH = `# dbgseq completion for bash: eval "$(dbgseq completion bash)"
_dbgseq() {
  local line="\${COMP_LINE:0:COMP_POINT}" piece="\${COMP_WORDS[COMP_CWORD]}" word before
  local -a words
  read -r -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  [[ $piece == [:=] ]] && piece=
  before="\${words[\${#words[@]}-1]}"
  before="\${before%"$piece"}"
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(dbgseq completion --candidates --quote bash --kept="$before" -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o default -F _dbgseq dbgseq
`;

/** compadd quotes what it offers. */
const ZSH = `#compdef dbgseq
# dbgseq completion for zsh: eval "$(dbgseq completion zsh)"
_dbgseq() {
  local -a found
  found=("\${(@f)$(dbgseq completion --candidates -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[*]}" ]]; then
    compadd -- "\${found[@]}"
  else
    _files
  fi
}
compdef _dbgseq dbgseq
`;

/** Fish quotes what a command prints. */
const FISH = `# dbgseq completion for fish: dbgseq completion fish | source
function __dbgseq_candidates
  set -l words (commandline --tokenize --cut-at-cursor --current-process)
  dbgseq completion --candidates -- $words[2..] (commandline --current-token --cut-at-cursor) 2>/dev/null
end
complete -c dbgseq -a '(__dbgseq_candidates)'
`;

const POWERSHELL = `# dbgseq completion for PowerShell: dbgseq completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName dbgseq -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  # An empty word would be lost on the way to a program.
  dbgseq completion --candidates --quote powershell --typed="$wordToComplete" -- @words 2>$null | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;

const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ["bash", BASH],
  ["zsh", ZSH],
  ["fish", FISH],
  ["powershell", POWERSHELL],
]);

export const SHELLS: readonly string[] = [...SCRIPTS.keys()];

export function completionScript(shell: string): string | undefined {
  return SCRIPTS.get(shell);
}
