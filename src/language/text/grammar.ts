/** Gives the parser's own description of its grammar as plain data, for documents and editors. Parses nothing. */
import { ScriptParser } from "./script-parser.ts";

/** A rule, or a part of one. Terminals have a label that people can read. */
export interface GrammarPart {
  readonly type:
    | "Rule"
    | "NonTerminal"
    | "Terminal"
    | "Alternative"
    | "Alternation"
    | "Option"
    | "Repetition"
    | "RepetitionMandatory"
    | "RepetitionWithSeparator"
    | "RepetitionMandatoryWithSeparator";
  readonly name?: string;
  readonly label?: string;
  readonly definition?: readonly GrammarPart[];
  readonly separator?: GrammarPart;
}

/** Also makes sure that the grammar is unambiguous, which the parser itself leaves out to start faster. */
export function grammarRules(): readonly GrammarPart[] {
  return new ScriptParser(false).getSerializedGastProductions();
}
