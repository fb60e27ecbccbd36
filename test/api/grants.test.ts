/** What a program may grant, answer and keep by the options of a session, as flags do for the command line. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ConnectHelper,
  deviceContext,
  gatherSettings,
  runSequence,
  simulatedProbe,
  Source,
  type ConnectRequest,
  type Session,
} from "../../src/index.ts";

async function unopened(statements: string, request: ConnectRequest = {}): Promise<Session> {
  const context = await deviceContext({
    seq: [new Source("a.seq", `sequence Mine { ${statements} }`)],
  });
  const session = await ConnectHelper.sessionWithChosenProbe({
    probes: [simulatedProbe({ model: "generic-m4" })],
    context,
    autoOpen: false,
    ...request,
  });
  if (session === null) throw new Error("there is one probe");
  return session;
}

const folder = (): string => mkdtempSync(join(tmpdir(), "dbgseq-grants-"));

describe("host grants", () => {
  const look = (path: string): string => `Message(0, "%d", FilePathExists("${path}", 0));`;

  test("a sequence may read what the program allows", async () => {
    const at = folder();
    const messages: string[] = [];
    const session = await unopened(look(at), {
      allow: [`read=${at}`],
      onEvent: (event) => {
        if (event.kind === "message") messages.push(event.text);
      },
    });
    await runSequence(session, "Mine");
    expect(messages).toHaveLength(1);
  });

  test("without a grant it is refused", async () => {
    const session = await unopened(look(folder()));
    await expect(runSequence(session, "Mine")).rejects.toMatchObject({ fault: { kind: "host-failed" } });
  });

  test("a word that is not a grant is an error", async () => {
    await expect(unopened("", { allow: ["everything"] })).rejects.toMatchObject({
      fault: { kind: "bad-argument" },
      message: expect.stringContaining('not "everything"') as string,
    });
  });
});

describe("queries", () => {
  const asks = 'if (Query(2, "Go on?", 3) != 4) { Message(2, "not no"); }';

  test("a scripted answer is given", async () => {
    await runSequence(await unopened(asks, { answers: [{ text: "Go", value: 4n }] }), "Mine");
  });

  test("batch takes the default, before any operator", async () => {
    const operator = { query: () => Promise.resolve(4n), queryValue: () => Promise.resolve(4n) };
    await runSequence(await unopened(asks, { operator }), "Mine");
    await expect(runSequence(await unopened(asks, { operator, batch: true }), "Mine")).rejects.toMatchObject({
      fault: { kind: expect.any(String) as string },
    });
  });
});

test("wire: the levels of the wires are in the file when the session is closed", async () => {
  const file = join(folder(), "wire.vcd");
  const session = await unopened("", { wire: file });
  await session.open();
  await session.close();
  expect(readFileSync(file, "utf8")).toContain("$enddefinitions");
});

test("program: a placeholder stands for the project's output", async () => {
  const at = folder();
  const session = await unopened('FilePathExists("%L", 0);', {
    program: join(at, "x.elf"),
    allow: [`read=${at}`],
  });
  await runSequence(session, "Mine");
});

test("a whole run needs a session that is not open", async () => {
  const session = await unopened("");
  await session.open();
  await expect(runSequence(session, "Mine")).rejects.toMatchObject({ fault: { kind: "bad-argument" } });
  await session.close();
});

test("each gathered setting names its giver, by the caller's own name", async () => {
  const settings = await gatherSettings(
    { probe: "sim:generic-m4" },
    { origin: "my tool", cwd: folder(), env: { DBGSEQ_CLOCK: "1MHz" } },
  );
  const { context } = await settings.inputs();
  expect(settings.lines(context)).toEqual(
    expect.arrayContaining([
      { name: "probe", value: "sim:generic-m4", origin: "my tool" },
      { name: "clockHz", value: "1000000", origin: "DBGSEQ_CLOCK" },
    ]),
  );
});
