/** Texts that are right, or nearly: .seq files, PDSC files and .dbgconf files, small and of every construct. */
import type { Random } from "./random.ts";

const NAMES = ["a", "b", "value", "addr", "__Result", "__dp", "__ap", "timeout", "block"] as const;
const SEQUENCES = ["ResetSystem", "DebugPortSetup", "Own", "Other", "Recover"] as const;
const BINARY = "* / % + - << >> < <= > >= == != & ^ | && ||".split(" ");
const CALLS: readonly (readonly [string, number])[] = [
  ["Read32", 1],
  ["Write32", 2],
  ["ReadAP", 1],
  ["WriteDP", 2],
  ["DAP_Delay", 1],
  ["DAP_SWJ_Pins", 3],
  ["DAP_SWJ_Sequence", 2],
  ["DAP_JTAG_Sequence", 3],
  ["read16", 1],
  ["Nothing", 1],
];

export function seqFile(random: Random): string {
  const items = random.times(5, () => fileItem(random));
  return random.oneIn(12) ? body(random, 2) : items.join(random.pick(["\n", "\n\n", " "]));
}

function fileItem(random: Random): string {
  switch (random.int(9)) {
    case 0:
      return `debugvars${random.pick(["", ' config "x.dbgconf"', ' config "x" version "1.0"'])} { ${declaration(random)} }`;
    case 1:
      return `scope family "F"${random.pick(["", ' subFamily "S"', ' device "D"'])} { ${sequence(random)} }`;
    case 2:
      return comment(random);
    case 3:
      return random.pick(['import "x.seq";', "traceSetup full;", '@unknown("v")', "traceSetup legacy;"]);
    default:
      return sequence(random);
  }
}

function sequence(random: Random): string {
  const head = random.pick(["sequence", "sequence", "sequence", "disable sequence"]);
  const words = [random.pick(["", 'for "cm4"']), random.pick(["", '"info"', '"a \\" & <b> \\n"'])];
  const requires = random.pick(["", "", "requires erase", "requires host"]);
  const name = `${random.pick(SEQUENCES)}${random.oneIn(2) ? random.int(30) : ""}`;
  return `${head} ${name} ${words.join(" ")} ${requires} ${random.oneIn(9) ? ";" : `{ ${body(random, 3)} }`}`;
}

function body(random: Random, depth: number): string {
  return random.times(5, () => part(random, depth)).join(random.pick(["\n", "\n", " "]));
}

function part(random: Random, depth: number): string {
  const inner = (): string => `{ ${depth > 0 ? body(random, depth - 1) : ""} }`;
  switch (random.int(14)) {
    case 0:
      return `if (${expression(random, 2)}) ${inner()}`;
    case 1:
      return `if (${expression(random, 2)}) ${inner()} else ${random.oneIn(3) ? `if (a) ${inner()}` : inner()}`;
    case 2:
      return `while (${expression(random, 2)})${random.pick(["", " timeout 50ms", " timeout 100", ' timeout 1s "wait"'])} ${random.oneIn(2) ? ";" : inner()}`;
    case 3:
      return `${random.pick(["group", 'group "g"', 'atomic "a"', "atomic", 'block "b"', "block"])} { ${random.times(3, () => statement(random)).join(" ")} }`;
    case 4:
      return comment(random);
    case 5:
      return `if (${expression(random, 1)}) while (${expression(random, 1)}) timeout 1s ;`;
    case 6:
      return declaration(random);
    default:
      return statement(random);
  }
}

function comment(random: Random): string {
  return random.pick([
    "// line\n",
    "/* block */",
    "// dbgseq-ignore unused-variable: known\n",
    "/* two\n lines */",
    "// a -- b\n",
  ]);
}

function declaration(random: Random): string {
  return `__var ${random.pick(NAMES)}${random.int(9)}${random.oneIn(9) ? "" : ` = ${expression(random, 2)}`};`;
}

function statement(random: Random): string {
  switch (random.int(5)) {
    case 0:
      return `${random.pick(NAMES)} ${random.pick(["=", "|=", "&=", "<<=", "+="])} ${expression(random, 3)};`;
    case 1:
      return `Message(${random.int(3)}, "%x %s%%", ${expression(random, 1)});`;
    case 2:
      return `Sequence("${random.pick(SEQUENCES)}");`;
    default:
      return `${expression(random, 3)};`;
  }
}

export function expression(random: Random, depth: number): string {
  const inner = (): string => expression(random, depth - 1);
  if (depth <= 0) return leaf(random);
  switch (random.int(8)) {
    case 0:
      return `(${inner()})`;
    case 1:
      return `${random.pick(["-", "~", "!", "+"])}${inner()}`;
    case 2: {
      const [name, count] = random.pick(CALLS);
      return `${name}(${Array.from({ length: random.oneIn(12) ? random.int(5) : count }, inner).join(", ")})`;
    }
    case 3:
      return `${inner()} ? ${inner()} : ${inner()}`;
    case 4:
      return `(${random.pick(NAMES)} = ${inner()})`;
    case 5:
      return leaf(random);
    default:
      return `${inner()} ${random.pick(BINARY)} ${inner()}`;
  }
}

function leaf(random: Random): string {
  switch (random.int(4)) {
    case 0:
      return random.pick(NAMES);
    case 1:
      return `0x${random.u64().toString(16).toUpperCase()}`;
    case 2:
      return `${random.u64()}${random.pick(["", "", "u", "UL"])}`;
    default:
      return random.pick(["0xE000EDF0", "0x0000FFFF", "0b101", "7"]);
  }
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** `head` and `tail` are a description around its devices. */
export function pdscFile(random: Random): string {
  const levels = random.times(3, () => `<device Dname="D${random.int(9)}">${properties(random)}</device>`);
  const nested = random.oneIn(2)
    ? levels.join("")
    : `<subFamily DsubFamily="S">${properties(random)}${levels.join("")}</subFamily>`;
  return `<?xml version="1.0"?><package schemaVersion="1.7.28"><vendor>V</vendor><name>P</name><releases><release version="1.0.0"/></releases><devices><family Dfamily="F" Dvendor="V:1">${properties(random)}${nested}</family></devices></package>`;
}

function properties(random: Random): string {
  return random.times(5, () => property(random)).join("\n");
}

function property(random: Random): string {
  const number = (): string =>
    random.pick(["0x20000000", "0x1000", "0", "1", "-1", "0x1FFFFFFFFFFFFFFFF", "x", ""]);
  const truth = (): string => random.pick(["0", "1", "true", "false", "yes"]);
  switch (random.int(12)) {
    case 0:
      return `<processor ${random.pick(["", 'Pname="cm4" '])}Dcore="${random.pick(["Cortex-M4", "Cortex-M33", "?"])}"/>`;
    case 1:
      return `<memory name="${random.pick(["IROM1", "RAM", "X"])}" access="rwx" start="${number()}" size="${number()}" default="${truth()}" alias="X"/>`;
    case 2:
      return `<algorithm name="a\\b.FLM" start="${number()}" size="${number()}" RAMstart="${number()}" RAMsize="${number()}" default="${truth()}" style="Keil"/>`;
    case 3:
      return `<debugconfig default="swd" clock="${number()}" swj="${truth()}" dormant="${truth()}"/>`;
    case 4:
      return `<debugport __dp="${number()}"><jtag tapindex="${number()}" idcode="${number()}" irlen="${number()}"/><swd idcode="${number()}" targetsel="${number()}"/></debugport>`;
    case 5:
      return `<accessportV${random.pick(["1", "2"])} __apid="${number()}" __dp="${number()}" index="${number()}" address="${number()}" parent="${number()}"/>`;
    case 6:
      return `<debug __dp="${number()}" __ap="${number()}" __apid="${number()}" svd="x.svd" defaultResetSequence="Own"><datapatch type="Mem" address="${number()}" value="${number()}" mask="${number()}"/></debug>`;
    case 7:
      return `<debugvars configfile="x.dbgconf">${escaped(declaration(random))}</debugvars>`;
    case 8:
      return `<flashinfo name="F" start="${number()}" pagesize="${number()}" blankval="${number()}" filler="${number()}"><block count="${number()}" size="${number()}"/><gap size="${number()}"/></flashinfo>`;
    default:
      return `<sequences>${random.times(3, () => xmlSequence(random)).join("\n")}</sequences>`;
  }
}

function xmlSequence(random: Random): string {
  const name = `${random.pick(SEQUENCES)}${random.oneIn(2) ? random.int(30) : ""}`;
  const attributes = random.pick(["", ' Pname="cm4"', ' disable="1"', ' info="i"', ' odd="1"']);
  return `<sequence name="${name}"${attributes}>${xmlItems(random, 3)}</sequence>`;
}

function xmlItems(random: Random, depth: number): string {
  return random.times(3, () => xmlItem(random, depth)).join(random.pick(["", "\n", " "]));
}

function xmlItem(random: Random, depth: number): string {
  switch (random.int(6)) {
    case 0:
      return "<!-- a comment -->";
    case 1:
    case 2: {
      const conditions = [
        random.oneIn(2) ? ` if="${escaped(expression(random, 2))}"` : "",
        random.oneIn(3)
          ? ` while="${escaped(expression(random, 2))}" timeout="${random.pick(["0", "100", "1000000"])}"`
          : "",
      ];
      return `<control${conditions.join("")}>${depth > 0 ? xmlItems(random, depth - 1) : ""}</control>`;
    }
    default: {
      const statements = random.times(4, () => (random.oneIn(4) ? declaration(random) : statement(random)));
      return `<block${random.pick(["", ' atomic="1"', ' info="&lt;i&gt;"'])}>${escaped(statements.join("\n"))}</block>`;
    }
  }
}

export function dbgconfFile(random: Random): string {
  const line = (): string =>
    random.pick([
      `Name${random.int(4)} = ${random.pick(["0x10", "7", "0x1FFFFFFFFFFFFFFFF", "x"])};`,
      "// <h> Heading",
      "// <o.0..3> Field <0=> off <1=> on",
      "// </h>",
      "/* block */",
      "",
    ]);
  return random.times(12, line).join(random.pick(["\n", "\r\n"]));
}
