/** The reference of the library is what its declarations say: it is made again here, and compared. `UPDATE=1` writes it. */
import { readFileSync } from "node:fs";
import { format } from "prettier";
import { expect, test } from "vitest";
import { apiNames, apiReference } from "../support/api-reference.ts";
import { expectGenerated } from "../support/generated.ts";

const REFERENCE = "examples/06-api/reference.md";
const MIGRATION = "examples/06-api/from-pyocd.md";
const PAGE = "src/index.ts";

/** One layer below the API: their members are as the declarations say, and change with the engine. */
const BELOW = ["Connection", "DeviceContext"];
const reference = apiReference(PAGE, BELOW);

const HEAD = `# The library, name by name

Written from the declarations and docstrings of \`${PAGE}\`; test/api/reference.test.ts holds it to them, and writes it with
\`UPDATE=1 npx vitest run test/api/reference.test.ts\`. \`dbgseq/browser\` has the same but for what needs a host.

`;

test("the reference has every public name, as its docstring says", async () => {
  const text = await format(`${HEAD}${reference}`, { parser: "markdown", printWidth: 110 });
  expectGenerated(REFERENCE, text);
});

test("objects that scripts hold have a docstring for each method", () => {
  const bare = [...reference.matchAll(/^- `((?:ConnectHelper|DebugPort|Flash\w*)\.\w+)\(.*`\n(?!  )/gm)];
  expect(bare.map(([, name]) => name)).toEqual([]);
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
