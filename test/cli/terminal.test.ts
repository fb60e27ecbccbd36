/** What the command line prints on a terminal: no line wider than it, colours, bars, and what is waited for. */
import { describe, expect, test } from "vitest";
import { columnsOf } from "../../src/lib/columns.ts";
import { FlashProgressDisplay } from "../../src/cli/terminal/flash-progress.ts";
import type { Io, Outside } from "../../src/cli/terminal/io.ts";
import { printing } from "../../src/cli/terminal/printing.ts";
import { waitedFor } from "../../src/cli/terminal/waited-for.ts";
import { Source } from "../../src/lib/source.ts";
import { FakeTime, Screen } from "../support/screen.ts";

interface Shown {
  readonly io: Io;
  readonly screen: Screen;
  readonly said: { out: string; err: string };
}

/** A terminal of this width. */
function terminal(columns: number, how: Partial<Outside> = {}): Shown {
  const screen = new Screen(columns);
  const said = { out: "", err: "" };
  const io = printing({
    out: (text) => {
      said.out += text;
      screen.write(text);
    },
    err: (text) => {
      said.err += text;
      screen.write(text);
    },
    ...{ cwd: ".", env: {}, terminal: true, screen: true, errScreen: true, color: false },
    columns: () => screen.columns,
    ...how,
  });
  return { io, screen, said };
}

const KIB = 1024;

describe("a progress bar", () => {
  test.each([40, 60, 80, 120, 200])("fits a terminal of %i columns and never wraps", (columns) => {
    const { io, screen } = terminal(columns);
    let nowUs = 0;
    const display = new FlashProgressDisplay(io, () => nowUs);
    for (const done of [0, 4 * KIB, 100.5 * KIB, 1023 * KIB]) {
      display.show({
        step: "program",
        address: 0,
        region: "a region with a long name ".repeat(9),
        done,
        total: 1024 * KIB,
      });
      nowUs += 1_234_567;
      expect(screen.wraps).toBe(0);
      expect(screen.lines.length).toBe(1);
      expect(screen.lines[0]).toMatch(/^programming \[[#.]{10,40}\] +([\d.]+ KiB of 1024 KiB|\d+ %)/);
    }
    if (columns >= 80) expect(screen.lines[0]).toMatch(/KiB\/s, \d+\.\d s left$/);
    display.clear();
    expect(screen.text).toBe("");
  });

  test("follows a terminal that changes its width", () => {
    const { io, screen } = terminal(120);
    const display = new FlashProgressDisplay(io, () => 1);
    const show = (done: number): void => {
      display.show({ step: "erase", region: "R", address: 0, done, total: 64 * KIB });
    };
    show(KIB);
    screen.resize(50);
    show(2 * KIB);
    expect(screen.wraps).toBe(0);
    expect(screen.lines).toHaveLength(1);
    expect(screen.lines[0]).toMatch(/^erasing +\[[#.]{10,40}\] +2 KiB of 64 KiB/);
  });

  test("is gone before a message is printed, and a terminal without a width counts as one of 80 columns", () => {
    const { io, screen } = terminal(80, { columns: () => 0 });
    io.status("x".repeat(300));
    expect(screen.wraps).toBe(0);
    io.err("done\n");
    expect(screen.text).toBe("done\n");
  });

  test("is not drawn into a file", () => {
    const { io, said } = terminal(80, { terminal: false, errScreen: false });
    new FlashProgressDisplay(io, () => 1).show({ step: "erase", region: "R", address: 0, done: 1, total: 2 });
    io.status("bar");
    expect(said.err).toBe("");
  });
});

const PROSE = `${"some words of a long sentence ".repeat(9)}end`;

describe("a line", () => {
  test.each([40, 80, 120])("is broken between words on a terminal of %i columns", (columns) => {
    const { io, screen } = terminal(columns);
    io.err(`error: ${PROSE}\n  because ${PROSE}\n`);
    io.out(`name        ${PROSE}\n`);
    expect(screen.wraps).toBe(0);
    expect(Math.max(...screen.lines.map(columnsOf))).toBeLessThanOrEqual(columns);
    expect(screen.text.replace(/\s+/g, " ")).toBe(`error: ${PROSE} because ${PROSE} name ${PROSE} `);
  });

  test("goes on below its text: of a mark, of a table's last column, or two columns in", () => {
    const { io, screen } = terminal(30);
    io.out("  try: one two three four five six seven\n");
    io.out("name  value one two three four five six\n");
    io.out("one two three four five six seven\n");
    expect(screen.lines).toEqual([
      ...["  try: one two three four five", "       six seven"],
      ...["name  value one two three four", "      five six"],
      ...["one two three four five six", "  seven", ""],
    ]);
  });

  test("has at most 120 columns on a wider terminal", () => {
    const { io, screen } = terminal(200);
    io.out(`${PROSE}\n`);
    expect(Math.max(...screen.lines.map(columnsOf))).toBeLessThanOrEqual(120);
  });

  test("stays whole if it is data: a word longer than the line, a file, JSON, a quoted source", () => {
    const { io, said } = terminal(40);
    const long = "x".repeat(90);
    io.out(`${long}\n`);
    io.file(`${PROSE}\n`);
    io.json(PROSE);
    io.out([{ text: PROSE, exact: true }, { text: "\n" }]);
    expect(said.out).toBe(`${long}\n${PROSE}\n${JSON.stringify(PROSE)}\n${PROSE}\n`);
  });

  test("is not broken in a file", () => {
    const { io, said } = terminal(40, { screen: false, errScreen: false });
    io.out(`${PROSE}\n`);
    io.err(`${PROSE}\n`);
    expect(said).toEqual({ out: `${PROSE}\n`, err: `${PROSE}\n` });
  });

  test("of wide characters is measured in columns", () => {
    const { io, screen } = terminal(40);
    io.out(`${"日本語の説明 ".repeat(9)}\n`);
    io.status("説".repeat(60));
    expect(screen.wraps).toBe(0);
  });
});

describe("a colour", () => {
  const paints = (how: Partial<Outside>) => {
    const { io, said } = terminal(80, { color: true, ...how });
    io.err("error: it failed\n");
    io.err("warning: it is odd\n");
    io.err("plain\n");
    io.out([{ text: "note", style: "note" }, { text: "\n" }]);
    return said;
  };

  test("marks errors and warnings on a terminal", () => {
    expect(paints({})).toEqual({
      err: "\u001b[31merror\u001b[0m: it failed\n\u001b[33mwarning\u001b[0m: it is odd\nplain\n",
      out: "\u001b[36mnote\u001b[0m\n",
    });
  });

  test.each<[what: string, how: Partial<Outside>, out: RegExp, err: RegExp]>([
    ["standard output goes into a file", { screen: false }, /^note\n$/, /\u001b/],
    ["standard error goes into a file", { errScreen: false }, /\u001b/, /^[^\u001b]*$/],
    ["NO_COLOR is set", { color: false }, /^note\n$/, /^[^\u001b]*$/],
  ])("is absent where %s", (_what, how, out, err) => {
    const said = paints(how);
    expect(said.out).toMatch(out);
    expect(said.err).toMatch(err);
  });
});

describe("what is waited for", () => {
  const waiting = (how: Partial<Outside> = {}) => {
    const time = new FakeTime();
    return { time, ...terminal(80, { time, ...how }) };
  };

  test("is said after two seconds, with the time, and is gone with the next message", () => {
    const { io, screen, time } = waiting();
    io.waiting('sequence "DebugPortStart" at P.pdsc:12');
    time.pass(1999);
    expect(screen.text).toBe("");
    time.pass(1001);
    expect(screen.text.trimEnd()).toBe('waiting for sequence "DebugPortStart" at P.pdsc:12: 3 s');
    time.pass(60_000);
    expect(screen.text.trimEnd()).toMatch(/: 63 s$/);
    io.out("halted\n");
    expect(screen.text).toBe("halted\n");
  });

  test("begins anew with another thing, not with the same", () => {
    const { io, screen, time } = waiting();
    io.waiting("a");
    time.pass(1500);
    io.waiting("a");
    time.pass(1500);
    expect(screen.text).toMatch(/^waiting for a: [23] s$/);
    io.waiting("b");
    expect(screen.text).toBe("");
    time.pass(2000);
    expect(screen.text.trimEnd()).toBe("waiting for b: 2 s");
    io.waiting("");
    time.pass(9000);
    expect(screen.text).toBe("");
    expect(time.running).toBe(0);
  });

  test("stands behind a bar that does not move, which stays on its line", () => {
    const { io, screen, time } = waiting();
    new FlashProgressDisplay(io, () => 1).show({
      step: "erase",
      region: "R",
      address: 0,
      done: 0,
      total: KIB * KIB,
    });
    time.pass(5000);
    expect(screen.wraps).toBe(0);
    expect(screen.lines).toHaveLength(1);
    expect(screen.lines[0]?.trimEnd()).toMatch(/^erasing +\[\.{10,}.*, waiting for 5 s$/);
  });

  test("is not said while a question is answered, and never in a file", async () => {
    const asked = waiting({ ask: () => Promise.resolve("yes") });
    asked.io.waiting("a");
    await asked.io.ask?.("Go on? ");
    asked.time.pass(9000);
    expect(asked.screen.text).toBe("");
    const file = waiting({ terminal: false, errScreen: false });
    file.io.waiting("a");
    file.time.pass(9000);
    expect(file.said.err).toBe("");
  });

  test("is named by the last event of a session", () => {
    const source = new Source("P.pdsc", "one\ntwo\n");
    const site = { sequence: "Own", span: { source, start: 4, end: 5 } };
    expect(waitedFor({ kind: "notice", timeUs: 0, text: "waiting for the probe: A1 is in use" })).toBe(
      "the probe: A1 is in use",
    );
    expect(waitedFor({ kind: "condition", timeUs: 0, site, of: "while", value: 1n })).toBe(
      'sequence "Own" at P.pdsc:2',
    );
    expect(waitedFor({ kind: "step", timeUs: 0, text: "x" })).toBeUndefined();
  });
});
