/** What completion puts on a command line for names with signs that shells act on; bash itself is asked where it is there. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { quoted } from "../../src/cli/completion/shell-quotes.ts";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const NAMES = [
  "EX$(id>x)",
  "EX`id>x`",
  "EX';id>x;'",
  'EX";id>x;"',
  "EX!x {a,b} ~ * ? # & | \\",
  "EX’;id>x;’",
  "EX:8=ü",
];

/** XML has its own quotes. */
function packOf(name: string): string {
  const escaped = name.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<package schemaVersion="1.7.60"><vendor>V</vendor><name>P</name><description>d</description><url>u</url>
<releases><release version="1.0.0">r</release></releases>
<devices><family Dfamily="F" Dvendor="Generic:5"><device Dname="${escaped}"/></family></devices></package>`;
}

/** For `dbgseq list --pack P --device TYPED`, where the pack has one device. */
async function offered(name: string, how: readonly string[], typed = "EX"): Promise<readonly string[]> {
  const pack = `${folderWith({ "p.pdsc": packOf(name) })}/p.pdsc`;
  const line = ["list", "--pack", pack, "--device", typed];
  const { out } = await dbgseq("completion", "--candidates", ...how, "--", ...line);
  return out.split("\n").slice(0, -1);
}

const hasBash = spawnSync("bash", ["--version"]).status === 0;

/** The words of `$@` behind a script, as bash sees them; the script must not have run or made anything. */
function wordsOfBash(script: string): readonly string[] {
  const folder = folderWith({});
  const all = `${script}\nprintf '%s\\0' "$@"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", all], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(readdirSync(folder)).toEqual([]);
  return stdout.split("\0").slice(0, -1);
}

describe.skipIf(!hasBash)("bash", () => {
  test.each(NAMES)("takes what it is offered for that name: %s", async (name) => {
    const [word = ""] = await offered(name, ["--quote", "bash"]);
    expect(wordsOfBash(`set -- ${word}`)).toEqual([name]);
  });

  test.each(["'", '"'])("runs nothing of it behind an open %s either", async (quote) => {
    for (const name of NAMES) {
      const [word = ""] = await offered(name, ["--quote", "bash"]);
      const folder = folderWith({});
      spawnSync("bash", ["-c", `set -- ${quote}${word}${quote}`], { cwd: folder });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test("through its script, behind a part that it keeps", async () => {
    const { out: script } = await dbgseq("completion", "bash");
    const [word = ""] = await offered("EX:$(id>x)", ["--quote", "bash", "--kept=EX:"], "EX:");
    const line = "dbgseq list --device EX:";
    // What the program says is handed to the script by a function of its name.
    const words = wordsOfBash(
      `dbgseq() { [[ "$*" == *"--kept=EX: -- list"* ]] && printf '%s\\n' ${quoted("bash", word)}; }
${script}
COMP_LINE=${quoted("bash", line)} COMP_POINT=${line.length} COMP_WORDS=(dbgseq list --device EX :) COMP_CWORD=4
_dbgseq
eval "set -- EX:\${COMPREPLY[0]}"`,
    );
    expect(words).toEqual(["EX:$(id>x)"]);
  });
});

test("PowerShell gets a name between single quotes, its own and the typographic ones doubled", async () => {
  const names = ["EX32", "EX$(id>x)", "EX';id;'", "EX’;id;’"];
  const words = await Promise.all(names.map((name) => offered(name, ["--quote", "powershell"])));
  expect(words).toEqual([["EX32"], ["'EX$(id>x)'"], ["'EX'';id;'''"], ["'EX’’;id;’’'"]]);
});

test.each([
  ["bash", "EX\\$"],
  ["bash", "'EX$"],
  ["powershell", "'EX$"],
])("in %s a name is found while it is typed with quotes: %s", async (shell, typed) => {
  expect(await offered("EX$(id>x)", ["--quote", shell], typed)).toHaveLength(1);
});

test("zsh and fish quote what they are offered: they are given the name", async () => {
  expect(await offered("EX$(id>x)", [])).toEqual(["EX$(id>x)"]);
  expect((await dbgseq("completion", "zsh")).out).toContain("compadd -- ");
  expect((await dbgseq("completion", "fish")).out).toContain("-a '(__dbgseq_candidates)'");
});

test("a name that a terminal cannot show as it is is not offered", async () => {
  expect(await offered("EX\u009b2J", [])).toEqual([]);
  expect(await offered("EX\u202e", ["--quote", "bash"])).toEqual([]);
});
