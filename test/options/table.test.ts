import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { checkYaml } from "../../src/lib/formats/checked-yaml.ts";
import { Source } from "../../src/lib/source.ts";
import { parseYaml } from "../../src/lib/formats/yaml.ts";
import { quantityText, readDuration, readFrequency } from "../../src/lib/units.ts";
import { foreignWord } from "../../src/options/foreign.ts";
import { OPTION_NAMES, rowOf, wrongOf } from "../../src/options/given.ts";
import { frequency, oneOf, whole } from "../../src/options/kinds.ts";
import { schemaOf } from "../../src/options/schemas.ts";
import { heldToKinds } from "../../src/options/table.ts";
import { PROBE_FORM_LINE } from "../../src/probe/select.ts";
import { ConnectHelper } from "../../src/index.ts";
import { dbgseq } from "../support/command-line.ts";

const rows = OPTION_NAMES.map((name) => ({ name, ...rowOf(name) }));

test("neither a file nor a variable gives consent", () => {
  const consenting = rows.filter(({ consent }) => consent);
  expect(consenting.map(({ name }) => name)).toEqual(expect.arrayContaining(["allow", "batch", "answers"]));
  for (const { file, environment, run } of consenting)
    expect([file, environment, run]).toEqual([undefined, undefined, undefined]);
});

describe("a default", () => {
  test("is a value of its kind, and what is shown of it is read as the same value", () => {
    for (const { name, kind, default: standard } of rows) {
      if (standard === undefined) continue;
      expect([name, kind.problem(standard)]).toEqual([name, undefined]);
      const shown = `${kind.show(standard)}${kind.unit ?? ""}`;
      expect([name, kind.read(shown)]).toEqual([name, { ok: true, value: standard }]);
    }
  });

  test("of another kind does not compile", () => {
    heldToKinds({ clock: { kind: frequency, default: 4_000_000 }, mode: { kind: oneOf("a"), default: "a" } });
    // @ts-expect-error a text is not a number of Hz
    heldToKinds({ clock: { kind: frequency, default: "4MHz" } });
    // @ts-expect-error not one of the words
    heldToKinds({ mode: { kind: oneOf("a"), default: "b" } });
  });
});

describe("a whole number", () => {
  const kind = whole(1, 32);

  test.each(["1", "32", "0x20", "0b1"])("is read from %s", (text) => {
    expect(kind.read(text)).toEqual({ ok: true, value: Number(text) });
  });

  test.each(["0", "33", "-1", "1.5", "1e1", "", "four", "99999999999999999999"])("is not %j", (text) => {
    expect(kind.read(text)).toMatchObject({
      ok: false,
      reason: `must be a whole number from 1 to 32, not "${text}"`,
    });
  });

  test.each([0, 33, 1.5, NaN, "4", 4n, null, [4]])("is not %s of a program", (value) => {
    expect(kind.problem(value)).toContain("must be a whole number from 1 to 32, not ");
    expect(kind.problem(4)).toBeUndefined();
  });

  test("is an integer with a range in the schema of a file", () => {
    const schema = v.strictObject({ count: schemaOf(kind) });
    expect(toJsonSchema(schema)).toMatchObject({
      properties: { count: { type: "integer", minimum: 1, maximum: 32 } },
    });
    const problems = (yaml: string): unknown => {
      const checked = checkYaml(parseYaml(new Source("x.yaml", yaml)), schema);
      return checked.ok ? checked.value : checked.problems.map(({ message }) => message);
    };
    expect(problems("count: 0x10")).toEqual({ count: 16 });
    for (const [yaml, not] of [
      ["count: 33", "33"],
      ["count: 1.5", "1.5"],
      ['count: "4"', '"4"'],
      ["count: [4]", "a list"],
    ] as const)
      expect(problems(yaml)).toEqual([`expected a whole number from 1 to 32, not ${not}`]);
  });
});

test("a variable is named after its key", () => {
  for (const { file, environment } of rows)
    if (environment !== undefined)
      expect(environment).toBe(`DBGSEQ_${(file ?? "").toUpperCase().replaceAll("-", "_")}`);
});

test("the help of --probe shows every form of a name", () => {
  expect(rowOf("probe").says).toContain(PROBE_FORM_LINE);
});

describe("a word of another tool gets the same hint in the library and on the command line", () => {
  test.each([
    ["frequency", "clockHz", "--clock"],
    ["connect_mode", "connect", "--connect"],
    ["target_override", "device", "--device"],
    ["unique_id", "uniqueId", "--probe"],
  ])("%s", async (word, option, flag) => {
    expect(foreignWord(word)).toBe(option);
    const inOptions = ConnectHelper.sessionWithChosenProbe({ options: { [word]: "x" } });
    await expect(inOptions).rejects.toThrow(`"${word}"; use ${option} instead`);
    const asKeyword = ConnectHelper.sessionWithChosenProbe({ [word]: "x" });
    await expect(asKeyword).rejects.toThrow(`"${word}"; use ${option} instead`);
    const { code, err } = await dbgseq("run", `--${word}`, "x");
    expect(err).toContain(`--${word} is called ${flag} here`);
    expect(code).toBe(2);
  });

  test("one of our names with other separators is the same slip", () => {
    expect(wrongOf({ scan_all_aps: true })?.what).toContain("use scanAllAps instead");
  });
});

describe("what a program hands in is refused with what is wrong", () => {
  test.each([
    [null, "request must be an object, not null"],
    [["sim"], "request must be an object, not an array"],
    ["sim", 'request must be an object, not "sim"'],
    [{ options: null }, "options must be an object, not null"],
    [{ options: ["a"] }, "options must be an object, not an array"],
    [{ variables: new Map([["A", 1]]) }, "by name, not an instance of Map"],
    [{ variables: { A: -1 } }, "by name: A must be an unsigned 64-bit number, not -1"],
    [{ seq: ["a", ""] }, 'must be an array of strings: element 1 must be a string that is not empty, not ""'],
    [{ answers: [{ text: "", value: 1 }] }, "element 0 must be { text, value } with a string and a bigint"],
    [{ clockHz: 4n }, "not 4n"],
    [{ ["k".repeat(3000)]: 1 }, "… (2900 more characters)"],
    [JSON.parse('{"__proto__":{"clockHz":-1}}'), 'unknown session option "__proto__"'],
  ])("%#", async (request, says) => {
    const asked = ConnectHelper.sessionWithChosenProbe(request as never);
    await expect(asked).rejects.toThrow(says);
  });
});

test.each([
  [10_000_000, "Hz", "10MHz"],
  [1_500_000, "Hz", "1500kHz"],
  [32_768, "Hz", "32768Hz"],
  [60_000_000, "us", "1min"],
  [500_000, "us", "500ms"],
  [1500, "ms", "1500ms"],
  [2000, "ms", "2s"],
] as const)("%d %s is written as %s, and read back", (value, unit, written) => {
  expect(quantityText(value, unit)).toBe(written);
  const back = unit === "Hz" ? readFrequency(written) : readDuration(written);
  expect(back).toEqual({ ok: true, value: unit === "ms" ? value * 1000 : value });
});

describe("what is said twice is refused", () => {
  test.each([
    [["--probe", "sim", "--probe", "sim:generic-m4"], "--probe is given twice"],
    [["--clock", "1MHz", "--clock", "1MHz"], "--clock is given twice"],
    [["--dormant", "--dormant"], "--dormant is given twice"],
    [["--pname", "a", "--core", "a"], "--pname and --core are the same option"],
    [["--halt", "--halt"], "--halt is given twice"],
    [["--set", "X=1", "--set", "X=2"], "X is given twice"],
  ])("%j", async (words, says) => {
    const { code, err } = await dbgseq("run", "ResetSystem", ...words);
    expect(err).toContain(says);
    expect(code).toBe(2);
  });

  test("variables of eval may be repeated, but each is given once", async () => {
    const sum = await dbgseq("eval", "a + b", "--set", "a=1", "--set", "b=2");
    expect(sum).toMatchObject({ code: 0, out: "0x3  3\n" });
    const twice = await dbgseq("eval", "a", "--set", "a=1", "--set", "a=2");
    expect(twice.err).toContain("a is given twice");
  });

  test("an option that may be repeated is accepted", async () => {
    const { err } = await dbgseq(
      "run",
      "-e",
      'Message(0, "x");',
      "--answer",
      "yes",
      "--answer",
      "no",
      "--probe",
      "sim:generic-m4",
    );
    expect(err).not.toContain("twice");
  });
});

describe("a value for a debugvar that does not exist is refused", () => {
  const PACK = ["--pack", "examples/05-flash/Example.EX52_DFP.pdsc"];

  test("on the command line", async () => {
    const { code, err } = await dbgseq(
      "run",
      "-e",
      'Message(0, "x");',
      ...PACK,
      "--set",
      "Nonsense=1",
      "--probe",
      "sim:nrf52840",
    );
    expect(err).toContain('unknown debugvar "Nonsense" (command line)');
    expect(code).toBe(2);
  });

  test("in the library", async () => {
    await expect(
      ConnectHelper.sessionWithChosenProbe({
        probe: "sim:nrf52840",
        pack: PACK[1] ?? "",
        variables: { Nonsense: 1 },
      }),
    ).rejects.toMatchObject({ fault: { kind: "unknown-variable", name: "Nonsense" } });
  });
});

describe("a value of another kind is refused with what is expected", () => {
  test.each([
    [{ connect: "gently" }, "the option connect must be one of none, attach"],
    [{ clockHz: "4MHz" }, 'the option clockHz must be a whole number of Hz from 1 to 4294967295, not "4MHz"'],
    [{ clockHz: NaN }, "the option clockHz must be a whole number of Hz from 1 to 4294967295, not NaN"],
    [{ seq: "a.seq" }, 'the option seq must be an array of strings, not "a.seq"'],
    [{ variables: { X: -1 } }, "by name: X must be an unsigned 64-bit number, not -1"],
    [{ dormant: 1 }, "the option dormant must be true or false, not 1"],
    [{ traceOut: "port:99" }, "the option traceOut must be swo, port:N (1 to 32) or buffer"],
    [{ swj: true }, 'unknown session option "swj"'],
  ])("%j", (options, says) => {
    expect(wrongOf(options)?.what).toContain(says);
  });
});
