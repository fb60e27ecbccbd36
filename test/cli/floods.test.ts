/** A sequence that talks or acts without end: what keeps its words and events stays bounded. Command line in, exit code out. */
import { describe, expect, test } from "vitest";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

function run(statements: string, ...more: readonly string[]) {
  return dbgseqIn(
    { cwd: folderWith({ "a.txt": "" }), env: {} },
    ...["run", "-e", statements, "--probe", "sim:generic-m4", ...more],
  );
}

describe("endless words", () => {
  test.each([[[]], [["--json"]]])("end with 2 at a stated limit %s", async (options) => {
    const { code, err, out } = await run('while (1) { Message(0, "x"); }', ...options);
    expect(code).toBe(2);
    expect(`${err}${out}`).toContain("sequences may show 100000 messages in one run");
    expect(err).toContain("<command line>:1:13");
  });
});

test("the document of a run with very many events says how many it leaves out", async () => {
  const { code, out } = await run(
    // Each turn has three: the condition, the access, the assignment.
    "__var i = 0; while (i < 70000) timeout 100s { Write32(0x20000000, i); i += 1; }",
    "--json",
  );
  const { events, eventsLeftOut } = JSON.parse(out) as {
    events: readonly unknown[];
    eventsLeftOut: number;
  };
  expect(code).toBe(0);
  expect(events.length).toBe(200_000);
  expect(eventsLeftOut).toBeGreaterThan(9_000);
});
