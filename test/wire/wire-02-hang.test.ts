/** A memory that never answers: WAIT until the probe gives up, then DAPABORT, so that the port works again (wire rules 2, 3, 12). */
import { describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { openFixture, RAM, type WireFixture } from "./fixture.ts";

const MODEL = new Source(
  "hanging.yaml",
  `model: hanging
about: RAM, and a part whose clock is off
sources: []
debugPort: { dpidr: 0x2BA01477 }
accessPorts:
  - { index: 0, kind: ahb, idr: 0x24770011, csw: 0x23000052 }
memories:
  - { name: ram, start: 0x20000000, size: 0x1000 }
  - { name: unclocked, start: 0x40000000, size: 0x1000, hangs: true }
`,
);

const open = (protocol: "swd" | "jtag"): Promise<WireFixture> =>
  openFixture({ model: MODEL, protocol, waitRetries: 3 });

/** What the outermost sequence fails by. */
async function faultOf(fixture: WireFixture, text: string): Promise<unknown> {
  return fixture.run(`sequence S { ${text} }`).then(
    () => undefined,
    (error: unknown) => (error as { cause?: { fault?: unknown } }).cause?.fault,
  );
}

describe.each(["swd", "jtag"] as const)("over %s", (protocol) => {
  test.each([
    ["a write", "Write32(0x20000000, 1); Write32(0x40000010, 2);", "Write32(0x40000010, 0x2)"],
    [
      "a write with others behind it",
      "Write32(0x40000010, 2); Write32(0x20000000, 1); ReadDP(0);",
      "Write32(0x40000010, 0x2)",
    ],
    ["a read", "__var v = Read32(0x40000014);", "Read32(0x40000014)"],
    [
      "a write in a block of its own",
      "atomic { Write32(0x20000000, 1); Write32(0x40000010, 2); }",
      "Write32(0x40000010, 0x2)",
    ],
  ])("wire rule 2: %s is reported, and nothing hangs after it", async (_what, text, label) => {
    const fixture = await open(protocol);
    expect(await faultOf(fixture, text)).toMatchObject({
      kind: "target-fault",
      ack: "WAIT",
      certainty: "certain",
      origins: [{ label }],
    });
    expect(await faultOf(fixture, "Write32(0x20000004, 0x55);")).toBeUndefined();
    expect(fixture.peek(RAM + 4)).toBe(0x55);
  });

  test("wire rule 4: if it is tolerated, the rest is done", async () => {
    const fixture = await open(protocol);
    const text = "__errorcontrol = 1; Write32(0x40000010, 2); Write32(0x20000000, 7); __errorcontrol = 0;";
    expect(await faultOf(fixture, text)).toBeUndefined();
    expect(fixture.peek(RAM)).toBe(7);
    expect(fixture.tolerated()).toEqual([expect.stringContaining("Write32(0x40000010, 0x2) failed")]);
  });
});

test("wire rule 3: on JTAG the abort goes through the instruction of ABORT", async () => {
  const fixture = await open("jtag");
  await faultOf(fixture, "Write32(0x40000010, 2);");
  expect(fixture.commands).toContain(0x08);
});
