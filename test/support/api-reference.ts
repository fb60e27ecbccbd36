/** The public page as a document: what its names are, from their declarations and docstrings. Reads types, runs nothing. */
import ts from "typescript";
import { isProgramName, rowOf } from "../../src/options/given.ts";

/** A heading for each name in alphabetical order, its docstring, and a line for each member. */
export function apiReference(page: string, withoutMembers: readonly string[] = []): string {
  const { checker } = compiled();
  return exportsOf(page)
    .map((symbol) => ({ name: symbol.name, symbol: target(symbol, checker) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, symbol }) => entry(name, symbol, checker, !withoutMembers.includes(name)))
    .join("\n");
}

/** The names that a page exports, types among them. */
export function exportedNames(page: string): readonly string[] {
  return exportsOf(page)
    .map(({ name }) => name)
    .sort();
}

function exportsOf(page: string): readonly ts.Symbol[] {
  const { program, checker } = compiled();
  const file = program.getSourceFile(page);
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${page} is not a module`);
  return checker.getExportsOfModule(module);
}

/** Every public name and member as `Class.member`, for tables that name them. */
export function apiNames(reference: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, name] of reference.matchAll(/^(?:## |- `)([\w.]+)/gm)) names.add(name ?? "");
  return names;
}

/** The pages of the package: one program for all of them. */
const PAGES = ["src/index.ts", "src/sim.ts", "src/browser.ts"];

interface Compiled {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
}

let made: Compiled | undefined;

function compiled(): Compiled {
  if (made !== undefined) return made;
  const { config } = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  const program = ts.createProgram([...PAGES, "src/text-files.d.ts"], options);
  made = { program, checker: program.getTypeChecker() };
  return made;
}

/** What stands behind a name that is only handed on. */
function target(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

function entry(name: string, symbol: ts.Symbol, checker: ts.TypeChecker, withMembers: boolean): string {
  const declared = symbol.declarations?.[0];
  const type = typeOf(symbol, checker);
  const lines = [`## ${name}`, "", `${kindOf(symbol)} of ${placeOf(declared)}`];
  if (kindOf(symbol) === "function") lines.push("", "```ts", ...callsOf(name, type, checker), "```");
  if (isAlias(symbol) && declared !== undefined) lines.push("", "```ts", oneLine(declared.getText()), "```");
  const docs = docsOf(symbol, checker);
  if (docs !== "") lines.push("", docs);
  const statics =
    (symbol.flags & ts.SymbolFlags.Class) === 0
      ? []
      : checker
          .getTypeOfSymbol(symbol)
          .getProperties()
          .filter((member) => member.name !== "prototype" && isPublic(member));
  const members = [
    ...statics.map((member) => memberLine(`${name}.${member.name}`, member, checker, "static ")),
    ...(isAlias(symbol) ? [] : type.getProperties())
      .filter(isPublic)
      .map((member) => memberLine(`${name}.${member.name}`, member, checker)),
  ];
  if (withMembers && members.length > 0) lines.push("", ...members);
  return `${lines.join("\n")}\n`;
}

/** A name for a type that is shown as it is written; one made of a table is shown by its members. */
function isAlias({ flags, declarations = [] }: ts.Symbol): boolean {
  const isMapped = declarations.some(
    (one) => ts.isTypeAliasDeclaration(one) && ts.isMappedTypeNode(one.type),
  );
  return (flags & ts.SymbolFlags.TypeAlias) !== 0 && (flags & ts.SymbolFlags.Value) === 0 && !isMapped;
}

function kindOf({ flags }: ts.Symbol): string {
  if ((flags & ts.SymbolFlags.Class) !== 0) return "class";
  if ((flags & ts.SymbolFlags.Interface) !== 0 && (flags & ts.SymbolFlags.Value) === 0) return "interface";
  if ((flags & ts.SymbolFlags.Function) !== 0) return "function";
  return (flags & ts.SymbolFlags.Value) === 0 ? "type" : "object";
}

/** Of a class and an interface what its instances have. */
function typeOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Type {
  const isValue = ["object", "function"].includes(kindOf(symbol));
  return isValue ? checker.getTypeOfSymbol(symbol) : checker.getDeclaredTypeOfSymbol(symbol);
}

/** Neither private, protected nor named by a symbol (`__@`); and declared here, not by the language. */
function isPublic({ name, declarations = [] }: ts.Symbol): boolean {
  return (
    !/^__|#/.test(name) &&
    declarations.some(
      (declared) =>
        !isForeign(declared) &&
        (ts.getCombinedModifierFlags(declared) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) ===
          0,
    )
  );
}

function memberLine(name: string, member: ts.Symbol, checker: ts.TypeChecker, prefix = ""): string {
  const type = checker.getTypeOfSymbol(member);
  const [call] = type.getCallSignatures();
  const optional = (member.flags & ts.SymbolFlags.Optional) === 0 ? "" : "?";
  const text =
    call === undefined || (member.flags & ts.SymbolFlags.Method) === 0
      ? `${name}${optional}: ${oneLine(checker.typeToString(type, undefined, FLAGS))}`
      : `${name}${optional}${oneLine(checker.signatureToString(call, undefined, FLAGS))}`;
  const docs = (docsOf(member, checker) || saysOf(name)).replaceAll("\n", "\n  ");
  return `- \`${text}\`${prefix === "" ? "" : ` (${prefix.trim()})`}${docs === "" ? "" : `\n  ${docs}`}`;
}

/** An option without a docstring has the sentence of its help. */
function saysOf(member: string): string {
  const name = /^SessionOptions\.(.*)$/.exec(member)?.[1] ?? "";
  return isProgramName(name) ? rowOf(name).says : "";
}

const FLAGS: ts.TypeFormatFlags =
  ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;

function callsOf(name: string, type: ts.Type, checker: ts.TypeChecker): readonly string[] {
  return type
    .getCallSignatures()
    .map((call) => `${name}${oneLine(checker.signatureToString(call, undefined, FLAGS))}`);
}

/** Of what is declared here: a declaration of Node or of a package keeps its text. */
function docsOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  if (symbol.declarations?.every(isForeign) !== false) return "";
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
}

function placeOf(declared: ts.Declaration | undefined): string {
  return `\`${/src\/.*$/.exec(declared?.getSourceFile().fileName ?? "")?.[0] ?? "?"}\``;
}

function isForeign(declared: ts.Declaration): boolean {
  return (
    !declared.getSourceFile().fileName.includes("/src/") ||
    declared.getSourceFile().fileName.includes("/node_modules/")
  );
}

function oneLine(text: string): string {
  return text
    .replace(/\/\*\*[^]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .trim();
}
