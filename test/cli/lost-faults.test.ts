/** No fault of an access is lost, late, or charged to another run, however a run ends (wire rules 2, 3, 14, 17). */
import { describe, expect, test } from "vitest";
import { dbgseq, unwrapped } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const FILES = {
  "lost-fault.seq": `sequence Buffer { Write32(0xA0000000, 1); __var v = BufferGet(1, 0, 1); Message(0, "%x", v); }
sequence Divide { __var z = BufferSize(0); Write32(0xA0000000, 1); __var v = 5 / z; Message(0, "%x", v); }
sequence Stop { Write32(0xA0000000, 1); Message(2, "stop"); }
sequence Good { Write32(0x20000000, 1); }
sequence Deadline { Write32(0xA0000000, 1); while (1) { __var x = 1; } }
sequence Endless { Write32(0xA0000000, 1); Sequence("Endless"); }
sequence Wide { Write32(0xA0000000, 1); Write32(0x100000000, 1); }
sequence Probe { Write32(0xA0000000, 1); ReadDP(0); }
sequence Status { Write32(0xA0000000, 1); __var v = ReadDP(4); Message(0, "%x", v); }
`,
  "order.seq": `sequence A { Write32(0x20000000, 0x55AA); __var z = BufferSize(0); __var v = 5 / z; Message(0, "%x", v); }
sequence B { Message(0, "%x", Read32(0x20000000)); }
`,
  "bank.seq": `sequence Bank { WriteDP(8, 2); __var t = ReadDP(4); Message(0, "word %x", Read32(0xA0000000)); }
sequence Next { Message(0, "cpuid %x", Read32(0xE000ED00)); }
sequence Back { WriteDP(8, 1); Write32(0x20000000, 1); Message(0, "dlcr %x", ReadDP(4)); }
`,
  "dead.seq": `sequence Dead { __var on = 0; if (on) { Message(0, "%u", 7 / (on & 0)); } Message(0, "fine"); }
sequence Short { __var r = 0 && 5 / 0; Message(0, "r %u", r); }
sequence Tern { __var r = 1 ? 3 : 5 % 0; Message(0, "r %u", r); }
sequence Sure { __var r = 5 / 0; Message(0, "r %u", r); }
sequence May { if (Read32(0x20000000)) { Sequence("Sure"); } Message(0, "by itself"); }
sequence Must { __var on = 1; if (on) { Sequence("Between"); } }
sequence Between { Sequence("Sure"); }
sequence Never { Sequence("Stop"); Sequence("Sure"); }
sequence Stop { Message(2, "stopped before"); }
`,
};

const run = (sequence: string, protocol: string, ...more: readonly string[]) =>
  dbgseq(
    "run",
    `${folderWith(FILES)}/${sequence}`,
    "--probe",
    "sim",
    "--protocol",
    protocol,
    "--no-config",
    ...more,
  );

describe.each(["swd", "jtag"])("over %s", (protocol) => {
  test.each([
    ["Buffer", "1:19", "buffer 1 does not exist"],
    ["Divide", "2:44", "division by zero"],
    ["Deadline", "5:21", "did not end within the deadline"],
    ["Endless", "6:20", "levels deep"],
    ["Wide", "7:17", "does not fit the 32-bit addresses"],
  ])(
    "wire rule 17: %s: the access that failed before the end is the failure, with its line",
    async (name, at, end) => {
      const finished = await run(`lost-fault.seq#${name}`, protocol, "--deadline", "1ms");
      const { code } = finished;
      const err = unwrapped(finished.err);
      expect(err).toContain(`lost-fault.seq:${at}, sequence ${name}`);
      expect(err).toContain("Write32(0xA0000000, 0x1) failed");
      expect(err).toContain("the run then ended: ");
      expect(err).toContain(end);
      expect(code).toBe(4);
    },
  );

  test("wire rule 17: a sequence that gives up by itself stays the failure, and the access is reported", async () => {
    const { code, err } = await run("lost-fault.seq#Stop", protocol);
    expect(err).toContain("the sequence gave up: stop");
    expect(err).toContain("before it an access to the target failed: Write32(0xA0000000, 0x1) failed");
    expect(code).toBe(1);
  });

  test.each([
    ["Probe", "8:18"],
    ["Status", "9:19"],
  ])(
    "wire rules 2, 17: %s: a write behind which only the debug port is read is confirmed at the end",
    async (name, at) => {
      const { code, err } = await run(`lost-fault.seq#${name}`, protocol);
      expect(err).toContain(`lost-fault.seq:${at}, sequence ${name}`);
      expect(err).toContain("Write32(0xA0000000, 0x1) failed");
      // Status shows nothing, for its message stands behind.
      expect(err).not.toMatch(/^f/m);
      expect(code).toBe(4);
    },
  );

  test("wire rule 17: what was posted before a division by zero is sent", async () => {
    const { code, err, out } = await dbgseq(
      ...[
        "run",
        "-e",
        'Write32(0x20000000, 0x55AA); __var z = BufferSize(0); Message(0, "there"); __var v = 5 / z;',
      ],
      ...["--probe", "sim", "--protocol", protocol, "--no-config"],
    );
    expect(out + err).toContain("there");
    expect(err).toContain("division by zero");
    expect(code).toBe(1);
  });

  test("wire rules 3, 14: with another bank than 0 an error is found all the same, and the bank is as it was", async () => {
    const bank = await run("bank.seq#Bank", protocol);
    expect(bank.err).toContain("Read32(0xA0000000) failed");
    expect(bank.code).toBe(4);
    expect((await run("bank.seq#Next", protocol)).all).toContain("cpuid 410fc241");
    if (protocol === "swd") expect((await run("bank.seq#Back", protocol)).all).toContain("dlcr 40");
  });
});

test.each([
  ["Dead", "fine"],
  ["Short", "r 0"],
  ["Tern", "r 3"],
  ["May", "by itself"],
])("a constant zero divisor that no run reaches stops none: %s", async (name, shown) => {
  const { code, all } = await run(`dead.seq#${name}`, "swd");
  expect(all).toContain(shown);
  expect(code).toBe(0);
});

test.each(["Sure", "Must"])(
  "a constant zero divisor that every run reaches is an error before it: %s",
  async (name) => {
    const { code, err } = await run(`dead.seq#${name}`, "swd");
    expect(err).toContain("dead.seq:4:31: error: the divisor is always 0 [division-by-zero]");
    expect(code).toBe(1);
  },
);

test("a constant zero divisor behind a call that gives up is not reached", async () => {
  const { code, err } = await run("dead.seq#Never", "swd");
  expect(err).toContain("the sequence gave up: stopped before");
  expect(code).toBe(1);
});
