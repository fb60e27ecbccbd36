/**
 * Lists every code a finding can have, with its usual severity and a title. Codes are stable: they are named
 * in ignores.
 */
import type { Severity } from "./diagnostic.ts";

interface Entry {
  readonly severity: Severity;
  readonly title: string;
}

const error = (title: string): Entry => ({ severity: "error", title });
const warning = (title: string): Entry => ({ severity: "warning", title });
const note = (title: string): Entry => ({ severity: "note", title });

const TABLE = {
  // Text that cannot be read.
  syntax: error("The text does not follow the grammar"),
  "c-syntax": error("A construct of C that the language does not have"),
  "stray-character": error("A character that has no meaning"),
  "unterminated-string": error("A string without its closing quote"),
  "unterminated-comment": error("A comment without its end"),
  "malformed-number": error("A malformed number"),
  "number-too-large": error("A number of more than 64 bits"),
  "looks-octal": warning("A decimal number that C would read as octal"),
  "malformed-timeout": error("A timeout that is not a duration, or is too long"),
  "assignment-target": error("Something other than a variable is assigned"),
  "empty-statement": warning("A semicolon without a statement"),
  "bare-braces": error("Braces without a head"),
  "misplaced-attribute": error("An @attribute before nothing that can have one"),
  "unknown-requirement": error("A sequence requires something unknown"),
  "outside-sequence": error("A statement outside of every sequence"),
  "too-complex": error("Nesting or a statement beyond the stated limits"),

  // Text of packs and settings.
  "malformed-xml": error("A text that is not well-formed XML, or one with a document type"),
  "malformed-yaml": error("A text that is not well-formed YAML"),
  "not-a-cbuild-run": error("A YAML file that is not a cbuild-run.yml"),
  "unused-section": note("A section of a cbuild-run.yml that has no effect"),
  "missing-pack": warning("A pack that a cbuild-run.yml names and that is not there"),
  "unknown-board": warning("A board that its pack does not have"),
  "malformed-dbgconf": error("A line of a .dbgconf that is not an assignment of a number"),
  "missing-element": error("An XML element without a child that it needs"),
  "unknown-attribute": warning("An XML attribute that no tool reads"),
  "ineffective-attribute": warning("A condition or loop on a block, which has none"),
  "text-outside-block": error("Statements that stand in no block"),
  "unknown-processor": warning("A Pname that the device does not have"),
  "unknown-debug-variable": warning("A .dbgconf sets a variable that the pack does not declare"),
  "set-twice": warning("A .dbgconf sets a variable a second time"),
  "not-a-declaration": error("A statement in debugvars that declares nothing"),
  "not-constant": error("A debug variable whose value is not known before anything runs"),
  "division-by-zero": error("A constant that divides by zero"),
  "possible-division-by-zero": warning("A constant that divides by zero, in code that a run may reach"),
  "unknown-element": warning("An XML element that has no meaning where it stands"),
  "wrong-value": error("An attribute with a value outside of what it may have"),
  "missing-attribute": error("An XML element without an attribute that it needs"),
  "bad-recipe": error("A recipe with a value outside of what it may have"),
  "bad-model": error("A model with a value outside of what it may have"),
  "empty-file": error("A file with nothing in it"),
  "unreadable-import": error("An import of a file that cannot be read"),
  "import-cycle": error("Files that import one another in a circle"),
  "bad-project-file": error("A dbgseq.yaml with a value outside of what it may have"),
  "import-in-convert": error("An import, which a PDSC cannot have"),
  "not-convertible": error("What the other spelling of sequences has no way to hold"),
  "not-a-pack": error("A file that is not a pack description"),

  // Names.
  "undeclared-variable": error("A variable that is not declared"),
  redefinition: error("A variable that is declared already"),
  "shadowed-variable": warning("A local variable with the name of a debugvar or predefined variable"),
  "reserved-prefix": note("A name that begins with two underscores, which are kept for the debugger"),
  "read-only-variable": error("An assignment to a variable that a sequence may only read"),
  "no-initial-value": warning("A declaration without a value"),
  "use-before-assignment": warning("A variable that is read before anything was stored in it"),
  "unused-variable": note("A variable that nothing reads"),
  "unused-debug-variable": note("A debugvar that no sequence of the pack reads"),

  // Calls.
  "unknown-function": error("A function that does not exist"),
  "nonstandard-spelling": warning("A function spelled otherwise than in the specification"),
  "wrong-arguments": error("A call with too few or too many arguments"),
  "not-a-string": error("A number where a string belongs"),
  "not-a-number": error("A string where a number belongs"),
  "unknown-sequence": error("A call of a sequence that nothing defines"),
  "message-format": warning("A message whose format and arguments do not agree"),
  "argument-range": warning("An argument outside of what the function takes"),
  "misaligned-address": warning("An address that is not aligned to the size of the access"),
  "address-too-wide": warning("An address of more than 32 bits"),
  "value-too-wide": warning("A value with more bits than are written"),
  "swapped-arguments": warning("An address where a value belongs"),
  "lost-complement": warning("A register that is masked with the bits that were meant to be cleared"),
  "unselected-pins": warning("Pins that are driven and not selected"),
  "data-wider-than-count": note("Data with more bits than are sent"),

  // Controls and expressions.
  "constant-condition": warning("A condition that always or never holds"),
  "constant-comparison": warning("A comparison that always or never holds"),
  "unbounded-loop": warning("A loop that nothing limits"),
  "timeout-without-while": warning("A timeout that has no loop to limit"),
  "deep-nesting": warning("More controls inside one another than the specification allows"),
  unreachable: warning("Statements that are never executed"),
  "no-effect": warning("A statement that does nothing"),
  "assignment-as-condition": warning("An assignment where a comparison may be meant"),
  "surprising-precedence": warning("Operators that bind otherwise than they look"),
  "padded-number": warning("A hexadecimal number padded to a width that nothing has"),
  "shift-too-far": warning("A shift by 64 bits or more"),

  // Sequences and where they stand.
  "forbidden-access": warning("An access that the specification keeps out of a predefined sequence"),
  "guarded-write": warning("A write that erases everything or locks, in a sequence that does not say so"),
  "wrong-place": warning("A function outside of the sequences that it works in"),
  "wrong-port-variable": warning("__ap where __apid counts, or the reverse"),
  "reserved-result": warning("A __Result that the specification reserves"),
  "not-atomic": warning("Something in an atomic block that needs the host"),
  recursion: warning("Sequences that call one another in a circle"),
  "unknown-ignore": warning("A dbgseq-ignore without a reason, for an error or for nothing that exists"),
  "uncalled-sequence": note("A sequence that nothing calls and no debugger runs by itself"),
  "duplicate-sequence": warning("A second definition of a sequence in one place"),
  "lost-debug-variable": warning("Debugvars that replace outer ones and leave out a name"),
  "missing-algorithm": warning("A flash algorithm that the pack names and does not have"),
  "missing-file": warning("A file that the pack names and does not have"),
  "unknown-port": warning("A debug port or access port that the device does not have"),
  "parent-loop": error("Access ports that stand inside one another in a circle"),
  "unknown-memory": warning("An alias of a memory that the device does not have"),
  "duplicate-element": warning("A second element for the same port or processor in one place"),
  "duplicate-device": warning("A second device of the same name"),
  "stray-scope": warning("A scope of a script that no device of the pack is in"),
  "misspelt-sequence": warning("A name that is a predefined one but for its case"),
} as const satisfies Readonly<Record<string, Entry>>;

export type Code = keyof typeof TABLE;

/** The codes are in order of the table. */
export const CODES: readonly (Entry & { readonly code: Code })[] = (Object.keys(TABLE) as Code[]).map(
  (code) => ({
    code,
    ...TABLE[code],
  }),
);

export function severityOf(code: Code): Severity {
  return TABLE[code].severity;
}

export function isCode(text: string): text is Code {
  return Object.hasOwn(TABLE, text);
}
