/** `eval` and `doc`: the language without a target. */
import { describe, expect, test } from "vitest";
import { BUILTINS } from "../../src/language/builtins.ts";
import { PREDEFINED_SEQUENCES, PREDEFINED_VARIABLES } from "../../src/language/predefined.ts";
import { CODES } from "../../src/diagnostics/codes.ts";
import { OPTION_NAMES, rowOf } from "../../src/options/given.ts";
import { dbgseq } from "../support/command-line.ts";

describe("eval", () => {
  test.each([
    [["1 + 2 * 3"], "0x7  7\n"],
    [["-1 / 2"], "0x7FFFFFFFFFFFFFFF  9223372036854775807\n"],
    [["-1"], "0xFFFFFFFFFFFFFFFF  18446744073709551615\n"],
    [["-x", "--set", "x=1"], "0xFFFFFFFFFFFFFFFF  18446744073709551615\n"],
    [["--set", "x=0x10", "x << 4"], "0x100  256\n"],
    [["1 << 64"], "0x0  0\n"],
    [["0 && 1 / 0"], "0x0  0\n"],
  ])("%j", async (argv, printed) => {
    expect(await dbgseq("eval", ...argv)).toMatchObject({ code: 0, out: printed, err: "" });
  });

  test("--json is one document with a version, before or behind a minus", async () => {
    const document =
      '{"version":1,"exitCode":0,"hex":"0xFFFFFFFFFFFFFFFF","decimal":"18446744073709551615"}\n';
    expect((await dbgseq("eval", "--json", "-1")).out).toBe(document);
    expect((await dbgseq("eval", "-1 + 0", "--json")).out).toBe(document);
  });

  test.each([
    ["1 / 0", 1, "division by zero"],
    ["x + 1", 1, "x has no value here"],
    ["Read32(0)", 1, "Read32 needs a target"],
    ["1 +", 2, "the text ends here"],
    ["--jsno", 2, "unknown option '--jsno'"],
  ])("%s ends with %i", async (text, wanted, message) => {
    const { code, out, err } = await dbgseq("eval", text);
    expect(err).toContain(message);
    expect(out).toBe("");
    expect(code).toBe(wanted);
  });

  test("forgotten quotes are shown where they belong", async () => {
    const { code, err } = await dbgseq("eval", "1", "+", "2");
    expect(err).toContain("dbgseq eval '1 + 2'");
    expect(code).toBe(2);
  });
});

describe("doc", () => {
  test("without a name it lists all that it knows, and each of them can be asked for", async () => {
    const { out } = await dbgseq("doc");
    const names = [
      ...[...BUILTINS, ...PREDEFINED_VARIABLES, ...PREDEFINED_SEQUENCES].map(({ name }) => name),
      ...CODES.map(({ code }) => code),
    ];
    const listed = out.split(/\s+/);
    for (const name of names) {
      expect(listed).toContain(name);
      const told = await dbgseq("doc", name);
      expect(told.code).toBe(0);
      expect(told.out).toContain(name);
    }
  });

  test("a function has its arguments, a sequence its flow, a variable its access", async () => {
    expect((await dbgseq("doc", "dap_swj_pins")).out).toContain("DAP_SWJ_Pins(pinout, pinselect, pinwait)");
    expect((await dbgseq("doc", "ResetCatchSet")).out).toContain("Has a default");
    expect((await dbgseq("doc", "TraceStart")).out).toContain("Has no default");
    expect((await dbgseq("doc", "__Result")).out).toContain("(read-write)");
    expect((await dbgseq("doc", "exit-codes")).out).toMatch(/^ {2}3 {4}there is no usable probe/m);
  });

  test.each(["clockHz", "clock", "--clock", "DBGSEQ_CLOCK", "dbgseq_clock", "frequency", "clock_hz"])(
    "%s is the option with all that is known of it",
    async (name) => {
      const { code, out, err } = await dbgseq("doc", name);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      for (const says of [
        /^clockHz \(option\)$/m,
        /^ {2}value +a frequency such as 4MHz$/m,
        /^ {2}default +the pack's, at most 10MHz$/m,
        /^ {2}flag +--clock <frequency>$/m,
        /^ {2}variable +DBGSEQ_CLOCK$/m,
        /^ {2}in a file +clock$/m,
        /^ {2}in a program +clockHz, a number in Hz$/m,
        /^ {2}of several +the strongest giver alone holds$/m,
      ])
        expect(out).toMatch(says);
    },
  );

  test("every name of every option is found, and consent is named", async () => {
    for (const name of OPTION_NAMES) {
      const { flag, environment, file } = rowOf(name);
      for (const word of [name, flag?.replace(/ .*/, ""), environment, file])
        if (word !== undefined) expect((await dbgseq("doc", word)).out).toContain(`${name} (option)`);
    }
    expect((await dbgseq("doc", "--allow")).out).toContain("never from a file or a variable");
    expect((await dbgseq("doc", "seq")).out).toContain("the lists of all givers hold");
    expect((await dbgseq("doc", "--set")).out).toContain("each name has the value of the strongest giver");
  });

  test.each([
    ["DAP_SWJ_Pin", "DAP_SWJ_Pins"],
    ["setting", "settings"],
    ["fautls", "faults"],
    ["exit-code", "exit-codes"],
    ["no-consnet", "no-consent"],
  ])("the misspelt name %s is guessed", async (name, meant) => {
    const { code, err } = await dbgseq("doc", name);
    expect(err).toContain(`did you mean "${meant}"?`);
    expect(code).toBe(2);
  });
});
