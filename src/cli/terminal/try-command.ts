/** What to try as a command that works as printed: the one that was given, changed, or another one on the same target. */
import { rowOf, type OptionName } from "../../api/option-table.ts";
import type { Try } from "../../api/diagnosis.ts";
import { quantityText } from "../../lib/units.ts";
import { shellWord } from "../completion/shell-quotes.ts";

/** Options of the target that another command takes over. */
const OF_TARGET = ["--probe", "--protocol", "--state", "--clock"];
const OF_DEVICE = [...OF_TARGET, "--pack", "--device", "--pname", "--core", "--dbgconf", "--no-config"];

/** Undefined if no command does it. */
export function commandOf(one: Try, argv: readonly string[]): string | undefined {
  switch (one.kind) {
    case "by hand":
      return undefined;
    case "again":
      return line(again(one, argv));
    case "shipped":
      return line([
        "run",
        `shipped:${one.file}#${one.sequence}`,
        "--connect",
        "none",
        ...taken(argv, OF_TARGET),
        ...(one.allow ?? []).flatMap((grant) => ["--allow", grant]),
      ]);
    case "reset":
      return line(["reset", "--type", one.type, ...taken(argv, OF_DEVICE)]);
  }
}

function again({ options, allow = [] }: Extract<Try, { kind: "again" }>, argv: readonly string[]): string[] {
  const { shippedSeq, ...others } = options;
  const given = Object.entries(others).flatMap(([name, value]) => flagOf(name as OptionName, value));
  const flags = new Set(given.filter((word) => word.startsWith("--")));
  // What a doctor was asked is not what fails.
  const base = argv[0] === "doctor" ? ["info", ...taken(argv, OF_DEVICE)] : argv;
  return [
    ...without(base, flags),
    ...given,
    ...(shippedSeq === undefined ? [] : ["--seq", `shipped:${shippedSeq}`]),
    ...allow.flatMap((grant) => ["--allow", grant]),
  ];
}

function flagOf(name: OptionName, value: string | number | boolean): readonly string[] {
  const flag = rowOf(name).flag?.replace(/[ ,].*/, "") ?? `--${name}`;
  if (value === true) return [flag];
  if (name === "clockHz") return [flag, quantityText(Number(value), "Hz")];
  return [flag, String(value)];
}

/** What `load` was asked for, by `flash`, which takes all of its options but one. A recipe has the files alone. */
export function flashInstead(argv: readonly string[], files: readonly string[], hasRam: boolean): string {
  const words = wordsAfter("load", argv)?.filter((word) => word !== "--start");
  return line(["flash", ...(words ?? files), ...(hasRam ? ["--ram-parts"] : [])]);
}

const ALONE_OF_FLASH = [
  "--no-verify",
  "--read-back",
  "--keep",
  "--force",
  "--ram-parts",
  "--reset",
  "--no-reset",
];
const OF_FLASH = new Set(["--erase", "--algorithm", "--proof"]);

/** What `flash` was asked for, by `load`. */
export function loadInstead(argv: readonly string[], files: readonly string[]): string {
  const words = wordsAfter("flash", argv)?.filter((word) => !ALONE_OF_FLASH.includes(word));
  return line(["load", ...(words === undefined ? files : without(words, OF_FLASH))]);
}

function wordsAfter(command: string, [first, ...words]: readonly string[]): readonly string[] | undefined {
  return first === command ? words : undefined;
}

/** The words of these options, with their values. */
function taken(argv: readonly string[], flags: readonly string[]): readonly string[] {
  return argv.flatMap((word, at) => {
    if (flags.some((flag) => word.startsWith(`${flag}=`))) return [word];
    if (word === "--no-config" && flags.includes(word)) return [word];
    return flags.includes(word) ? [word, argv[at + 1] ?? ""] : [];
  });
}

function without(argv: readonly string[], flags: ReadonlySet<string>): readonly string[] {
  return argv.filter((word, at) => {
    const [name = ""] = word.split("=", 1);
    if (flags.has(name)) return false;
    const before = argv[at - 1];
    return before === undefined || !flags.has(before) || before.includes("=") || word.startsWith("--");
  });
}

function line(words: readonly string[]): string {
  return ["dbgseq", ...words].map(shellWord).join(" ");
}
