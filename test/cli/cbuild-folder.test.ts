/**
 * Every cbuild-run.yml below a folder that a variable names: read, listed, and the device connected on a model derived from its pack.
 * `DBGSEQ_CBUILD_RUN=projmgr/test/data CMSIS_PACK_ROOT=test/packs npx vitest run test/cli/cbuild-folder.test.ts` takes the reference files of
 * the CMSIS-Toolbox, where somebody fetched them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { readCbuildRun } from "../../src/pack/cbuild-run/cbuild-run.ts";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const FOLDER = process.env["DBGSEQ_CBUILD_RUN"] ?? "";
const files =
  FOLDER === ""
    ? []
    : readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((name) =>
        /\.cbuild-run\.ya?ml$/.test(name),
      );
const counts = { listed: 0, withoutPack: 0, connected: 0, contradictory: 0 };

afterAll(() => {
  if (FOLDER !== "") console.log(`${files.length} files: ${JSON.stringify(counts)}`);
});

describe.skipIf(FOLDER === "")(
  FOLDER === "" ? "project files (skipped: DBGSEQ_CBUILD_RUN names no folder)" : "project files",
  () => {
    test("the folder has cases", () => {
      expect(files.length).toBeGreaterThan(0);
    });

    test.each(files)("%s", async (name) => {
      const path = join(FOLDER, name);
      const { run, diagnostics } = readCbuildRun(new Source(path, readFileSync(path, "utf8")));
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      if (run?.devicePack === undefined) {
        counts.withoutPack += 1;
        const { code, err } = await dbgseq("list", "--pack", path, "--no-config");
        expect(err).toContain("it does not name a device-pack");
        expect(code).toBe(2);
        return;
      }
      const listed = await dbgseq("list", "--pack", path, "--no-config");
      expect(listed.err).not.toContain("error");
      expect(listed.code).toBe(0);
      counts.listed += 1;
      const ram = run.memories.find(({ access, pname }) => access?.includes("w") && pname === undefined);
      await connects(path, Number(ram?.start ?? 0x2000_0000n));
    });
  },
);

/** A sequence of the pack with a mistake is replaced: whether it is right is not asked here. */
async function connects(path: string, ram: number): Promise<void> {
  const folder = folderWith({ "calm.seq": "sequence DebugDeviceUnlock {\n  DAP_Delay(1);\n}\n" });
  const argv = [
    "read",
    String(ram),
    "--pack",
    path,
    "--seq",
    join(folder, "calm.seq"),
    "--probe",
    "sim",
    "--no-config",
  ];
  const { code, out, err } = await dbgseq(...argv);
  if (code === 2 && /\.pdsc:\d+:\d+: .*which the pack does not describe/.test(err)) {
    counts.contradictory += 1;
    return;
  }
  expect(err).not.toContain("error:");
  expect(out).toMatch(/^0x[0-9A-F]{8} {2}0x00000000$/m);
  expect(code).toBe(0);
  counts.connected += 1;
}
