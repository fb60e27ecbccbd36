/**
 * What the firmware of real probes does beside the specification, as quirks of the simulated one. Each name begins with the
 * number of its fact in grammar/probes.md.
 */
import { describe, expect, test } from "vitest";
import { dbgseq, type Finished } from "../support/command-line.ts";

const RAM = 0x2000_0000;

function on(quirk: string, ...args: readonly string[]): Promise<Finished> {
  return dbgseq(...args, "--probe", `sim:generic-m4?${quirk}`, "--no-config");
}

/** `count` writes to memory and a delay behind each, so that no single command holds two of them. */
function block(count: number): string {
  const writes = Array.from({ length: count }, (_, at) => `Write32(${RAM + 4 * at}, 0x55); DAP_Delay(10);`);
  return `atomic { ${writes.join(" ")} }`;
}

describe("PROBE-04: a probe that claims atomic commands and refuses DAP_QueueCommands", () => {
  const QUEUE_REFUSED = "latency=bulk-fs&quirk=queue-refused";

  test("does not run a block of several packets, and the reason is reported", async () => {
    const { code, err, out } = await on(
      QUEUE_REFUSED,
      ...["run", "-e", `Write32(${RAM}, 0x11); Write32(${RAM + 28}, 0x22); ${block(8)}`],
    );
    expect(err).toContain("the probe refuses DAP_QueueCommands, though it claims atomic commands");
    expect({ code, out }).toEqual({ code: 1, out: "" });
  });

  test("a block of one packet runs whole", async () => {
    const script = `${block(2)} Message(0, "%x %x", Read32(${RAM}), Read32(${RAM + 4}));`;
    const { code, out, err } = await on(QUEUE_REFUSED, "run", "-e", script);
    expect(out + err).toContain("55 55");
    expect(code).toBe(0);
  });

  test("runs the block with the host in between under best effort", async () => {
    const script = `${block(8)} Message(0, "%x", Read32(${RAM + 28}));`;
    const { code, out, err } = await on(QUEUE_REFUSED, "run", "-e", script, "--atomic", "best-effort");
    expect(out + err).toContain("55");
    expect(code).toBe(0);
  });
});

describe("PROBE-05: a probe without nRESET, which reads as 0", () => {
  // With a latency, so that a second of polling takes thousands of looks and not a million.
  const NO_NRESET = "latency=bulk-hs&quirk=no-nreset";
  const says = "nRESET still reads low after it was let go: the probe has no nRESET";

  test.each([
    ["reset", "--type", "hardware"],
    ["run", "ResetSystem", "--connect", "under-reset"],
    ["run", "ResetSystem", "--connect", "pre-reset"],
  ])("%s %s %s fails and names the line", async (...args) => {
    const { code, err } = await on(NO_NRESET, ...args);
    expect(err).toContain(says);
    expect(code).toBe(1);
  });

  test("is named by reset --type nsrst", async () => {
    const { code, err } = await on(NO_NRESET, "reset", "--type", "nsrst");
    expect(err).toContain("the probe has no nRESET");
    expect(code).not.toBe(0);
  });

  test("works for what needs no line", async () => {
    expect((await on(NO_NRESET, "reset")).code).toBe(0);
    expect((await on(NO_NRESET, "run", "ResetSystem")).code).toBe(0);
  });

  test("is not taken by the doctor for a target without power", async () => {
    const { code, out } = await on(NO_NRESET, "doctor", "--target");
    expect(out).toContain("the target answers while nRESET reads low: the probe has no nRESET");
    expect(out).not.toContain("power, ");
    expect(code).toBe(0);
  });

  test("is told apart from one that is only not wired to the target", async () => {
    const { code, err } = await on(
      "latency=bulk-hs&nreset=open",
      "run",
      "ResetSystem",
      "--connect",
      "under-reset",
    );
    expect(err).toContain("the core saw no reset (DHCSR.S_RESET_ST is 0): nRESET is not wired");
    expect(code).toBe(1);
  });
});

describe("PROBE-17: a probe that holds one packet less than it says", () => {
  const ONE_LESS = "latency=hid-fs&quirk=ring-holds-one-less";

  test("is never filled by a queued block, which would stop it for good", async () => {
    // Three packets of 64 bytes fit, four do not.
    for (const count of [2, 6, 8, 9, 10, 11, 12, 14, 16]) {
      const { code, err } = await on(ONE_LESS, "run", "-e", `${block(count)} Read32(${RAM});`);
      if (code !== 0) expect(err).toContain("its packet buffers cannot hold them");
      else expect(err).not.toContain("error");
      expect(err).not.toContain("did not answer");
    }
  });
});
