/** Everything that can repeat in what is read from elsewhere, with the reader that meets it. */
import { readImage, type FileToProgram } from "../../src/flash/file/formats.ts";
import { readElf } from "../../src/lib/formats/elf.ts";
import { Source } from "../../src/lib/source.ts";
import { parseYaml } from "../../src/lib/formats/yaml.ts";
import { printScript } from "../../src/language/print/printer.ts";
import { printScriptXml } from "../../src/language/print/pdsc-printer.ts";
import { parseScript } from "../../src/language/text/parse.ts";
import { readCbuildRun } from "../../src/pack/cbuild-run/cbuild-run.ts";
import { readDbgconf } from "../../src/pack/dbgconf.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { readSvd } from "../../src/pack/svd/svd.ts";
import { readRecipe } from "../../src/recipe/recipe.ts";
import { scriptFindings } from "../../src/lint/findings.ts";
import { packFindings } from "../../src/lint/pack-findings.ts";
import { readModel } from "../../src/simulator/model/yaml.ts";
import { madeElf } from "../flash/made-elf.ts";
import { kind, type Kind } from "./ratio.ts";

const times = (n: number, one: (at: number) => string): string =>
  Array.from({ length: n }, (_, at) => one(at)).join("");

// Scripts ------------------------------------------------------------------------------------------------------------

const checkScript = (text: string): unknown => scriptFindings(new Source("x.seq", text));
const script = (one: (at: number, n: number) => string): Kind =>
  kind({ make: (n) => times(n, (at) => one(at, n)), read: checkScript });
/** Statements of one sequence. */
const within = (one: (at: number) => string, before = ""): Kind =>
  kind({ make: (n) => `sequence A {\n${before}${times(n, one)}}\n`, read: checkScript });
const long = (before: string, letter: string, behind: string): Kind =>
  kind({
    make: (n) => `${before}${letter.repeat(n)}${behind}`,
    read: checkScript,
    from: 8000,
    most: 1_000_000,
  });
/** At most this many, beyond which one finding speaks for the rest. */
const asMistakes = (one: Kind): Kind => ({ ...one, most: 1000 });

export const SCRIPTS: Readonly<Record<string, Kind>> = {
  "sequences that nothing calls": script((at) => `sequence U${at} { Read32(${at}); }\n`),
  "sequences in one circle": script((at, n) => `sequence S${at} { Sequence("S${(at + 1) % n}"); }\n`),
  "sequences in one chain": script((at) => `sequence S${at} { Sequence("S${at + 1}"); }\n`),
  "sequences that call one": script((at) => `sequence S${at} { Sequence("S0"); }\n`),
  "sequences of one name": script(() => "sequence A { Read32(0); }\n"),
  "sequences of nearly one name": script((at) => `sequence ResetSystm${at} { Read32(0); }\n`),
  scopes: script((at) => `scope device "D${at}" { sequence A { Read32(0); } }\n`),
  statements: within(() => "Write32(0x20000000, x); x = x | 1;\n", "__var x = 0;\n"),
  controls: within(() => "if (x == 1) { x = Read32(0x10); }\n", "__var x = 0;\n"),
  "controls with else": within(() => "if (x == 1) { x = 1; } else { x = Read32(0); }\n", "__var x = 0;\n"),
  "controls 90 deep": within(() => `${"if (x) { ".repeat(90)}x = 1;${" }".repeat(90)}\n`, "__var x = 0;\n"),
  "operators of statements": within(() => `x = ${"x + ".repeat(400)}1;\n`, "__var x = 0;\n"),
  loops: within(() => "while (Read32(0) != x) timeout 1ms { x = x + 1; }\n", "__var x = 0;\n"),
  variables: within((at) => `__var v${at} = ${at};\n`),
  "variables of one name": within(() => "__var a = 1;\n"),
  "undeclared variables": within((at) => `v${at} = ${at};\n`),
  "unknown functions": within((at) => `Foo${at}(1);\n`),
  "unknown sequences": within((at) => `Sequence("Foo${at}");\n`),
  "line comments": within(() => "// c\n"),
  "block comments on one line": within(() => "/* c */ "),
  "comments behind statements": within(() => "Read32(0); // c\n"),
  "ignored findings": within((at) => `// dbgseq-ignore unused-variable: meant\n__var a${at} = 1;\n`),
  debugvars: kind({
    make: (n) => `debugvars { ${times(n, (at) => `__var v${at} = ${at};\n`)} } sequence A { Read32(v0); }`,
    read: checkScript,
  }),
  "syntax errors": asMistakes(within(() => "x = ;\n")),
  "letters that mean nothing": asMistakes(within(() => "$ ")),
  "digits of a number": long("sequence A { __var x = ", "9", "; }"),
  "letters of a name": long("sequence A { ", "a", " = 1; }"),
  "letters of a string": long('sequence A { Message(0, "', "a", '"); }'),
  "placeholders of a message": long('sequence A { Message(0, "', "%d", '"); }'),
  "letters of a comment": long("sequence A { /*", "a*", "*/ }"),
  blanks: long("sequence A {", " ", "}"),
  "formatted statements": kind({
    make: (n) => `sequence A {\n${times(n, () => "if(x==1){ x = Read32(0x10); } // c\n")}}\n`,
    read: (text) => printScript(parseScript(new Source("x.seq", text)).script),
  }),
  "statements that become XML": kind({
    make: (n) => `sequence A {\n${times(n, () => "if(x==1){ x = Read32(0x10); } // c\n")}}\n`,
    read: (text) => printScriptXml(parseScript(new Source("x.seq", text)).script),
  }),
};

// Packs --------------------------------------------------------------------------------------------------------------

const checkPack = (text: string): unknown => packFindings(readPdsc(new Source("x.pdsc", text)));

function pdsc(devices: string, { family = "", sequences = "", behind = "" } = {}): string {
  const list = sequences === "" ? "" : `<sequences>${sequences}</sequences>`;
  return `<package schemaVersion="1.7.28"><vendor>E</vendor><name>X_DFP</name>
<releases><release version="1.0.0">x</release></releases><devices><family Dfamily="F" Dvendor="ARM:82">
<processor Dcore="Cortex-M4"/>${family}${list}${devices}</family></devices>${behind}</package>`;
}

const device = (at = 0, inside = ""): string => `<device Dname="D${at}">${inside}</device>`;
const ofFamily = (one: (at: number) => string): Kind =>
  kind({ make: (n) => pdsc(device(), { family: times(n, one) }), read: checkPack, from: 500 });
const inSequences = (one: (at: number, n: number) => string): Kind =>
  kind({
    make: (n) => pdsc(device(), { sequences: times(n, (at) => one(at, n)) }),
    read: checkPack,
    from: 500,
  });
const inBlock = (one: (at: number) => string): Kind =>
  kind({
    make: (n) =>
      pdsc(device(), { sequences: `<sequence name="A"><block>${times(n, one)}</block></sequence>` }),
    read: checkPack,
  });
const named = (at: number, block: string): string =>
  `<sequence name="S${at}"><block>${block}</block></sequence>`;

export const PACKS: Readonly<Record<string, Kind>> = {
  devices: kind({ make: (n) => pdsc(times(n, (at) => device(at))), read: checkPack }),
  "devices of one name": kind({ make: (n) => pdsc(times(n, () => device())), read: checkPack }),
  "devices with a sequence of their own": kind({
    make: (n) =>
      pdsc(times(n, (at) => device(at, `<sequences>${named(at, `Sequence("S${at}");`)}</sequences>`))),
    read: checkPack,
    from: 30,
  }),
  "devices that inherit": kind({
    make: (n) =>
      pdsc(
        times(n, (at) => device(at)),
        { sequences: times(50, (at) => named(at, "Read32(0);")) },
      ),
    read: checkPack,
    most: 15_000,
  }),
  variants: kind({
    make: (n) =>
      pdsc(
        device(
          0,
          times(n, (at) => `<variant Dvariant="V${at}"/>`),
        ),
      ),
    read: checkPack,
  }),
  families: kind({
    make: (n) =>
      pdsc("", {
        behind: `<devices>${times(n, (at) => `<family Dfamily="G${at}" Dvendor="ARM:82"><processor Dcore="Cortex-M4"/>${device(at)}</family>`)}</devices>`,
      }),
    read: checkPack,
  }),
  sequences: inSequences((at) => named(at, "Read32(0);")),
  "sequences in a circle": inSequences((at, n) => named(at, `Sequence("S${(at + 1) % n}");`)),
  "sequences of one name": inSequences(() => named(0, "Read32(0);")),
  controls: inSequences(
    (at) => `<sequence name="S${at}"><control if="1"><block>Read32(0);</block></control></sequence>`,
  ),
  "controls inside one another": inSequences(
    (at) =>
      `<sequence name="S${at}">${'<control if="1">'.repeat(90)}<block>Read32(0);</block>${"</control>".repeat(90)}</sequence>`,
  ),
  "blocks of a sequence": kind({
    make: (n) =>
      pdsc(device(), {
        sequences: `<sequence name="A">${times(n, () => "<block>Read32(0);</block>")}</sequence>`,
      }),
    read: checkPack,
  }),
  "XML comments on one line": inBlock(() => "<!-- c -->"),
  "XML comments on lines": inBlock(() => "Read32(0); <!-- c -->\n"),
  "XML comments behind a control": inSequences((at) =>
    at === 0
      ? `<sequence name="A"><control if="1"><block>Read32(0);</block></control></sequence>`
      : "<!-- c -->",
  ),
  entities: inBlock((at) => (at % 2 === 0 ? "Read32(1 &amp;" : " 3);\n")),
  "CDATA sections": inBlock(() => "<![CDATA[Read32(0);]]>"),
  memories: ofFamily((at) => `<memory name="M${at}" access="rw" start="${at * 4096}" size="4096"/>`),
  "memories with unknown aliases": ofFamily(
    (at) => `<memory name="M${at}" alias="N${at}" access="rw" start="${at * 4096}" size="4096"/>`,
  ),
  algorithms: ofFamily((at) => `<algorithm name="f${at}.FLM" start="${at * 4096}" size="4096"/>`),
  "flash descriptions": ofFamily(
    (at) =>
      `<flashinfo name="f${at}" start="${at * 4096}" pagesize="256"><block count="1" size="256"/></flashinfo>`,
  ),
  "debug and access ports": ofFamily(
    (at) => `<debugport __dp="${at}"/><accessportV1 __apid="${at}" __dp="${at}" index="0"/>`,
  ),
  "access ports behind unknown debug ports": ofFamily(
    (at) => `<accessportV1 __apid="${at}" __dp="${at + 7}" index="0"/>`,
  ),
  "data patches": ofFamily((at) => `<debug __dp="0"><datapatch address="${at * 4}" value="1"/></debug>`),
  processors: ofFamily((at) => `<processor Pname="p${at}" Dcore="Cortex-M4"/>`),
  features: ofFamily((at) => `<feature type="Other" n="${at}" name="f"/>`),
  "unknown elements": ofFamily((at) => `<foo${at}/>`),
  "unknown attributes": kind({
    make: (n) => pdsc(device(), { family: `<memory ${times(n, (at) => `a${at}="1" `)}/>` }),
    read: checkPack,
  }),
  debugvars: kind({
    make: (n) =>
      pdsc(device(), { family: `<debugvars>${times(n, (at) => `__var v${at} = 1;\n`)}</debugvars>` }),
    read: checkPack,
  }),
  boards: kind({
    make: (n) =>
      pdsc(device(), {
        behind: `<boards>${times(n, (at) => `<board name="B${at}" vendor="E"><mountedDevice Dname="D0" Dvendor="ARM:82"/></board>`)}</boards>`,
      }),
    read: checkPack,
  }),
  conditions: kind({
    make: (n) =>
      pdsc(device(), {
        behind: `<conditions>${times(n, (at) => `<condition id="C${at}"><require condition="C${at + 1}"/></condition>`)}</conditions>`,
      }),
    read: checkPack,
  }),
};

// Other text ---------------------------------------------------------------------------------------------------------

const recipe = (text: string): unknown => readRecipe(new Source("x.yaml", text));
/** What is refused has taken its time too. */
const tried = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error;
  }
};

const recipeOf = (one: (at: number) => string, before = ""): Kind =>
  kind({ make: (n) => `${before}steps:\n${times(n, one)}`, read: recipe, most: 15_000 });

const cbuild = (section: string, one: (at: number) => string): Kind =>
  kind({
    make: (n) => `cbuild-run:\n${section}\n${times(n, one)}`,
    read: (text) => readCbuildRun(new Source("x.cbuild-run.yml", text)),
    most: 15_000,
  });

const dbgconf = (one: (at: number) => string): Kind =>
  kind({
    make: (n) => times(n, one),
    read: (text) => readDbgconf(new Source("x.dbgconf", text), ["Value", "Values"]),
    most: 30_000,
  });

const ofSvd = (make: (n: number) => string, most = 40_000): Kind =>
  kind({ make, read: (text) => readSvd(new Source("x.svd", text)), most });
const register = (inside = "", name = "R"): string =>
  `<register><name>${name}</name><addressOffset>0</addressOffset>${inside}</register>`;
const field = (at: number): string => `<field><name>F${at}</name><bitRange>[1:0]</bitRange></field>`;

const svd = (registers: string): string =>
  `<device><name>D</name><peripherals><peripheral><name>P</name><baseAddress>0</baseAddress><registers>${registers}</registers></peripheral></peripherals></device>`;

export const TEXTS: Readonly<Record<string, Kind>> = {
  "steps of a recipe": kind({
    make: (n) => `steps:\n${times(n, () => "  - read: 0x20000000\n")}`,
    read: recipe,
  }),
  "wrong steps of a recipe": kind({
    make: (n) => `steps:\n${times(n, () => "  - raed: 0x20000000\n")}`,
    read: recipe,
    most: 1000,
  }),
  "YAML keys": kind({
    make: (n) => times(n, (at) => `k${at}: 1\n`),
    read: (text) => parseYaml(new Source("x.yaml", text)),
  }),
  "YAML aliases": kind({
    make: (n) => `- &a [1, 2, 3]\n${times(n, () => "- *a\n")}`,
    read: (text) => parseYaml(new Source("x.yaml", text)),
    most: 40_000,
  }),
  "digits of a YAML number": kind({
    make: (n) => `steps:\n  - read: ${"9".repeat(n)}\n`,
    read: recipe,
    from: 8000,
    most: 4_000_000,
  }),
  "letters of a YAML text": kind({
    make: (n) => `name: "${"a".repeat(n)}"\nsteps: [connect]\n`,
    read: recipe,
    from: 8000,
    most: 4_000_000,
  }),
  "memories of a model": kind({
    make: (n) => `memories:\n${times(n, (at) => `  - { name: M${at}, start: ${at * 4096}, size: 4096 }\n`)}`,
    read: (text) => tried(() => readModel(new Source("x.yaml", text))),
  }),
  "devices of a cbuild-run": kind({
    make: (n) =>
      `cbuild-run:\n  system-resources:\n    memory:\n${times(n, (at) => `      - { name: M${at}, access: rw, start: ${at * 4096}, size: 4096, from-pack: A::B@1.0.0 }\n`)}`,
    read: (text) => tried(() => readCbuildRun(new Source("x.cbuild-run.yml", text))),
  }),
  "lines of a dbgconf": kind({
    make: (n) => times(n, (at) => `v${at} = ${at}; // c\n`),
    read: (text) => readDbgconf(new Source("x.dbgconf", text), ["v0", "v1"]),
    most: 40_000,
  }),
  "registers of an SVD": kind({
    make: (n) =>
      svd(
        times(n, (at) => `<register><name>R${at}</name><addressOffset>${at * 4}</addressOffset></register>`),
      ),
    read: (text) => readSvd(new Source("x.svd", text)),
    most: 40_000,
  }),
  "derived registers of an SVD": kind({
    make: (n) =>
      svd(
        times(
          n,
          (at) =>
            `<register${at === 0 ? "" : ` derivedFrom="R${at - (at % 4 === 0 ? 0 : 1)}"`}><name>R${at}</name><addressOffset>${at * 4}</addressOffset></register>`,
        ),
      ),
    read: (text) => readSvd(new Source("x.svd", text)),
    most: 40_000,
  }),
  "registers of an SVD that cannot be read": ofSvd((n) => svd(times(n, () => "<register/>"))),
  "fields of a register": ofSvd((n) => svd(register(`<fields>${times(n, field)}</fields>`))),
  "values of a field": ofSvd((n) =>
    svd(
      register(
        `<fields><field><name>F</name><bitRange>[1:0]</bitRange><enumeratedValues>${times(n, (at) => `<enumeratedValue><name>V${at}</name><value>${at}</value></enumeratedValue>`)}</enumeratedValues></field></fields>`,
      ),
    ),
  ),
  "clusters of an SVD": ofSvd((n) =>
    svd(
      times(
        n,
        (at) => `<cluster><name>C${at}</name><addressOffset>${at}</addressOffset>${register()}</cluster>`,
      ),
    ),
  ),
  "registers of an array": ofSvd((n) =>
    svd(register(`<dim>${n}</dim><dimIncrement>4</dimIncrement>`, "R%s")),
  ),
  "indexes of an array": ofSvd((n) =>
    svd(
      register(
        `<dim>${n}</dim><dimIncrement>4</dimIncrement><dimIndex>${times(n, (at) => `${at},`)}</dimIndex>`,
        "R%s",
      ),
    ),
  ),
  "peripherals of an SVD": ofSvd(
    (n) =>
      `<device><name>D</name><peripherals>${times(n, (at) => `<peripheral><name>P${at}</name><baseAddress>${at}</baseAddress><registers>${register()}</registers></peripheral>`)}</peripherals></device>`,
  ),
  "peripherals that are derived": ofSvd(
    (n) =>
      `<device><name>D</name><peripherals><peripheral><name>P</name><baseAddress>0</baseAddress><registers>${register()}${register("", "S")}</registers></peripheral>${times(n, (at) => `<peripheral derivedFrom="P"><name>P${at}</name><baseAddress>${at}</baseAddress></peripheral>`)}</peripherals></device>`,
  ),
  "steps that run sequences": recipeOf((at) => `  - run: S${at}\n`),
  "steps that write": recipeOf((at) => `  - { write: ${at}, value: 1 }\n`),
  "steps with conditions": recipeOf((at) => `  - expect: Read32(${at}) == 1\n`),
  "steps with files": recipeOf((at) => `  - { flash: [a${at}.hex, b.hex] }\n`),
  "files of a step": kind({
    make: (n) => `steps:\n  - flash:\n${times(n, (at) => `      - a${at}.hex\n`)}`,
    read: recipe,
    most: 15_000,
  }),
  "scripts of a recipe": kind({
    make: (n) => `seq:\n${times(n, (at) => `  - a${at}.seq\n`)}steps: [connect]\n`,
    read: recipe,
    most: 15_000,
  }),
  "images of a cbuild-run": cbuild("  output:", (at) => `    - { file: a${at}.elf, type: elf }\n`),
  "algorithms of a cbuild-run": cbuild(
    "  programming:",
    (at) => `    - { algorithm: a${at}.FLM, start: ${at * 4096}, size: 4096 }\n`,
  ),
  "descriptions of a cbuild-run": cbuild(
    "  system-descriptions:",
    (at) => `    - { file: a${at}.svd, type: svd }\n`,
  ),
  "settings of a cbuild-run": cbuild("  debugger:\n    device-settings:", (at) => `      v${at}: ${at}\n`),
  "unknown sections of a cbuild-run": cbuild("  device: D", (at) => `  s${at}: 1\n`),
  "unknown names of a dbgconf": dbgconf((at) => `Valve${at} = 1;\n`),
  "names of a dbgconf that are set again": dbgconf(() => "Value = 1;\n"),
  "statements of a dbgconf that are none": dbgconf(() => "1 = Value\n;"),
  "comments of a dbgconf": dbgconf((at) => `/* ${at} */ // <o> "\n`),
};

// Images -------------------------------------------------------------------------------------------------------------

const image = (name: string, make: (n: number) => Uint8Array, most = Infinity): Kind =>
  kind({
    make: (n): readonly FileToProgram[] => [{ name, bytes: make(n) }],
    read: (files) => tried(() => readImage(files)),
    most,
  });

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const byte = (value: number): string => (value & 0xff).toString(16).padStart(2, "0").toUpperCase();

function hexRecord(address: number): string {
  const bytes = [4, address >> 8, address, 0, 1, 2, 3, 4];
  return `:${bytes.map(byte).join("")}${byte(-bytes.reduce((sum, one) => sum + (one & 0xff), 0))}\n`;
}

/** In a block of 64 KiB of their own for each 8192 records, from the end to the beginning. */
function hexFile(n: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(n / 8192) }, (_, block) => {
    const bytes = [2, 0, 0, 4, 0, block];
    const upper = `:${bytes.map(byte).join("")}${byte(-bytes.reduce((sum, one) => sum + one, 0))}\n`;
    return upper + times(Math.min(8192, n - block * 8192), (at) => hexRecord((8191 - at) * 8));
  });
  return ascii(`${blocks.join("")}:00000001FF\n`);
}

function sRecord(address: number): string {
  const bytes = [9, address >>> 24, address >> 16, address >> 8, address, 1, 2, 3, 4];
  return `S3${bytes.map(byte).join("")}${byte(~bytes.reduce((sum, one) => sum + (one & 0xff), 0))}\n`;
}

function uf2(n: number): Uint8Array {
  const bytes = new Uint8Array(512 * n);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < n; at++) {
    const words = [0x0a32_4655, 0x9e5d_5157, 0, at * 256, 256, at, n, 0];
    for (const [place, word] of words.entries()) view.setUint32(512 * at + 4 * place, word, true);
    view.setUint32(512 * at + 508, 0x0ab1_6f30, true);
  }
  return bytes;
}

/** Its symbols all begin in one name, which is as long as their table. */
function symbols(n: number): Uint8Array {
  const bytes = madeElf([{ address: 0x1000, bytes: new Uint8Array(16 * n + n).fill(0x41) }]);
  return bytes;
}

export const IMAGES: Readonly<Record<string, Kind>> = {
  "records of a hex file": image("x.hex", hexFile, 200_000),
  "S-records": image("x.s19", (n) => ascii(times(n, (at) => sRecord(8 * at)) + "S70500000000FA\n")),
  "blocks of a UF2 file": image("x.uf2", uf2, 200_000),
  "segments of an ELF file": image(
    "x.elf",
    (n) => madeElf(Array.from({ length: n }, (_, at) => ({ address: at * 64, bytes: Uint8Array.of(at) }))),
    60_000,
  ),
  "bytes of an ELF file": kind({
    make: symbols,
    read: (bytes) => readElf(bytes),
    from: 8000,
    most: 1_000_000,
  }),
};
