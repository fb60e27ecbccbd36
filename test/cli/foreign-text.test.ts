/** Text of packs, scripts, recipes, models, servers and file names on a terminal: it shows, and commands nothing. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Piece } from "../../src/cli/terminal/io.ts";
import { printing } from "../../src/cli/terminal/printing.ts";
import { main } from "../../src/cli/program.ts";
import { findingPieces } from "../../src/diagnostics/text.ts";
import { Source } from "../../src/lib/source.ts";
import { dbgseqIn, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

/** One of each kind: C0, an escape sequence, an operating system command, DEL, C1, the marks that turn text around. */
const KINDS = ["\b", "\r", "\u001b[2J", "\u001b]0;x\u0007", "\u007f", "\u009b2J"];
const TURNING = ["\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"];
/** XML has no C0. */
const IN_XML = `A${[...KINDS.slice(4), ...TURNING].join("")}Z`;
/** A string of a script ends with its line, which \\r ends, too. */
const IN_SCRIPT = `A${[...KINDS.filter((kind) => kind !== "\r"), ...TURNING].join("")}Z`;
const EVIL = `A${[...KINDS, ...TURNING].join("")}Z`;
const COMMANDS = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const PACK = `<package schemaVersion="1.7.60"><vendor>V${IN_XML}</vendor><name>P${IN_XML}</name><description>d</description>
<url>u</url><releases><release version="1.0.0">r</release></releases>
<devices><family Dfamily="F${IN_XML}" Dvendor="Generic:5">
<processor Dcore="Cortex-M4" DcoreVersion="r0p1" Dfpu="0" Dmpu="0" Dendian="Little-endian" Dclock="1"/>
<sequences><sequence name="S${IN_XML}"><block>Message(0, "M${IN_XML}"); x${IN_XML} = 1;</block></sequence></sequences>
<device Dname="D${IN_XML}"><memory name="RAM${IN_XML}" access="rw" start="0x20000000" size="0x1000"/></device>
</family></devices></package>`;

const RECIPE = `probe: sim:generic-m4
steps:
  - connect
  - expect: 1 == 2
    message: ${JSON.stringify(EVIL)}
`;

async function expectHarmless(ended: Promise<Finished>): Promise<Finished> {
  const finished = await ended;
  expect(finished.all).not.toMatch(COMMANDS);
  return finished;
}

function inFolder(files: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Finished> {
  return expectHarmless(dbgseqIn({ cwd: folderWith(files), env: {} }, ...argv));
}

describe("text from elsewhere is shown without terminal commands", () => {
  test.each([[[]], [["--trace"]], [["--json"]], [["--jsonl"]]])("a Message, %s", async (how) => {
    const words = ["run", "-e", `Message(0, "${IN_SCRIPT}");`, "--probe", "sim:generic-m4", ...how];
    const { code, out } = await inFolder({ a: "" }, ...words);
    expect(code).toBe(0);
    expect(out).toMatch(/A.+Z/);
  });

  test("JSON says what the text is all the same", async () => {
    const words = ["run", "-e", `Message(0, "${IN_SCRIPT}");`, "--probe", "sim:generic-m4", "--json"];
    const { out } = await inFolder({ a: "" }, ...words);
    const { events } = JSON.parse(out) as { readonly events: readonly { readonly text?: string }[] };
    expect(events.map(({ text }) => text)).toContain(IN_SCRIPT);
  });

  test.each([
    [["devices"]],
    [["devices", "--json"]],
    [["list", "--device", "D*"]],
    [["list", "--device", "D*", "--json"]],
    [["show", "--device", "D*", `S${IN_XML}`]],
    [["check"]],
    [["check", "--format", "json"]],
    [["check", "--format", "sarif"]],
    [["check", "--format", "github"]],
    [["list", "--device", "none"]],
    [["run", "--device", "D*", "--probe", "sim", "none"]],
  ])("the names of a pack: %j", async ([command = "", ...words]) => {
    const root = folderWith({ "p.pdsc": PACK });
    const pack = command === "check" ? [`${root}/p.pdsc`] : ["--pack", `${root}/p.pdsc`];
    const { all } = await expectHarmless(dbgseqIn({ cwd: root, env: {} }, command, ...pack, ...words));
    expect(all).not.toBe("");
  });

  test("a recipe", async () => {
    const root = folderWith({ "r.yaml": RECIPE });
    const { code, err } = await expectHarmless(
      dbgseqIn({ cwd: root, env: {} }, "recipe", "run", `${root}/r.yaml`),
    );
    expect(code).toBe(1);
    expect(err).toMatch(/A.+Z/);
  });

  test("a model", async () => {
    const root = folderWith({ "m.yaml": `model: ${JSON.stringify(EVIL)}\nprocessors: 3\n` });
    await expectHarmless(dbgseqIn({ cwd: root, env: {} }, "model", "check", `${root}/m.yaml`));
    const probe = `sim:${EVIL}`;
    const { err } = await expectHarmless(dbgseqIn({ cwd: root, env: {} }, "run", "x", "--probe", probe));
    expect(err).toMatch(/A.+Z/);
  });

  test("a file's name, and a word of the command line", async () => {
    const name = `n${EVIL}.seq`;
    const root = folderWith({ [name]: "sequence X { y = 1; }" });
    const { all } = await expectHarmless(dbgseqIn({ cwd: root, env: {} }, "check", `${root}/${name}`));
    expect(all).toMatch(/nA.+Z\.seq/);
    await expectHarmless(dbgseqIn({ cwd: root, env: {} }, "check", `--${EVIL}`));
    await expectHarmless(dbgseqIn({ cwd: root, env: {} }, EVIL));
  });

  test("the error of a server", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", () => socket.write(`${JSON.stringify({ id: 0, status: 1, error: EVIL })}\n`));
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const probe = `pyocd://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, err } = await inFolder({ a: "" }, "run", "ResetSystem", "--probe", probe);
    expect(code).toBe(3);
    expect(err).toMatch(/A.+Z/);
  });

  test("a question on the terminal", async () => {
    const asked: string[] = [];
    const out = (text: string): void => void asked.push(text);
    const words = ["run", "-e", `Query(1, "${IN_SCRIPT}", 3);`, "--probe", "sim:generic-m4"];
    await main(words, {
      ...{ out, err: out, cwd: ".", env: {}, terminal: true, color: false },
      ask: (question) => {
        asked.push(question);
        return Promise.resolve("no");
      },
    });
    expect(asked.join("")).toMatch(/A.+Z/);
    expect(asked.join("")).not.toMatch(COMMANDS);
  });
});

describe("one printed item has an end", () => {
  test.each(["text", "json", "sarif", "github"])("a name of 256 KiB in a pack, as %s", async (format) => {
    const root = folderWith({ "p.pdsc": PACK.replace(`S${IN_XML}`, "S".repeat(1 << 18)) });
    const checked = dbgseqIn({ cwd: root, env: {} }, "check", `${root}/p.pdsc`, "--format", format);
    const { code, all } = await expectHarmless(checked);
    expect(code).not.toBe(0);
    expect(all).toMatch(/… \(\d+ more characters\)/);
    expect(all.length).toBeLessThan(200_000);
  });

  test("a message of very many lines", () => {
    let said = "";
    const err = (text: string): void => void (said += text);
    printing({ out: err, err, cwd: ".", env: {}, terminal: false, color: false }).err("x\n".repeat(1 << 20));
    expect(said).toContain("more characters)");
    expect(said.length).toBeLessThan(250_000);
  });
});

describe("the printer", () => {
  const shownBy = (how: {
    readonly color?: boolean;
    readonly screen?: boolean;
    readonly errScreen?: boolean;
  }) => {
    const said = { out: "", err: "" };
    const io = printing({
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      ...{ cwd: ".", env: {}, terminal: false, color: false, ...how },
    });
    return { io, said };
  };

  test("lines of a message that are not its first cannot pass for another message", () => {
    const { io, said } = shownBy({});
    io.err("error: no device A\nthe target is released\n");
    expect(said.err).toBe("error: no device A\n  the target is released\n");
  });

  test("colours are the printer's own", () => {
    const pieces: readonly Piece[] = [{ text: "\u001b[32mfine", style: "error" }, { text: "\n" }];
    const { io, said } = shownBy({ color: true, errScreen: true });
    io.err(pieces);
    expect(said.err).toBe("\u001b[31m\ufffd[32mfine\u001b[0m\n");
    const plain = shownBy({});
    plain.io.err(pieces);
    expect(plain.said.err).toBe("\ufffd[32mfine\n");
  });

  test("a caret stands below its place", () => {
    const source = new Source("e.seq", `a ${EVIL} = HERE;`);
    const start = source.text.indexOf("HERE");
    const { io, said } = shownBy({});
    io.err(
      findingPieces({
        ...{ code: "syntax-error", severity: "error", message: "m" },
        span: { source, start, end: start + 4 },
      }),
    );
    const [, line = "", carets = ""] = said.err.split("\n");
    expect(line.indexOf("HERE")).toBe(carets.indexOf("^^^^"));
  });

  test("a file on standard output is exact, unless a terminal shows it", () => {
    const piped = shownBy({});
    piped.io.file(EVIL);
    expect(piped.said.out).toBe(EVIL);
    const shown = shownBy({ screen: true });
    shown.io.file(EVIL);
    expect(shown.said.out).not.toMatch(COMMANDS);
  });

  test("a name in the comment of a file is not a line of that file", async () => {
    const root = folderWith({
      "p.pdsc": `<package schemaVersion="1.7.60"><vendor>V</vendor><name>P</name><description>d</description><url>u</url>
<releases><release version="1.0.0">r</release></releases><devices><family Dfamily="F&#10;sequence Other { }&#10;" Dvendor="Generic:5">
<processor Dcore="Cortex-M4" DcoreVersion="r0p1" Dfpu="0" Dmpu="0" Dendian="Little-endian" Dclock="1"/>
<debug svd="none&#10;model: other&#10;.svd"/>
<sequences><sequence name="Own"><block>Message(0, "x");</block></sequence></sequences>
<device Dname="D"><memory name="RAM" access="rw" start="0x20000000" size="0x1000"/></device></family></devices></package>`,
    });
    const printed = (...words: readonly string[]): Promise<Finished> =>
      dbgseqIn({ cwd: root, env: {} }, ...words, "--pack", `${root}/p.pdsc`, "--device", "D");
    for (const words of [
      ["override", "Own", "-o", "-"],
      ["show", "Own"],
    ])
      expect((await printed(...words)).out).toMatch(/^\/\/ .*sequence Other \{ \}.*\nsequence Own \{\n/);
    const { out } = await printed("model", "init");
    expect(out.match(/^model: .*/gm)).toEqual(["model: d"]);
  });
});
