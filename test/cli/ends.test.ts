/** How a command line ends when it is ended from outside: the first time in order, the second at once. */
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { terminalAsk } from "../../src/api/node/terminal.ts";
import { main } from "../../src/cli/program.ts";
import { exitCodeOf } from "../../src/session/exit-codes.ts";
import { unwrapped } from "../support/command-line.ts";
import { FakeProcess } from "../support/ending-process.ts";

/** Tells when it is under way. */
const ENDLESS = [
  "run",
  "-e",
  "while (1) { Write32(0x20000000, 1); }",
  "--probe",
  "sim:generic-m4",
  "--trace",
];

/** Of a run that does not end by itself, once it is under way. */
async function ended(end: (process: FakeProcess) => void, argv: readonly string[] = ENDLESS) {
  const process = new FakeProcess();
  const code = main([...argv, "--deadline", "1000s"], process.outside());
  const said = (): string => process.stdout.text + process.stderr.text;
  await expect.poll(said).toContain("Write32");
  end(process);
  return { code: await code, err: process.stderr.text, out: process.stdout.text, exits: process.exits };
}

describe("a signal ends a run in order", () => {
  test.each([
    ["SIGHUP", 129, "the terminal hung up"],
    ["SIGINT", 130, "interrupted"],
    ["SIGQUIT", 131, "asked to quit"],
    ["SIGTERM", 143, "terminated"],
  ] as const)("%s with %i", async (name, wanted, sentence) => {
    const { code, err, exits } = await ended((process) => {
      process.kill(name);
    });
    expect({ code, exits }).toEqual({ code: wanted, exits: [] });
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test("the document of --json has the same code", async () => {
    const { code, out } = await ended(
      (process) => {
        process.kill("SIGTERM");
      },
      [...ENDLESS, "--json"],
    );
    expect(code).toBe(143);
    expect(JSON.parse(out)).toMatchObject({ exitCode: 143 });
  });
});

describe("a reader that does not read", () => {
  test("does not keep a run from ending in order", async () => {
    const process = new FakeProcess();
    const code = main([...ENDLESS, "--deadline", "1000s"], process.outside());
    await expect.poll(() => process.stdout.text).toContain("Write32");
    process.stdout.isStalled = true;
    process.kill("SIGINT");
    await expect.poll(() => process.timers.length).toBe(2);
    expect(process.timers.map(({ ms }) => ms)).toEqual([10_000, 1000]);
    process.timers[1]?.work();
    expect(await code).toBe(130);
    expect(process.stderr.text).toContain("interrupted");
  });

  test("is given up when too much waits for it", async () => {
    const process = new FakeProcess();
    process.stdout.isStalled = true;
    process.stdout.writableLength = 1 << 30;
    const code = main(ENDLESS, process.outside());
    await expect.poll(() => process.timers.length).toBe(2);
    process.timers[1]?.work();
    expect(await code).toBe(141);
    expect(process.stdout.writableLength).toBe(1 << 30);
    expect(unwrapped(process.stderr.text)).toContain(
      "nothing reads standard output: 268435456 bytes are waiting",
    );
  });
});

describe("PROBE-19: Windows has other signals; simulated, for nothing was run there", () => {
  const WINDOWS = ["SIGHUP", "SIGINT", "SIGBREAK", "SIGTERM", "SIGKILL", "SIGWINCH"];

  test.each([
    ["SIGBREAK", 130],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const)("%s ends with %i", (name, code) => {
    const process = new FakeProcess(WINDOWS);
    process.kill(name);
    expect(exitCodeOf(process.ends.signal.reason)).toBe(code);
    expect(process.exits).toEqual([]);
  });

  test("a missing signal is not listened to, which would throw", () => {
    const heard = (signals: readonly string[]) => {
      const process = new FakeProcess(signals);
      return ["SIGBREAK", "SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"].filter((name) =>
        process.hears(name as "SIGINT"),
      );
    };
    expect(heard(WINDOWS)).toEqual(["SIGBREAK", "SIGHUP", "SIGINT", "SIGTERM"]);
    expect(heard(["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"])).toEqual([
      ...["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"],
    ]);
  });
});

describe("a stream that takes nothing more ends a run in order", () => {
  test.each([
    ["stdout", "EPIPE", 141, /^$/],
    ["stderr", "EPIPE", 141, /^$/],
    ["stdout", "EIO", 1, /^error: standard output cannot be written: EIO\n$/],
    ["stdout", "ENOSPC", 1, /^error: standard output cannot be written: no space is left on the device\n$/],
  ] as const)("%s: %s ends with %i", async (stream, code, wanted, said) => {
    const process = new FakeProcess();
    process.fail(stream, code);
    const argv = stream === "stdout" ? ["eval", "1"] : ["eval", "1 +"];
    expect(await main(argv, process.outside())).toBe(wanted);
    expect(process.stderr.text).toMatch(said);
    expect(process.exits).toEqual([]);
  });

  test.each(["stdout", "stderr"] as const)("%s: a terminal that is gone ends with 129", async (stream) => {
    const process = new FakeProcess();
    process[stream].isTTY = true;
    process.fail(stream, "EIO");
    const argv = stream === "stdout" ? ["eval", "1"] : ["eval", "1 +"];
    expect(await main(argv, process.outside())).toBe(129);
    process.kill("SIGHUP");
    expect(process.exits).toEqual([]);
  });

  test("so does one that is gone while a person is asked", async () => {
    const { code } = await ended((process) => {
      process.stdin.isTTY = true;
      process.stdin.emit("error", Object.assign(new Error("read"), { code: "EIO" }));
    });
    expect(code).toBe(129);
  });

  test("a run says why", async () => {
    const { code, err } = await ended((process) => {
      process.fail("stdout", "EPIPE");
      process.stdout.write("x");
    });
    expect(code).toBe(141);
    expect(err).toContain("the reader of standard output is gone");
  });
});

test("a defect ends a run in order, and is reported as one", async () => {
  const { code, err } = await ended((process) => {
    process.throw(new TypeError("x is not a function"));
  });
  expect(code).toBe(1);
  expect(err).toContain("x is not a function");
  expect(err).not.toMatch(/^\s+at /m);
});

test("a run that is not over in 10 s is ended, with the code of the first end", () => {
  const process = new FakeProcess();
  process.kill("SIGHUP");
  expect(process.exits).toEqual([]);
  expect(process.timers.map(({ ms }) => ms)).toEqual([10_000]);
  process.timers[0]?.work();
  expect(process.exits).toEqual([129]);
});

describe("the second signal", () => {
  const after = (...signals: Parameters<FakeProcess["kill"]>[0][]) => {
    const process = new FakeProcess();
    for (const name of signals) {
      process.kill(name);
      process.nowMs += 1000;
    }
    return process.exits;
  };

  test("ends at once, with its own code", () => {
    expect(after("SIGINT", "SIGINT")).toEqual([130]);
    expect(after("SIGINT", "SIGTERM")).toEqual([143]);
    expect(after("SIGHUP", "SIGQUIT")).toEqual([131]);
  });

  test("is not the hang-up that a shell and the system both tell of", () => {
    expect(after("SIGHUP", "SIGHUP")).toEqual([]);
    expect(after("SIGTERM", "SIGHUP")).toEqual([]);
  });

  test.each([
    ["the one key that npm hands on", "SIGINT", "SIGINT"],
    ["the SIGTERM before whose SIGHUP it is handed over", "SIGHUP", "SIGTERM"],
  ] as const)("is not %s", (_what, first, second) => {
    const process = new FakeProcess();
    process.kill(first);
    process.nowMs += 5;
    process.kill(second);
    expect(process.exits).toEqual([]);
  });

  test("is not the first one after a stream that failed", () => {
    const process = new FakeProcess();
    process.fail("stdout", "EPIPE");
    process.stdout.emit("error", Object.assign(new Error("write"), { code: "EPIPE" }));
    process.kill("SIGHUP");
    expect(process.exits).toEqual([]);
    expect(exitCodeOf(process.ends.signal.reason)).toBe(141);
  });
});

describe("while a command only reads, signals are left to the system, which waits for no parser", () => {
  const PACK = "examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc";
  const ALL = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

  test("and are heard again afterwards, also if reading fails", async () => {
    const process = new FakeProcess();
    const heard = (): boolean => ALL.some((name) => process.hears(name));
    await process.ends.reading(() => {
      expect(heard()).toBe(false);
      return Promise.resolve();
    });
    expect(heard()).toBe(true);
    await expect(process.ends.reading(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(ALL.every((name) => process.hears(name))).toBe(true);
  });

  test.each([
    ["list", "--pack", PACK],
    ["devices", "--pack", PACK],
    ["check", PACK],
    ["flash", "examples/05-flash/firmware.hex", "--pack", PACK, "--probe", "sim:generic-m4"],
  ])("%s", async (...argv) => {
    const process = new FakeProcess();
    let read = 0;
    const reading = <T>(work: () => Promise<T>): Promise<T> => {
      read += 1;
      return work();
    };
    await main(argv, { ...process.outside(), reading });
    expect(read).toBeGreaterThan(0);
  });
});

describe("a question on the terminal", () => {
  function terminal() {
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const stderr = Object.assign(new PassThrough(), { isTTY: true });
    const killed: string[] = [];
    return {
      ...{ stdin, stderr, pid: 1, killed },
      kill: (_pid: number, signal: string) => void killed.push(signal),
    };
  }

  test("is answered by a line", async () => {
    const person = terminal();
    const answer = terminalAsk(person)?.("Erase? ");
    person.stdin.write("yes\r");
    expect(await answer).toBe("yes");
  });

  test("ends with the input, instead of waiting for ever", async () => {
    const person = terminal();
    const answer = terminalAsk(person)?.("Erase? ");
    person.stdin.end();
    await expect(answer).rejects.toMatchObject({ fault: { kind: "interrupted" } });
    const second = terminal();
    const other = terminalAsk(second)?.("Erase? ");
    second.stdin.write("\u0004");
    await expect(other).rejects.toMatchObject({ fault: { kind: "interrupted" } });
  });

  test.each([
    ["Ctrl-C", "\u0003", "SIGINT"],
    ["Ctrl-\\", "\u001c", "SIGQUIT"],
  ] as const)("%s is the signal that it is elsewhere", async (_name, key, signal) => {
    const person = terminal();
    const process = new FakeProcess();
    person.kill = (pid, name) => {
      expect([pid, name]).toEqual([1, signal]);
      process.kill(signal);
    };
    const answer = terminalAsk(person, process.ends.signal)?.("Erase? ");
    person.stdin.write(key);
    await expect(answer).rejects.toBe(process.ends.signal.reason);
  });
});
