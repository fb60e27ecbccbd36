import { describe, expect, test } from "vitest";
import type { DeviceDescription } from "../../src/device/description.ts";
import { sentences } from "../../src/lib/fault.ts";
import { Source } from "../../src/lib/source.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { loadScripts, type LoadedScripts } from "../../src/project/scripts.ts";

const DEVICE = { family: "PSoC 62", subFamily: "CY8C62x4", device: "CY8C6244" } as DeviceDescription;

function load(files: Readonly<Record<string, string>>, device?: DeviceDescription): Promise<LoadedScripts> {
  const source = (path: string): Promise<Source> => {
    const text = files[path];
    return text === undefined
      ? Promise.reject(new Error(`${path} is not there`))
      : Promise.resolve(new Source(path, text));
  };
  return source("main.seq").then((main) => loadScripts([main], (path) => source(path), device));
}

const labels = ({ definitions }: LoadedScripts): readonly string[] =>
  definitions.map(({ name, origin }) => `${name} (${origin.label})`);

describe("import", () => {
  test("adds the definitions of the file after the importer's own", async () => {
    const loaded = await load({
      "main.seq": 'import "lib.seq"; sequence A { }',
      "lib.seq": "sequence B { }",
    });
    expect(labels(loaded)).toEqual(["A (project)", "B (project)"]);
  });

  test("reads a file that is imported twice once", async () => {
    const loaded = await load({
      "main.seq": 'import "a.seq"; import "b.seq"; sequence M { }',
      "a.seq": 'import "c.seq"; sequence A { }',
      "b.seq": 'import "c.seq"; sequence B { }',
      "c.seq": "sequence C { }",
    });
    expect(labels(loaded)).toEqual(["M (project)", "A (project)", "C (project)", "B (project)"]);
  });

  test("reports a circle at the import that closes it", async () => {
    const failed = load({
      "main.seq": 'import "a.seq";\nsequence M { }',
      "a.seq": 'import "main.seq";\nsequence A { }',
    });
    const error = await failed.catch((reason: unknown) => reason);
    expect(sentences(error)[0]).toBe(
      "a.seq:1:8: this import leads in a circle: main.seq -> a.seq -> main.seq",
    );
  });
});

describe("scope", () => {
  const main = `
    sequence ResetSystem { }
    scope family "PSoC 62" { sequence ResetSystem { } }
    scope family "PSoC 62" subFamily "CY8C62x4" { sequence ResetSystem { } debugvars { __var Boot = 7; } }
    scope family "PSoC 62" subFamily "CY8C62x5" { sequence ResetSystem { } }`;

  test("counts only if it names this device, the inner level first", async () => {
    const loaded = await load({ "main.seq": main }, DEVICE);
    expect(labels(loaded)).toEqual([
      "ResetSystem (project, subFamily)",
      "ResetSystem (project, family)",
      "ResetSystem (project)",
    ]);
  });

  test("does not count without a device", async () => {
    expect(labels(await load({ "main.seq": main }))).toEqual(["ResetSystem (project)"]);
  });

  test("adds its debugvars to the pack's, and --set wins over them", async () => {
    const { debugVars } = await load({ "main.seq": main }, DEVICE);
    const context = new DeviceContext({ projectVars: debugVars });
    expect(context.variables.get("Boot")).toMatchObject({ value: 7n, origin: "project" });
    const set = new DeviceContext({
      projectVars: debugVars,
      overrides: [{ name: "Boot", value: 9n, origin: "--set" }],
    });
    expect(set.debugVars.get("Boot")).toBe(9n);
  });
});
