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
    expect(err).toContain("did not end within its deadline of 50 ms");
  });

  test("covers the sequences of a flow together", async () => {
    const run = on({ "slow.seq": SLOW_START });
    const { code, err } = await run("run", "Work", "--seq", "slow.seq", "--deadline", "1s");
    expect(code).toBe(1);
    expect(err).toMatch(/did not end within its deadline of 1 s.*sequence RecoverySupportStart/s);
  });

  test("begins anew with each flow and each step of a recipe", async () => {
    const recipe = "steps:\n  - connect\n  - run: Work\n  - run: Work\n  - disconnect\n";
    const run = on({ "slow.seq": SLOW_FLOW, "twice.yaml": recipe });
    const { code, err } = await run("recipe", "run", "twice.yaml", "--seq", "slow.seq", "--deadline", "1s");
    expect(err).not.toContain("deadline");
    expect(code).toBe(0);
  });

  test("bounds a recipe as a whole, by 60 times as long", async () => {
    const slow = "sequence Slow { while (1) timeout 900ms; }";
    const steps = (count: number): string => `steps:\n${"  - run: Slow\n".repeat(count)}`;
    const run = on({ "slow.seq": slow, "long.yaml": steps(66), "longer.yaml": steps(70) });
    const bounds = ["--seq", "slow.seq", "--deadline", "1s"];
    expect((await run("recipe", "run", "long.yaml", ...bounds)).code).toBe(0);
    const { code, err } = await run("recipe", "run", "longer.yaml", ...bounds);
    expect(code).toBe(1);
    expect(err).toMatch(/longer\.yaml:6\d:5: the step "run" failed/);
    expect(err).toContain("the steps before it took 60 times the deadline");
  });
});
