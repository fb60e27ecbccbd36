/** Probes that are busy, absent or several: --wait, a question on a terminal, and JSON that is never empty. */
import { expect, onTestFinished, test } from "vitest";
import { openChosen, type ProbeChooser } from "../../src/api/choose-probe.ts";
import { main } from "../../src/cli/program.ts";
import { HostClock } from "../../src/lib/clock.ts";
import { ProbeFailure } from "../../src/probe/faults.ts";
import { openTcp } from "../../src/probe/tcp/pipe.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { dbgseq } from "../support/command-line.ts";
import { freePort } from "../support/free-port.ts";

const READ = ["read", "0xE000ED00"];

async function serve(port = 0): Promise<TcpServer> {
  const server = await TcpServer.start(openSimulator({ model: "generic-m4" }).pipe, { port });
  onTestFinished(() => server.close());
  return server;
}

test("--wait takes a probe that comes up meanwhile, and says once why it waits", async () => {
  const port = await freePort();
  let out = "";
  const said: string[] = [];
  const code = await main([...READ, "--probe", `tcp://127.0.0.1:${port}`, "--wait", "600s", "--no-config"], {
    ...{ cwd: ".", env: {}, terminal: true, color: false },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      said.push(text);
      if (said.length === 1) void serve(port);
    },
  });
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("410FC241") as string });
  expect(said.filter((text) => text.startsWith("waiting for the probe: tcp://"))).toHaveLength(1);
});

test("--wait takes a probe that another program has, once it is free", async () => {
  const { port } = await serve();
  const other = await openLink(await openTcp({ host: "127.0.0.1", port }), new HostClock());
  const read = dbgseq(...READ, "--probe", `tcp://127.0.0.1:${port}`, "--wait", "600s");
  await new Promise((resolve) => setTimeout(resolve, 800));
  await other.close();
  expect(await read).toMatchObject({ code: 0 });
});

test("--wait ends when its time is over, and waits for nothing that cannot pass", async () => {
  const port = await freePort();
  const late = await dbgseq(...READ, "--probe", `tcp://127.0.0.1:${port}`, "--wait", "250ms");
  expect(late.code).toBe(3);
  expect(late.err).toContain("ECONNREFUSED");
  const wrong = await dbgseq(...READ, "--probe", "sim:nothing", "--wait", "1h");
  expect(wrong.code).toBe(2);
});

test.each([
  [["doctor", "--target"], 3],
  [["run", "X"], 3],
  [["flash", "nowhere.hex"], 2],
  [["serve"], 3],
])("%s: a failure before there is a document is one", async (command, exit) => {
  const port = await freePort();
  const json = command[0] === "serve" ? [] : ["--json"];
  const { code, out } = await dbgseq(...command, "--probe", `tcp://127.0.0.1:${port}`, ...json);
  expect(code).toBe(exit);
  if (json.length === 0) return;
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    exitCode: exit,
    error: { fault: { kind: expect.any(String) as string } },
  });
});

const several = new ProbeFailure(
  { kind: "several-probes", ids: ["A1", "B2"] },
  "several probes are attached:\n  1  A1\n  2  B2",
);

interface Choosing {
  readonly chooser: ProbeChooser;
  readonly said: string[];
}

function choosing(answers: readonly string[]): Choosing {
  const said: string[] = [];
  const left = [...answers];
  const chooser: ProbeChooser = {
    tell: (text) => void said.push(text),
    ask: (question) => {
      said.push(question);
      return Promise.resolve(left.shift() ?? "");
    },
  };
  return { chooser, said };
}

const open = (probe?: string): Promise<string> =>
  probe === undefined ? Promise.reject(several) : Promise.resolve(probe);

test("of several probes a person chooses by number; a wrong one is asked again, and an empty line leaves the failure", async () => {
  const { chooser, said } = choosing(["3", "B2", "2"]);
  expect(await openChosen(chooser, open)).toBe("B2");
  expect(said[0]).toContain("1  A1");
  expect(said.slice(1)).toEqual(Array.from({ length: 3 }, () => "Which one (1 to 2; none ends)? "));
  await expect(openChosen(choosing([""]).chooser, open)).rejects.toBe(several);
});

test("without a person the failure stays", async () => {
  const { chooser, said } = choosing(["1"]);
  await expect(openChosen({ ...chooser, ask: undefined }, open)).rejects.toBe(several);
  expect(said).toEqual([]);
});
