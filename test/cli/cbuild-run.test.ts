/** A cbuild-run.yml in the place of a pack: its pack, device and connection hold where nothing else was said. */
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const PDSC = `<package schemaVersion="1.7.28"><vendor>Acme</vendor><name>Two_DFP</name>
<releases><release version="1.2.0"/></releases><devices><family Dfamily="F" Dvendor="Acme:1">
<debugvars configfile="T.dbgconf">__var Value = 1;</debugvars>
<sequences><sequence name="Own"><block>Message(0, "value %x, connection %x", Value, __connection);</block></sequence></sequences>
<device Dname="One"><processor Dcore="Cortex-M4"/></device>
<device Dname="Two"><processor Pname="a" Dcore="Cortex-M4"/><processor Pname="b" Dcore="Cortex-M4"/></device>
</family></devices></package>`;

const run = (lines: string): string => `cbuild-run:\n${lines}`;
const SIM = ["--probe", "sim:generic-m4"];

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a pack under development, a device and a configuration file, by their paths", async () => {
  const folder = folderWith({
    "packs/dev/Acme.Two_DFP.pdsc": PDSC,
    "out/P.cbuild-run.yml": run(
      "  device: Acme::Two:b\n  device-pack: Acme::Two_DFP@9.9.9\n  device-pack-path: ../packs/dev\n  debugger:\n    dbgconf: ../T.dbgconf\n    clock: 2000000\n    connect: under-reset\n",
    ),
    "T.dbgconf": "Value = 0x22;\n",
    "P.csolution.yml": "solution:\n",
  });
  const path = join(folder, "out/P.cbuild-run.yml");
  const { code, all } = await dbgseq("run", "Own", "--pack", path, ...SIM, "--trace");
  expect(all).toContain("value 22");
  expect(all).toContain("2 MHz");
  expect(code).toBe(0);
  const config = await dbgseq("config", "--pack", path);
  expect(config.out).toMatch(/clock.*2.*P\.cbuild-run\.yml/);
  expect(config.out).toMatch(/connect.*under-reset.*P\.cbuild-run\.yml/);
});

test("a pack of the pack root by its name; the command line is stronger", async () => {
  const root = folderWith({
    "Acme/Two_DFP/1.2.0/Acme.Two_DFP.pdsc": PDSC,
    "P.cbuild-run.yml": run("  device: Acme::Two\n  device-pack: Acme::Two_DFP@1.2.0\n"),
  });
  vi.stubEnv("CMSIS_PACK_ROOT", root);
  const path = join(root, "P.cbuild-run.yml");
  expect((await dbgseq("devices", "--pack", path)).out).toContain("One");
  const { out } = await dbgseq("list", "--pack", path, "--device", "One", "--json");
  expect(out).toContain("Own");
});

test("a file that does not name a pack, or is not a cbuild-run.yml, is refused", async () => {
  const folder = folderWith({ "a.cbuild-run.yml": run("  device: X\n"), "b.cbuild-run.yml": "device: X\n" });
  const first = await dbgseq("run", "Own", "--pack", join(folder, "a.cbuild-run.yml"), ...SIM);
  expect(first.err).toContain("it does not name a device-pack");
  expect(first.code).toBe(2);
  const second = await dbgseq("run", "Own", "--pack", join(folder, "b.cbuild-run.yml"), ...SIM);
  expect(second.err).toMatch(/b\.cbuild-run\.yml:1:1.*begins with the key cbuild-run/);
  expect(second.code).toBe(2);
});
