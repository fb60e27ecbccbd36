import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseq, type Finished } from "../support/command-line.ts";

function run(yaml: string, ...argv: readonly string[]): Promise<Finished> {
  return runIn(mkdtempSync(join(tmpdir(), "dbgseq-")), yaml, ...argv);
}

function runIn(folder: string, yaml: string, ...argv: readonly string[]): Promise<Finished> {
  const file = join(folder, "recipe.yaml");
  writeFileSync(file, yaml);
  return dbgseq("recipe", "run", file, ...argv);
}

const HEADER = "probe: sim:generic-m4\nconnect: attach\n";

describe("recipe run", () => {
  test("connects, writes, reads, expects, resets, disconnects", async () => {
    const { code, out } = await run(`${HEADER}
steps:
  - connect
  - write: 0x20000000
    value: 0xCAFE
  - read: 0x20000000
    as: word
  - expect: word == 0xCAFE && Read32(0x20000000) == word
  - reset: system
    halt: true
  - expect: (Read32(0xE000EDF0) & 0x00020000) != 0
  - disconnect
`);
    expect(code).toBe(0);
    expect(out).toContain("word = 0xCAFE");
  });

  test("ends with 1 at an expectation that does not hold, with its place and its own words", async () => {
    const { code, err } = await run(`${HEADER}
steps:
  - expect: Read32(0x20000000) == 7
    message: the RAM was not kept
`);
    expect(code).toBe(1);
    expect(err).toMatch(/recipe\.yaml:\d+:\d+: the step "expect" failed/);
    expect(err).toContain("the RAM was not kept");
  });

  test("reports an access that failed in a run by its step, and has written before a run that ends by its own error", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dbgseq-"));
    const seq = join(folder, "order.seq");
    writeFileSync(
      seq,
      `sequence A { Write32(0x20000000, 0x55AA); __var z = BufferSize(0); __var v = 5 / z; Message(0, "%x", v); }
sequence B { Write32(0xA0000000, 1); Message(0, "behind"); ReadDP(0); }
`,
    );
    const state = join(folder, "state.json");
    const header = `probe: sim:generic-m4?state=${state}\nseq: [${seq}]\nsteps:\n`;
    const first = await runIn(folder, `${header}  - run: A\n`);
    expect(first.err).toContain("division by zero");
    expect(first.code).toBe(1);
    const second = await runIn(
      folder,
      `${header}  - expect: Read32(0x20000000) == 0x55AA\n  - run: B\n  - disconnect\n`,
    );
    expect(second.err).toContain("order.seq:2:14, sequence B");
    // The line of the source has the word, too.
    expect(second.all).not.toMatch(/^behind/m);
    expect(second.code).toBe(4);
    expect((await runIn(folder, `${header}  - expect: Read32(0x20000000) == 0x55AA\n`)).code).toBe(0);
  });

  test("refuses an unknown step before anything is connected", async () => {
    const { code, err } = await run(`${HEADER}
steps:
  - conect
`);
    expect(code).toBe(2);
    expect(err).toMatch(/recipe\.yaml:5:5/);
    expect(err).toContain('did you mean "connect"?');
  });

  test("reports a misspelt key of the header at its place", async () => {
    const { code, err } = await run("prob: sim\nsteps:\n  - connect\n");
    expect(code).toBe(2);
    expect(err).toMatch(/recipe\.yaml:1:1/);
    expect(err).toContain('did you mean "probe"?');
  });

  test.each([
    ["bad YAML", "steps: [", 2],
    ["an empty file", "", 2],
    ["a scalar", "just text", 2],
  ])("refuses %s with a place", async (_what, yaml, wanted) => {
    const { code, err } = await run(yaml);
    expect(code).toBe(wanted);
    expect(err).toMatch(/recipe\.yaml:\d+:\d+/);
  });

  test("reports a wrong condition where it stands in the recipe", async () => {
    const { code, err } = await run(`${HEADER}
steps:
  - expect: 1 +
`);
    expect(code).toBe(2);
    expect(err).toMatch(/recipe\.yaml:5:\d+/);
  });
});
