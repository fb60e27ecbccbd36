/** The reference of the library is what its declarations say: it is made again here, and compared. `npm run generate` writes it. */
import { readdirSync, readFileSync } from "node:fs";
import { format } from "prettier";
import { expect, test } from "vitest";
import { apiNames, apiReference, exportedNames } from "../support/api-reference.ts";
import { expectGenerated } from "../support/generated.ts";

const REFERENCE = "examples/06-api/reference.md";
const MIGRATION = "examples/06-api/from-pyocd.md";
const PAGE = "src/index.ts";
const SIM = "src/sim.ts";
const BROWSER = "src/browser.ts";

/** One layer below the API: their members are as the declarations say, and change with the engine. */
const BELOW = ["Connection", "DeviceContext"];
const reference = apiReference(PAGE, BELOW);
const simReference = apiReference(SIM);

/** Names of the first page that the second lacks. */
function lacking(page: string, other: string): readonly string[] {
  const there = new Set(exportedNames(other));
  return exportedNames(page).filter((name) => !there.has(name));
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

const HEAD = `# The library, name by name

Written from the declarations and docstrings of \`${PAGE}\` and \`${SIM}\`; test/api/reference.test.ts holds it to them, and writes it with
\`npm run generate\`. The names of \`dbgseq\` come first, then those of \`dbgseq/sim\`.

\`dbgseq/browser\` has every name of \`dbgseq\` but these, which need a host: ${listed(lacking(PAGE, BROWSER))}. It has these besides: ${listed(lacking(BROWSER, PAGE))}.

`;

const SIM_HEAD = `# dbgseq/sim, name by name

`;

test("the reference has every public name, as its docstring says", async () => {
  const text = await format(`${HEAD}${reference}\n${SIM_HEAD}${simReference}`, {
    parser: "markdown",
    printWidth: 110,
  });
  expectGenerated(REFERENCE, text);
});

test("the reference has no text but that of this project", () => {
  const known = flowing(sourceText());
  const docs = [...`${reference}${simReference}`.matchAll(/^- `.*\n((?: {2}.*\n)+)/gm)];
  expect(docs.length).toBeGreaterThan(100);
  const foreign = docs.map(([, text = ""]) => flowing(text)).filter((text) => !known.includes(text));
  expect(foreign).toEqual([]);
});

function sourceText(): string {
  return readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(`src/${name}`, "utf8"))
    .join("\n");
}

/** Without the marks of a comment, and wherever its lines break. */
function flowing(text: string): string {
  return text
    .split("\n")
    .map((line) =>
      line
        .trim()
        .replace(/^\/?\*+\/?/, "")
        .replace(/\*\/$/, "")
        .trim(),
    )
    .filter((line) => line !== "")
    .join(" ")
    .replaceAll(/ +/g, " ");
}

test("objects that scripts and models hold have a docstring for each method", () => {
  const bare = [...reference.matchAll(/^- `((?:ConnectHelper|DebugPort|Flash\w*)\.\w+)\(.*`\n(?!  )/gm)];
  expect(bare.map(([, name]) => name)).toEqual([]);
  const ofModels = [...simReference.matchAll(/^- `((?:Soc|Device|AccessPort)\.\w+)\(.*`\n(?!  )/gm)];
  expect(ofModels.map(([, name]) => name)).toEqual([]);
});

/** Of pyOCD's page, as they stand there. */
const CALLS: readonly string[] = [
  ...[
    "session_with_chosen_probe",
    "unique_id",
    "options",
    "board.target",
    "target.dp",
    "read_reg",
    "write_reg",
  ],
  ...["readDP", "writeDP", "readAP", "writeAP", "target.aps", "dp.aps", "AccessPort", "MEM_AP", "AHB_AP"],
  ...[
    "dp.reset()",
    "assert_reset",
    "target.reset(",
    "reset_and_halt",
    "Target.ResetType",
    "ResetType.DEFAULT",
  ],
  ...["ResetType.HARDWARE", "ResetType.SYSTEM", "ResetType.CORE", "ResetType.NSRST", "ResetType.SYSRESETREQ"],
  ...["ResetType.VECTRESET", "ResetType.EMULATED", "default_reset_type", "set_vector_catch", "time.sleep"],
  ...["get_boot_memory", "region.flash", "FlashLoader", "FlashEraser", "FileProgrammer"],
];

test("the migration table has every call of the page, and whatever it names on the right exists", () => {
  const names = apiNames(reference);
  const rows = [...readFileSync(MIGRATION, "utf8").matchAll(/^\| `(.+?)`.* \| (.+?) +\|$/gm)];
  const left = rows.map(([, call = ""]) => call).join("\n");
  expect(CALLS.filter((call) => !left.includes(call))).toEqual([]);
  const missing = rows
    .flatMap(([, , right = ""]) => [...right.matchAll(/`([A-Z]\w*(?:\.\w+)?)/g)].map(([, name = ""]) => name))
    .filter((name) => !names.has(name));
  expect(missing).toEqual([]);
});
