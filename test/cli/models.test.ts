/** `models`: the simulated devices that ship, from any folder, and what each of them can play. */
import { expect, test } from "vitest";
import { describeModel, listModels } from "../../src/index.ts";
import { dbgseqIn, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const models = (...argv: readonly string[]): Promise<Finished> =>
  dbgseqIn({ cwd: folderWith({}), env: {} }, "models", ...argv);

test("without a name it lists every device, one line each", async () => {
  const { code, out } = await models();
  expect(code).toBe(0);
  expect(out.split("\n").slice(0, -1)).toEqual(
    listModels().map((name) => expect.stringMatching(new RegExp(`^${name} +\\w`)) as unknown),
  );
  const listed = JSON.parse((await models("--json")).out) as {
    readonly models: readonly { readonly name: string }[];
  };
  expect(listed.models.map(({ name }) => name)).toEqual(listModels());
});

test("with a name it has the options, what their values mean, and the sources", async () => {
  const { code, out } = await models("nrf52840");
  expect(code).toBe(0);
  expect(out).toContain("sim:nrf52840: nRF52840 with its Cortex-M4");
  expect(out).toContain("  protected=no|yes (default no)\n      yes: UICR.APPROTECT is set");
  expect(out).toContain("  glitches=0x0..0x64 (default 0x0)\n");
  expect(out).toMatch(/\nOptions of every model:\n {2}latency=none\|/);
  expect(out).toMatch(/\nSources:\n {2}\S/);
  expect((await models("generic-m4")).out).toContain("\nOptions: none of its own\n");
  expect(JSON.parse((await models("nrf52840", "--json")).out)).toMatchObject(describeModel("nrf52840"));
});

test("each device that ships names its public sources", () => {
  for (const name of listModels()) expect(describeModel(name).sources, name).not.toEqual([]);
});

test("a wrong name gets the nearest one", async () => {
  const { code, err } = await models("nrf52480");
  expect([code, err]).toEqual([2, expect.stringContaining('did you mean "nrf52840"?')]);
});

test("completion offers the names", async () => {
  const { out } = await dbgseqIn({ cwd: ".", env: {} }, "completion", "--candidates", "--", "models", "nrf5");
  expect(out).toBe("nrf52840\nnrf5340\n");
});
