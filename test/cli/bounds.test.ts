/** Each run has an end: `--deadline` covers a sequence with all that it calls, and all sequences of a flow together. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

/** Each of 30 sequences calls the next twice. */
const FAN = [
  ...Array.from(
    { length: 30 },
    (_, at) => `sequence A${at} { Sequence("A${at + 1}"); Sequence("A${at + 1}"); }`,
  ),
  "sequence A30 { }",
].join("\n");

const SLOW_FLOW = `
sequence DebugDeviceUnlock { while (1) timeout 600ms; }
sequence DebugCoreStop { while (1) timeout 600ms; }
sequence Work { while (1) timeout 600ms; }
`;
const SLOW_START = `${SLOW_FLOW} sequence RecoverySupportStart { while (1) timeout 600ms; }`;

function on(files: Readonly<Record<string, string>>) {
  const cwd = folderWith(files);
  const placed = (word: string): string => word.replace(/^[a-z]+\.(?:seq|yaml)/, (name) => join(cwd, name));
  return (...argv: readonly string[]) =>
    dbgseqIn({ cwd, env: {} }, ...argv.map(placed), "--probe", "sim:generic-m4");
}

describe("--deadline", () => {
  test("covers what a sequence calls", async () => {
    const run = on({ "fan.seq": FAN });
    const { code, err } = await run("run", "fan.seq#A0", "--deadline", "50ms");
    expect(code).toBe(1);
    expect(err).toContain("did not end within its deadline of 50000 us");
  });

  test("covers the sequences of a flow together", async () => {
    const run = on({ "slow.seq": SLOW_START });
    const { code, err } = await run("run", "Work", "--seq", "slow.seq", "--deadline", "1s");
    expect(code).toBe(1);
    expect(err).toMatch(/RecoverySupportStart.* did not end within its deadline of 1000000 us/);
  });

  test("begins anew with each flow and each step of a recipe", async () => {
    const recipe = "steps:\n  - connect\n  - run: Work\n  - run: Work\n  - disconnect\n";
    const run = on({ "slow.seq": SLOW_FLOW, "twice.yaml": recipe });
    const { code, err } = await run("recipe", "run", "twice.yaml", "--seq", "slow.seq", "--deadline", "1s");
    expect(err).not.toContain("deadline");
    expect(code).toBe(0);
  });
});
